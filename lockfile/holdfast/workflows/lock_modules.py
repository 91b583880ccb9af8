"""Lock modules: solve what `[modules]` asks for, and believe of each chosen release only what its signers said.

Knows no file and no socket. A module whose signatures do not hold is never left out or passed over: the command
stops with the refusal (fail closed), and nothing is written.
"""

from __future__ import annotations

from holdfast.configuration.configuration import Configuration
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding
from holdfast.model.lock import ModuleFacts, Pin, PinnedArtifact, Signer
from holdfast.model.signer_references import references
from holdfast.policy.decisions import requires_signature
from holdfast.trust.verify_module import TrustedKey, VerifiedModule, VerifiedSigner, verify_module
from holdfast.workflows.module_market import ModuleMarket
from holdfast.workflows.module_trust import trusted_keys
from holdfast.workflows.port import LOCK
from holdfast.workflows.previous import Remembered
from holdfast_resolver.resolve.modules import ChosenModule, ModuleRequest, ModulesImpossible, resolve_modules
from holdfast_resolver.values.tuples import NamedTuple


class LockedModules(NamedTuple):
    """The modules of a lock: their pins, and the signers that these name; or why no choice of them is possible."""

    pins: tuple[Pin, ...] = ()
    signers: tuple[Signer, ...] = ()
    findings: tuple[Finding, ...] = ()
    impossible: ModulesImpossible | None = None


def lock_modules(
    configuration: Configuration,
    market: ModuleMarket,
    remembered: tuple[Remembered, ...],
    freed: frozenset[str],
    accepted: frozenset[str],
) -> LockedModules:
    """Resolve and verify the modules of a project, keeping the `remembered` pins that are not `freed`.

    Raises `TrustError` for the first release whose signatures do not hold, `RegistryError` for an unreachable
    registry. A pinned release with other bytes is an `artifact-changed` alarm unless `accepted` names it.
    """
    olds = {pin.name: pin for pin in remembered if pin.name.startswith("@")}
    request = ModuleRequest(
        configuration.modules,
        market.source_of,
        configuration.strategy,
        tuple([(pin.name, pin.version) for pin in olds.values() if pin.name not in freed]),
        freed,
    )
    resolution = resolve_modules(request, market.listings)
    if isinstance(resolution, ModulesImpossible):
        return LockedModules(impossible=resolution)
    trusted = trusted_keys(configuration)
    verdicts, findings = [], []
    for chosen in resolution.modules:
        verified = verify_chosen(chosen, market, configuration, trusted)
        old = olds.get(chosen.name)
        if old is not None and old.version == chosen.release.version and chosen.name not in accepted:
            findings += _changed(chosen, old)
        if chosen.release.yanked is not None:
            findings.append(_yanked(chosen))
        if not verified.publishers:
            findings.append(_unsigned(chosen))
        verdicts.append((chosen, verified))
    spelled = references(
        [signer_record(one) for _, verified in verdicts for one in (*verified.publishers, *verified.vetted)]
    )
    pins = tuple([_pin(chosen, verified, spelled) for chosen, verified in verdicts])
    signers = tuple([record._replace(id=reference) for record, reference in spelled.items()])
    return LockedModules(pins, signers, tuple(findings))


def verify_chosen(
    chosen: ChosenModule, market: ModuleMarket, configuration: Configuration, trusted: tuple[TrustedKey, ...]
) -> VerifiedModule:
    """Verify a release's signatures by what its registry, the project and the clock say. Raises `TrustError`."""
    return verify_module(
        chosen.name,
        chosen.release,
        publishers=market.publishers(chosen.source),
        revocations=market.revocations(chosen.source),
        trusted=trusted,
        now=market.now,
        allow_unsigned=not requires_signature(configuration.policy, chosen.source, chosen.name, market.now),
    )


def signer_record(one: VerifiedSigner) -> Signer:
    """Return what the lock has of a signer."""
    return Signer(one.id, one.label, (("tier", one.tier),) if one.tier else ())


def _pin(chosen: ChosenModule, verified: VerifiedModule, spelled: dict[Signer, str]) -> Pin:
    release = chosen.release
    return Pin(
        chosen.source,
        chosen.name,
        release.version,
        artifacts=(PinnedArtifact(release.file, release.archive),),
        signers=tuple(sorted([spelled[signer_record(one)] for one in verified.publishers])),
        dependencies=tuple([(need, "") for need in chosen.dependencies]),
        module=ModuleFacts(
            release.tree,
            release.privileged,
            release.permissions,
            tuple(sorted([spelled[signer_record(one)] for one in verified.vetted])),
            verified.threshold if verified.publishers else 0,
        ),
    )


def _changed(chosen: ChosenModule, old: Remembered) -> list[Finding]:
    before = {artifact.file: artifact.hash for artifact in old.artifacts}
    release = chosen.release
    if before.get(release.file, release.archive) == release.archive:
        return []
    return [
        Finding(
            "artifact-changed",
            severity("artifact-changed"),
            f"{chosen.name} {release.version}",
            f"{release.file} {before[release.file]} ({LOCK})",
            f"{release.archive} ({chosen.source})",
            hints=(f"holdfast lock --accept-changed {chosen.name}",),
        )
    ]


def _yanked(chosen: ChosenModule) -> Finding:
    return Finding(
        "pin-yanked",
        severity("pin-yanked"),
        f"{chosen.name} {chosen.release.version}",
        "a release that its registry still offers",
        chosen.release.yanked or "yanked without a reason",
        hints=(f"holdfast update {chosen.name}",),
    )


def _unsigned(chosen: ChosenModule) -> Finding:
    return Finding(
        "module-unsigned",
        severity("module-unsigned"),
        f"{chosen.name} {chosen.release.version}",
        "a publisher's signature",
        "none, and policy asks for none",
    )
