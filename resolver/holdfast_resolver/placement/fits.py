"""Whether a release may stand in one place of the tree. Looks, and never changes.

    nothing of its name stands there     FREE, unless somebody below would get it instead of what serves them
    the same release                     KEEP
    an older one that it can replace     REPLACE
    one that serves as well              KEEP
    anything else                        CONFLICT, unless this is the last place it can go and the other can go deeper

Its peers must fit as well, each at the deepest place where it may stand: `peer_fits.py` asks them. Source: npm's
documentation of `npm install` (algorithm) and of peer dependencies.
"""

from __future__ import annotations

from holdfast_resolver.placement.nodes import Node
from holdfast_resolver.placement.peer_sets import can_replace, entries
from holdfast_resolver.placement.reach import deepest_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.placement.nodes import Edge
    from holdfast_resolver.placement.peer_sets import AnyEdge, Guest

FREE, KEEP, REPLACE, CONFLICT = "free", "keep", "replace", "conflict"


class Fit:
    """One trial of one guest at one place, itself alone: `alone` is the verdict where all its peers fit.

    `otherwise` is the verdict where one of them does not; "" where it does not matter whether they do.
    """

    __slots__ = ("_prefer_old", "alone", "current", "deepest", "edge", "guest", "otherwise", "place", "top")

    def __init__(
        self, guest: Guest | Node, place: Node, edge: AnyEdge, above: Fit | None = None, prefer_old: bool = False
    ) -> None:
        self.guest = guest
        self.place = place
        self.edge = edge
        self._prefer_old = prefer_old or edge.want.peer  # peers try harder to be the only one
        # `above` is the trial of what has this one as its peer; the topmost edge is one of the tree
        self.top: Edge = above.top if above is not None else edge  # type: ignore[assignment]  # no tie is topmost
        start: Node = above.deepest if above is not None else self.top.source
        self.deepest: Node = deepest_place(start, edge.key)
        self.current = place.children.get(edge.key)
        self.otherwise = ""
        self.alone = self._judge()

    def _judge(self) -> str:
        guest, place, edge = self.guest, self.place, self.edge
        if guest.failure is not None:  # it will be taken out, or there is no tree
            return REPLACE if self.current is not None else FREE
        wanted_here = place.edges_out.get(edge.key)
        if wanted_here is not None:
            if wanted_here.want.peer and place.parent is not None:
                return CONFLICT  # a peer never stands inside
            if self.current is None and wanted_here is not edge and not wanted_here.served_by(guest):
                return CONFLICT
        return self._judge_free() if self.current is None else self._judge_taken(self.current)

    def _judge_free(self) -> str:
        """Nobody below may come to see something that does not serve them."""
        place, guest = self.place, self.guest
        if place.above is not None and place is not self.top.source:
            seen_now = place.resolve(self.edge.key)
            if seen_now is not None:
                for edge in seen_now.edges_in:
                    if edge.valid and not edge.served_by(guest) and edge.source.below(place):
                        return CONFLICT
        return self._with_peers(FREE, CONFLICT)

    def _judge_taken(self, current: Node) -> str:
        guest, edge = self.guest, self.edge
        serves = edge.served_by(current)
        if _same(guest, current) and (serves or not edge.served_by(guest)):
            return KEEP
        newer = _not_older(guest, current)
        if newer and can_replace(guest, current):
            return self._with_peers(REPLACE, KEEP if serves else CONFLICT)
        if serves:
            return KEEP
        if self._prefer_old and not newer and can_replace(guest, current):
            return self._with_peers(REPLACE, CONFLICT)
        if self.place is not self.deepest:
            return CONFLICT  # it can go deeper
        if not edge.want.peer and self.place is edge.source:
            return self._with_peers(REPLACE, CONFLICT)  # it must stand here; the other goes elsewhere
        if not edge.want.peer:
            return CONFLICT
        return self._with_peers(REPLACE, CONFLICT) if self._others_can_go(current) else CONFLICT

    def _with_peers(self, state: str, otherwise: str) -> str:
        if self.guest.package.peers:
            self.otherwise = otherwise
        return state

    def _others_can_go(self, current: Node) -> bool:
        """Whether every peer set that `current` belongs to can be replaced by this one, or go deeper."""
        guests = self.guest.siblings()
        for entry, peers in entries(current).items():
            if entry is self.edge or entry is self.top:
                continue
            first = entry.to
            assert first is not None
            instead = guests.get(first.key)
            if instead is not None:
                if can_replace(instead, first, guests):
                    continue
            elif self._serves_set(first, guests):
                continue
            for peer in peers:
                deepest = deepest_place(entry.source, peer.key)
                if deepest is self.place or self.place.below(deepest):
                    return False
        return True

    def _serves_set(self, first: Node, guests: dict[str, Guest] | dict[str, Node]) -> bool:
        """Whether what a peer set shares with the guests is served by them."""
        seen: dict[Node, None] = {first: None}
        todo = [first]
        for node in todo:
            for edge in node.edges_out.values():
                if not edge.want.peer or not edge.valid:
                    continue
                guest = guests.get(edge.key)
                if guest is None:
                    if edge.to is not None and edge.to not in seen:
                        seen[edge.to] = None
                        todo.append(edge.to)
                elif not edge.served_by(guest):
                    return False
        return True


def _same(guest: Guest | Node, node: Node) -> bool:
    if guest is node:
        return True
    if guest.name != node.name or (guest.target is None) != (node.target is None):
        return False
    if guest.target is not None:
        return guest.target is node.target
    return guest.package is node.package and bool(node.package.version)


def _not_older(guest: Guest | Node, node: Node) -> bool:
    """Whether a guest's version is at least that of a node."""
    mine, its = guest.package, node.package
    if mine.shelf is None or its.shelf is None:
        return False
    if mine.shelf is its.shelf:
        return mine.index >= its.index
    return mine.shelf.table.keys[mine.index] >= its.shelf.table.keys[its.index]
