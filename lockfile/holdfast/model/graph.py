"""The dependency graph of a lock: which pin an edge means on which target, and what the wishes reach.

Everything is done on bitmasks over the targets of a grid, so all targets are walked at once. Knows no file
and no judgement: a wish without a pin is an edge that leads nowhere, and `check` says what that means.

    wish "pypi:celery[redis]"                  pin celery is reached on 0b1111, its extra "redis" active there
    edge "pypi:redis>=5 ; extra == 'redis'"    of celery: holds where "redis" is active, so redis on 0b1111
    edge "pypi:tzdata ; sys_platform=='win32'" of celery: holds on 0b1000, so tzdata is reached on 0b1000
"""

from __future__ import annotations

from holdfast.model.lock import Input, Lock, Pin, has_npm
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable, Iterator, Mapping

# constraints and overrides wish for nothing by themselves
WISHING_KINDS = ("project", "extra", "group", "module", "dev", "optional", "peer")

Placement = tuple[int, int]  # (index of a pin in `lock.packages`, mask of the targets on which it is the answer)


class Walk(NamedTuple):
    """What some wishes reach, by the pin's index in `lock.packages`; pins that are not reached are absent."""

    pins: dict[int, int]  # pin -> targets on which it is reached
    extras: dict[int, dict[str, int]]  # pin -> extra -> targets on which the extra is active


class Edge(NamedTuple):
    """A requirement that holds on the targets of `mask`, and the version after `=>` ("" = none)."""

    requirement: Requirement
    chosen: str
    mask: int


_Row = tuple[str, int, bool, tuple[str, ...], tuple[Placement, ...]]  # marker, mask, asks extra, extras, placements
_NO_EXTRAS: dict[str, int] = {}


class LockGraph:
    """A lock seen on a grid. The packages are in canonical order: of one name, the highest version last.

    Of npm, every edge says its version, and instances are pins of their own behind all others (`npm_graph.py`): what
    is of npm holds on every target.
    """

    __slots__ = ("_placements", "_rows", "_wishes", "grid", "lock", "pins_by_name", "when")

    def __init__(self, lock: Lock, grid: Grid) -> None:
        """Raises `InvalidMarker` for a `when` that is none; markers of edges are read when walked."""
        self._wishes: dict[tuple[str, Requirement], str] = {}
        if has_npm(lock):
            from holdfast.model.npm_graph import spread  # start-up: only where there is npm

            lock, self._wishes = spread(lock)
        self.lock = lock
        self.grid = grid
        self.when = [grid.condition(pin.when) for pin in lock.packages]
        names: dict[tuple[str, str], list[int]] = {}
        for index, pin in enumerate(lock.packages):
            names.setdefault((pin.source, pin.name), []).append(index)
        self.pins_by_name = {key: tuple(indexes) for key, indexes in names.items()}
        self._placements: dict[tuple[str, str, str], tuple[Placement, ...]] = {}
        self._rows: dict[int, list[_Row]] = {}

    def placements(self, requirement: Requirement, chosen: str = "") -> tuple[Placement, ...]:
        """Return the pins that a requirement means, each with its targets; the masks are disjoint.

        Where several pins of the name hold on a target, the highest version is meant, or `chosen` if given.
        Whether the version is in the requirement's range is not asked.
        """
        key = (requirement.source, requirement.name, chosen)
        known = self._placements.get(key)
        if known is None:
            known = self._placements[key] = self._place(*key)
        return known

    def resolve(self, requirement: Requirement, target_index: int, chosen: str = "") -> Pin | None:
        """Return the pin that a requirement means on one target, or None; marker and range are not asked."""
        for index, mask in self.placements(requirement, chosen):
            if mask >> target_index & 1:
                return self.lock.packages[index]
        return None

    def wished(self, inputs: Iterable[Input]) -> Iterator[Edge]:
        """Yield the wishes of inputs as edges from the project. Raises `InvalidMarker`."""
        for part in inputs:
            if part.kind in WISHING_KINDS:
                for requirement in part.requires:
                    if type(requirement) is Requirement:
                        yield Edge(requirement, "", self.grid.condition(requirement.marker))
                    else:
                        chosen = self._wishes[part.path, requirement]
                        if chosen or not _may_lack(requirement):
                            yield Edge(requirement, chosen, self.grid.everything)

    def edges(self, index: int, reached: int, extras: Mapping[str, int] = _NO_EXTRAS) -> Iterator[Edge]:
        """Yield the edges of pin `index` that hold somewhere, in their order in the lock.

        `reached` are the targets on which the pin is reached, `extras` those on which each extra is active:
        `walk.pins[index]` and `walk.extras.get(index, {})`. Raises `InvalidMarker`.
        """
        rows = self._rows.get(index) or self._read(index)
        for (requirement, chosen), row in zip(self.lock.packages[index].dependencies, rows, strict=True):
            mask = self._holding(row, reached, extras)
            if mask:
                yield Edge(requirement, chosen, mask)

    def reach(self, inputs: Iterable[Input]) -> dict[int, int]:
        """Return {pin index: targets on which the wishes of `inputs` lead to it}. Raises `InvalidMarker`."""
        return self.walk(inputs).pins

    def walk(self, inputs: Iterable[Input]) -> Walk:
        """Follow the wishes of `inputs` to the end. Raises `InvalidMarker`.

        Masks only grow, and a pin is visited again while its masks do, so the order does not matter.
        """
        walk = Walk({}, {})
        waiting: dict[int, None] = {}  # ordered: a pin that waits already is not queued twice
        for edge in self.wished(inputs):
            placements = self.placements(edge.requirement, edge.chosen)
            _follow(walk, waiting, edge.mask, edge.requirement.extras, placements)
        while waiting:
            index = next(iter(waiting))
            del waiting[index]
            reached = walk.pins[index]
            extras = walk.extras.get(index, _NO_EXTRAS)
            for row in self._rows.get(index) or self._read(index):
                mask = self._holding(row, reached, extras)
                if mask:
                    _follow(walk, waiting, mask, row[3], row[4])
        return walk

    def _holding(self, row: _Row, reached: int, extras: Mapping[str, int]) -> int:
        marker, always, asks_extra = row[:3]
        mask = always & reached
        if asks_extra:
            for extra, active in extras.items():
                mask |= self.grid.condition(marker, extra) & active
        return mask

    def _read(self, index: int) -> list[_Row]:
        condition = self.grid.condition
        pin = self.lock.packages[index]
        rows: list[_Row]
        if pin.npm is not None:  # markers of npm are words, which hold everywhere
            always = self.grid.everything
            rows = [("", always, False, (), self.placements(*edge)) for edge in pin.dependencies]
        else:
            rows = [
                (
                    requirement.marker,
                    condition(requirement.marker),
                    "extra" in requirement.marker,
                    requirement.extras,
                    self.placements(requirement, chosen),
                )
                for requirement, chosen in pin.dependencies
            ]
        self._rows[index] = rows
        return rows

    def _place(self, source: str, name: str, chosen: str) -> tuple[Placement, ...]:
        free = self.grid.everything
        placements = []
        for index in reversed(self.pins_by_name.get((source, name), ())):
            mask = self.when[index] & free
            if mask and (not chosen or self.lock.packages[index].version == chosen):
                placements.append((index, mask))
                free &= ~mask
        return tuple(placements)


def _may_lack(requirement: Requirement) -> bool:
    from holdfast.model.npm_graph import may_lack  # start-up: only where there is npm

    return may_lack(requirement)


def _follow(
    walk: Walk,
    waiting: dict[int, None],
    mask: int,
    extras: tuple[str, ...],
    placements: tuple[Placement, ...],
) -> None:
    """Add the targets of one edge to what it leads to, and queue the pins that grew."""
    for index, when in placements:
        new = mask & when
        if not new:
            continue
        before = walk.pins.get(index, 0)
        if new & ~before:
            walk.pins[index] = before | new
            waiting[index] = None
        if extras:
            active = walk.extras.setdefault(index, {})
            for extra in extras:
                before = active.get(extra, 0)
                if new & ~before:
                    active[extra] = before | new
                    waiting[index] = None
