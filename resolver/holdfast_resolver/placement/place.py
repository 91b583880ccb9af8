"""Placing one release, with its peers: as high as it can go, what it outdates taken out.

The tree is changed here and nowhere else. Knows places and companies; nothing is fetched.
"""

from __future__ import annotations

from holdfast_resolver.placement.failure import Impossible, entangled, peer_conflict, wanted_by
from holdfast_resolver.placement.fits import CONFLICT, KEEP
from holdfast_resolver.placement.nodes import Edge, Node
from holdfast_resolver.placement.order import collated_name
from holdfast_resolver.placement.patience import DEEPEST
from holdfast_resolver.placement.peer_fits import PeerFits
from holdfast_resolver.placement.peer_sets import Guest, can_replace, entries
from holdfast_resolver.placement.reach import deepest_place, only_needed_by
from holdfast_resolver.placement.tree import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast_resolver.placement.port import Problem


class Placing:
    """One release on its way into the tree. Afterwards `placed` is its node, None where nothing had to be placed.

    Raises `Impossible` when it has no place and the project itself asks for it.
    """

    __slots__ = (
        "_above",
        "_alone",
        "_below",
        "_depth",
        "_fit",
        "_former",
        "_guest",
        "_tree",
        "children",
        "edge",
        "placed",
        "revisit",
    )

    def __init__(self, tree: Tree, edge: Edge, guest: Guest | Node, above: Placing | None = None) -> None:
        self._tree = tree
        self._guest = guest
        self._above = above  # what has this as its peer
        self._depth: int = above._depth + 1 if above is not None else 0
        if self._depth > DEEPEST:  # two peers that push each other out, with overrides
            raise Impossible(entangled(edge, guest))
        self._former = edge.to
        self._fit: PeerFits | None = None
        self._alone: PeerFits | None = None
        self._below: PeerFits | None = None  # the last place on the way up that was not KEEP
        self.edge = edge
        self.placed: Node | None = None
        self.children: list[Placing] = []
        self.revisit: list[Node] = []  # nodes that lost something
        if edge.to is not None and edge.valid:
            return
        self._find_place()
        if self._fit is None:
            if self._is_mine():
                raise Impossible(self._conflict())
            if self._alone is None:
                edge.overruled = True
                return
            self._fit = self._alone
        verdict = self._fit.verdict if self._fit.verdict != CONFLICT else self._fit.alone
        if verdict == KEEP:
            if edge.want.peer and not edge.valid:
                edge.overruled = True
            self._prune(self._fit.place)
            if not edge.valid and not edge.want.peer and self._below is not None:
                self._put(self._below.place)  # another package of the name, under an alias, stands in between
        else:
            self._put(self._fit.place)

    def all(self) -> Iterator[Placing]:
        """This and its peers, theirs after each."""
        yield self
        for child in self.children:
            yield from child.all()

    def _find_place(self) -> None:
        """Go up from the deepest place until there is a conflict; the last place before it is the one."""
        edge, guest = self.edge, self._guest
        parent_fit = self._above._fit if self._above is not None else None
        for place in self._start().ancestry():
            wanted_here = place.edges_out.get(edge.key)
            if wanted_here is not None and wanted_here.want.peer and place.parent is not None:
                continue
            fit = PeerFits(guest, place, edge, self._tree.patience, parent_fit)
            if fit.alone != CONFLICT:
                self._alone = fit
            if fit.verdict == CONFLICT:
                break
            self._fit = fit
            if fit.verdict != KEEP:
                self._below = fit
            if guest.failure is not None:
                break

    def _start(self) -> Node:
        source = self._above._start() if self._above is not None else self.edge.source
        return deepest_place(source, self.edge.key)

    def _put(self, place: Node) -> None:
        guest, tree = self._guest, self._tree
        inside: Node | None = place
        while inside is not None:
            if inside.parent is not None and _same(inside, guest):
                self._put_loop(place, inside)
                return
            inside = inside.above
        node = self.placed = Node(guest.name, guest.package, guest.rules)
        node.failure = guest.failure
        node.target = guest.target
        node.because = self.edge
        old = place.children.get(node.key)
        if old is not None:
            self._replace(node, old, place)
        else:
            tree.attach(node, place)
        if self.edge.want.peer and not self.edge.served_by(node):
            self.edge.overruled = True
        if self.edge.valid and self.edge.to is not None and self.edge.to is not node:
            self._prune(self.edge.to, descend=False)
        for other in tree.named(node.key):
            if other.alive and other.parent is not None and other.name == node.name and other.below(place):
                self._prune(other, descend=False)
                if other.alive:
                    for child in list(other.children.values()):
                        if child.alive:
                            self._prune(child, descend=False)
        if guest.package.peers:
            self._put_peers(node)

    def _put_loop(self, place: Node, inside: Node) -> None:
        """a -> b -> a' -> b' -> a -> ...: what would nest for ever becomes a link to where it stands already."""
        link = self.placed = Node(inside.name, inside.package)
        link.target = inside.target or inside
        link.because = self.edge
        old = place.children.get(link.key)
        if old is not None:
            self._tree.replace(link, old)
        else:
            self._tree.attach(link, place)

    def _put_peers(self, node: Node) -> None:
        guests = self._guest.siblings()
        for edge in list(node.edges_out.values()):
            if edge.valid or not edge.want.peer or edge.overruled:
                continue
            peer = guests.get(edge.key)
            if peer is not None and edge.served_by(peer):
                self.children.append(Placing(self._tree, edge, peer, self))

    def _replace(self, node: Node, old: Node, place: Node) -> None:
        tree = self._tree
        outdated: list[Node] = []
        for key, edge in old.edges_out.items():
            to = edge.to
            if to is not None and key not in node.package.wants:
                outdated += only_needed_by([to], lambda e, to=to: e.to is not to)  # type: ignore[misc]  # bound early
        pushed_out: list[Node] = []
        for edge in list(old.edges_in):
            if edge.served_by(node) or not edge.want.peer or edge.source.parent is not place or edge.overruled:
                continue
            for entry in entries(edge.source):
                first = entry.to
                assert first is not None
                if not entry.source.is_importer:
                    pushed_out += only_needed_by([first], lambda e, first=first: e.to is not first and not e.overruled)  # type: ignore[misc]  # bound early
                else:
                    edge.overruled = True
        tree.replace(node, old)
        self._prune_outdated(node, outdated)
        for dead in pushed_out:
            self.revisit += [edge.source for edge in dead.edges_in]
            tree.detach(dead)

    def _prune_outdated(self, node: Node, outdated: list[Node]) -> None:
        """Take out what only the replaced node needed."""
        dead = {edge.to: None for edge in node.edges_out.values() if edge.to is not None and not edge.valid}
        for to in outdated:
            dead.update(only_needed_by([to], lambda e, to=to: e.to is not to and e.valid))  # type: ignore[misc]  # bound early
        for gone in only_needed_by(list(dead), lambda e: e.source is not node and e.to is not node and e.valid):
            if gone is not node:  # where the outdated lead back to it
                self._tree.detach(gone)

    def _prune(self, node: Node, descend: bool = True) -> None:
        """Take a node out where what stands above serves as well, with what only it needs."""
        if self._superfluous(node):
            self._fell(node)
            return
        todo = _inside(node) if descend else []
        if descend and node is self._tree.root:
            for member in self._tree.members:
                todo[:0] = _inside(member)
        while todo:
            node = todo.pop()
            if self._superfluous(node):
                self._fell(node)
            else:
                todo += _inside(node)

    def _fell(self, node: Node) -> None:
        for gone in only_needed_by([node], lambda edge: edge.to is not node and edge.valid):
            self._tree.detach(gone)

    def _superfluous(self, node: Node) -> bool:
        above = node.above
        if not node.alive or above is None or above.above is None:
            return False
        if not node.edges_in:
            return True
        other = above.above.resolve(node.key)
        if other is None:
            return False
        if other.matches(node):
            return True
        if not can_replace(other, node):
            return False
        mine, its = node.package, other.package
        if mine.shelf is None or its.shelf is None:
            return False
        mine_key, its_key = mine.shelf.table.keys[mine.index], its.shelf.table.keys[its.index]
        return mine_key == its_key or (mine_key < its_key and not _overridden(node))

    def _is_mine(self) -> bool:
        """Whether the project itself asks for it, or for the peer set that it belongs to."""
        top = self
        while top._above is not None:
            top = top._above
        source = top.edge.source
        if source.is_importer:
            return True
        if not top.edge.want.peer:
            return False
        if any(edge.source.is_importer and not edge.want.peer for edge in source.edges_in):
            return True
        return any(edge.want.peer for edge in source.edges_in) and any(
            edge.source.is_importer for edge in entries(source)
        )

    def _conflict(self) -> Problem:
        """The problem: of the first peer that did not fit, else of the release itself."""
        if self._alone is not None:
            for fit in self._alone.conflicts():
                if fit.current is not None:
                    return peer_conflict(fit.edge, fit.current, wanted_by(fit.current))
        current = self._former or self.edge.source.resolve(self.edge.key)
        return peer_conflict(self.edge, current, wanted_by(current) if current is not None else None)


def _same(node: Node, guest: Guest | Node) -> bool:
    return (
        node.name == guest.name
        and node.package is guest.package
        and bool(node.package.version)
        and (node.target is None) == (guest.target is None)
    )


def _overridden(node: Node) -> bool:
    """Whether an override put exactly this version there."""
    return any(
        edge.rules is not None
        and edge.rules.name == node.name
        and edge.rules.value == node.package.version
        and not edge.rules.same(edge.source.rules)
        for edge in node.edges_in
    )


def _inside(node: Node) -> list[Node]:
    """What stands in a node, the last name first."""
    return sorted(node.children.values(), key=_by_name, reverse=True)


def _by_name(node: Node) -> tuple[str, str]:
    return collated_name(node.name)
