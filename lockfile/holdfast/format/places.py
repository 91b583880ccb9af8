"""Where a block, a key or a value stands in a lock's text, for messages. Never decides what a text means.

The plain reader learns from `tomllib` what a lock says, not where; this file finds the line again.
Line and column are 1-based; 0 is unknown.
"""

from holdfast.format.fields import SECTIONS
from holdfast.format.strings import quote

Place = tuple[int, int]
# A section in the wrong brackets is found as well: it is a fault to be shown.
_HEADERS = {header: section.key for section in SECTIONS for header in (f"[{section.key}]", f"[[{section.key}]]")}


class Places:
    """The places of one text."""

    __slots__ = ("_ends", "_lines", "_starts")

    def __init__(self, text: str) -> None:
        self._lines = text.replace("\r\n", "\n").split("\n")
        self._starts: dict[str, list[int]] = {"": [0]}
        self._ends: dict[int, int] = {}
        previous = 0
        for index, line in enumerate(self._lines):
            if "[" not in line[:80]:
                continue
            key = _HEADERS.get(line.partition("#")[0].replace(" ", "").replace("\t", "").strip())
            if key is not None:
                self._starts.setdefault(key, []).append(index)
                self._ends[previous] = index
                previous = index

    def find(self, section: str, index: int, key: str = "", value: str = "", occurrence: int = 0) -> Place:
        """The place of a value below a key of the index-th block of a section ("" is the top of the file).

        Without `value` the key's own place, without `key` the block's; the nearest that is found.
        `occurrence` counts equal values, 0 the first.
        """
        if not section and key in self._starts:  # of the top of the file: a section in the wrong shape
            section, key = key, ""
        starts = self._starts.get(section, [])
        if index >= len(starts):
            return 0, 0
        start = starts[index]
        end = self._ends.get(start, len(self._lines))
        place = (start + 1, 1)
        if key:
            found = self._key(key, start, end)
            if found < 0:
                return place
            start, place = found, (found + 1, self._indent(found))
        return self._value(value, start, end, occurrence) or place if value else place

    def _key(self, key: str, start: int, end: int) -> int:
        for index in range(start, end):
            line = self._lines[index].lstrip(" \t")
            for spelling in (key, quote(key), f"'{key}'"):
                if line.startswith(spelling) and line[len(spelling) :].lstrip(" \t").startswith("="):
                    return index
        return -1

    def _value(self, value: str, start: int, end: int, occurrence: int) -> Place | None:
        for spelling in (quote(value), f"'{value}'", value):
            remaining = occurrence
            for index in range(start, end):
                column = self._lines[index].find(spelling)
                while column >= 0:
                    if not remaining:
                        return index + 1, column + 1
                    remaining -= 1
                    column = self._lines[index].find(spelling, column + 1)
        return None

    def _indent(self, index: int) -> int:
        line = self._lines[index]
        return len(line) - len(line.lstrip(" \t")) + 1
