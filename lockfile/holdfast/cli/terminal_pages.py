"""Long texts a page at a time, for somebody at a terminal. The lines are harmless already; colours cost no columns."""

import re
import shutil
from collections.abc import Callable, Sequence
from typing import TypeAlias

from holdfast.cli.console import Console
from holdfast.cli.terminal_keys import read_key
from holdfast.cli.terminal_prompts import columns_of, longest_that_fits

# Asks, and waits for a key: see `read_key`.
Key: TypeAlias = Callable[[Callable[[], None]], str]

_HEADING = re.compile(r"(\x1b\[[0-9;]*m)?(added|removed|changed)(\x1b\[0m)? \S")  # where a file begins
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_KEYS = (
    "-- {at} of {all}: space next page, b back, n next file, q done -- ",
    "-- {at}/{all}: space, b, n file, q -- ",
    "-- space b n q -- ",
)


def show_pages(lines: Sequence[str], console: Console, key: Key = read_key) -> None:
    """Show lines until the end or until `q`. A page is as high as the terminal."""
    size = shutil.get_terminal_size()
    at = 0
    starts: list[int] = []
    while at < len(lines):
        end = _page_end(lines, at, size.columns, max(size.lines - 1, 3))
        console.result("".join([f"{line}\n" for line in lines[at:end]]))
        if end >= len(lines) and not starts:
            return
        pressed = _pressed(key, console, _keys(end, len(lines), size.columns))
        console.result("\n")
        if pressed == "q":
            return
        if pressed == "b":
            at = starts.pop() if starts else 0
            continue
        starts.append(at)
        at = _next_file(lines, end) if pressed == "n" else end


def _keys(at: int, count: int, columns: int) -> str:
    return longest_that_fits([one.format(at=at, all=count) for one in _KEYS], columns)


def _pressed(key: Key, console: Console, prompt: str) -> str:
    def ask() -> None:
        console.result(f"\r{prompt}")
        console.flush()

    while True:
        pressed = key(ask)
        if pressed in (" ", "\n", "b", "n", "q"):
            return pressed


def _page_end(lines: Sequence[str], at: int, columns: int, rows: int) -> int:
    """The place behind the last line that fits; one line at least."""
    used = 0
    for place in range(at, len(lines)):
        used += max(1, -(-_width(lines[place]) // max(columns, 1)))
        if used > rows:
            return max(place, at + 1)
    return len(lines)


def _next_file(lines: Sequence[str], at: int) -> int:
    return next((place for place in range(at, len(lines)) if _HEADING.match(lines[place])), len(lines))


def _width(line: str) -> int:
    return columns_of(_COLOURS.sub("", line))
