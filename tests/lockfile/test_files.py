"""Files of the project: read, replaced whole or not at all, locked against a second writer."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from holdfast import files
from holdfast.errors import FileProblem, ProjectNotFound
from holdfast.files import STEPS, find_project, project_lock, read_bytes, read_optional, write_atomic

OLD, NEW = b"old" * 1000, b"new" * 2000


def test_reading_gives_bytes_or_a_problem(tmp_path: Path) -> None:
    """A missing file is None only where it is optional; every other failure names path, action and reason."""
    path = tmp_path / "a"
    path.write_bytes(OLD)
    assert read_bytes(str(path)) == read_optional(str(path)) == OLD
    assert read_optional(str(tmp_path / "missing")) is None
    for reader, wrong in (
        (read_bytes, "missing"),
        (read_bytes, "."),
        (read_optional, "."),
        (read_optional, "\0"),
    ):
        with pytest.raises(FileProblem) as caught:
            reader(os.path.join(tmp_path, wrong))
        assert caught.value.action == "read"
        assert caught.value.reason


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_a_write_keeps_the_permission_bits(tmp_path: Path, mode: int) -> None:
    """The new content has the mode of the old file, and the folder holds nothing else."""
    path = tmp_path / "holdfast.lock"
    path.write_bytes(OLD)
    path.chmod(mode)
    write_atomic(str(path), NEW)
    assert path.read_bytes() == NEW
    assert path.stat().st_mode & 0o7777 == mode
    assert os.listdir(tmp_path) == ["holdfast.lock"]


def test_a_new_file_obeys_the_umask(tmp_path: Path) -> None:
    """A file that did not exist gets the usual permissions, also with empty content."""
    before = os.umask(0o027)
    try:
        write_atomic(str(tmp_path / "new"), b"")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o7777 == 0o640


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_is_followed(tmp_path: Path, exists: bool) -> None:
    """A linked lock stays a link; what it points to is replaced, or made."""
    real = tmp_path / "real"
    real.mkdir()
    if exists:
        (real / "target").write_bytes(OLD)
    link = tmp_path / "holdfast.lock"
    link.symlink_to("real/target")
    write_atomic(str(link), NEW)
    assert link.is_symlink()
    assert (real / "target").read_bytes() == NEW


def test_a_path_without_folder_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare file name means the working folder."""
    monkeypatch.chdir(tmp_path)
    write_atomic("holdfast.lock", NEW)
    assert (tmp_path / "holdfast.lock").read_bytes() == NEW


@pytest.mark.parametrize("name", ["missing/holdfast.lock", "folder", "loop"])
def test_a_write_that_cannot_be_is_a_problem(tmp_path: Path, name: str) -> None:
    """A missing folder, a folder in the file's place and a circle of links leave nothing behind."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(FileProblem) as caught:
        write_atomic(str(tmp_path / name), NEW)
    assert caught.value.action == "write"
    assert sorted(os.listdir(tmp_path)) == ["folder", "loop"]


@pytest.mark.parametrize("failing", STEPS)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_at_any_step_leaves_one_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, error: BaseException
) -> None:
    """Disk full or Ctrl-C before any effect: the file is the old one or the new one, nothing else is left."""
    path = tmp_path / "holdfast.lock"
    path.write_bytes(OLD)

    def step(name: str) -> None:
        if name == failing:
            raise error

    monkeypatch.setattr(files, "step", step)
    with pytest.raises((FileProblem, KeyboardInterrupt)) as caught:
        write_atomic(str(path), NEW)
    if isinstance(caught.value, FileProblem):
        assert caught.value.reason == "No space left on device"
    assert path.read_bytes() == (NEW if failing == "sync-folder" else OLD)
    assert os.listdir(tmp_path) == ["holdfast.lock"]


KILLED = """
import os, signal, sys
from holdfast import files
def step(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
files.step = step
files.write_atomic(sys.argv[1], b"new" * 2000)
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    roots = os.pathsep.join(path for path in sys.path if path)
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": roots},
        capture_output=True,
        check=False,
    )


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX signal")
@pytest.mark.parametrize("killed", STEPS)
def test_a_kill_at_any_step_leaves_one_whole_file(tmp_path: Path, killed: str) -> None:
    """After kill -9 before any effect the old file or the new one is there, and the next write works."""
    path = tmp_path / "holdfast.lock"
    path.write_bytes(OLD)
    assert run(KILLED, str(path), killed).returncode < 0
    assert path.read_bytes() == (NEW if killed == "sync-folder" else OLD)
    write_atomic(str(path), NEW)
    assert path.read_bytes() == NEW


def test_every_step_is_announced_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write announces exactly the steps of the table."""
    seen: list[str] = []
    monkeypatch.setattr(files, "step", seen.append)
    write_atomic(str(tmp_path / "a"), NEW)
    assert tuple(seen) == STEPS


def test_leftovers_of_a_killed_write_go_later(tmp_path: Path) -> None:
    """A write removes temporary files of its own name that are older than any write takes, and no others."""
    names = [
        ".holdfast.lock.1.ab.tmp",
        ".holdfast.lock.2.cd.tmp",
        ".other.lock.1.ab.tmp",
        ".holdfast.lock.txt",
    ]
    for name in names:
        (tmp_path / name).write_bytes(b"")
        if name != names[1]:
            os.utime(tmp_path / name, (1, 1))
    write_atomic(str(tmp_path / "holdfast.lock"), NEW)
    assert sorted(os.listdir(tmp_path)) == sorted([*names[1:], "holdfast.lock"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("holdfast.toml", ""),
        ("pyproject.toml", '[project]\nname = "x"\n'),
        ("pyproject.toml", "[tool.black]\n[dependency-groups]\n"),
        ("pyproject.toml", "[tool.holdfast.targets]\n"),
        ("pyproject.toml", '[ project ] # x\nname = "x"\n'),
        ("pyproject.toml", 'project.name = "x"\n'),
        ("pyproject.toml", "tool = { holdfast = {} }\n"),
        ("pyproject.toml", "[tool.holdfast"),
        ("pyproject.toml", "not toml"),
    ],
)
def test_the_nearest_project_is_found_from_below(tmp_path: Path, name: str, text: str) -> None:
    """Folders of other tools are passed over; a broken manifest is a project, for its reader to refuse."""
    (tmp_path / name).write_text(text)
    below = tmp_path / "src" / "deep"
    below.mkdir(parents=True)
    (tmp_path / "src" / "pyproject.toml").write_text("[tool.black]\n")
    assert find_project(str(below)) == find_project(str(tmp_path)) == str(tmp_path)


def test_a_foreign_manifest_is_better_than_none(tmp_path: Path) -> None:
    """Where nothing is a project, the nearest pyproject.toml decides; without one there is an error."""
    below = tmp_path / "src"
    below.mkdir()
    with pytest.raises(ProjectNotFound) as caught:
        find_project(str(below))
    assert caught.value.folder == str(below)
    (tmp_path / "pyproject.toml").write_text("[tool.black]\n")
    assert find_project(str(below)) == str(tmp_path)


def never() -> None:
    raise AssertionError("nobody else holds the lock")


HOLDER = """
import sys
from holdfast.files import project_lock
with project_lock(sys.argv[1], sys.argv[2], lambda: None) as lock:
    print(lock.held, flush=True)
    sys.stdin.read()
"""


# As on a file system whose folders cannot be locked.
WITHOUT_FOLDER_LOCK = """
from holdfast import files
files.ProjectLock._lock_folder = lambda self: False
"""


def hold(project: Path, cache: Path, first: str = "") -> subprocess.Popen[str]:
    roots = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-c", first + HOLDER, str(project), str(cache)],
        env={**os.environ, "PYTHONPATH": roots},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    return process


@pytest.mark.parametrize("flock", [True, False], ids=["folder", "file"])
def test_a_second_writer_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flock: bool) -> None:
    """While another process holds the project, entering says so once and goes on when that one ends."""
    project, cache = tmp_path / "project", tmp_path / "cache"
    project.mkdir()
    if not flock:
        monkeypatch.setattr(files.ProjectLock, "_lock_folder", lambda self: False)
    holder = hold(project, cache, "" if flock else WITHOUT_FOLDER_LOCK)
    waited: list[str] = []
    release = threading.Timer(0.2, lambda: holder.stdin and holder.stdin.close())

    def waiting() -> None:
        waited.append("waited")
        release.start()

    with project_lock(str(project), str(cache), waiting) as lock:
        assert lock.held
    assert not lock.held
    assert waited == ["waited"]
    assert holder.wait(timeout=10) == 0
    assert holder.stdout is not None
    holder.stdout.close()
    assert os.listdir(project) == []


def test_a_killed_holder_gives_up_its_lock(tmp_path: Path) -> None:
    """The lock ends with the process that held it, however it ended."""
    holder = hold(tmp_path, tmp_path)
    holder.kill()
    holder.communicate(timeout=10)
    with project_lock(str(tmp_path), str(tmp_path), never) as lock:
        assert lock.held


def test_a_lock_can_be_taken_again(tmp_path: Path) -> None:
    """Leaving the context frees the project for the next, also after an exception."""
    with pytest.raises(KeyError), project_lock(str(tmp_path), str(tmp_path), never):
        raise KeyError
    with project_lock(str(tmp_path), str(tmp_path), never) as lock:
        assert lock.held


def test_without_any_place_for_a_lock_work_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the project nor the cache folder can be locked: the work goes on, and `held` says so."""
    monkeypatch.setattr(files.ProjectLock, "_lock_folder", lambda self: False)
    (tmp_path / "cache").write_text("a file, not a folder")
    with project_lock(str(tmp_path), str(tmp_path / "cache" / "x"), never) as lock:
        assert not lock.held


def test_a_project_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    """A missing project folder is a problem, not a lock."""
    with pytest.raises(FileProblem), project_lock(str(tmp_path / "missing"), str(tmp_path), never):
        pass


def test_elsewhere_a_lock_file_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no flock, `filelock` holds a file in the cache folder."""
    lock = files.ProjectLock(str(tmp_path), str(tmp_path / "cache"), never)
    lock._lock_file_elsewhere()
    assert lock.held
    assert [name.startswith("project-") for name in os.listdir(tmp_path / "cache")] == [True]
    lock.__exit__(None, None, None)
    assert not lock.held
