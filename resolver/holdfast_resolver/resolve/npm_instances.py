"""The places of each npm release in a tree, sorted into instances: places whose edges lead to the same.

    node_modules/use-it             -> react 18      places of one release that need the same are one instance; the
    node_modules/b/node_modules/use-it -> react 17   first in the tree is the release itself, the others are numbered

"The same" goes all the way down: a release whose edges lead to the same versions everywhere is still two instances if
one of those versions is. Pure; knows no lock.
"""

from __future__ import annotations

from holdfast_resolver.placement.port import Placement
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.tuples import NamedTuple

Release = tuple[str, str, str]  # source, name, version
Edges = tuple[tuple[NpmRequirement, str], ...]  # (requirement, version; ABSENT where nothing is installed for it)
ABSENT = "none"
MANIFEST = "package.json"


class NpmInstance(NamedTuple):
    """One release where its edges lead elsewhere than in its first place."""

    source: str
    name: str
    version: str
    number: int  # from 2
    dependents: tuple[str, ...]  # sorted: manifests' paths, `source:name version`, `source:name version#2`
    dependencies: Edges  # those that differ


def releases_and_instances(placement: Placement) -> tuple[dict[Release, Edges], tuple[NpmInstance, ...]]:
    """Return the edges of each release in its first place, and its other instances.

    Links to workspaces are no releases and no edges: a workspace is an importer.
    """
    return _Sorter(placement).result()


class _Sorter:
    def __init__(self, placement: Placement) -> None:
        self.placement = placement
        at = {node.path: place for place, node in enumerate(placement.nodes)}
        self.ends = [
            at.get(node.link, place) for place, node in enumerate(placement.nodes)
        ]  # a loop's link is no place
        self.releases: list[Release | None] = [
            None if node.link else (node.source, node.package, node.version) for node in placement.nodes
        ]
        self.places: dict[Release, list[int]] = {}
        in_order = sorted(range(len(self.releases)), key=lambda place: _order(placement.nodes[place].path))
        for place in in_order:
            release = self.releases[place]
            if release is not None:
                self.places.setdefault(release, []).append(place)
        self.numbers = self._numbers()

    def result(self) -> tuple[dict[Release, Edges], tuple[NpmInstance, ...]]:
        edges = {release: self._edges(places[0]) for release, places in self.places.items()}
        dependents = self._dependents()
        found = []
        for release, places in self.places.items():
            first = dict(edges[release])
            done = {1}
            for place in places:
                number = self.numbers[place]
                if number in done:
                    continue
                done.add(number)
                differ = tuple([edge for edge in self._edges(place) if first.get(edge[0]) != edge[1]])
                found.append(NpmInstance(*release, number, tuple(sorted(dependents[release, number])), differ))
        return edges, tuple(found)

    def _numbers(self) -> list[int]:
        """The number of each place among its release's: all begin alike, and are told apart until nothing changes."""
        numbers = [1] * len(self.releases)
        several = [places for places in self.places.values() if len(places) > 1]
        count = 0
        while True:
            told = [self._told_apart(places, numbers) for places in several]
            now = sum(max(new) for new in told)
            for places, new in zip(several, told):
                for place, number in zip(places, new):
                    numbers[place] = number
            if now == count:
                return numbers
            count = now

    def _told_apart(self, places: list[int], numbers: list[int]) -> list[int]:
        known: dict[object, int] = {}
        result = []
        for place in places:
            ends = [None if end is None else (self.releases[end], numbers[end]) for _, end in self._ends(place)]
            result.append(known.setdefault((numbers[place], *ends), len(known) + 1))
        return result

    def _edges(self, place: int) -> Edges:
        found = []
        for requirement, end in self._ends(place):
            release = self.releases[end] if end is not None else None
            if release is not None:
                found.append((_answered(requirement, release), release[2]))
            elif end is None:
                found.append((requirement, ABSENT))
        return tuple(found)

    def _ends(self, place: int) -> list[tuple[NpmRequirement, int | None]]:
        return [(one, None if end is None else self.ends[end]) for one, end in self.placement.edges[place]]

    def _dependents(self) -> dict[tuple[Release, int], set[str]]:
        """Who sees each instance."""
        found: dict[tuple[Release, int], set[str]] = {}
        asking = [(_manifest(importer.path), importer.edges) for importer in self.placement.importers]
        for place, release in enumerate(self.releases):
            if release is not None:
                asking.append((_reference(release, self.numbers[place]), self.placement.edges[place]))
        for who, edges in asking:
            for _, end in edges:
                if end is None:
                    continue
                end = self.ends[end]
                seen = self.releases[end]
                if seen is not None:
                    found.setdefault((seen, self.numbers[end]), set()).add(who)
        return found


def _answered(requirement: NpmRequirement, release: Release) -> NpmRequirement:
    """An edge as what answers it: npm goes by the name that something is installed under.

    Where the project has `"react": "npm:@preact/compat@^17"`, whoever requires `react ^17` gets that.
    """
    source, name, _ = release
    if name == requirement.name:
        return requirement
    marker = f"{requirement.kind} as {requirement.alias}".strip()
    return requirement._replace(source=source, name=name, marker=marker)


def _order(path: str) -> tuple[int, str]:
    """Places near the top come first."""
    return path.count("node_modules/"), path


def _manifest(folder: str) -> str:
    return f"{folder}/{MANIFEST}" if folder else MANIFEST


def _reference(release: Release, number: int) -> str:
    source, name, version = release
    return f"{source}:{name} {version}#{number}" if number > 1 else f"{source}:{name} {version}"
