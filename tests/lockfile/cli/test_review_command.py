"""`review` at a terminal: a screen, a key, the next screen; one signature at the end."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.approving import ApprovingProject, approver_text
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases, wheel
from tests.support.reviewing import ASKED, SHELF, moved, reviewing
from tests.support.signed_project import ROOT
from tests.support.signing_index import SigningIndex, signing_index
from tests.support.sigstore_identities import GitHubWorkflow

if sys.platform == "win32":
    pytest.skip("a pseudo terminal", allow_module_level=True)


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with one release of three packages."""
    with serving(read_releases(SHELF)) as server:
        yield server


def test_approving_and_rejecting(tmp_path: Path, index: IndexServer) -> None:
    """Two screens, two decisions, a reason for each: two acts, one signature each; what is approved was fetched."""
    project = moved(tmp_path, index)
    before = project.files()
    index.asked.clear()
    with reviewing(project) as terminal:
        screen = terminal.expect(ASKED)
        assert "1 of 2" in screen
        assert "click 8.1.7 -> 8.1.8" in screen
        assert "released        2024-05-01" in screen
        terminal.press("a")
        assert "flask 3.0.0 -> 3.0.1" in terminal.expect(ASKED)
        terminal.press("r")
        terminal.answer("why it is rejected: ", "it phones home")
        shown = terminal.expect("why it is approved: ")
        assert "approve  click 8.1.7 -> 8.1.8: version-changed" in shown
        assert "reject   flask 3.0.0 -> 3.0.1: version-changed" in shown
        terminal.press("read the changes\n")
        terminal.expect("sign 2 acts as ann? y yes  n no > ")
        terminal.press("y")
        assert terminal.end() == 1
        assert "click: approved" in terminal.text
        assert "flask: rejected: it phones home" in terminal.text
    assert index.count("/files/click-8.1.8") == 2  # to look at its code, and anew to sign
    assert index.count("/files/flask-3.0.1") == 1  # to look at its code
    told = {one.act.kind: one.act for one in project.acts().acts if f"{one.digest}.json" not in before}
    assert told["approval"].reason == "read the changes"
    assert [one.name for one in told["approval"].packages] == ["click"]
    assert told["rejection"].reason == "it phones home"
    assert [one.name for one in told["rejection"].packages] == ["flask"]
    done = project.run("check")
    assert done.code == 1
    assert "it phones home" in done.out
    assert "click" not in done.out


def test_when_all_is_approved_nothing_waits(tmp_path: Path, index: IndexServer) -> None:
    """Exit 0, and `check` holds; the reason of the command line is not asked for again."""
    project = moved(tmp_path, index)
    with reviewing(project, "--reason", "looked at it") as terminal:
        for _ in range(2):
            terminal.expect(ASKED)
            terminal.press("a")
        terminal.expect("sign one act as ann? y yes  n no > ")
        terminal.press("y")
        assert terminal.end() == 0
    assert project.run("check").code == 0
    done = project.run("review")
    assert (done.code, done.out) == (0, "nothing waits for approval\n")


def test_skipping_leaves_what_waits(tmp_path: Path, index: IndexServer) -> None:
    """Nothing decided, nothing signed, exit 1."""
    project = moved(tmp_path, index)
    before = project.files()
    with reviewing(project) as terminal:
        terminal.expect(ASKED)
        terminal.press("s")
        terminal.expect(ASKED)
        terminal.press("s")
        assert terminal.end() == 1
        assert "nothing was decided, so nothing was signed" in terminal.text
    assert project.files() == before


def test_a_way_back_and_help(tmp_path: Path, index: IndexServer) -> None:
    """`b` takes a decision back, `?` says what keys do, other keys do nothing."""
    project = moved(tmp_path, index)
    with reviewing(project) as terminal:
        assert "b back" not in terminal.expect(ASKED)
        terminal.press("a")
        assert "b back" in terminal.expect(ASKED)
        terminal.press("b")
        assert "1 of 2" in terminal.expect(ASKED)
        terminal.press("?")
        shown = terminal.expect(ASKED)
        assert "Ctrl-C  leaves at once: nothing is signed or written" in shown
        assert "\nb " not in shown  # there is nothing to take back
        assert "\no " not in shown
        terminal.press("x")
        terminal.expect(ASKED)
        terminal.press("\x1b[A")
        terminal.expect(ASKED)
        terminal.press("o")
        assert "there is nothing to open" in terminal.expect(ASKED)
        terminal.press("q")
        assert terminal.end() == 1


def test_a_reason_is_typed_and_printable(tmp_path: Path, index: IndexServer) -> None:
    """An empty one and one with control characters are asked for again."""
    project = moved(tmp_path, index)
    with reviewing(project, "flask") as terminal:
        terminal.expect(ASKED)
        terminal.press("r")
        terminal.answer("why it is rejected: ", "")
        terminal.answer("why it is rejected: ", "it\u202e is evil")
        assert "on one line" in terminal.expect("why it is rejected: ")
        terminal.press("it is evil\n")
        terminal.expect("n no > ")
        terminal.press("y")
        assert terminal.end() == 1
    assert "it is evil" in project.run("check").out


def test_without_a_key_it_is_only_looked_at(tmp_path: Path, index: IndexServer) -> None:
    """Keys that decide say how to begin."""
    project = moved(tmp_path, index)
    with reviewing(project, key="") as terminal:
        first = terminal.expect(ASKED)
        assert first.startswith("no key: showing only; name one with --key FILE or --agent ID (or HOLDFAST_KEY)\n")
        assert "approve" not in first.splitlines()[-1]
        terminal.press("?")
        assert "\na " not in terminal.expect(ASKED)
        terminal.press("a")
        assert "start with --key FILE or --agent ID" in terminal.expect(ASKED)
        terminal.press("q")
        assert terminal.end() == 1


def test_a_narrow_terminal(tmp_path: Path, index: IndexServer) -> None:
    """No line is broken inside a word: the keys stand below each other."""
    project = moved(tmp_path, index)
    with reviewing(project, "click", columns=40) as terminal:
        shown = terminal.expect(ASKED)
        assert max(len(line) for line in shown.splitlines()) <= 40
        assert "\na approve  s skip  r reject\nd source difference  ? help  q quit > " in shown
        terminal.press("q")
        terminal.end()


def test_a_key_that_is_no_approvers_is_refused_before_anything_is_asked(tmp_path: Path, index: IndexServer) -> None:
    """Nobody decides forty packages to hear that in the end."""
    project = moved(tmp_path, index)
    with reviewing(project, key="mallory") as terminal:
        assert terminal.end() == 2
        assert "which is no approver's" in terminal.text


def test_typing_ahead_decides_nothing(tmp_path: Path, index: IndexServer) -> None:
    """Keys that come several at once, as when something is pasted, are no decision."""
    project = moved(tmp_path, index)
    with reviewing(project) as terminal:
        terminal.expect(ASKED)
        terminal.press("aa")
        assert "1 of 2" not in terminal.expect(ASKED)
        terminal.press("q")
        assert terminal.end() == 1
        assert "2 of 2" not in terminal.text


def published(folder: Path, index: SigningIndex) -> ApprovingProject:
    """A project with three packages of one publisher, two of which have new releases that it signed as well."""
    project = ApprovingProject(folder, ["acme-one", "acme-two", "acme-three"], index.url)
    root = project.folder / ROOT
    root.parent.mkdir(parents=True)
    root.write_bytes(index.world.trust_root)
    project.configure(f'\n[{{holdfast}}.sigstore]\nroot = "{index.world.digest}"\n')
    project.must("init")
    project.configure(approver_text("ann"))
    project.must("approvals", "baseline", *project.key("ann"))
    net = "import socket\nsocket.create_connection(('a.example', 1))\n"
    index.add(wheel("acme-one", "1.1"), wheel("acme-two", "1.1", code={"acme/net.py": net}))
    index.attest("*-1.1*", GitHubWorkflow("acme", "tool", "101", "7"))
    project.must("update", "--refresh")
    return project


def test_packages_of_one_known_publisher_are_one_decision(tmp_path: Path) -> None:
    """One screen approves both; opened, each has its own, with a way to look at its files."""
    with signing_index(read_releases("acme-one 1.0\nacme-two 1.0\nacme-three 1.0\n")) as index:
        index.attest("*-1.0*", GitHubWorkflow("acme", "tool", "101", "7"))
        project = published(tmp_path, index)
        index.asked.clear()
        with reviewing(project, "--reason", "x") as terminal:
            screen = terminal.expect(ASKED)
            assert "1 of 1 -- 2 packages signed by acme/tool" in screen.replace("─", "-")
            assert "o open the group" in screen
            terminal.press("d")
            assert "open it with o first" in terminal.expect(ASKED)
            assert "of 2 of 2 packages not all was looked at" in screen
            assert index.count("/files/acme_one-1.1-py3-none-any.whl") == 0  # a group may be large
            terminal.press("f")
            screen = terminal.expect(ASKED)
            assert "acme-two gains network: acme/net.py:2 via socket.create_connection" in screen
            assert "not all was looked at" not in screen
            assert "f fetch its code" not in screen
            terminal.press("o")
            screen = terminal.expect(ASKED)
            assert "1 of 2" in screen
            assert "acme-one 1.0 -> 1.1" in screen
            assert "o open the group" not in screen
            terminal.press("q")
            terminal.end()
        with reviewing(project, "--reason", "x") as terminal:
            terminal.expect(ASKED)
            terminal.press("a")
            shown = terminal.expect("n no > ")
            assert "sign one act" in shown
            assert "approve  acme-two 1.0 -> 1.1: version-changed" in shown
            terminal.press("y")
            assert terminal.end() == 0
        assert project.run("check").code == 0
