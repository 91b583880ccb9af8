"""`review` looks at the code of what changed: fetched when a package is opened, on demand, or not at all offline."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.approving import ApprovingProject, approving
from tests.support.index_server import IndexServer, serving, status
from tests.support.packages import wheel
from tests.support.reviewing import ASKED, reviewing

if sys.platform == "win32":
    pytest.skip("a pseudo terminal", allow_module_level=True)

NET = "import socket\n\n\ndef report():\n    socket.create_connection(('collect.example', 443))\n"
GAIN = "gains network: dates/net.py:5 via socket.create_connection"
NEW = "/files/dates-1.1"


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with the first release of two packages."""
    with serving([wheel("dates", "1.0"), wheel("zones", "1.0")]) as server:
        yield server


def changed(folder: Path, index: IndexServer) -> ApprovingProject:
    """A project in which new releases of both wait; `dates` speaks to the network now."""
    project = approving(folder, index, ["dates", "zones"], "ann")
    index.add(wheel("dates", "1.1", code={"dates/net.py": NET}), wheel("zones", "1.1"))
    project.must("update", "--refresh")
    index.asked.clear()
    return project


def test_opening_a_package_fetches_what_changed(tmp_path: Path, index: IndexServer) -> None:
    """Only its own archives, when it is opened: the next one waits until it is looked at."""
    project = changed(tmp_path, index)
    with reviewing(project) as terminal:
        shown = terminal.expect(ASKED)
        assert GAIN in shown
        assert "fetch its code" not in shown
        assert (index.count(NEW), index.count("/files/zones-1.1")) == (1, 0)
        terminal.press("s")
        assert "its code        can do what it could before" in terminal.expect(ASKED)
        terminal.press("b")
        assert GAIN in terminal.expect(ASKED)
        terminal.press("q")
        terminal.end()
    assert index.count("/files/") == 4


def test_a_download_that_fails_is_said_and_tried_again_on_demand(tmp_path: Path, index: IndexServer) -> None:
    """By file and reason; looking again asks nobody, `f` does."""
    project = changed(tmp_path, index)
    file = wheel("dates", "1.1", code={"dates/net.py": NET}).file
    index.faults[f"/files/{file}"] = [status(404)]
    with reviewing(project, "dates") as terminal:
        shown = " ".join(terminal.expect(ASKED).split())
        assert f"not looked at: {file}: " in shown
        assert "404" in shown
        assert "gains" not in shown
        del index.faults[f"/files/{file}"]
        terminal.press("f")
        assert GAIN in terminal.expect(ASKED)
        terminal.press("q")
        terminal.end()


def test_offline_nothing_is_fetched_and_that_is_said(tmp_path: Path, index: IndexServer) -> None:
    """There is no key to fetch with either."""
    project = changed(tmp_path, index)
    with reviewing(project, "--offline", "dates") as terminal:
        shown = terminal.expect(ASKED)
        assert "it is not in the store, and this is offline" in " ".join(shown.split())
        assert "fetch its code" not in shown
        terminal.press("q")
        terminal.end()
    assert index.asked == []


def test_a_report_fetches_nothing_unless_it_is_asked_to(tmp_path: Path, index: IndexServer) -> None:
    """So that it opens at once however much waits; `--fetch` has all of it; else `null` and the reason stand there."""
    project = changed(tmp_path, index)
    releases = [one["releases"][0] for one in packages(project, "review", "--format", "json")]
    assert [one["capabilities"] for one in releases] == [None, None]
    assert [one["unseen"] for one in releases] == [["2 archives are not in the store"]] * 2
    assert index.asked == []
    releases = [one["releases"][0] for one in packages(project, "review", "--fetch", "--format", "json")]
    assert [one["capabilities"] for one in releases] == [[GAIN], []]
    assert [one["unseen"] for one in releases] == [[], []]
    done = project.run("review", "--fetch", "--offline")
    assert (done.code, "expected one of --fetch and --offline" in done.err) == (2, True)


def packages(project: ApprovingProject, *words: str) -> list[dict[str, list[dict[str, object]]]]:
    """The packages of the JSON, in its order."""
    found = [one for group in project.run(*words).json["groups"] for one in group["packages"]]
    return sorted(found, key=lambda one: str(one["name"]))
