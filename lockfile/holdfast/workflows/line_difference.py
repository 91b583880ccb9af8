"""The difference of two texts line by line, in bounded time whatever the texts are.

Lines that stand once in both texts are anchors (Bram Cohen's "patience" difference); what is between two anchors is
compared cell by cell (longest common subsequence) while the budget lasts, else it counts as replaced as a whole.
So the answer is always right, and for hostile input only longer than it need be. Pure.
"""

from bisect import bisect_left
from collections.abc import Sequence

from holdfast_resolver.values.tuples import NamedTuple

CELLS = 4_000_000  # of comparisons in one run of a program


class Span(NamedTuple):
    """Lines `old_start` to `old_end` of the old text became `new_start` to `new_end` of the new one."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


class Budget:
    """How many cells may still be compared; shared by the files of one difference."""

    def __init__(self, cells: int = CELLS) -> None:
        self.cells = cells

    def take(self, cells: int) -> bool:
        """Whether that many were left; then they are gone."""
        if cells > self.cells:
            return False
        self.cells -= cells
        return True


def line_difference(old: Sequence[str], new: Sequence[str], budget: Budget) -> tuple[Span, ...]:
    """Return what changed, in order; what lies between two spans is equal."""
    pairs = _pairs(old, new, budget)
    spans, at_old, at_new = [], 0, 0
    for one, other in (*pairs, (len(old), len(new))):
        if one > at_old or other > at_new:
            spans.append(Span(at_old, one, at_new, other))
        at_old, at_new = one + 1, other + 1
    return tuple(spans)


def _pairs(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[tuple[int, int]]:
    """The lines that are the same, as ascending (place in old, place in new)."""
    found: list[tuple[int, int]] = []
    waiting = [Span(0, len(old), 0, len(new))]
    while waiting:
        a, b, c, d = waiting.pop()
        while a < b and c < d and old[a] == new[c]:
            found.append((a, c))
            a, c = a + 1, c + 1
        while a < b and c < d and old[b - 1] == new[d - 1]:
            b, d = b - 1, d - 1
            found.append((b, d))
        if a == b or c == d:
            continue
        anchors = _anchors(old, new, Span(a, b, c, d))
        if not anchors:
            if budget.take((b - a) * (d - c)):
                found.extend(_common(old, new, Span(a, b, c, d)))
            continue
        for one, other in (*anchors, (b, d)):
            waiting.append(Span(a, one, c, other))
            a, c = one + 1, other + 1
        found.extend(anchors)
    return sorted(found)


def _anchors(old: Sequence[str], new: Sequence[str], span: Span) -> list[tuple[int, int]]:
    """The longest ascending run of lines that stand exactly once on each side."""
    there = _once(new, span.new_start, span.new_end)
    here = _once(old, span.old_start, span.old_end)
    shared = [(place, there[line]) for line, place in here.items() if line in there]
    ends: list[int] = []  # the smallest last place of an ascending run of each length
    last: list[int] = []  # the pair at the end of that run
    before: list[int] = []  # of each pair: the one before it
    for number, (_, other) in enumerate(shared):
        length = bisect_left(ends, other)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [other]
        last[length : length + 1] = [number]
    run: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        run.append(shared[number])
        number = before[number]
    return run[::-1]


def _once(lines: Sequence[str], start: int, end: int) -> dict[str, int]:
    """The lines that stand there exactly once, by their order, with their places."""
    places: dict[str, int] = {}
    for place in range(start, end):
        places[lines[place]] = -1 if lines[place] in places else place
    return {line: place for line, place in places.items() if place >= 0}


def _common(old: Sequence[str], new: Sequence[str], span: Span) -> list[tuple[int, int]]:
    """A longest common subsequence, cell by cell."""
    a, b, c, d = span
    rows = [[0] * (d - c + 1)]
    for place in range(b - 1, a - 1, -1):
        below, row, line = rows[-1], [0] * (d - c + 1), old[place]
        for other in range(d - c - 1, -1, -1):
            row[other] = below[other + 1] + 1 if line == new[c + other] else max(below[other], row[other + 1])
        rows.append(row)
    found, one, other = [], a, c
    while one < b and other < d:
        here = rows[b - one]
        if old[one] == new[other]:
            found.append((one, other))
            one, other = one + 1, other + 1
        elif rows[b - one - 1][other - c] >= here[other - c + 1]:
            one += 1
        else:
            other += 1
    return found
