"""The dependency graph of a lock with what is known of the code behind each pin: what all measures walk.

    project -> flask -> click -> colorama        places, ascending by id: 0 pypi:click 8.1.8
            -> click                                                      1 pypi:colorama 0.4.6
                                                                          2 pypi:flask 3.0.3
    direct (0, 2)    successors ((1,), (), (0,))

An edge stands here if it holds on some target. An instance of npm is its release's place: the same code, with the
edges of all its instances. Pins that no wish leads to are places without edges. Knows no file, no clock, no judgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from holdfast.model.graph import LockGraph
from holdfast.model.instances import reference
from holdfast.model.lock import Lock, Pin
from holdfast.model.scan import Scan
from holdfast.model.words import spell_part, spell_pin
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid

if TYPE_CHECKING:
    import networkx

ROOT = -1  # the project itself, among places


class Package(NamedTuple):
    """A pin of the lock; `scan` is None where its code was not looked at."""

    id: str  # `source:name version`
    pin: Pin
    scan: Scan | None = None


class RiskGraph:
    """Packages by place, ascending by id, and the edges between them."""

    def __init__(
        self,
        packages: Iterable[Package],
        successors: Sequence[Iterable[int]],
        direct: Iterable[int],
        wishes: Mapping[tuple[int, int], tuple[Requirement, ...]] | None = None,
        manifests: Mapping[int, str] | None = None,
    ) -> None:
        """`packages` are ascending by id; `successors[place]` the places that it needs.

        `wishes` are what edges say, by their ends; `manifests` where direct dependencies are wished for, by place.
        """
        self.packages = tuple(packages)
        self.ids = tuple([package.id for package in self.packages])
        self.successors = tuple([tuple(sorted(set(others))) for others in successors])
        self.direct = tuple(sorted(set(direct)))
        self.wishes = dict(wishes or {})
        self.manifests = dict(manifests or {})

    @classmethod
    def of(cls, lock: Lock, scans: Mapping[str, Scan]) -> RiskGraph:
        """Return the graph of a lock; `scans` by id. Raises `InvalidMarker`, `InvalidRange` for a broken lock."""
        return _of_lock(lock, scans)

    @cached_property
    def place_of(self) -> dict[str, int]:
        """The place of each id."""
        return {id_: place for place, id_ in enumerate(self.ids)}

    @cached_property
    def predecessors(self) -> tuple[tuple[int, ...], ...]:
        """The places that need each place, ascending, the project left out."""
        found: list[list[int]] = [[] for _ in self.packages]
        for place, others in enumerate(self.successors):
            for other in others:
                found[other].append(place)
        return tuple([tuple(users) for users in found])

    @cached_property
    def digraph(self) -> networkx.DiGraph:
        """The same as a graph of networkx, with `ROOT` for the project."""
        import networkx  # start-up: only where graphs are measured

        graph = networkx.DiGraph()
        graph.add_nodes_from(range(ROOT, len(self.packages)))
        graph.add_edges_from([(ROOT, place) for place in self.direct])
        graph.add_edges_from([(place, other) for place, others in enumerate(self.successors) for other in others])
        return graph

    @property
    def edge_count(self) -> int:
        """How many edges there are, those of the project included."""
        return len(self.direct) + sum(map(len, self.successors))

    def named(self, places: Iterable[int]) -> tuple[str, ...]:
        """Return the ids of places, in their order."""
        return tuple([self.ids[place] for place in places])

    def spelled(self, places: Iterable[int]) -> tuple[str, ...]:
        """Return a path from the project as findings have it: `("pyproject.toml", "flask 3.0.3", "click 8.1.8")`."""
        path = tuple(places)
        start = [self.manifests[path[0]]] if path and path[0] in self.manifests else []
        return (*start, *[spell_pin(self.packages[place].pin) for place in path])


def pin_id(pin: Pin) -> str:
    """`pypi:click 8.1.8`"""
    return reference(pin.source, pin.name, pin.version.partition("#")[0])


def _of_lock(lock: Lock, scans: Mapping[str, Scan]) -> RiskGraph:
    pins = {pin_id(pin): pin for pin in lock.packages}
    ids = sorted(pins)
    place_of = {id_: place for place, id_ in enumerate(ids)}
    graph = LockGraph(lock, Grid(lock.scope.targets, lock.scope.requires_python))
    walk = graph.walk(lock.inputs)
    place = [place_of[pin_id(pin)] for pin in graph.lock.packages]  # instances stand behind the pins
    direct: dict[int, str] = {}
    for part in lock.inputs:
        for edge in graph.wished((part,)):
            for index, when in graph.placements(edge.requirement, edge.chosen):
                if when & edge.mask:
                    direct.setdefault(place[index], spell_part(part))
    successors: list[list[int]] = [[] for _ in ids]
    wishes: dict[tuple[int, int], list[Requirement]] = {}
    for index, reached in walk.pins.items():
        for edge in graph.edges(index, reached, walk.extras.get(index, {})):
            for other, when in graph.placements(edge.requirement, edge.chosen):
                if when & edge.mask:
                    successors[place[index]].append(place[other])
                    wishes.setdefault((place[index], place[other]), []).append(edge.requirement)
    packages = [Package(id_, pins[id_], scans.get(id_)) for id_ in ids]
    found = {ends: tuple(sorted(set(requirements))) for ends, requirements in wishes.items()}
    return RiskGraph(packages, successors, direct, found, direct)
