"""Evidence of who made npm packages: the registry's own signatures, and the attestations that it links to.

Law 1: nobody is a signer but by evidence that verifies, for this name, this version and this digest.
Law 2: evidence that does not verify spoils the whole release; it is refused, never passed over.
Law 3: a registry that publishes no keys signs nothing, and nothing is asked of it. One that does and has not signed a
        release is told of.

Knows no file and no socket: `NpmEvidenceDesk` holds what reaches them. Loaded only where there is evidence to be had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Pin, Signer
from holdfast.model.words import spell_pin
from holdfast.trust.attestations.errors import TOO_LARGE, EvidenceRefused, ReleaseUnsigned
from holdfast.trust.attestations.identities import PublisherIdentity
from holdfast.trust.attestations.npm_attestations import verify_npm_attestations
from holdfast.trust.attestations.npm_bundles import read_npm_attestations
from holdfast.trust.attestations.trust_root import TrustRoot
from holdfast.trust.npm_keys import RegistryKeys
from holdfast.trust.npm_signatures import verify_registry_signature
from holdfast.workflows.port import LOCK
from holdfast_resolver.errors import RegistryError
from holdfast_resolver.fetch.evidence import EvidenceAnswer, TooLarge
from holdfast_resolver.fetch.evidence_cache import NoneServed, Served
from holdfast_resolver.fetch.evidence_need import EvidenceNeed
from holdfast_resolver.values.npm import NpmRelease
from holdfast_resolver.values.tuples import NamedTuple

Key = tuple[str, str, str]  # source, name, version


class NpmEvidenceDesk(NamedTuple):
    """What reaches the world. `ask(needs, refresh)` gives the answers, past the cache with `refresh`."""

    ask: Callable[[Sequence[EvidenceNeed], bool], Iterable[tuple[EvidenceNeed, EvidenceAnswer]]]
    keep: Callable[[EvidenceNeed, bytes], None]
    forget: Callable[[EvidenceNeed], None]
    # The published keys of a source; None where it publishes none. Raises `RegistryError`, `EvidenceRefused`.
    keys_of: Callable[[str, bool], RegistryKeys | None]
    address: Callable[[str, str], str]  # (source, URL as the registry gives it) -> where it is had
    root_of: Callable[[str], TrustRoot]  # of a source, by its name; raises `TrustRootRefused`
    now: datetime  # with its time zone


class NpmProven(NamedTuple):
    """What came of it, each release in one of three: who signed (nobody: ()), why not had, why refused.

    `unsigned`: releases that a registry which publishes keys has not signed.
    """

    signers: dict[Key, tuple[Signer, ...]]
    missing: dict[Key, RegistryError]
    refused: dict[Key, EvidenceRefused]
    unsigned: dict[Key, str]  # -> the registry


def prove(
    pins: Iterable[Pin], releases: Mapping[Key, NpmRelease], desk: NpmEvidenceDesk, *, refresh: bool = False
) -> NpmProven:
    """Have the evidence of some pins and verify it; `releases` are what their registries say of them.

    The digest that counts is the pinned one. `refresh` takes nothing from the cache. Raises `TrustRootRefused`.
    """
    proven = NpmProven({}, {}, {}, {})
    wanted: dict[EvidenceNeed, tuple[Pin, RegistryKeys]] = {}
    keys: dict[str, RegistryKeys | RegistryError | EvidenceRefused | None] = {}
    for pin in pins:
        if pin.source not in keys:
            keys[pin.source] = _keys(pin.source, desk, refresh)
        key, known = pin[:3], keys[pin.source]
        if isinstance(known, RegistryError):
            proven.missing[key] = known
        elif isinstance(known, EvidenceRefused):
            proven.refused[key] = known
        elif known is None:
            proven.signers[key] = ()
        else:
            release = releases[key]
            if _registry(pin, release, known, proven) and release.attestations:
                url = desk.address(pin.source, release.attestations)
                wanted[EvidenceNeed(pin.source, f"{pin.name}@{pin.version}", pin.artifacts[0].hash, url)] = pin, known
    stale = []  # the cache had what does not hold, or no longer: asked for anew
    for need, answer in desk.ask(list(wanted), refresh):
        if not _attested(need, answer, *wanted[need], desk, proven):
            stale.append(wanted[need][0])
    if stale:
        again = prove(stale, releases, desk, refresh=True)
        for pin in stale:
            proven.refused.pop(pin[:3], None)
            proven.signers.pop(pin[:3], None)
        proven.signers.update(again.signers)
        proven.missing.update(again.missing)
        proven.refused.update(again.refused)
        proven.unsigned.update(again.unsigned)
    return proven


def _keys(source: str, desk: NpmEvidenceDesk, refresh: bool) -> RegistryKeys | RegistryError | EvidenceRefused | None:
    try:
        keys = desk.keys_of(source, refresh)
    except (RegistryError, EvidenceRefused) as error:
        return error
    return keys if keys is not None and (keys.keys or keys.unknown) else None


def _registry(pin: Pin, release: NpmRelease, keys: RegistryKeys, proven: NpmProven) -> bool:
    """Verify the registry's signatures; whether there is more to look at."""
    key = pin[:3]
    try:
        signer = verify_registry_signature(
            keys, pin.name, pin.version, pin.artifacts[0].hash, release.signatures, release.published
        )
        proven.signers[key] = (signer,)
    except ReleaseUnsigned as error:
        proven.unsigned[key] = error.registry
        proven.signers[key] = ()
    except EvidenceRefused as error:
        proven.refused[key] = error
        return False
    return True


def _attested(
    need: EvidenceNeed, answer: EvidenceAnswer, pin: Pin, keys: RegistryKeys, desk: NpmEvidenceDesk, proven: NpmProven
) -> bool:
    """Add what attestations prove; False for one from the cache that does not hold."""
    key = pin[:3]
    if isinstance(answer, NoneServed):
        return True
    if isinstance(answer, RegistryError):
        proven.missing[key] = answer
        proven.signers.pop(key)
        return True
    try:
        if isinstance(answer, TooLarge):
            raise EvidenceRefused(need.file, TOO_LARGE, f"expected at most {answer.limit} bytes")
        bundles = read_npm_attestations(answer.data, need.file)
        found = verify_npm_attestations(
            bundles, pin.name, pin.version, need.hash, keys, desk.root_of(pin.source), desk.now
        )
    except EvidenceRefused as error:
        proven.signers.pop(key)
        proven.refused[key] = error
        if isinstance(answer, Served) and answer.cached:
            desk.forget(need)
            return False
        return True
    if not answer.cached:
        desk.keep(need, answer.data)
    signers = [*proven.signers[key], *[one.signer for one in found.publishes]]
    signers += [_signer(one.identity) for one in found.publishers]
    proven.signers[key] = tuple(sorted(dict.fromkeys(signers)))
    return True


def _signer(identity: PublisherIdentity) -> Signer:
    attributes = (("context", identity.context), ("owner-id", identity.owner_id))
    return Signer(identity.id, identity.label, tuple([pair for pair in attributes if pair[1]]))


def refused_findings(refused: dict[Key, EvidenceRefused]) -> tuple[Finding, ...]:
    """Return what is to be said of evidence that does not hold."""
    return tuple(
        [
            Finding(
                "evidence-refused",
                severity("evidence-refused"),
                f"{name}@{version}",
                "evidence that verifies",
                f"{error.reason}: {error.detail}",
                (("package", f"{name} {version}"), ("source", source)),
                hints=("holdfast explain evidence-refused",),
                place=Place(LOCK),
            )
            for (source, name, version), error in refused.items()
        ]
    )


def unsigned_findings(pins: Iterable[Pin], unsigned: dict[Key, str]) -> tuple[Finding, ...]:
    """Return what is to be said of releases that their registry has not signed, though it publishes keys."""
    return tuple(
        [
            Finding(
                "release-unsigned",
                severity("release-unsigned"),
                spell_pin(pin),
                f"a signature of {unsigned[pin[:3]]}",
                "none",
                (("source", pin.source),),
                hints=("holdfast explain release-unsigned",),
                place=Place(LOCK),
            )
            for pin in pins
            if pin[:3] in unsigned
        ]
    )
