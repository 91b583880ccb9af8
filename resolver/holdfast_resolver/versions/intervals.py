"""Sets of versions as short ranges that people read: the mask of a table turned back into words.

Used by explanations only, never by solving. A description is checked against the table before it is given, so what a
scheme's ranges do with pre-releases need not be known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast_resolver.versions.pep440_keys import parse_version

if TYPE_CHECKING:
    from holdfast_resolver.versions.candidates import Candidates

MOST_RUNS = 3
NOTHING = "no version"


def describe(table: Candidates, mask: int) -> str:
    """Return a range, in the scheme of the table, that picks exactly the versions of `mask` out of it.

    All versions are "", in npm's ranges all but the pre-releases too; none is `NOTHING`. Runs are joined by " or ";
    after `MOST_RUNS` of them stands " or ...", and only then the description is not the whole set. Bits beyond the
    table are ignored.

    >>> from holdfast_resolver.versions.candidates import Candidates
    >>> describe(Candidates.from_versions(["1.0", "1.5", "2.0"]), 0b011)
    '<2.0'
    """
    mask &= table.everything
    if not mask and table.everything:
        return NOTHING
    if mask in (table.everything, table.mask("")):
        return ""
    wording = _Npm(table) if table.scheme.name == "semver" else _Pep440(table)
    exception = wording.exception(mask)
    if exception:
        return exception
    parts: list[str] = []
    while mask:
        if len(parts) == MOST_RUNS:
            return " or ".join([*parts, "..."])
        text, mask = _first_run(table, wording, mask)
        parts.append(text)
    return " or ".join(parts)


def _first_run(table: Candidates, wording: _Wording, mask: int) -> tuple[str, int]:
    """Describe the longest piece of the lowest run that one range can say; return it and what remains."""
    start = (mask & -mask).bit_length() - 1
    # local versions (1.0+cpu) cannot bound a range, pre-releases may not be admitted: shorten until it can be said
    for end in range(wording.reach(mask, start), start, -1):
        if not mask >> end & 1:
            continue
        run = mask & ((1 << (end + 1)) - (1 << start))
        for text in wording.bounds(start, end):
            if table.mask(text) == run:
                return text, mask & ~run
    run = 1 << start
    return wording.single(start), mask & ~run


def _ones(mask: int) -> int:
    """How many bits are set below the first that is not."""
    return (~mask & (mask + 1)).bit_length() - 1


class _Wording:
    """How a scheme says sets of versions."""

    def __init__(self, table: Candidates) -> None:
        self.table = table

    def exception(self, mask: int) -> str:
        """Say "all but one", where `mask` is that and it can be said; else ""."""
        raise NotImplementedError

    def reach(self, mask: int, start: int) -> int:
        """The last place at which a range that begins at `start` and picks only what is in `mask` may end."""
        raise NotImplementedError

    def single(self, place: int) -> str:
        """A range that picks one candidate."""
        raise NotImplementedError

    def bounds(self, start: int, end: int) -> list[str]:
        """Ranges that may say "from `start` to `end`, both included", best first."""
        raise NotImplementedError


class _Pep440(_Wording):
    """Clauses such as `>=1.5,<2.0`."""

    def exception(self, mask: int) -> str:
        table = self.table
        without = table.everything & ~mask
        if without & (without - 1) == 0 and 1 < without < 1 << (table.count - 1):  # one, and not at an end
            text = "!=" + table.versions[without.bit_length() - 1]
            if table.mask(text) == mask:
                return text
        return ""

    def reach(self, mask: int, start: int) -> int:
        return start + _ones(mask >> start) - 1

    def single(self, place: int) -> str:
        version = self.table.versions[place]
        # its local versions may be candidates too
        return "==" + version if self.table.mask("==" + version) == 1 << place else "===" + version

    def bounds(self, start: int, end: int) -> list[str]:
        table = self.table
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
        return [
            ",".join(filter(None, (low, high))) for high in highs for low in lows if "+" not in low and "+" not in high
        ]


class _Npm(_Wording):
    """Comparators such as `>=1.5.0 <2.0.0`, which pass over the pre-releases that they do not name."""

    def exception(self, mask: int) -> str:
        return ""

    def reach(self, mask: int, start: int) -> int:
        end = start + _ones((mask | self.table.prereleases) >> start) - 1
        for place in range(start + 1, end):
            # 1.2.0 1.3.0-rc 1.4.0: no range has the second between its ends, so one must end at it
            if mask & self.table.prereleases & 1 << place and self._numbers(place) != self._numbers(start):
                while place < end and self._numbers(place + 1) == self._numbers(place):
                    place += 1
                return place
        return end

    def single(self, place: int) -> str:
        return "=" + self._version(place)

    def bounds(self, start: int, end: int) -> list[str]:
        lows = ["", ">=" + self._version(start)]
        highs = ["", "<=" + self._version(end)]
        if end < self.table.count - 1:
            following = self._version(end + 1)
            # `<2.0.0` says "below 2.0.0-rc.1" as well, and better
            highs = ["", "<" + self._numbers(end + 1), "<=" + self._version(end), "<" + following]
        return [" ".join(filter(None, (low, high))) or "*" for high in highs for low in lows]

    def _numbers(self, place: int) -> str:
        return self._version(place).partition("-")[0]

    def _version(self, place: int) -> str:
        """Without its build metadata, which no range looks at."""
        return self.table.versions[place].partition("+")[0]
