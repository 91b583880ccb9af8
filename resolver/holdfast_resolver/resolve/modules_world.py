"""Module listings as the solver's `World`: one node a module, and no extras, since a module has none.

What a candidate requires is worked out when the search looks at it. A requirement that many releases share is turned
into a mask once. What is not at hand is collected as needs; nothing here asks or searches.
"""

from __future__ import annotations

from holdfast_resolver.resolve.modules_offers import Offers
from holdfast_resolver.solver.port import Edge, Waiting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class LongWay(Exception):
    """The search has asked for more than `ModuleWorld.patience` allows."""


class ModuleWorld:
    """The modules at hand. `pins` are the versions to keep, by name; a yanked release is a candidate only as a pin."""

    def __init__(self, offers: Offers, pins: Mapping[str, str]) -> None:
        self.offers = offers
        self.hints: dict[int, int] = {}  # of modules without a pin: what to take first, node -> mask
        self.patience = -1  # how many more questions are answered before `LongWay` is raised; below 0: any number
        self._by_node = offers.by_node
        self._pins = pins
        self._edges: dict[tuple[int, int], list[Edge]] = {}
        self._numbers: dict[tuple[str, str], int] = {}  # (name, range) -> number of the requirement
        self._needs: dict[str, None] = {}

    def size(self, node: int) -> int:
        """Return the number of candidates."""
        return self._by_node[node].table.count

    def start(self, node: int) -> int:
        """Return the candidates that may be chosen, and "not selected"."""
        offer = self._by_node[node]
        return (2 << offer.table.count) - 1 & ~offer.yanked | self._pin(node)

    def owner(self, node: int) -> int:
        """Return -1: every node is a package."""
        return -1

    def extras(self, node: int) -> Sequence[int]:
        """Return nothing: modules have no extras."""
        return ()

    def edges(self, node: int, candidate: int) -> Sequence[Edge] | None:
        """Return what a candidate requires. Raises `Waiting`, `LongWay`; `InvalidRange` for a listing's own."""
        if not self.patience:
            raise LongWay
        self.patience -= 1
        known = self._edges.get((node, candidate))
        if known is not None:
            return known
        by_name = self.offers.by_name
        own = (node, 1 << candidate)
        edges: list[Edge] = []
        for need in self._by_node[node].releases[candidate].dependencies:
            offer = by_name.get(need[0])
            if offer is None:
                self._needs[need[0]] = None
                continue
            allowed, none_of_these = offer.term(need[1])
            number = self._numbers.setdefault(need, len(self._numbers))
            if offer.node != node:
                edges.append(Edge(offer.node, allowed, (own, none_of_these), 1, number))
            elif not allowed & own[1]:
                edges.append(Edge(node, allowed, (own,), 1, number))
        if self._needs:
            raise Waiting
        self._edges[node, candidate] = edges
        return edges

    def open(self, node: int, candidates: int) -> None:
        """Have all these candidates' requirements at hand. Raises `Waiting`."""
        by_name = self.offers.by_name
        releases = self._by_node[node].releases
        while candidates:
            candidate = candidates.bit_length() - 1
            candidates ^= 1 << candidate
            for name, _ in releases[candidate].dependencies:
                if name not in by_name:
                    self._needs[name] = None
        if self._needs:
            raise Waiting

    def preferred(self, node: int) -> int:
        """Return the pin to keep, or else what the hints say."""
        return self._pin(node) or self.hints.get(node, 0)

    def _pin(self, node: int) -> int:
        offer = self._by_node[node]
        version = self._pins.get(offer.name)
        if version is None:
            return 0
        place = offer.place(version)
        return 1 << place if place >= 0 else 0

    def pins(self) -> dict[int, int]:
        """Return every node at hand that has a pin to keep, with its mask."""
        at_hand = [self.offers.by_name[name].node for name in self._pins if name in self.offers.by_name]
        return {node: mask for node in at_hand if (mask := self._pin(node))}

    def take_needs(self) -> tuple[object, ...]:
        """Return the names that are waited for, and forget them."""
        needs = tuple(self._needs)
        self._needs.clear()
        return needs
