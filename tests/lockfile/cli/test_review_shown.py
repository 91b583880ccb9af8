"""`review` where nobody can answer, and what it shows of the configuration: the same facts as text and as JSON."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.support.approving import approving
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases
from tests.support.reviewing import ASKED, OLD, SHELF, moved, reviewing

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "review.schema.json").read_text(encoding="utf-8"))

if sys.platform == "win32":
    pytest.skip("a pseudo terminal", allow_module_level=True)


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with one release of three packages."""
    with serving(read_releases(SHELF)) as server:
        yield server


def test_the_configuration_is_a_screen_too(tmp_path: Path, index: IndexServer) -> None:
    """It says what changes in words; `--configuration` shows nothing else."""
    project = moved(tmp_path, index, "ann", "bob")
    project.configure('\n[[{holdfast}.policy.rule]]\npackage = "pypi:click"\nreason = "core"\nthreshold = 2\n')
    done = project.run("review", "--configuration")
    assert done.code == 1
    assert "rule added: for pypi:click; threshold 2; because: core" in done.out
    assert "1 of 1" in done.out
    with reviewing(project, "--configuration", "--reason", "stricter") as terminal:
        assert "d source difference" not in terminal.expect(ASKED)
        terminal.press("a")
        assert "approve  the security configuration" in terminal.expect("n no > ")
        terminal.press("y")
        assert terminal.end() == 1  # the packages wait
    assert "configuration-changed" not in project.run("check").out


def test_without_a_terminal_it_shows_and_decides_nothing(tmp_path: Path, index: IndexServer) -> None:
    """All screens at once, exit 1; named packages only those; what does not wait is said."""
    project = moved(tmp_path, index)
    before = project.files()
    done = project.run("review", *project.key("ann"))
    assert done.code == 1
    assert "1 of 2 ── click 8.1.7 -> 8.1.8" in done.out
    assert "2 of 2 ── flask 3.0.0 -> 3.0.1" in done.out
    assert "approve " not in done.out
    assert project.files() == before
    done = project.run("review", "flask", "left")
    assert done.code == 1
    assert done.out.startswith("left waits for nothing\n── 1 of 1 ── flask")
    assert project.run("review", "left").code == 0
    assert project.run("review", "nothing-such").code == 2


def test_the_json(tmp_path: Path, index: IndexServer) -> None:
    """As the schema says, with sizes of what is in the store; exit 1 while something waits."""
    project = moved(tmp_path, index)
    project.must("verify")
    done = project.run("review", "--format", "json")
    assert done.code == 1
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(done.json)] == []
    assert done.json["waiting"] == 2
    packages = [one for group in done.json["groups"] for one in group["packages"]]
    assert [one["name"] for one in packages] == ["click", "flask"]
    assert packages[0]["releases"][0]["released"] == OLD
    assert packages[0]["releases"][0]["size"] is None  # 8.1.7 is not in the store: nothing was fetched for it
    assert project.run("review", "left", "--format", "json").json["groups"] == []


def test_approvals_that_are_not_in_force(tmp_path: Path, index: IndexServer) -> None:
    """There is nothing to review, and the way to begin is said."""
    project = approving(tmp_path, index, ["click"], "ann")
    for file in project.approvals.iterdir():
        file.unlink()
    text = project.manifest.read_text()
    project.manifest.write_text(text[: text.index("[[tool.holdfast.approver]]")])
    done = project.run("review")
    assert done.code == 2
    assert "holdfast approvals baseline" in done.err


def test_judged_by_a_base(tmp_path: Path, index: IndexServer) -> None:
    """What was approved since by the base's approvers counts."""
    project = moved(tmp_path, index)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        subprocess.run([*git, *words], cwd=project.folder, check=True, capture_output=True)
    project.must("approve", "click", "--reason", "x", *project.key("ann"))
    done = project.run("review", "--base", "HEAD")
    assert done.code == 1
    assert "1 of 1 ── flask" in done.out
