"""Everything that each package leads to, and everything that leads to it, as bitmasks over the places.

Bit i of `below[p]` is set if p leads to place i at any distance; of `above[p]`, if i leads to p. Both have p itself.
One pass over the components in topological order: a union of two sets of 5,000 packages is one operation on integers.
"""

from collections.abc import Iterator, Sequence

from holdfast.risk.graph import ROOT, RiskGraph


class Closures:
    """Both closures of a graph."""

    __slots__ = ("above", "below", "components")

    def __init__(self, graph: RiskGraph) -> None:
        import networkx  # start-up: only where graphs are measured

        groups = networkx.strongly_connected_components(graph.digraph)
        # Each group sorted; the groups so that whoever is led to comes first.
        self.components = _ordered(graph, [sorted(group) for group in groups if ROOT not in group])
        self.below = _closed(graph.successors, self.components)
        self.above = _closed(graph.predecessors, list(reversed(self.components)))


def places_in(mask: int) -> Iterator[int]:
    """Yield the places of a mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _ordered(graph: RiskGraph, groups: list[list[int]]) -> list[list[int]]:
    group_of = {place: number for number, group in enumerate(groups) for place in group}
    below = [{group_of[other] for place in group for other in graph.successors[place]} for group in groups]
    users: list[list[int]] = [[] for _ in groups]
    open_ends = []
    for number, others in enumerate(below):
        others.discard(number)
        open_ends.append(len(others))
        for other in others:
            users[other].append(number)
    done = [number for number, count in enumerate(open_ends) if not count]
    for number in done:  # grows while it is read
        for user in users[number]:
            open_ends[user] -= 1
            if not open_ends[user]:
                done.append(user)
    return [groups[number] for number in done]


def _closed(neighbours: Sequence[Sequence[int]], components: list[list[int]]) -> list[int]:
    found = [0] * len(neighbours)
    for group in components:
        mask = 0
        for place in group:
            mask |= 1 << place
            for other in neighbours[place]:
                mask |= found[other]
        for place in group:
            found[place] = mask
    return found
