"""Prove: what somebody is about to approve is had from the network now, and is what the lock says.

Law 1: no byte and no evidence comes from a cache or a store of before: the market and the vault that come in are empty.
Law 2: whatever is not as the lock says is a finding, and nothing is approved; what could not be asked leaves the
       question open. There is no proof of a part of what was asked for.
Law 3: when a release was published and under which licence is noted as the registry and its files say it now.

Never prints, never signs; network and store are behind the ports that come in.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from holdfast.findings.finding import Finding, fails
from holdfast.model.approval import Seen
from holdfast.model.changes import CLASSES
from holdfast.model.lock import Lock, Pin
from holdfast.model.words import spell_pin
from holdfast.trust.archive import read_archive
from holdfast.workflows.licences import joint_licence, licence_of_metadata
from holdfast.workflows.locate import offers
from holdfast.workflows.market import Market
from holdfast.workflows.verify import Tell, Vault, Verified, verify
from holdfast.workflows.verify_findings import unchecked_findings
from holdfast_resolver.errors import ManifestError, RegistryError
from holdfast_resolver.fetch.store import ArtifactStore
from holdfast_resolver.fetch.stored_wheel import stored_text
from holdfast_resolver.manifests.module_toml import read_module_manifest
from holdfast_resolver.values.modules import MANIFEST
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source

NOTHING = Verified((), 0, 0, 0, 0, ())
Key: TypeAlias = tuple[str, str]  # (source, name)

# Verifies the modules, or the npm packages, of these names, and adds to what came of the packages.
ProveMore: TypeAlias = Callable[[Verified, frozenset[str]], Verified]

# Says what the code of some pins can do, and where, from the archives that were just proved.
SeenCode: TypeAlias = "tuple[tuple[str, ...], tuple[tuple[str, str], ...] | None]"  # as in `Seen`
CodeOf: TypeAlias = Callable[[list[Pin]], SeenCode]


def _nothing_looked_at(pins: list[Pin]) -> SeenCode:
    return (), None


class Proof(NamedTuple):
    """What came of it. Only where `holds` may anything be signed."""

    findings: tuple[Finding, ...]  # of `verify`, what could not be checked among them
    refused: bool  # something is not as the lock says
    open: bool  # something could not be asked
    files: int
    size: int  # bytes
    seen: Mapping[Key, Seen]  # what is known of each package that was asked for; empty unless `holds`

    @property
    def holds(self) -> bool:
        """Whether everything is as the lock says."""
        return not self.refused and not self.open


def prove(
    lock: Lock,
    wanted: Iterable[Key],
    fresh: Iterable[tuple[str, str, str]],
    market: Market,
    vault: Vault,
    declared: frozenset[str],
    tell: Tell,
    prove_modules: ProveMore,
    prove_npm: ProveMore,
    code_of: CodeOf = _nothing_looked_at,
) -> Proof:
    """Prove all pins of the packages `wanted`. `fresh`: the releases (source, name, version) that are new among them.

    Raises what `verify` raises.
    """
    keys = frozenset(wanted)
    pins = [pin for pin in lock.packages if (pin.source, pin.name) in keys]
    packages = [pin for pin in pins if _is_python(pin)]
    outcome = NOTHING
    if packages:
        plain = lock._replace(packages=tuple([pin for pin in lock.packages if _is_python(pin)]))
        outcome = verify(plain, frozenset([pin.name for pin in packages]), market, vault, declared, tell)
    modules = frozenset([pin.name for pin in pins if pin.module is not None])
    if modules:
        outcome = prove_modules(outcome, modules)
    npm = frozenset([pin.name for pin in pins if pin.npm is not None])
    if npm:
        outcome = prove_npm(outcome, npm)
    refused = any(fails(one) or _of_signers_or_bytes(one) for one in outcome.findings)
    undecided = bool(outcome.unchecked or outcome.unsure)
    findings = outcome.findings + unchecked_findings(outcome.unchecked)
    if refused or undecided:
        return Proof(findings, refused, undecided, outcome.artifacts, outcome.size, {})
    seen = _seen(pins, frozenset(fresh), outcome.findings, market, vault.store, code_of)
    return Proof(findings, False, False, outcome.artifacts, outcome.size, seen)


def _is_python(pin: Pin) -> bool:
    return pin.module is None and pin.npm is None


def _of_signers_or_bytes(finding: Finding) -> bool:
    """A warning of `verify` such as `signer-added`: the lock does not say what the registry says."""
    return finding.code in CLASSES and CLASSES[finding.code].approval


def _seen(
    pins: list[Pin],
    fresh: frozenset[tuple[str, str, str]],
    findings: tuple[Finding, ...],
    market: Market,
    store: ArtifactStore,
    code_of: CodeOf,
) -> dict[Key, Seen]:
    sources = {source.name: source for source in market.sources}
    by_key: dict[Key, list[Pin]] = {}
    for pin in pins:
        by_key.setdefault((pin.source, pin.name), []).append(pin)
    released = _released(pins, market)
    seen: dict[Key, Seen] = {}
    for key, own in by_key.items():
        new = [pin for pin in own if (pin.source, pin.name, pin.version) in fresh] or own
        dates = [released.get((pin.source, pin.name, pin.version), "") for pin in new]
        codes = {one.code for one in findings if any(_speaks_of(one, pin) for pin in own)}
        capabilities, places = code_of(new)
        seen[key] = Seen(
            tuple(sorted(codes)),
            capabilities,
            released=max(dates) if all(dates) else "",
            licence=joint_licence([_licence(pin, sources, store) for pin in new]),
            places=places,
        )
    return seen


def _speaks_of(finding: Finding, pin: Pin) -> bool:
    return spell_pin(pin) in (finding.subject, dict(finding.facts).get("package"))


def _released(pins: list[Pin], market: Market) -> dict[tuple[str, str, str], str]:
    """When each release was published, to the whole second: the earliest upload of its files; "" is left out."""
    found: dict[tuple[str, str, str], str] = {}
    packages = [pin for pin in pins if _is_python(pin)]
    if packages:
        offered = offers(market, packages)
        for place, files in offered.files.items():
            times = [one.upload_time for one in files.values() if one.upload_time]
            if times:
                found[place] = whole_second(min(times))
    npm = [pin for pin in pins if pin.npm is not None]
    if npm:
        from holdfast.workflows.npm_facts import published  # start-up: only where there is npm

        found |= {key: whole_second(instant) for key, instant in published(npm, market.npm).items()}
    modules = {pin.name: pin for pin in pins if pin.module is not None}
    if modules and market.modules is not None:
        for name, listing in market.modules.listings(sorted(modules)).items():
            for release in listing.releases if listing is not None else ():
                if release.published:
                    found[modules[name].source, name, release.version] = whole_second(release.published)
    return found


def whole_second(instant: str) -> str:
    """Return an RFC 3339 instant in UTC to the whole second before it; "" for any other text.

    >>> whole_second("2026-01-31T12:00:00.123456Z")
    '2026-01-31T12:00:00Z'
    """
    return f"{instant[:19]}Z" if len(instant) >= 20 and instant[10] == "T" and instant.endswith("Z") else ""


def _licence(pin: Pin, sources: Mapping[str, Source], store: ArtifactStore) -> str:
    if pin.module is not None:
        return _module_licence(pin, store)
    if pin.npm is not None:
        from holdfast.workflows.npm_facts import licence_of  # start-up: only where there is npm

        return licence_of(pin, store)
    wheels = [one for one in pin.artifacts if one.file.endswith(".whl")]
    licences = []
    for artifact in wheels or pin.artifacts[:1]:
        try:
            text = stored_text(store.path_of(artifact.hash), sources[pin.source], pin.name, artifact.file)
        except RegistryError:  # of a wheel `verify` has said so; an sdist of an old form just declares nothing
            text = None
        licences.append("" if text is None else licence_of_metadata(text))
    return joint_licence(licences)


def _module_licence(pin: Pin, store: ArtifactStore) -> str:
    with open(store.path_of(pin.artifacts[0].hash), "rb") as stream:
        contents = read_archive(stream.read())
    text = next((file.data for file in contents if file.path == MANIFEST), b"")
    try:
        return read_module_manifest(text).license
    except ManifestError:
        return ""
