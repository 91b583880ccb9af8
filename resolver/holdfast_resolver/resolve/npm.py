"""Resolve npm packages: what the manifests ask for, placed over what the registries list, as releases and edges.

    request --> place(...) <-- records of the index --> releases, their edges, and where one release is two instances

Knows the placement and the index; no lock and no file. What a request lacks in releases is asked for in rounds, all
that can be seen coming at once.
"""

from __future__ import annotations

from holdfast_resolver.errors import ArtifactUnhashed
from holdfast_resolver.fetch.index import Absent, ListingNeed
from holdfast_resolver.placement.build import place
from holdfast_resolver.placement.port import NoPackage, Overruled, Placement, PlacementRequest, Unplaceable
from holdfast_resolver.resolve.npm_instances import Edges, NpmInstance, Release, releases_and_instances
from holdfast_resolver.values.npm import NpmManifest, NpmRelease, NpmRequirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.semver_keys import version_key

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from holdfast_resolver.fetch.npm_index import NpmIndex
    from holdfast_resolver.fetch.npm_records import NpmRecord
    from holdfast_resolver.placement.port import Problem
    from holdfast_resolver.resolve.request import Suggestion
    from holdfast_resolver.values.wishes import Source
    from holdfast_resolver.versions.candidates import Candidates


class NpmRequest(NamedTuple):
    """Everything that the answer depends on, besides the registries' own answers."""

    importers: tuple[NpmManifest, ...]  # the root first, then its workspaces; the root's overrides count
    source_of: Callable[[str], Source]
    pins: Mapping[str, tuple[str, ...]] = {}  # package -> versions to keep where nothing forces them to move
    engines: tuple[tuple[str, str], ...] = ()  # ("node", "22.1.0"): releases that do not take it come last
    cutoff: bool = False  # the index leaves out what is too young


class ChosenNpm(NamedTuple):
    """One release that was chosen, with what each of its requirements leads to."""

    source: str
    name: str
    version: str
    release: NpmRelease
    edges: Edges  # (requirement, version; "none" where an optional one leads nowhere)
    optional: bool  # everything that leads to it is optional


class NpmResolution(NamedTuple):
    """What was chosen. `wishes[i]` are the edges of `importers[i]`, without those that end at a workspace."""

    packages: tuple[ChosenNpm, ...]  # sorted by (source, name, SemVer)
    instances: tuple[NpmInstance, ...]
    wishes: tuple[tuple[str, Edges], ...]  # (the importer's folder, its edges)
    overruled: tuple[Overruled, ...]  # peers that are not met
    placement: Placement


class NpmImpossible(NamedTuple):
    """There is no tree: `sentences` say why, `suggestions` are single changes that were tried and work."""

    sentences: tuple[str, ...]
    suggestions: tuple[Suggestion, ...] = ()
    problems: tuple[Problem, ...] = ()


NpmOutcome: TypeAlias = "NpmResolution | NpmImpossible"


def resolve_npm(request: NpmRequest, index: NpmIndex) -> NpmOutcome:
    """Place what the manifests ask for, keeping the pins that fit.

    Raises `RegistryError` for a package that is needed and cannot be listed, `ArtifactUnhashed` for a chosen release
    that its registry gives no digest of sha256 or stronger.
    """
    while True:
        shelves = Shelves(request, index)
        outcome = placed(request, shelves)
        if not shelves.damaged:
            break
        for source, name in shelves.damaged:  # what was read of the cache is not what was written: asked for anew
            index.forget(source, name)
    if isinstance(outcome, Unplaceable):
        from holdfast_resolver.resolve.npm_refusal import refusal  # start-up: only where there is no tree

        return refusal(request, shelves, outcome)
    return _resolution(outcome, shelves)


def placed(request: NpmRequest, shelves: Shelves) -> Placement | Unplaceable:
    """Return the tree of a request, fetching what it takes. Raises `RegistryError`."""
    root = request.importers[0]
    wanted = PlacementRequest(
        request.importers,
        root.overrides,
        request.pins,
        engines=request.engines,
        source_of=lambda name: request.source_of(name).name,
        cutoff=request.cutoff,
    )
    placing = place(wanted, shelves.record)
    try:
        need = next(placing)
        while True:
            shelves.fetch(need.now, need.ahead)
            need = placing.send(None)
    except StopIteration as end:
        outcome: Placement | Unplaceable = end.value
        return outcome


class Shelf:
    """A record as the placement takes it, which tells of damage. Implements `placement.port.Record`."""

    __slots__ = ("_damaged", "_key", "_read", "_record", "deprecated", "table", "tags")

    def __init__(self, record: NpmRecord, key: tuple[str, str], damaged: set[tuple[str, str]]) -> None:
        self.table: Candidates = record.table
        self.deprecated = record.deprecated
        self.tags: Mapping[str, str] = record.tags
        self._record = record
        self._read: dict[int, NpmRelease] = {}
        self._key = key
        self._damaged = damaged

    def engines(self) -> list[tuple[str, str, int]]:
        """See `placement.port.Record.engines`."""
        return self._record.engines()

    def release(self, index: int) -> NpmRelease | None:
        """See `placement.port.Record.release`."""
        known = self._read.get(index)
        if known is not None:
            return known
        release = self._record.release(index)
        if release is None:
            self._damaged.add(self._key)
        else:
            self._read[index] = release
        return release


class Shelves:
    """The index, by name alone: each name has its one source."""

    def __init__(self, request: NpmRequest, index: NpmIndex) -> None:
        self._source_of = request.source_of
        self._index = index
        self._known: dict[str, Shelf | NoPackage] = {}
        self.damaged: set[tuple[str, str]] = set()

    def record(self, name: str) -> Shelf | NoPackage | None:
        """Return a package; None where it must be fetched."""
        known = self._known.get(name)
        if known is None:
            source = self._source_of(name)
            found = self._index.listing(source, name)
            if found is None:
                return None
            known = NoPackage(name) if isinstance(found, Absent) else Shelf(found, (source.name, name), self.damaged)
            self._known[name] = known
        return known

    def fetch(self, now: tuple[str, ...], ahead: tuple[str, ...]) -> None:
        """Ask for names; wait for those that are needed `now`. Raises `RegistryError`."""
        index = self._index
        needs = [ListingNeed(self._source_of(name), name) for name in now]
        for need in needs:
            index.ask(need)
        for name in ahead:
            if self.record(name) is None:
                index.ask(ListingNeed(self._source_of(name), name))
        index.wait(needs)

    def release(self, source: str, name: str, version: str) -> NpmRelease:
        """Return a release that was placed. Raises `ArtifactUnhashed`."""
        shelf = self._known[name]
        assert isinstance(shelf, Shelf), f"{name} was placed without a record"
        release = shelf.release(shelf.table.index(version))
        assert release is not None, f"{name} {version} was whole a moment ago"
        if not release.integrity:
            raise ArtifactUnhashed(source, f"{name} {version}", release.tarball)
        return release

    def source(self, name: str) -> Source:
        """Return where a name is looked for."""
        return self._source_of(name)

    def names_seen(self, name: str) -> list[str]:
        """Return what the source of a name is known to have: for suggestions."""
        return self._index.names_seen(self._source_of(name))


def _resolution(placement: Placement, shelves: Shelves) -> NpmResolution:
    edges, instances = releases_and_instances(placement)
    needed: dict[Release, bool] = {}  # whether something that is not optional leads to it
    for node in placement.nodes:
        if not node.link:
            key = (node.source, node.package, node.version)
            needed[key] = needed.get(key, False) or not node.optional
    packages = [
        ChosenNpm(source, name, version, shelves.release(source, name, version), edges[release], not needed[release])
        for release in edges
        for source, name, version in (release,)
    ]
    packages.sort(key=lambda one: (one.source, one.name, version_key(one.version)))
    return NpmResolution(tuple(packages), instances, _wishes(placement), placement.overruled, placement)


def _wishes(placement: Placement) -> tuple[tuple[str, Edges], ...]:
    at = {node.path: place for place, node in enumerate(placement.nodes)}
    found = []
    for importer in placement.importers:
        edges: list[tuple[NpmRequirement, str]] = []
        for requirement, end in importer.edges:
            if end is None:
                edges.append((requirement, "none"))
                continue
            node = placement.nodes[at.get(placement.nodes[end].link, end)]
            if not node.link:
                edges.append((requirement, node.version))
        found.append((importer.path, tuple(edges)))
    return tuple(found)
