"""Sets of versions as short ranges that people read: the mask of a table turned back into words.

Used by explanations only, never by solving. A description is checked against the table before it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast_resolver.versions.pep440_keys import parse_version

if TYPE_CHECKING:
    from holdfast_resolver.versions.candidates import Candidates

MOST_RUNS = 3
NOTHING = "no version"


def describe(table: Candidates, mask: int) -> str:
    """Return a range that picks exactly the versions of `mask` out of the table.

    All versions are "", none is `NOTHING`. Runs are joined by " or "; after `MOST_RUNS` of them stands
    " or ...", and only then the description is not the whole set. Bits beyond the table are ignored.

    >>> from holdfast_resolver.versions.candidates import Candidates
    >>> describe(Candidates.from_versions(["1.0", "1.5", "2.0"]), 0b011)
    '<2.0'
    """
    mask &= table.everything
    if mask == table.everything:
        return ""
    if not mask:
        return NOTHING
    without = table.everything & ~mask
    if without & (without - 1) == 0 and 1 < without < 1 << (table.count - 1):  # one, and not at an end
        exception = "!=" + table.versions[without.bit_length() - 1]
        if table.mask(exception) == mask:
            return exception
    parts: list[str] = []
    rest = mask
    while rest:
        if len(parts) == MOST_RUNS:
            return " or ".join([*parts, "..."])
        text, rest = _first_run(table, rest)
        parts.append(text)
    return " or ".join(parts)


def _first_run(table: Candidates, mask: int) -> tuple[str, int]:
    """Describe the longest piece of the lowest run that one range can say; return it and what remains."""
    start = (mask & -mask).bit_length() - 1
    above = mask >> start
    length = (~above & (above + 1)).bit_length() - 1
    # local versions (1.0+cpu) cannot bound a range: shorten the run until its ends can be said
    for end in range(start + length - 1, start, -1):
        run = (1 << (end + 1)) - (1 << start)
        for text in _bounds(table, start, end):
            if table.mask(text) == run:
                return text, mask & ~run
    run = 1 << start
    single = "==" + table.versions[start]
    if table.mask(single) != run:  # its local versions are candidates too
        single = "===" + table.versions[start]
    return single, mask & ~run


def _bounds(table: Candidates, start: int, end: int) -> list[str]:
    """Ranges that may say "from `start` to `end`, both included", best first."""
    lows, highs = [""], [""]
    if start > 0:
        lows = [">=" + table.versions[start], ">" + table.versions[start - 1]]
    if end < table.count - 1:
        following = parse_version(table.versions[end + 1])
        release = ".".join(following.release)
        if following.epoch != "0":
            release = f"{following.epoch}!{release}"
        if following.post:
            release = table.versions[end + 1]
        # `<2.0` says "below 2.0rc1" as well, and better
        highs = ["<" + release, "<=" + table.versions[end], "<" + table.versions[end + 1]]
    return [",".join(filter(None, (low, high))) for high in highs for low in lows if "+" not in low and "+" not in high]
