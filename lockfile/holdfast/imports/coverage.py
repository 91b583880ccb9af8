"""On which of our targets each entry of a foreign file applies, as bitmasks.

A file without a graph says it by the markers of its entries. uv's says it by its graph: an entry applies
where a path of edges from the project leads to it.

    project -> ipython -> appnope ; sys_platform == 'darwin'      appnope applies on macOS, though unmarked

Errs on the side of "applies": a condition that depends on what an installer is asked for (extras, groups) may
hold.
"""

from holdfast.imports.port import ForeignEdge, ForeignLock
from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.values.markers import All, Atom, Either, Marker, parse_marker
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid

_SELECTION = ("extra", "extras", "dependency_groups")


class Coverage(NamedTuple):
    """`everywhere` are the targets that the file is for; `pins` the targets of each of its pins, in order."""

    everywhere: int
    pins: tuple[int, ...]


def coverage(foreign: ForeignLock, grid: Grid) -> Coverage:
    """Return where a foreign file and each of its pins apply."""
    everywhere = grid.everything
    if foreign.requires_python:
        everywhere = _admitted(foreign.requires_python, grid)
    if foreign.environments:
        somewhere = 0
        for marker in foreign.environments:
            somewhere |= _condition(marker, grid)
        everywhere &= somewhere
    marked = [_condition(pin.marker, grid) & everywhere for pin in foreign.pins]
    if not foreign.roots:
        return Coverage(everywhere, tuple(marked))
    return Coverage(everywhere, tuple(_walk(foreign, marked, grid)))


def _walk(foreign: ForeignLock, marked: list[int], grid: Grid) -> list[int]:
    """Follow the file's own graph from its roots; the same fixpoint as `model.graph`."""
    named: dict[str, list[int]] = {}
    for index, pin in enumerate(foreign.pins):
        named.setdefault(pin.name, []).append(index)
    reached = [0] * len(foreign.pins)
    extras: list[dict[str, int]] = [{} for _ in foreign.pins]
    waiting: dict[int, None] = {}

    def follow(edge: ForeignEdge, mask: int) -> None:
        mask &= _condition(edge.marker, grid)
        for index in named.get(edge.name, ()):
            if edge.version and foreign.pins[index].version != edge.version:
                continue
            new = mask & marked[index]
            grown = new & ~reached[index]
            reached[index] |= new
            for extra in edge.extras:
                before = extras[index].get(extra, 0)
                grown |= new & ~before
                extras[index][extra] = before | new
            if grown:
                waiting[index] = None

    for edge in foreign.roots:
        follow(edge, grid.everything)
    while waiting:
        index = next(iter(waiting))
        del waiting[index]
        for edge in foreign.pins[index].edges:
            mask = extras[index].get(edge.extra, 0) if edge.extra else reached[index]
            if mask:
                follow(edge, mask)
    return reached


def _admitted(requires_python: str, grid: Grid) -> int:
    """Targets every release of which the file admits; all of them when the text is not a range."""
    try:
        grid.admits_some(requires_python)
    except InvalidInput:
        return grid.everything
    return grid.requires_python(requires_python)


def _condition(marker: str, grid: Grid) -> int:
    if "extra" in marker or "dependency_groups" in marker:
        freed = _without_selection(parse_marker(marker))
        marker = str(freed) if freed is not None else ""
    return grid.condition(marker)


def _without_selection(marker: Marker) -> Marker | None:
    """Take every condition on extras and groups as true; None = always."""
    if isinstance(marker, Atom):
        return None if marker.variable in _SELECTION else marker
    parts = [_without_selection(part) for part in marker.parts]
    kept = tuple(part for part in parts if part is not None)
    if isinstance(marker, Either):
        return marker._replace(parts=kept) if len(kept) == len(parts) else None
    if len(kept) > 1:
        return All(kept)
    return kept[0] if kept else None
