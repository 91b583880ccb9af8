"""What nobody needs and yet has to stay: it keeps another version of its name from the optional peer of what stays.

    yaml 1.10.3
    tailwindcss --- postcss-load-config -> yaml ^2 ; peer optional      without tailwindcss/node_modules/yaml 2.9.1,
                `-- yaml 2.9.1                                         lookup would end at yaml 1.10.3

Knows the finished tree and who is needed in it; places nothing. npm leaves all that nobody needs in its lock.
"""

from __future__ import annotations

from holdfast_resolver.placement.shelf import PEER_OPTIONAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from holdfast_resolver.placement.flags import Flags
    from holdfast_resolver.placement.nodes import Edge, Node
    from holdfast_resolver.placement.tree import Tree


def keep_shields(tree: Tree, flags: dict[Node, Flags], hopeless: Collection[Node]) -> None:
    """Clear `extraneous` of what shields an optional peer, and of what that needs."""
    loose = [node for node in tree.nodes() if flags[node].extraneous and node not in hopeless]
    loose.sort(key=lambda node: (node.depth, node.path))
    goes = {node for node in tree.nodes() if flags[node].extraneous or node in hopeless}
    while True:
        due = next((node for node in loose if any(_is_due(edge, goes) for edge in node.edges_in)), None)
        if due is None:
            return
        flags[due].extraneous = False
        loose.remove(due)
        goes.discard(due)


def _is_due(edge: Edge, goes: Collection[Node]) -> bool:
    """Whether what an edge leads to has to stay for it."""
    to = edge.to
    if to is None or edge.source in goes:
        return False
    if edge.want.kind != PEER_OPTIONAL:
        return True
    other: Node | None = to
    while other is not None and other in goes:
        above = other.above.above if other.above is not None else None
        other = above.resolve(edge.key) if above is not None else None
    return other is not None and edge.served_by(to) and not edge.served_by(other)
