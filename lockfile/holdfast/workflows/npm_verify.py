"""Verify npm packages: every pinned tarball is had and hashed, and its signers are verified anew.

The laws are those of `verify.py` and `verify_evidence.py`. Knows no file and no socket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock, Pin
from holdfast.model.signers import artifact_signers, records
from holdfast.model.words import is_named, spell_pin
from holdfast.workflows.evidence import reason_of, unavailable_findings
from holdfast.workflows.npm_edited import confused_finding, differences, edited_finding, leeway_of
from holdfast.workflows.npm_evidence import NpmEvidenceDesk, prove, refused_findings
from holdfast.workflows.npm_market import NpmMarket
from holdfast.workflows.npm_tarball import claim_of
from holdfast.workflows.signer_findings import verified_findings
from holdfast.workflows.verify import Done, Job, Tell, Vault, Verified, do_all, summed
from holdfast.workflows.verify_findings import artifact_finding
from holdfast_resolver.errors import RegistryError
from holdfast_resolver.fetch.index import Absent, Answer, ListingNeed, Need
from holdfast_resolver.values.npm import NpmRelease
from holdfast_resolver.values.tuples import NamedTuple

Key = tuple[str, str, str]
Address = Callable[[str, str], str]  # (source, URL as the registry gives it) -> where it is had


class Listed(NamedTuple):
    """What the registries say of some pins. `failed`: why a packument is missing, by (source, name)."""

    releases: dict[Key, NpmRelease]
    failed: dict[tuple[str, str], RegistryError]


def verify_npm(
    lock: Lock, names: frozenset[str], market: NpmMarket, vault: Vault, address: Address, tell: Tell
) -> Verified:
    """Verify the npm pins of these names, or all.

    Raises `CacheUnwritable`, and the `RegistryError` of the first packument when none could be had.
    """
    places = [
        place for place, pin in enumerate(lock.packages) if pin.npm is not None and (not names or is_named(pin, names))
    ]
    pins = [lock.packages[place] for place in places]
    listed = read_listed(pins, market)
    if vault.connect is not None and pins and len(listed.failed) == len({pin[:2] for pin in pins}):
        raise next(iter(listed.failed.values()))
    findings: list[Finding] = []
    jobs: list[Job] = []
    for place, pin in zip(places, pins, strict=True):
        job = _job(place, pin, market, listed, address, online=vault.connect is not None)
        if isinstance(job, Finding):
            findings.append(job)
        else:
            jobs.append(job)
    leeway = leeway_of(lock)
    for pin in pins:
        release = listed.releases.get(pin[:3])
        words = differences(pin, release, leeway) if release is not None else ()
        if words:
            findings.append(edited_finding(pin, words))
    done = do_all(lock, jobs, vault, None, tell)
    findings += _confused(lock, done)
    outcome = summed(lock, done, findings)
    if market.evidence is None or not (lock.signers or vault.connect is not None):
        return outcome
    return _with_signers(outcome, lock, pins, listed, market.evidence(), online=vault.connect is not None)


def _confused(lock: Lock, done: list[Done]) -> Iterator[Finding]:
    """What tarballs with the pinned bytes say that they are, where that is another release."""
    for one in done:
        if one.stored is not None:
            pin = lock.packages[one.job.place]
            claim = claim_of(Path(one.stored.path).read_bytes(), one.job.artifact.file)
            if claim is not None and not claim.is_of(pin.name, pin.version):
                yield confused_finding(pin, f"{claim.name} {claim.version}")


def read_listed(pins: list[Pin], market: NpmMarket) -> Listed:
    """Return what the registries say of some pins; all are asked at once."""
    index = market.index
    failed: dict[tuple[str, str], RegistryError] = {}
    needs = {pin[:2]: ListingNeed(market.source_of(pin.name), pin.name) for pin in pins}

    def arrived(need: Need, answer: Answer) -> None:
        if isinstance(answer, RegistryError) and isinstance(need, ListingNeed):
            failed[need.source.name, need.name] = answer

    index.arrived = arrived
    for need in needs.values():
        if index.listing(need.source, need.name) is None:
            index.ask(need)
    for key, need in needs.items():
        if key not in failed:
            try:
                index.wait([need])
            except RegistryError as error:
                failed[key] = error
    releases = {}
    for pin in pins:
        record = index.listing(needs[pin[:2]].source, pin.name) if pin[:2] not in failed else None
        if record is None or isinstance(record, Absent):
            continue
        place = record.table.index(pin.version)
        release = record.release(place) if place >= 0 else None
        if release is not None:
            releases[pin[:3]] = release
    return Listed(releases, failed)


def _job(place: int, pin: Pin, market: NpmMarket, listed: Listed, address: Address, *, online: bool) -> Job | Finding:
    """What is to be done for one tarball, or what the packument alone says of it."""
    artifact, source = pin.artifacts[0], market.source_of(pin.name)
    if not online:
        return Job(place, source, artifact, "", "offline, and the store does not have it")
    error = listed.failed.get(pin[:2])
    if error is not None:
        return Job(place, source, artifact, "", f"the packument of {pin.name} could not be read: {reason_of(error)}")
    release = listed.releases.get(pin[:3])
    if release is None:
        return artifact_finding("artifact-missing", pin, artifact, f"no such release in the packument of {pin.name}")
    same_kind = release.integrity.partition(":")[0] == artifact.hash.partition(":")[0]
    if same_kind and release.integrity != artifact.hash:
        found = f"{release.integrity} in the packument of {pin.name}"
        return artifact_finding("artifact-changed", pin, artifact, found)
    return Job(place, source, artifact, address(pin.source, release.tarball), "")


def _with_signers(
    outcome: Verified, lock: Lock, pins: list[Pin], listed: Listed, desk: NpmEvidenceDesk, *, online: bool
) -> Verified:
    """The outcome with what the evidence of the pins says today; offline, with what the cache has of it."""
    known = records(lock)
    unavailable: list[tuple[str, str, str]] = []
    cases = []
    for pin in pins:
        artifact = pin.artifacts[0]
        signed = bool(artifact_signers(pin, artifact))
        release, error = listed.releases.get(pin[:3]), listed.failed.get(pin[:2])
        if release is not None and release.integrity == artifact.hash:
            cases.append(pin)
        elif signed:
            reason = reason_of(error) if error is not None else "the registry does not offer these bytes"
            unavailable.append((spell_pin(pin), artifact.file, reason))
    proven = prove(cases, listed.releases, desk, refresh=online)
    findings = refused_findings(proven.refused)
    good = 0
    for pin in cases:
        artifact = pin.artifacts[0]
        if pin[:3] in proven.missing:
            unavailable.append((spell_pin(pin), artifact.file, reason_of(proven.missing[pin[:3]])))
        elif pin[:3] in proven.signers:
            compared = verified_findings(pin, known, {artifact.file: proven.signers[pin[:3]]})
            findings += compared.findings
            good += compared.same
    return outcome._replace(
        findings=outcome.findings + findings + unavailable_findings(unavailable),
        signed=outcome.signed + good,
        unsure=outcome.unsure + len(unavailable),
    )
