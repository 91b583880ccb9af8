"""npm's or pnpm's own lock as things to prefer and to check, and what of it could not be kept.

Loaded only with `import` such a file; knows no format.
"""

from __future__ import annotations

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock, PinnedArtifact
from holdfast.workflows.foreign import OtherLock, OtherPin
from holdfast.workflows.npm_market import NpmMarket
from holdfast.workflows.port import LOCK
from holdfast.workflows.previous import Remembered
from holdfast_resolver.fetch.index import Absent
from holdfast_resolver.values.npm_names import tarball_file_name

MOST_NAMED = 5  # in the sentence; a fact names all


def remember_npm(foreign: OtherLock, market: NpmMarket) -> tuple[Remembered, ...]:
    """Return the file's releases, each once, from where they resolve here."""
    found: dict[tuple[str, str], Remembered] = {}
    for pin in foreign.pins:
        file = tarball_file_name(pin.name, pin.version)
        artifacts = tuple([PinnedArtifact(file, digest) for _, digest in pin.artifacts if digest])
        one = Remembered(
            market.source_name(pin.name), pin.name, pin.version, artifacts, "", Place(foreign.path, pin.line), npm=True
        )
        found.setdefault((pin.name, pin.version), one)
    return tuple(found.values())


def moved_npm(foreign: OtherLock, lock: Lock, market: NpmMarket) -> tuple[Finding, ...]:
    """Return a `moved` note for each release of the file that the lock does not have, with the likeliest reason."""
    ours: dict[str, list[str]] = {}
    for pin in lock.packages:
        if pin.npm is not None:
            ours.setdefault(pin.name, []).append(pin.version)
    findings: dict[tuple[str, str], Finding] = {}
    for theirs in foreign.pins:
        versions = ours.get(theirs.name, [])
        if theirs.version not in versions:
            findings[theirs.name, theirs.version] = Finding(
                "moved",
                severity("moved"),
                f"{theirs.name} {theirs.version}",
                f"{theirs.name} {theirs.version} ({foreign.path})",
                f"{theirs.name} {' and '.join(versions)} ({LOCK})" if versions else "no pin",
                (("reason", _reason(theirs, versions, market)),),
                place=Place(foreign.path, theirs.line),
            )
    return tuple(findings.values())


def unhashed_npm(foreign: OtherLock, lock: Lock) -> tuple[Finding, ...]:
    """Return one note on all releases whose digest is the registry's word alone: the file has none to compare."""
    digests: dict[tuple[str, str], set[str]] = {}
    for theirs in foreign.pins:
        known = digests.setdefault((theirs.name, theirs.version), set())
        known.update([digest for _, digest in theirs.artifacts if digest])
    taken = [
        f"{pin.name} {pin.version}"
        for pin in lock.packages
        if pin.npm is not None
        and (pin.name, pin.version) in digests
        and pin.artifacts[0].hash not in digests[pin.name, pin.version]
    ]
    if not taken:
        return ()
    shown = ", ".join(taken[:MOST_NAMED])
    return (
        Finding(
            "hash-fetched",
            severity("hash-fetched"),
            foreign.path,
            f"an integrity that may pin, in every entry ({foreign.path})",
            f"none for {len(taken)}: {shown}{', ...' if len(taken) > MOST_NAMED else ''}",
            (("packages", ", ".join(taken)),) if len(taken) > MOST_NAMED else (),
            hints=("holdfast verify",),
            place=Place(foreign.path),
        ),
    )


def _reason(theirs: OtherPin, versions: list[str], market: NpmMarket) -> str:
    record = market.index.listing(market.source_of(theirs.name), theirs.name)
    if isinstance(record, Absent):
        return "the registry does not have the package"
    if record is not None and record.table.index(theirs.version) < 0:
        return "the registry does not offer this version"
    return "another locked version serves in its place" if versions else "no wish leads to it"
