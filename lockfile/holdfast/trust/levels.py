"""How far a pin is trusted, computed from who verifiably signed it, and the level it inherits through its dependencies.

    unsigned             no publisher's signature; a co-signature alone says nothing of the author
    registry-community   signed by a publisher whom the registry registered and did not check
    registry-verified    signed by a publisher of a higher tier, or also co-signed by a vetter whom the client knows
    trusted              signed by a key that this project itself trusts for the name
    local                a folder of the project: whoever can change it can change the project, so it is never weaker
                         than what it serves. It lowers nothing that depends on it; what *it* depends on still does.

A tier never makes `trusted`: that is the project's own word. Knows ids, roles and graphs as plain text; no keys.
"""

from collections.abc import Container, Hashable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from holdfast_resolver.values.tuples import NamedTuple

LEVELS = ("unsigned", "registry-community", "registry-verified", "trusted", "local")  # ascending
RANKS = {level: rank for rank, level in enumerate(LEVELS)}
PUBLISHER = "publisher"
VETTED = "vetted"

_CHECKED_TIERS = ("verified", "trusted")


class _Sortable(Hashable, Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


Node = TypeVar("Node", bound=_Sortable)


class LeveledSigner(NamedTuple):
    """A verified signer, as far as levels ask: `verify_module.VerifiedSigner` and a lock's signer both give it."""

    id: str
    role: str
    tier: str = ""


def level_of(signers: Iterable[LeveledSigner], trusted: Container[str] = (), *, local: bool = False) -> str:
    """Return the level of a pin by its verified signers; `trusted` holds the ids that this project trusts for its name.

    >>> level_of([LeveledSigner("ed25519:aa", "publisher", "unverified"), LeveledSigner("ed25519:bb", "vetted")])
    'registry-verified'
    """
    if local:
        return "local"
    known = tuple(signers)
    publishers = [signer for signer in known if signer.role == PUBLISHER]
    if not publishers:
        return "unsigned"
    if any(signer.id in trusted for signer in publishers):
        return "trusted"
    checked = any(signer.tier in _CHECKED_TIERS for signer in publishers)
    return "registry-verified" if checked or len(publishers) < len(known) else "registry-community"


def inherited(
    levels: Mapping[Node, str], edges: Mapping[Node, Iterable[Node]]
) -> dict[Node, tuple[str, tuple[Node, ...]]]:
    """Return for each node the lowest level on any path through its dependencies, and the path to where it comes from.

    The path begins with the node and ends at one of that level: the shortest, then the first by alphabet; of one
    node when nothing below is lower. `edges` go from a node to its dependencies; both ends stand in `levels`.
    Time is linear in nodes, edges and the length of the paths; cycles are allowed.
    """
    links = weakest_links(levels, edges)
    return {node: (level, path_from(node, links)) for node, (level, _) in links.items()}


def weakest_links(
    levels: Mapping[Node, str], edges: Mapping[Node, Iterable[Node]]
) -> dict[Node, tuple[str, Node | None]]:
    """Return for each node the level it inherits and the next node on the way there; None where it has it itself.

    Linear in nodes and edges: `path_from` walks the way of one node where all paths together would be long.
    """
    dependents: dict[Node, list[Node]] = {node: [] for node in levels}
    for node in levels:
        for dependency in edges.get(node, ()):
            dependents[dependency].append(node)
    by_level: dict[str, list[Node]] = {level: [] for level in LEVELS}
    for node, level in levels.items():
        by_level[level].append(node)
    found: dict[Node, tuple[str, Node | None]] = {}
    # From the lowest level up: what reaches a node of it, and nothing lower, inherits it. Backwards in breadth, one
    # distance at a time, so the first way found is the shortest; of equally short ones the smallest next node.
    for level in LEVELS:
        layer = [node for node in by_level[level] if node not in found]
        found.update(dict.fromkeys(layer, (level, None)))
        while layer:
            following: dict[Node, Node] = {}
            for node in layer:
                for dependent in dependents[node]:
                    if dependent not in found and (dependent not in following or node < following[dependent]):
                        following[dependent] = node
            found.update({node: (level, step) for node, step in following.items()})
            layer = list(following)
    return {node: found[node] for node in levels}


def path_from(node: Node, links: Mapping[Node, tuple[str, Node | None]]) -> tuple[Node, ...]:
    """Return the path from a node to where its level comes from."""
    path = [node]
    while (step := links[path[-1]][1]) is not None:
        path.append(step)
    return tuple(path)
