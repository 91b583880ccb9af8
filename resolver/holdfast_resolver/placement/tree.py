"""The tree of `node_modules`: nodes come, go and take each other's place, and every edge follows.

Whatever is attached, detached or replaced, each edge ends where the lookup would end, and knows whether that serves
it. Knows places and wants; not which release is chosen, nor where it goes.
"""

from __future__ import annotations

from holdfast_resolver.placement.nodes import Edge, Node
from holdfast_resolver.placement.order import collated
from holdfast_resolver.placement.overrides import Rules, more_specific
from holdfast_resolver.placement.patience import Patience

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Tree:
    """All nodes, and all edges by the name they want."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.patience = Patience()  # for all peer sets together
        self.members: list[Node] = []  # workspaces, by path
        self.links: dict[str, Node] = {}  # member's name -> its link in the root's node_modules
        self._named: dict[str, dict[Node, None]] = {}
        self._wanting: dict[str, dict[Edge, None]] = {}
        root.is_importer = True
        self._enter(root)

    def add_member(self, member: Node, folder: str) -> None:
        """Put a workspace into the tree."""
        member.path = folder
        member.is_importer = True
        inside = [other for other in self.members if folder.startswith(other.path + "/")]
        member.above = max(inside, key=lambda other: len(other.path), default=self.root)
        self.members.append(member)
        self.members.sort(key=lambda other: collated(other.path))
        self._enter(member)

    def named(self, key: str) -> list[Node]:
        """All nodes of a name, oldest first."""
        return list(self._named.get(key, ()))

    def nodes(self) -> Iterator[Node]:
        """All nodes but the root and workspaces."""
        for nodes in self._named.values():
            yield from nodes

    def attach(self, node: Node, parent: Node) -> None:
        """Put a new node into the `node_modules` of `parent`, where nothing of its name stands."""
        self._stand(node, parent)
        self._lookup_changed(node.key, parent)
        self._enter(node)

    def replace(self, new: Node, old: Node) -> None:
        """Put a new node in the place of `old`; what stands inside stays there."""
        parent = old.parent
        assert parent is not None
        inside = list(old.children.values())
        old.children = {}
        self.detach(old)
        self._stand(new, parent)
        for child in inside:
            new.children[child.key] = child
            child.parent = child.above = new
        self._lookup_changed(new.key, parent)
        self._enter(new)
        for child in inside:
            self._lookup_changed(child.key, new)

    def detach(self, node: Node) -> None:
        """Take a node, and all that stands inside, out of the tree."""
        if not node.alive:
            return
        parent = node.parent
        if parent is not None and parent.children.get(node.key) is node:
            del parent.children[node.key]
        for dead in self._leave(node):
            for edge in list(dead.edges_in):
                if edge.source.alive:
                    self.find(edge)

    def find(self, edge: Edge) -> None:
        """Let an edge end where the lookup ends."""
        old = edge.to
        source = edge.source
        if source.rules is not None:
            rules = source.rules.for_want(edge.want)
            if not rules.same(edge.rules):
                edge.rules = rules
        to = source.resolve(edge.key)
        if to is not old:
            if old is not None:
                self._drop_incoming(old, edge)
            edge.to = to
            if to is not None:
                self._add_incoming(to, edge)
        edge.judge()

    def _stand(self, node: Node, parent: Node) -> None:
        node.parent = node.above = parent
        parent.children[node.key] = node
        node.depth = parent.depth + 1
        node.path = f"{parent.path}/node_modules/{node.name}" if parent.path else f"node_modules/{node.name}"

    def _enter(self, node: Node) -> None:
        self._named.setdefault(node.key, {})[node] = None
        if node.target is not None:
            if node.target.is_importer:
                self.links[node.package.name] = node
            return
        wanting, out = self._wanting, node.edges_out
        for want in node.package.wants.values():
            key = want.key
            edge = out[key] = Edge(node, want)
            same = wanting.get(key)
            if same is None:
                wanting[key] = {edge: None}
            else:
                same[edge] = None
            to = edge.to = node.resolve(key)
            if to is not None:
                self._add_incoming(to, edge)
            edge.judge()

    def _leave(self, first: Node) -> list[Node]:
        """Take a node and all inside out of the tables; return them."""
        gone = [first]
        for node in gone:
            node.alive = False
            del self._named[node.key][node]
            for edge in node.edges_out.values():
                del self._wanting[edge.key][edge]
                if edge.to is not None:
                    to, edge.to = edge.to, None
                    self._drop_incoming(to, edge)
            gone += node.children.values()
        return gone

    def _lookup_changed(self, key: str, place: Node) -> None:
        """Something of this name came to stand in `place`: those below may mean it now."""
        is_root = place is self.root
        for edge in list(self._wanting.get(key, ())):
            if (is_root or edge.source.below(place)) and edge.source.resolve(key) is not edge.to:
                self.find(edge)

    def inherit(self, node: Node, rules: Rules) -> None:
        """Let overrides reach a workspace over a link to it."""
        self._more_rules(node, rules)

    # Overrides: a node stands under the most specific rules of the edges that lead to it.

    def _add_incoming(self, node: Node, edge: Edge) -> None:
        if edge.rules is not None:
            self._more_rules(node, edge.rules)
        node.edges_in[edge] = None

    def _drop_incoming(self, node: Node, edge: Edge) -> None:
        node.edges_in.pop(edge, None)
        if edge.rules is None or node.rules is None or not node.rules.same(edge.rules) or not node.alive:
            return
        rules: Rules | None = None
        for other in node.edges_in:
            rules = more_specific(other.rules, rules) if rules is not None and other.rules is not None else other.rules
        if not node.rules.same(rules):
            node.rules = rules
            for other_node, passed in self._passed_on(node) if rules is not None else ():
                self._more_rules(other_node, passed)

    def _more_rules(self, node: Node, rules: Rules) -> None:
        todo = [(node, rules)]
        while todo:
            node, rules = todo.pop()
            if node.rules is not None:
                best = node.rules if node.rules.same(rules) else more_specific(node.rules, rules)
                if best is None or node.rules.same(best):
                    continue
                rules = best
            node.rules = rules
            todo += self._passed_on(node)

    def _passed_on(self, node: Node) -> list[tuple[Node, Rules]]:
        """What a node's new rules mean for those it needs."""
        found = []
        for edge in list(node.edges_out.values()):
            self.find(edge)
            if edge.to is not None and edge.rules is not None:
                found.append((edge.to, edge.rules))
        if node.target is not None and node.rules is not None and _names_any(node.rules, node.target):
            found.append((node.target, node.rules))
        return found


def _names_any(rules: Rules, node: Node) -> bool:
    """Whether a rule names something that a workspace needs, directly or not."""
    seen: dict[Node, None] = {node: None}
    todo = [node]
    while todo:
        node = todo.pop()
        for edge in (node.target or node).edges_out.values():
            if rules.for_want(edge.want).name == edge.name:
                return True
            if edge.to is not None and edge.to not in seen:
                seen[edge.to] = None
                todo.append(edge.to)
    return False
