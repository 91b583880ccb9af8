"""Cycles: packages that need each other. One shortest cycle for each group of them, from its first by alphabet."""

from collections.abc import Iterable, Sequence

from holdfast.risk.graph import RiskGraph


def cycles(graph: RiskGraph, components: Iterable[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Return a cycle of each component that has one, sorted; its last package needs its first.

    `components` are the strongly connected ones, each ascending. The cycle is the shortest through the component's
    first place, and of those the first by alphabet.
    """
    found = []
    for group in components:
        first = group[0]
        if len(group) > 1:
            found.append(_shortest(graph, first, frozenset(group)))
        elif first in graph.successors[first]:
            found.append((first,))
    return tuple(sorted(found))


def _shortest(graph: RiskGraph, first: int, group: frozenset[int]) -> tuple[int, ...]:
    before = {first: first}
    queue = [first]
    for place in queue:  # grows while it is read
        for other in graph.successors[place]:
            if other == first:
                path = [place]
                while path[-1] != first:
                    path.append(before[path[-1]])
                return tuple(reversed(path))
            if other in group and other not in before:
                before[other] = place
                queue.append(other)
    raise AssertionError("a component without a cycle")
