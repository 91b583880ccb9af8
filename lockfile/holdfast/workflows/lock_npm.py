"""Lock npm packages: what the manifests ask for becomes pins and instances that keep all they can.

Rule 1: where wishes, overrides and sources are those of the lock, and nothing is freed, the lock's own choice stands,
        whatever the registries would choose today.
Rule 2: a pinned release keeps its digest. Another one in the registry is an alarm, and nothing is written unless the
        change of this very package was accepted.
Rule 3: an edge says its version only where it is not the highest locked one that fits.

Knows no file and no socket.
"""

from __future__ import annotations

from holdfast.drift.npm_closure import find_npm_problems
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding
from holdfast.model.instances import release_of
from holdfast.model.lock import ABSENT, Instance, Lock, NpmFacts, Pin, PinnedArtifact
from holdfast.model.npm_graph import MeantVersions
from holdfast.model.npm_peers import has_split_peers
from holdfast.model.npm_pins import NOWHERE, NpmPins
from holdfast.workflows.npm_edited import as_released, differences, leeway_of
from holdfast.workflows.npm_market import NpmMarket
from holdfast.workflows.npm_wishes import OVERRIDE, npm_wishes
from holdfast.workflows.port import LOCK, NPM_MANIFEST
from holdfast.workflows.previous import Remembered
from holdfast.workflows.scope import declared_node
from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.fetch.index import Absent, ListingNeed
from holdfast_resolver.resolve.npm import ChosenNpm, NpmImpossible, NpmRequest, NpmResolution, resolve_npm
from holdfast_resolver.resolve.npm_engines import lowest_engines
from holdfast_resolver.resolve.npm_instances import Edges
from holdfast_resolver.values.npm import PEER, NpmManifest, NpmRelease, NpmRequirement
from holdfast_resolver.values.npm_names import tarball_file_name
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source, Wish
from holdfast_resolver.versions.npm_ranges import is_npm_tag, npm_range

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterator, Mapping

MAIN = "npm"


class LockedNpm(NamedTuple):
    """The npm packages of a lock; or why no choice of them is possible."""

    wishes: tuple[Wish, ...] = ()
    pins: tuple[Pin, ...] = ()
    instances: tuple[Instance, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: tuple[Source, ...] = ()  # the main registry first
    releases: Mapping[tuple[str, str, str], NpmRelease] = {}  # what the registries say of the pins, by (source, ...)
    impossible: NpmImpossible | None = None
    node: str = ""  # that the packages were chosen for, "" for any


def lock_npm(
    manifests: tuple[NpmManifest, ...],
    market: NpmMarket,
    before: Lock | None,
    remembered: tuple[Remembered, ...],
    freed: frozenset[str] = frozenset(),
    accepted: frozenset[str] = frozenset(),
    *,
    free_all: bool = False,
) -> LockedNpm:
    """Resolve the npm packages of a project, keeping the `remembered` pins whose names are not `freed`.

    Some of them may be from another tool's file; then nothing of the lock stands for having been there before. Raises
    `RegistryError` for an unreachable registry, `ArtifactUnhashed`.
    """
    wishes = npm_wishes(manifests, market.source_name)
    node = _node(manifests, market, before, free_all=free_all)
    theirs = any(pin.place.path != LOCK for pin in remembered)
    stays = before is not None and before.scope.node == node and not (freed or accepted or free_all or theirs)
    if before is not None and stays and _answers(before, wishes, market):
        whole = _kept(before, wishes, market)
        if whole is not None:
            return whole
    kept: dict[str, list[str]] = {}
    for pin in () if free_all else _preferred(remembered, freed, _new_tags(wishes, before)):
        kept.setdefault(pin.name, []).append(pin.version)
    index = market.index
    request = NpmRequest(
        manifests,
        market.source_of,
        {name: tuple(versions) for name, versions in kept.items()},
        tuple({**dict(lowest_engines(manifests[0].engines)), "node": node}.items()),
        bool(index.freshness.until) or index.aged is not None,
    )
    resolution = resolve_npm(request, index)
    if isinstance(resolution, NpmImpossible):
        return LockedNpm(impossible=resolution)
    chosen = {one[:3]: one for one in resolution.packages}
    findings = [*market.findings, *_overruled(resolution)]
    for pin in remembered:
        now = chosen.get((pin.source, pin.name, pin.version))
        if now is not None and pin.name not in accepted:
            findings += _changed(pin.source, pin.name, pin.version, pin.artifacts, now.release, pin.place.path)
    pins, instances = _assembled(resolution, wishes, before)
    releases = {key: one.release for key, one in chosen.items()}
    return LockedNpm(wishes, pins, instances, tuple(findings), market.sources, releases, node=node)


def npm_inputs(wishes: tuple[Wish, ...]) -> dict[tuple[str, str, str], dict[Requirement, None]]:
    """Return wishes by the part of a manifest that they stand in."""
    parts: dict[tuple[str, str, str], dict[Requirement, None]] = {}
    for wish in wishes:
        parts.setdefault((wish.path, wish.kind, wish.group), {})[wish.requirement] = None
    return parts


def _node(manifests: tuple[NpmManifest, ...], market: NpmMarket, before: Lock | None, *, free_all: bool) -> str:
    """The Node to choose for, "" for any: as `engines` declare it, as asked for, as locked, as this machine has it."""
    declared, asked = declared_node(manifests), market.node.asked
    if declared or asked is not None:
        return declared or asked or ""
    settled = before is not None and not free_all and any(pin.npm is not None for pin in before.packages)
    if before is not None and (before.scope.node or settled):
        return before.scope.node
    return market.node.here()


def _answers(before: Lock, wishes: tuple[Wish, ...], market: NpmMarket) -> bool:
    """Whether a lock answers these wishes, wholly and from these sources."""
    inputs = {
        (part.path, part.kind, part.name): set(part.requires)
        for part in before.inputs
        if any(type(wish) is not Requirement for wish in part.requires)
    }
    if inputs != {part: set(needs) for part, needs in npm_inputs(wishes).items()}:
        return False
    locked = {source.name: source.identity for source in before.sources}
    identities = {source.name: source.identity for source in market.sources}
    for pin in before.packages:
        if pin.npm is not None:
            source = market.source_of(pin.name)
            if source.name != pin.source:
                return False
            if pin.source != MAIN and locked.get(pin.source) != identities[pin.source]:
                return False  # what the main registry is, no lock says
    if any(problem.code != "peer-unmet" for problem in find_npm_problems(before)):
        return False
    return not has_split_peers(before)  # as in a lock that lost an instance: placed again, with the same pins


def _preferred(remembered: tuple[Remembered, ...], freed: frozenset[str], tags: frozenset[str]) -> Iterator[Remembered]:
    """The pins that are kept where they serve. Those of another tool's file take the place of ours of the same name."""
    replaced = {pin.name for pin in remembered if pin.place.path != LOCK}
    for pin in remembered:
        ours = pin.place.path == LOCK
        if pin.name not in freed and not (ours and (pin.name in replaced or pin.name in tags)):
            yield pin


def _new_tags(wishes: tuple[Wish, ...], before: Lock | None) -> frozenset[str]:
    """The names that are asked for by a dist-tag which the lock has not answered: any pin would do, and none is meant.

    `left-pad@latest` moves a pin of 1.2.0, and `left-pad@no-such-tag` is refused though left-pad is locked.
    """
    answered = {(part.path, wish) for part in before.inputs for wish in part.requires} if before else set()
    new = [wish.requirement for wish in wishes if (wish.path, wish.requirement) not in answered]
    return frozenset([need.name for need in new if is_npm_tag(need.range)])


def _kept(before: Lock, wishes: tuple[Wish, ...], market: NpmMarket) -> LockedNpm | None:
    """The lock's own pins, their digests compared with what the registries say now, and with the facts from there.

    None where edges are not those of the releases: somebody edited them.
    """
    pins = tuple([pin for pin in before.packages if pin.npm is not None])
    index = market.index
    needs = {pin.name: ListingNeed(market.source_of(pin.name), pin.name) for pin in pins}
    missing = [need for need in needs.values() if index.listing(need.source, need.name) is None]
    for need in missing:
        index.ask(need)
    if not index.freshness.offline:
        index.wait(missing)
    findings = list(market.findings)
    releases: dict[tuple[str, str, str], NpmRelease] = {}
    leeway = leeway_of(before)
    found = []
    for pin in pins:
        found.append(pin)
        record = index.listing(needs[pin.name].source, pin.name)
        if record is None or isinstance(record, Absent):
            continue
        place = record.table.index(pin.version)
        release = record.release(place) if place >= 0 else None
        if release is not None:
            releases[pin[:3]] = release
            findings += _changed(pin.source, pin.name, pin.version, pin.artifacts, release)
            found[-1] = as_released(pin, release)
            if differences(found[-1], release, leeway):
                return None
    return LockedNpm(
        wishes, tuple(found), before.instances, tuple(findings), market.sources, releases, node=before.scope.node
    )


def _assembled(
    resolution: NpmResolution, wishes: tuple[Wish, ...], before: Lock | None
) -> tuple[tuple[Pin, ...], tuple[Instance, ...]]:
    olds = {pin[:3]: pin for pin in before.packages if pin.npm is not None} if before else {}
    pins = [_pin(chosen, olds.get(chosen[:3])) for chosen in resolution.packages]
    table = NpmPins(pins)

    def written(requirement: Requirement, version: str) -> str:
        place = table.highest(requirement)
        implied = pins[place].version if place != NOWHERE else ""
        return "" if version == implied else version

    assembled = tuple(
        [
            pin._replace(
                dependencies=tuple(
                    [(need, written(need, end)) for need, end in chosen.edges if _can_be_said(need, end)]
                )
            )
            for pin, chosen in zip(pins, resolution.packages, strict=True)
        ]
    )
    kept = {(one.source, one.name, one.version, one.number): one.unknown for one in before.instances} if before else {}
    by_release = {pin[:3]: pin for pin in assembled}
    instances = [
        Instance(*one[:5], _as_in(by_release[one[:3]], one.dependencies), kept.get(one[:4], ()))
        for one in resolution.instances
    ]
    return assembled, tuple(_with_manifests(instances, resolution, wishes, table, pins))


def _can_be_said(need: Requirement, version: str) -> bool:
    """No, of an edge that leads nowhere because it asks for no release: an optional tarball, a git repository."""
    if version != ABSENT or is_npm_tag(need.range):
        return True
    try:
        npm_range(need.range)
    except InvalidRange:
        return False
    return True


def _as_in(pin: Pin, edges: Edges) -> Edges:
    """The edges of an instance as its pin spells them: an override may make the same one ask for something else."""
    own = {need.alias: need for need, _ in pin.dependencies if isinstance(need, NpmRequirement)}
    return tuple([(own.get(need.alias, need), version) for need, version in edges])


def _with_manifests(
    instances: list[Instance], resolution: NpmResolution, wishes: tuple[Wish, ...], table: NpmPins, pins: list[Pin]
) -> list[Instance]:
    """The instances, with those by which a manifest says that it means another version than the highest that fits."""
    chosen = {
        (f"{folder}/{NPM_MANIFEST}" if folder else NPM_MANIFEST, need.alias): (need.source, need.name, version)
        for folder, edges in resolution.wishes
        for need, version in edges
        if version != ABSENT
    }
    overrides = [wish.requirement for wish in wishes if wish.kind == OVERRIDE]
    meant = MeantVersions(table, tuple(instances), overrides)
    known = {pin[:3] for pin in pins}
    for wish in wishes:
        need = wish.requirement
        release = chosen.get((wish.path, need.alias)) if isinstance(need, NpmRequirement) else None
        if release not in known or wish.kind == OVERRIDE:  # another package under an alias of the project answers it
            continue
        place = meant.of(wish.path, need)
        if place == NOWHERE or pins[place].version == release[2]:
            continue
        several = [one for one in instances if release_of(one) == release]
        if not any(wish.path in one.dependents for one in several):
            number = max([one.number for one in several], default=1) + 1
            instances.append(Instance(*release, number, (wish.path,)))
    return instances


def _pin(chosen: ChosenNpm, old: Pin | None) -> Pin:
    release = chosen.release
    artifacts = (PinnedArtifact(tarball_file_name(chosen.name, chosen.version), release.integrity),)
    kept = old is not None and tuple([one[:2] for one in old.artifacts]) == tuple([one[:2] for one in artifacts])
    return Pin(
        chosen.source,
        chosen.name,
        chosen.version,
        artifacts=old.artifacts if old is not None and kept else artifacts,
        signers=old.signers if old is not None and kept else (),
        unknown=old.unknown if old is not None else (),
        npm=NpmFacts(
            release.bins,
            release.os,
            release.cpu,
            release.libc,
            release.engines,
            release.install_script,
            chosen.optional,
            release.bundled,
        ),
    )


def _changed(
    source: str,
    name: str,
    version: str,
    old: tuple[PinnedArtifact, ...],
    release: NpmRelease,
    path: str = LOCK,
) -> list[Finding]:
    """An alarm for a release whose registry gives another digest than the pinned one, in the same algorithm."""
    found = []
    again = "holdfast lock" if path == LOCK else f"holdfast import {_quoted(path)}"
    for artifact in old:
        algorithm = artifact.hash.partition(":")[0]
        if release.integrity.partition(":")[0] == algorithm and release.integrity != artifact.hash:
            found.append(
                Finding(
                    "artifact-changed",
                    severity("artifact-changed"),
                    f"{name} {version}",
                    f"{artifact.file} {artifact.hash} ({path})",
                    f"{release.integrity} ({source})",
                    hints=(f"{again} --accept-changed {name}",),
                )
            )
    return found


def _quoted(path: str) -> str:
    from shlex import quote  # start-up: only when another tool's file is named

    return quote(path)


def _overruled(resolution: NpmResolution) -> list[Finding]:
    """Peers that are not met, which npm installs over with a warning."""
    found = [(one.requirement, one.asker, one.found) for one in resolution.overruled]
    found += [
        (need, f"{one.name}@{one.version}", "")
        for one in resolution.packages
        for need, version in one.edges
        if version == ABSENT and need.kind == PEER
    ]
    return [
        Finding(
            "peer-unmet",
            severity("peer-unmet"),
            f"{need.name} {version}" if version else str(need),
            f"{need.without_source()} for {asker}",
            f"{need.name} {version}" if version else "no pin",
            hints=(f"holdfast why {asker.rpartition('@')[0] if not version else need.name}",),
        )
        for need, asker, version in found
    ]
