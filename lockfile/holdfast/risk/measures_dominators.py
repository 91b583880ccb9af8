"""Dominators: packages that every path to others goes through, and what each alone brings in.

    project -> a -> b -> c        a dominates b, c and d: without a none of them would be here
                 -> d -> c        b and d dominate nothing: c comes through either

Unreached packages dominate nothing and are dominated by nothing.
"""

from holdfast.risk.graph import ROOT, RiskGraph


class Dominators:
    """The dominator tree from the project."""

    __slots__ = ("_children", "_graph", "_inside", "counts", "immediate")

    def __init__(self, graph: RiskGraph) -> None:
        import networkx  # start-up: only where graphs are measured

        self._graph = graph
        found = networkx.immediate_dominators(graph.digraph, ROOT)
        # The nearest package that all paths to a place go through; `ROOT` where there is none.
        self.immediate: dict[int, int] = {place: up for place, up in sorted(found.items()) if place != ROOT}
        self._children: dict[int, list[int]] = {}
        for place, up in self.immediate.items():
            self._children.setdefault(up, []).append(place)
        self._inside = self._intervals()
        # How many packages are in the graph because of each alone, itself not counted.
        self.counts = [
            (self._inside[place][1] - self._inside[place][0] - 1 if place in self._inside else 0)
            for place in range(len(graph.packages))
        ]

    def brings_in(self, place: int) -> tuple[int, ...]:
        """Return the places that would leave with `place`, ascending, itself not among them."""
        found: list[int] = []
        waiting = list(self._children.get(place, ()))
        while waiting:
            other = waiting.pop()
            found.append(other)
            waiting.extend(self._children.get(other, ()))
        return tuple(sorted(found))

    def dominates(self, place: int, other: int) -> bool:
        """Whether every path from the project to `other` goes through `place`, which may be `other` itself."""
        if place not in self._inside or other not in self._inside:
            return False
        first, last = self._inside[place]
        return first <= self._inside[other][0] < last

    def on_one_path(self) -> tuple[int, ...]:
        """Return the packages to which exactly one path without repetition leads, ascending."""
        # The last step to a place comes from one that the place does not dominate. If there is one such, every path
        # goes through it; so the place has one path if that one has.
        single = {ROOT}
        direct = frozenset(self._graph.direct)
        waiting = list(self._children.get(ROOT, ()))
        while waiting:
            place = waiting.pop()
            users = [
                user
                for user in self._graph.predecessors[place]
                if user in self.immediate and not self.dominates(place, user)
            ]
            users += [ROOT] * (place in direct)
            if len(users) == 1 and users[0] in single:
                single.add(place)
            waiting.extend(self._children.get(place, ()))
        return tuple(sorted(single - {ROOT}))

    def _intervals(self) -> dict[int, tuple[int, int]]:
        """Place -> (its number in a walk of the tree, the number behind the last below it)."""
        entered: dict[int, int] = {}
        found: dict[int, tuple[int, int]] = {}
        stack = [(ROOT, False)]
        while stack:
            place, is_left = stack.pop()
            if is_left:
                found[place] = (entered[place], len(entered))
                continue
            entered[place] = len(entered)
            stack.append((place, True))
            stack.extend([(child, False) for child in self._children.get(place, ())])
        del found[ROOT]
        return found
