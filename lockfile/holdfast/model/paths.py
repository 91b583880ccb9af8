"""Paths through the graph of a lock: from the project to a pin, on a set of targets.

A step is a pin; that it is reached through one of its extras is told by the requirement that leads to it.
Knows no judgement: it follows edges whether or not their range admits the pin.
"""

from collections.abc import Iterator

from holdfast.model.graph import WISHING_KINDS, Edge, LockGraph, Walk
from holdfast.model.lock import Input
from holdfast.model.words import spell_part, spell_pin
from holdfast_resolver.values.tuples import NamedTuple


class Step(NamedTuple):
    """One edge of a path: `edge` leads to the pin at place `pin` on the targets of `mask`."""

    pin: int
    edge: Edge
    mask: int


class Path(NamedTuple):
    """A path from a part of the manifest; it holds as a whole on the targets of `mask`."""

    part: Input
    steps: tuple[Step, ...]
    mask: int


class ShortestPaths:
    """The shortest path to every pin, target by target; a target is searched once, when first asked for."""

    __slots__ = ("_before", "_walk", "graph")

    def __init__(self, graph: LockGraph) -> None:
        self.graph = graph
        self._walk = graph.walk(graph.lock.inputs)
        self._before: dict[int, dict[int, tuple[str, int]]] = {}

    def to(self, goal: int, targets: int) -> tuple[str, ...]:
        """Return the spelled path to pin `goal` on the lowest of `targets`; () when nothing leads there.

        >>> ShortestPaths(graph).to(goal, targets)
        ('pyproject.toml', 'flask 3.0.3', 'click 8.1.8')
        """
        bit = targets & -targets
        before = self._before.get(bit)
        if before is None:
            before = self._before[bit] = self._search(bit)
        if goal not in before:
            return ()
        names, place = [], goal
        while place >= 0:
            names.append(spell_pin(self.graph.lock.packages[place]))
            part_name, place = before[place]
        return (part_name, *reversed(names))

    def _search(self, bit: int) -> dict[int, tuple[str, int]]:
        """Breadth first on one target: pin -> ("", the pin before it), or (part of the manifest, -1)."""
        graph = self.graph
        before: dict[int, tuple[str, int]] = {}
        queue: list[int] = []
        for part in graph.lock.inputs:
            for edge in graph.wished((part,)):
                _arrive(graph, edge, bit, (spell_part(part), -1), before, queue)
        for index in queue:  # grows while it is read
            for edge in outgoing(graph, self._walk, index):
                _arrive(graph, edge, bit, ("", index), before, queue)
        return before


def paths_to(graph: LockGraph, goals: frozenset[int], limit: int) -> Iterator[Path]:
    """Yield paths from the project to any of `goals`, shortest first, at most `limit`.

    No path goes through a pin twice. A path is yielded only if one target takes it as a whole.
    """
    walk = graph.walk(graph.lock.inputs)
    towards = _towards(graph, walk, goals)
    waiting = [
        Path(part, (Step(index, edge, edge.mask & when),), edge.mask & when)
        for part in graph.lock.inputs
        if part.kind in WISHING_KINDS
        for edge in graph.wished((part,))
        for index, when in graph.placements(edge.requirement, edge.chosen)
        if index in towards and edge.mask & when
    ]
    found, tried = 0, 0
    for path in waiting:  # grows while it is read: breadth first
        tried += 1
        if found == limit or tried > limit * 1000:
            return
        last = path.steps[-1].pin
        if last in goals:
            found += 1
            yield path
            continue
        seen = {step.pin for step in path.steps}
        for edge in outgoing(graph, walk, last):
            for index, when in graph.placements(edge.requirement, edge.chosen):
                mask = path.mask & edge.mask & when
                if mask and index in towards and index not in seen:
                    waiting.append(Path(path.part, (*path.steps, Step(index, edge, edge.mask & when)), mask))


def outgoing(graph: LockGraph, walk: Walk, index: int) -> Iterator[Edge]:
    """Yield the edges of a pin that hold somewhere under a walk."""
    return graph.edges(index, walk.pins.get(index, 0), walk.extras.get(index, {}))


def _arrive(
    graph: LockGraph,
    edge: Edge,
    bit: int,
    origin: tuple[str, int],
    before: dict[int, tuple[str, int]],
    queue: list[int],
) -> None:
    if edge.mask & bit:
        for index, when in graph.placements(edge.requirement, edge.chosen):
            if when & bit and index not in before:
                before[index] = origin
                queue.append(index)


def _towards(graph: LockGraph, walk: Walk, goals: frozenset[int]) -> set[int]:
    """The pins from which a goal can be reached, the goals included."""
    users: dict[int, list[int]] = {}
    for index in walk.pins:
        for edge in outgoing(graph, walk, index):
            for other, when in graph.placements(edge.requirement, edge.chosen):
                if when & edge.mask:
                    users.setdefault(other, []).append(index)
    found, queue = set(goals), list(goals)
    for index in queue:  # grows while it is read
        for user in users.get(index, ()):
            if user not in found:
                found.add(user)
                queue.append(user)
    return found
