"""From a resolution to a lock: scope, inputs, sources, pins with their `when`.

Knows the shape of a lock; never which bytes are kept (`pinned_bytes` decides) and never a file.
"""

from __future__ import annotations

from holdfast.configuration.configuration import Configuration
from holdfast.format.order import canonical
from holdfast.model.lock import Input, Lock, LockedSource, Pin, PinnedArtifact, Scope, Unknown
from holdfast.model.when import marker_for
from holdfast.workflows.scope import all_wishes
from holdfast_resolver.resolve.request import Chosen, Resolution
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.wishes import Manifest, Source, Wish
from holdfast_resolver.versions.grid import Grid
from holdfast_resolver.versions.pep440_ranges import repair_range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.workflows.lock_modules import LockedModules
    from holdfast.workflows.lock_npm import LockedNpm


def assemble(
    manifest: Manifest,
    configuration: Configuration,
    sources: tuple[Source, ...],
    resolution: Resolution,
    artifacts: dict[tuple[str, str, str], tuple[PinnedArtifact, ...]],
    before: Lock | None,
    modules: LockedModules | None = None,
    npm: LockedNpm | None = None,
) -> Lock:
    """Return the lock, in canonical order.

    `artifacts` are those to pin, by (source, name, version), where they are not the chosen ones. What this
    version does not know of the lock `before` stays, as long as its pin does not move.
    """
    scope = Scope(
        manifest.requires_python,
        configuration.strategy,
        configuration.prereleases,
        resolution.targets,
        before.scope.unknown if before else (),
        npm.node if npm is not None else "",
    )
    wishes = all_wishes(manifest, configuration)
    pins = _pins(resolution, artifacts, before)
    others = (*sources[1:], *configuration.module_sources)
    if npm is not None:
        wishes += npm.wishes
        pins += npm.pins
        others += npm.sources[1:]
    inputs = _inputs(wishes, sources, before)
    signed = before.signers if before else ()
    if modules is not None:
        pins += _kept_keys(modules.pins, before)
        signed = (*modules.signers, *signed)
    used = {pin.source for pin in pins} | {need.source for one in inputs for need in one.requires}
    used |= {need.source for pin in pins for need, _ in pin.dependencies}
    kept = {one.name: one.unknown for one in before.sources} if before else {}
    signers = {signer for pin in pins for signer in (*pin.signers, *(pin.module.vetted if pin.module else ()))}
    if signed:
        signers.update([signer for pin in pins for one in pin.artifacts if one.signers for signer in one.signers])
    return canonical(
        Lock(
            scope,
            inputs,
            pins,
            tuple(_locked_source(source, kept.get(source.name, ())) for source in others if source.name in used),
            tuple({one.id: one for one in reversed(signed) if one.id in signers}.values()),
            before.features if before else (),
            unknown=before.unknown if before else (),
            instances=npm.instances if npm is not None else (),
        )
    )


def _locked_source(source: Source, unknown: Unknown) -> LockedSource:
    if source.kind == "modules":
        return LockedSource(source.name, source.kind, "", unknown, source.identity)
    return LockedSource(source.name, source.kind, source.identity, unknown)


def _kept_keys(pins: tuple[Pin, ...], before: Lock | None) -> tuple[Pin, ...]:
    """The pins of modules, with the unknown keys of those that did not move."""
    olds = {pin[:3]: pin.unknown for pin in before.packages} if before else {}
    return tuple([pin._replace(unknown=olds.get(pin[:3], ())) for pin in pins])


def source_of(name: str, sources: tuple[Source, ...]) -> Source:
    """Return the source in which a name resolves: the first whose patterns claim it, else the main index."""
    for source in sources[1:]:
        for pattern in source.packages:
            if name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern:
                return source
    return sources[0]


def _inputs(wishes: tuple[Wish, ...], sources: tuple[Source, ...], before: Lock | None) -> tuple[Input, ...]:
    parts: dict[tuple[str, str, str], dict[Requirement, None]] = {}
    for wish in wishes:
        need = wish.requirement
        if wish.kind != "module" and type(need) is Requirement:
            need = need._replace(source=source_of(need.name, sources).name)
        parts.setdefault((wish.path, wish.kind, wish.group), {})[need] = None
    unknown = {(one.path, one.kind, one.name): one.unknown for one in before.inputs} if before else {}
    return tuple(
        Input(*part, tuple(sorted(requires, key=str)), unknown.get(part, ())) for part, requires in parts.items()
    )


def _pins(
    resolution: Resolution,
    artifacts: dict[tuple[str, str, str], tuple[PinnedArtifact, ...]],
    before: Lock | None,
) -> tuple[Pin, ...]:
    counts: dict[tuple[str, str], int] = {}
    for chosen in resolution.packages:
        name = (chosen.source, chosen.name)
        counts[name] = counts.get(name, 0) + 1
    grid = Grid(resolution.targets)
    olds = {(pin.source, pin.name, pin.version): pin for pin in before.packages} if before else {}
    pins = []
    ranges: dict[str, str] = {}  # few texts, many releases
    for chosen in resolution.packages:
        written = chosen.requires_python
        if written not in ranges:
            ranges[written] = repair_range(written) or ""  # beyond repair, it would be no candidate
        key = (chosen.source, chosen.name, chosen.version)
        when = marker_for(chosen.targets, grid) if counts[key[:2]] > 1 else ""
        files = artifacts.get(key) or offered_artifacts(chosen)
        old = olds.get(key)
        signers: tuple[str, ...] = ()
        if old is not None:
            if old.artifacts == files:
                signers = old.signers
            elif old.signers or any(one.signers for one in old.artifacts):
                from holdfast.workflows.lock_evidence import keep_signers  # start-up: only such pins

                signers, files = keep_signers(old, files)
        pins.append(
            Pin(
                *key,
                ranges[written],
                when,
                files,
                signers,
                tuple([(need, "") for need in chosen.dependencies]),
                old.unknown if old is not None else (),
            )
        )
    return tuple(pins)


def offered_artifacts(chosen: Chosen) -> tuple[PinnedArtifact, ...]:
    """Return the artifacts that the index offers for the targets of a release, as a pin holds them."""
    return tuple(sorted([PinnedArtifact(one.file, one.hash) for one in chosen.artifacts]))
