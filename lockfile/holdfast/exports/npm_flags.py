"""Why each folder of a tree is there, in the words of `package-lock.json`: dev, optional, devOptional, peer.

A word is true of a folder when every way that leads to it has such an edge: without development dependencies (or
optional ones, or peers) it would not be there. `devOptional` is true of what would go only if both went. Knows a tree
and its graph, no format.
"""

from collections.abc import Iterator

from holdfast.exports.npm_graph import DEV
from holdfast.exports.npm_tree import Place, found_from, start_of

FLAGS = ("dev", "optional", "devOptional", "peer")
_DEV, _OPTIONAL, _EITHER, _PEER = 1, 2, 4, 8
_ALL = 15


def flags_of(places: dict[str, Place]) -> dict[str, tuple[str, ...]]:
    """Return the words for each path, those of links like those of what they lead to."""
    held = dict.fromkeys(places, _ALL)
    held[""] = 0
    waiting = [""]
    while waiting:
        path = waiting.pop()
        for to, edge in _ways(places, places[path]):
            left = held[to] & (held[path] | edge)
            if (held[path] | edge) & (_DEV | _OPTIONAL | _EITHER):
                left |= held[to] & _EITHER
            if left != held[to]:
                held[to] = left
                waiting.append(to)
    return {path: tuple(_words(mask)) for path, mask in held.items()}


def _ways(places: dict[str, Place], place: Place) -> Iterator[tuple[str, int]]:
    """Where a folder's edges lead, and which words each edge has."""
    if place.link:
        yield place.link, 0
        return
    if not place.path:
        for other in places.values():  # the project has its workspaces
            if other.link and other.parent is place and places[other.link].is_importer:
                yield other.path, 0
    for edge in place.own.values():
        found = found_from(start_of(place, edge), edge.alias)
        if found is not None:
            mask = _DEV if edge.kind == DEV else 0
            yield found.path, mask | (_OPTIONAL if edge.optional else 0) | (_PEER if edge.peer else 0)


def _words(mask: int) -> Iterator[str]:
    if mask & _EITHER and mask & (_DEV | _OPTIONAL):
        mask &= ~_EITHER
    for place, word in enumerate(FLAGS):
        if mask & 1 << place:
            yield word
