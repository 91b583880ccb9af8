"""The shortest way to each package, and how far away it is.

Of equally short paths the first by alphabet, so that the same lock always gives the same words.
"""

from collections.abc import Iterable

from holdfast.risk.graph import ROOT, RiskGraph


class Paths:
    """The shortest paths from some packages; unreached places have none."""

    __slots__ = ("_before", "depths")

    def __init__(self, graph: RiskGraph, starts: Iterable[int]) -> None:
        """Each start has depth 1: from the project, `Paths(graph, graph.direct)`."""
        # Breadth first. Places ascend as ids do, and a layer is left in the order in which it was found: so the first
        # path to arrive is the first by alphabet among the shortest.
        self._before: dict[int, int] = {}
        self.depths: dict[int, int] = {}
        layer = sorted(set(starts))
        self._before.update(dict.fromkeys(layer, ROOT))
        depth = 0
        while layer:
            depth += 1
            following: list[int] = []
            for place in layer:
                self.depths[place] = depth
                for other in graph.successors[place]:
                    if other not in self._before:
                        self._before[other] = place
                        following.append(other)
            layer = following

    def to(self, place: int) -> tuple[int, ...]:
        """Return the places from a start to `place`, both included; () where nothing leads there."""
        if place not in self._before:
            return ()
        found = []
        while place != ROOT:
            found.append(place)
            place = self._before[place]
        return tuple(reversed(found))

    @property
    def depth(self) -> int:
        """The longest of the shortest paths, in packages; 0 where there is none."""
        return max(self.depths.values(), default=0)
