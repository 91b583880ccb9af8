"""Two questions about nodes: how deep may something stand, and what falls with them. Changes nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from holdfast_resolver.placement.nodes import Edge, Node


def deepest_place(start: Node, key: str) -> Node:
    """Return the deepest place where something of a name may stand for `start`: above whatever has it as a peer."""
    node = start
    while True:
        if node.above is None:
            return node
        edge = node.edges_out.get(key)
        if edge is None or not edge.want.peer:
            return node
        node = node.above


def only_needed_by(nodes: Iterable[Node], leads: Callable[[Edge], bool]) -> dict[Node, None]:
    """Return `nodes` with all that is needed by them alone; edges that `leads` refuses count for nothing.

    Those of `nodes` that something else needs are left out as well.
    """
    found = dict.fromkeys(nodes)
    todo = list(found)
    for node in todo:
        for edge in node.edges_out.values():
            to = edge.to
            if to is not None and to not in found and leads(edge):
                found[to] = None
                todo.append(to)
    changed = True
    while changed and found:
        changed = False
        for node in list(found):
            for edge in node.edges_in:
                if edge.source not in found and leads(edge):
                    changed = True
                    del found[node]
                    break
    return found
