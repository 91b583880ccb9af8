"""`add` and `remove` on the command line: manifest and lock change together, or neither does."""

from pathlib import Path

import pytest

from holdfast import files
from holdfast.errors import FileProblem
from tests.support.index_server import serving, status
from tests.support.packages import read_releases
from tests.support.project import Project

SHELF = "flask 3.0.0\n    click>=8\nclick 8.1.8\nsix 1.16.0"


def test_add_edits_and_locks(tmp_path: Path) -> None:
    """The wish stands where it was asked for, its pins are in the lock, and `check` is content."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        done = project.run("add", "six>=1", "--group", "dev")
        assert done.code == 0, done.err
        assert done.out.startswith("pyproject.toml edited\nadded         six 1.16.0\n")
        assert '[dependency-groups]\ndev = [\n    "six>=1",\n]\n' in project.manifest.read_text()
        assert project.run("check").code == 0
        assert project.run("add", "six>=1", "-g", "dev").out.startswith("pyproject.toml asks for that already\n")
        done = project.run("remove", "six", "--group", "dev")
        assert "removed       six 1.16.0" in done.out
        assert project.run("check").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["add", "six>=9"], 4, "six has no release in >=9"),
        (["add", "a b"], 2, "is not a version range"),
        (["add", "nothere"], 4, "has no package named nothere"),
        (["add", "broken"], 3, "did not answer for broken"),
        (["remove", "six"], 2, "expected a requirement in project.dependencies of pyproject.toml, found six"),
        (["add", "six", "--group", "a", "--extra", "b"], 2, "expected one of --group and --extra, found both"),
    ],
)
def test_what_cannot_be_leaves_both_files(tmp_path: Path, words: list[str], code: int, said: str) -> None:
    """An edit that cannot be locked is not made."""
    with serving(read_releases(SHELF)) as server:
        server.faults["/simple/broken/"] = [status(500, retry_after="0")]
        project = Project(tmp_path, ["flask"], server.url).locked()
        before = project.manifest.read_bytes(), project.lock.read_bytes()
        done = project.run(*words)
        assert done.code == code
        assert said in done.out + done.err
        assert (project.manifest.read_bytes(), project.lock.read_bytes()) == before


def test_a_dry_run_leaves_both_files(tmp_path: Path) -> None:
    """It says what would happen."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        before = project.manifest.read_bytes(), project.lock.read_bytes()
        done = project.run("add", "six", "--dry-run")
        assert done.out.startswith("pyproject.toml would be edited\n")
        assert "holdfast.lock would be written: 3 packages" in done.out
        assert (project.manifest.read_bytes(), project.lock.read_bytes()) == before


def test_a_lock_that_cannot_be_written_takes_the_edit_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full after the manifest: the manifest is as it was, byte for byte."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        before = project.manifest.read_bytes(), project.lock.read_bytes()
        write = files.write_atomic

        def full(path: str, data: bytes) -> None:
            if path.endswith(".lock"):
                raise FileProblem(path, "write", "no space left on device")
            write(path, data)

        monkeypatch.setattr(files, "write_atomic", full)
        done = project.run("add", "six")
        assert done.code == 2
        assert "no space left on device" in done.err
        assert (project.manifest.read_bytes(), project.lock.read_bytes()) == before
