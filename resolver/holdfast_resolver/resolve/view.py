"""The universe as one target sees it: the solver's `World`.

While it answers, it keeps count of the other targets that would have been given the very same answers: for those the
search need not be run again (docs/adr/0001-targets-and-forks.md, "agreement").
"""

from __future__ import annotations

from holdfast_resolver.resolve.rows import settle_sdist
from holdfast_resolver.resolve.universe import Universe
from holdfast_resolver.solver.port import Edge, Waiting

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Sequence


class View:
    """One target's world. `agreeing` is the mask of the targets that saw no difference so far."""

    def __init__(self, universe: Universe, position: int, preferred: dict[str, list[int]]) -> None:
        self._universe = universe
        self._position = position
        self._bit = 1 << position
        self._preferred = preferred  # name -> per target: candidates to keep
        self.agreeing = universe.grid.everything

    def size(self, node: int) -> int:
        """Return the number of candidates."""
        return 1 if self._universe.extra_of[node] else self._universe.by_node[node].table.count

    def start(self, node: int) -> int:
        """Return the candidates that may be chosen on this target, and "not selected"."""
        universe = self._universe
        if universe.extra_of[node]:
            return 3
        package = universe.by_node[node]
        return package.starts[self._position] | 1 << package.table.count

    def owner(self, node: int) -> int:
        """Return the package of an extra, -1 for a package."""
        return self._universe.by_node[node].node if self._universe.extra_of[node] else -1

    def extras(self, node: int) -> Sequence[int]:
        """Return the extras that anything has named so far."""
        package = self._universe.by_node[node]
        return [package.extras[name] for name in sorted(package.extras)] if package.extras else ()

    def edges(self, node: int, candidate: int) -> Sequence[Edge] | None:
        """Return the edges that apply on this target; None when the candidate is unusable here. Raises `Waiting`."""
        universe = self._universe
        package = universe.by_node[node]
        row = package.rows.get(candidate) or universe.row(package, candidate)
        if row is None:
            raise Waiting
        extra = universe.extra_of[node]
        edges = row.edges.get(extra)
        if edges is None:
            edges = universe.edges(package, candidate, row, extra)
            if edges is None:
                raise Waiting
        bit = self._bit
        if row.undecided & bit and not settle_sdist(universe, package, candidate, row):
            raise Waiting
        self.agreeing &= (row.usable if row.usable & bit else ~row.usable) & ~row.undecided
        if not row.usable & bit:
            return None
        if extra in row.uniform:
            return edges
        agreeing = self.agreeing
        applying = []
        for edge in edges:
            targets = edge.targets
            if targets & bit:
                agreeing &= targets
                applying.append(edge)
            else:
                agreeing &= ~targets
        self.agreeing = agreeing
        return applying

    def open(self, node: int, candidates: int) -> None:
        """Have all these candidates' requirements at hand. Raises `Waiting`."""
        universe = self._universe
        package = universe.by_node[node]
        waiting = False
        while candidates:
            candidate = candidates.bit_length() - 1
            candidates ^= 1 << candidate
            row = universe.row(package, candidate)
            if (
                row is None
                or (row.undecided & self._bit and not settle_sdist(universe, package, candidate, row))
                or (row.usable & self._bit and universe.edges(package, candidate, row, "") is None)
            ):
                waiting = True
        if waiting:
            raise Waiting

    def preferred(self, node: int) -> int:
        """Return the pins to keep."""
        masks = self._preferred.get(self._universe.by_node[node].name)
        if masks is None:
            return 0
        mine = masks[self._position]
        for position, mask in enumerate(masks):
            if mask != mine:
                self.agreeing &= ~(1 << position)
        return mine

    def agreed(self, looked: dict[int, int]) -> int:
        """Return the targets that agree after a search for which, of each package, only candidates from `looked` up
        mattered: those with the same candidates there.
        """
        universe, position = self._universe, self._position
        agreeing = self.agreeing
        for node, low in looked.items():
            package = universe.by_node[node]
            if len(package.groups) == 1 or universe.extra_of[node]:
                continue
            masks = self._preferred.get(package.name)
            pinned = masks[position] if masks else 0
            if pinned:
                low = min(low, (pinned & -pinned).bit_length() - 1)
            mine = package.starts[position] >> low
            for start, targets in package.groups.items():
                if start >> low != mine:
                    agreeing &= ~targets
        return agreeing

    def pins(self) -> dict[int, int]:
        """Return every package node that has pins to keep, with their mask."""
        found = {}
        for name in self._preferred:
            package = self._universe.packages.get(name)
            if package is not None:
                found[package.node] = self.preferred(package.node)
        return {node: mask for node, mask in found.items() if mask}

    def name(self, node: int) -> str:
        """Return the package's name."""
        return self._universe.by_node[node].name

    def take_needs(self) -> tuple[object, ...]:
        """Return what the universe waits for, and forget it."""
        needs = tuple(dict.fromkeys(self._universe.needs))
        self._universe.needs.clear()
        return needs
