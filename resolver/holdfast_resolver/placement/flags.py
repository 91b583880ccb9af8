"""For whom a node is there: development, optional dependencies, peers; and whether for anybody.

Every flag is taken to be set until a way from the project is found that clears it:

    dev        reached by development dependencies alone      optional   by optional ones alone
    peer       reached by peers alone                         dev or optional: by both kinds, by nothing else

Source: npm's documentation of `package-lock.json`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.placement.nodes import Node
    from holdfast_resolver.placement.tree import Tree


class Flags:
    """The flags of one node; `extraneous`: nobody needs it."""

    __slots__ = ("dev", "dev_optional", "extraneous", "optional", "peer")

    def __init__(self, value: bool) -> None:
        self.extraneous = self.dev = self.optional = self.dev_optional = self.peer = value


def flags_of(tree: Tree) -> dict[Node, Flags]:
    """Return the flags of all nodes."""
    flags = {node: Flags(True) for node in (*tree.nodes(), *tree.members)}
    flags[tree.root] = Flags(False)
    todo = [tree.root]
    seen: set[Node] = set()
    while todo:
        node = todo.pop()
        seen.add(node)
        mine = flags[node]
        above = node.above
        while not mine.extraneous and above is not None and flags[above].extraneous:
            flags[above].extraneous = False
            above = above.above
        if node.target is not None:
            if _pass(mine, flags[node.target], False, False, False) or node.target not in seen:
                todo.append(node.target)
            continue
        for edge in node.edges_out.values():
            if edge.to is not None:
                want = edge.want
                if _pass(mine, flags[edge.to], want.dev, want.may_lack, want.peer):
                    todo.append(edge.to)
    for node in seen:
        mine = flags[node]
        if mine.dev_optional and (mine.dev or mine.optional):
            mine.dev_optional = False
    return flags


def _pass(mine: Flags, its: Flags, dev: bool, optional: bool, peer: bool) -> bool:
    """Clear what an edge clears of the node it leads to; return whether anything changed."""
    changed = False
    if its.extraneous and not mine.extraneous and not (peer and optional):
        its.extraneous = False
        changed = True
    if its.dev and not mine.dev and not dev:
        its.dev = False
        changed = True
    if its.optional and not mine.optional and not optional:
        its.optional = False
        changed = True
    if its.dev_optional and not (mine.dev_optional or mine.dev or mine.optional or dev or optional):
        its.dev_optional = False
        changed = True
    if its.peer and not mine.peer and not peer:
        its.peer = False
        changed = True
    return changed
