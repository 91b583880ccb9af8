"""Long texts a page at a time: as high as the terminal is, forward, back, to the next file, and out."""

import io
import os
from collections.abc import Callable, Iterator

import pytest

from holdfast.cli.console import Console
from holdfast.cli.terminal_pages import show_pages


def shown(monkeypatch: pytest.MonkeyPatch, lines: list[str], keys: str, columns: int = 20, rows: int = 6) -> list[str]:
    """What is written when somebody presses these keys."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, rows)))
    pressed: Iterator[str] = iter(keys)
    out = io.StringIO()

    def key(ask: Callable[[], None]) -> str:
        ask()
        return next(pressed)

    show_pages(lines, Console(out, io.StringIO(), {}), key)
    with pytest.raises(StopIteration):
        next(pressed)
    return [line for line in out.getvalue().splitlines() if line and not line.startswith("-- ")]


NUMBERS = [str(number) for number in range(12)]


def test_what_fits_is_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no key is asked for."""
    assert shown(monkeypatch, NUMBERS[:5], "") == NUMBERS[:5]
    assert shown(monkeypatch, [], "") == []


def test_pages_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Space and Enter go on, whatever else is pressed does nothing."""
    assert shown(monkeypatch, NUMBERS, "x  \n") == NUMBERS


def test_back_and_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """`b` shows the page before again, `q` ends it."""
    assert shown(monkeypatch, NUMBERS, " bq") == NUMBERS[:10] + NUMBERS[:5]


def test_the_next_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """`n` goes to where the next file begins; past the last one it is the end."""
    lines = ["added a.py", *["+x"] * 20, "changed b.py", *["+y"] * 3, "\x1b[32madded\x1b[0m c.py", *["+z"] * 20]
    found = shown(monkeypatch, lines, "nn", rows=6)
    assert found == ["added a.py", *["+x"] * 4, "changed b.py", *["+y"] * 3, "\x1b[32madded\x1b[0m c.py"]


def test_a_line_that_is_too_long_takes_several_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that its beginning does not scroll away; wide characters count twice, colours not at all."""
    assert shown(monkeypatch, ["x" * 90, "last"], "q")[0] == "x" * 90
    assert shown(monkeypatch, ["漢" * 30, "b", "c", "d", "e"], "q") == ["漢" * 30, "b", "c"]
    assert shown(monkeypatch, ["\x1b[32m" + "x" * 20 + "\x1b[0m", *"bcde"], "") == [
        "\x1b[32m" + "x" * 20 + "\x1b[0m",
        *"bcde",
    ]


@pytest.mark.parametrize("columns", [20, 40, 62, 80])
def test_the_line_of_keys_is_never_cut(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Where there is no room for the words it names the keys alone."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, 6)))
    out = io.StringIO()

    def key(ask: Callable[[], None]) -> str:
        ask()
        return "q"

    show_pages(NUMBERS, Console(out, io.StringIO(), {}), key)
    said = out.getvalue().split("\r")[1].rstrip("\n")
    assert said.endswith(" -- ")
    assert len(said) < columns
    assert all(one in said for one in ("space", " b", " n", " q"))
