"""The source difference of a package that waits: both releases by their hashes, and nothing of them obeyed."""

import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.index_server import IndexServer, serving, status
from tests.support.packages import read_releases, wheel
from tests.support.reviewing import ASKED, OLD, SHELF, moved, reviewing

if sys.platform == "win32":
    pytest.skip("a pseudo terminal", allow_module_level=True)


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with one release of three packages."""
    with serving(read_releases(SHELF)) as server:
        yield server


def test_the_source_difference(tmp_path: Path, index: IndexServer) -> None:
    """`d` fetches both releases by their hashes and pages through what differs; afterwards the key is asked again."""
    project = moved(tmp_path, index)
    index.asked.clear()
    with reviewing(project, "click", rows=20) as terminal:
        terminal.expect(ASKED)
        terminal.press("d")
        shown = terminal.expect("q done -- ")
        assert "source difference of click 8.1.7 -> 8.1.8" in shown
        assert "click-8.1.7-py3-none-any.whl -> click-8.1.8-py3-none-any.whl" in shown
        assert "changed  click-*.dist-info/METADATA" in shown
        terminal.press("q")
        terminal.expect(ASKED)
        terminal.press("q")
        assert terminal.end() == 1
    assert index.count("/files/click-8.1.7-py3-none-any.whl") == 1


def test_a_source_difference_that_cannot_be_had(tmp_path: Path, index: IndexServer) -> None:
    """The registry serves other bytes, or none: which file and why is said, nothing else is shown for it."""
    project = moved(tmp_path, index)
    index.add(wheel("click", "8.1.8", salt="evil"))
    index.faults["/files/flask-3.0.1-py3-none-any.whl"] = [status(404)]
    with reviewing(project) as terminal:
        terminal.expect(ASKED)
        terminal.press("d")
        shown = terminal.expect(ASKED)
        assert "click-8.1.8-py3-none-any.whl: not compared" in shown
        assert "the source serves other bytes now" in shown
        terminal.press("s")
        terminal.expect(ASKED)
        terminal.press("d")
        assert "flask-3.0.1-py3-none-any.whl cannot be had: " in terminal.expect(ASKED)
        terminal.press("q")
        assert terminal.end() == 1


def test_hostile_names_in_archives_are_shown_as_escapes(tmp_path: Path, index: IndexServer) -> None:
    """A path and a line that would move the cursor or turn text around reach the terminal as text."""
    project = moved(tmp_path, index)
    good = wheel("click", "8.1.8", uploaded=OLD)
    out = io.BytesIO(good.data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("click/\u202eyp.evil", "\x1b]0;title\x07 \u2066hidden\u2069\n")
    index.add(good._replace(data=out.getvalue()))
    project.run("lock", "--refresh", "--accept-changed", "click")
    with reviewing(project, "click") as terminal:
        terminal.expect(ASKED)
        terminal.press("d")
        shown = terminal.expect(ASKED)
        assert "click/\\u{202e}yp.evil" in shown
        assert "+\\u{1b}]0;title\\u{7} \\u{2066}hidden\\u{2069}" in shown
        terminal.press("q")
        terminal.end()
        assert not set(terminal.raw) & set("\u202e\u2066\u2069\x07")
