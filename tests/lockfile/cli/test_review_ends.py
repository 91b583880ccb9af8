"""How a review ends: decisions are proved anew and signed, or nothing is written."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.approving import FAR, approving
from tests.support.index_server import IndexServer, serving, status
from tests.support.packages import read_releases, wheel
from tests.support.reviewing import ASKED, SHELF, moved, reviewing
from tests.support.terminal import CTRL_C

if sys.platform == "win32":
    pytest.skip("a pseudo terminal", allow_module_level=True)


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with one release of three packages."""
    with serving(read_releases(SHELF)) as server:
        yield server


def test_quitting_keeps_what_was_decided(tmp_path: Path, index: IndexServer) -> None:
    """What came before is shown and signed on demand; a no signs nothing."""
    project = moved(tmp_path, index)
    before = project.files()
    for answer in ("n", "y"):
        with reviewing(project, "--reason", "x") as terminal:
            terminal.expect(ASKED)
            terminal.press("a")
            terminal.expect(ASKED)
            terminal.press("q")
            terminal.expect("y yes  n no > ")
            terminal.press(answer)
            assert terminal.end() == 1
        assert (project.files() == before) is (answer == "n")


@pytest.mark.parametrize("at", ["screen", "reason", "summary", "confirmation"])
def test_ctrl_c_leaves_nothing_written(tmp_path: Path, index: IndexServer, at: str) -> None:
    """At whatever question: exit 130, no file, and the terminal is as it was."""
    project = moved(tmp_path, index)
    before = project.files()
    with reviewing(project) as terminal:
        terminal.expect(ASKED)
        if at != "screen":
            terminal.press("a")
            terminal.expect(ASKED)
            terminal.press("r")
            terminal.expect("why it is rejected: ")
        if at in ("summary", "confirmation"):
            terminal.press("no\n")
            terminal.expect("why it is approved: ")
        if at == "confirmation":
            terminal.press("yes\n")
            terminal.expect("n no > ")
        terminal.press(CTRL_C)
        assert terminal.end() == 130
        assert "Traceback" not in terminal.text
    assert project.files() == before


def test_what_is_refused_may_be_left_out(tmp_path: Path, index: IndexServer) -> None:
    """Other bytes on the registry stop it; trying again does not help, leaving it out signs the rest."""
    project = moved(tmp_path, index)
    index.add(wheel("click", "8.1.8", salt="evil"))
    before = project.files()
    with reviewing(project, "--reason", "x") as terminal:
        for _ in range(2):
            terminal.expect(ASKED)
            terminal.press("a")
        terminal.expect("n no > ")
        terminal.press("y")
        shown = terminal.expect("q give up > ")
        assert "alarm[artifact-changed]" in shown
        assert project.files() == before
        terminal.press("t")
        terminal.expect("l leave out what was refused  q give up > ")
        terminal.press("l")
        assert terminal.end() == 1
        assert "flask: approved" in terminal.text
    (change,) = project.newest(before).act.packages
    assert change.name == "flask"


def test_giving_up_signs_nothing(tmp_path: Path, index: IndexServer) -> None:
    """The exit code is that of the refusal."""
    project = moved(tmp_path, index)
    index.faults["/files/click-8.1.8-py3-none-any.whl"] = [status(404)]
    before = project.files()
    with reviewing(project, "click", "--reason", "x") as terminal:
        terminal.expect(ASKED)
        terminal.press("a")
        terminal.expect("n no > ")
        terminal.press("y")
        assert "leave out" not in terminal.expect("q give up > ")
        terminal.press("q")
        assert terminal.end() == 1
    assert project.files() == before


def test_an_alarm_needs_a_date(tmp_path: Path, index: IndexServer) -> None:
    """It is asked for until it is a date to come; one of two approvers is not enough."""
    project = approving(tmp_path, index, ["click"], "ann", "bob")
    index.add(wheel("click", "8.1.7", salt="other"))
    project.run("lock", "--refresh", "--accept-changed", "click")
    before = project.files()
    with reviewing(project, "--reason", "they told us why") as terminal:
        assert "alarm: artifact-changed" in terminal.expect(ASKED)
        terminal.press("a")
        terminal.answer("until when is the alarm accepted", "")
        terminal.answer("until when is the alarm accepted", "2001-01-01")
        terminal.answer("until when is the alarm accepted", FAR)
        terminal.expect("n no > ")
        terminal.press("y")
        assert terminal.end() == 1
        assert "click: 1 of 2 approvers (ann); waits for another, since it is an alarm" in terminal.text
    assert project.newest(before).act.expires.startswith(FAR)
    with reviewing(project, "--reason", "me too", key="bob") as terminal:
        assert "approved by     ann (1 of 2)" in terminal.expect(ASKED)
        terminal.press("a")
        terminal.answer("until when is the alarm accepted", FAR)
        terminal.expect("n no > ")
        terminal.press("y")
        assert terminal.end() == 0
