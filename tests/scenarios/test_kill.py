"""Whatever happens to a running `lock`, the lock file has its old bytes or its new ones."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.index_server import Habits, IndexServer, hanging, serving
from tests.support.packages import read_releases
from tests.support.project import Project

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).with_name("driver.py")
RELEASES = """
app 2.0
    left>=2
    right
app 1.0
    left
left 2.0
left 1.0
right 1.0
"""


class Desk:
    """A project whose old lock has app 1.0 and whose new one will have app 2.0."""

    def __init__(self, folder: Path, server: IndexServer) -> None:
        self.server = server
        self.project = Project(folder, ["app<2"], server.url)
        self.project.locked()
        self.old = self.project.lock.read_bytes()
        self.project.manifest.write_text(self.project.manifest.read_text().replace("app<2", "app>=2"))
        self.project.locked()
        self.new = self.project.lock.read_bytes()
        assert self.old != self.new
        self.reset()

    def reset(self) -> None:
        """Put the old lock back."""
        self.project.lock.write_bytes(self.old)

    def start(self, *words: str, program: tuple[str, ...] = (str(DRIVER),), **more: str) -> "subprocess.Popen[str]":
        """Start `lock` in a process of its own."""
        path = os.pathsep.join([str(ROOT / "lockfile"), str(ROOT / "resolver"), str(ROOT)])
        environment = {**os.environ, "PYTHONPATH": path, **self.project.environment, **more}
        return subprocess.Popen(
            [sys.executable, *program, *words],
            cwd=self.project.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def whole(self) -> bool:
        """Whether the lock is the old or the new one, and nothing else."""
        return self.project.lock.read_bytes() in (self.old, self.new)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A project and its index."""
    with serving(read_releases(RELEASES)) as server:
        yield Desk(tmp_path, server)


def _forget_cache(desk: Desk) -> None:
    for path in sorted(desk.project.cache.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()


def test_killed_before_every_effect(desk: Desk) -> None:
    """Killed before any effect on the disk, the lock is whole, and the next `lock` finishes the work."""
    _forget_cache(desk)
    process = desk.start("0")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    effects = int(err.splitlines()[-1])
    assert effects > 10
    for number in range(1, effects + 1):
        desk.reset()
        _forget_cache(desk)
        process = desk.start(str(number))
        process.communicate(timeout=60)
        # Threads write the cache side by side: a run may need one effect less than the one that was counted.
        assert process.returncode in (-signal.SIGKILL, 0), number
        assert process.returncode == -signal.SIGKILL or number > effects - 3, number
        assert desk.whole(), f"killed before effect {number} of {effects}"
        assert desk.project.run("lock").code == 0
        assert desk.project.lock.read_bytes() == desk.new, f"after the kill before effect {number}"
    assert not [path for path in desk.project.folder.iterdir() if path.name == "holdfast.lock.tmp"]


def test_killed_at_random_moments(desk: Desk) -> None:
    """Killed at fifty random moments, over a cache that earlier kills left behind, the lock is whole."""
    moments = random.Random(50)
    desk.server.habits = Habits(seed=50, delay=0.02)
    begun = time.perf_counter()
    desk.start("0").communicate(timeout=60)
    usual = time.perf_counter() - begun
    killed = 0
    for number in range(50):
        desk.reset()
        if number % 5 == 0:
            _forget_cache(desk)
        process = desk.start("0")
        time.sleep(moments.random() * usual)
        process.kill()
        process.communicate(timeout=60)
        killed += process.returncode == -signal.SIGKILL
        assert desk.whole(), f"kill number {number}"
    assert killed > 10, "most kills came too late to mean anything"
    assert desk.project.run("lock").code == 0
    assert desk.project.lock.read_bytes() == desk.new


def test_two_at_once(desk: Desk) -> None:
    """Two `lock` at once both succeed, and the lock is the one that either would have written."""
    for _ in range(5):
        desk.reset()
        _forget_cache(desk)
        both = [desk.start("0"), desk.start("0")]
        for process in both:
            _, err = process.communicate(timeout=60)
            assert process.returncode == 0, err
        assert desk.project.lock.read_bytes() == desk.new


def test_interrupted(desk: Desk) -> None:
    """Ctrl-C while the network hangs ends at once with 130, says so in one line, and leaves the old lock."""
    _forget_cache(desk)
    desk.server.faults["/simple/app/"] = [hanging()]
    asked = len(desk.server.asked)
    process = desk.start("0")
    while len(desk.server.asked) == asked:
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    begun = time.perf_counter()
    _, err = process.communicate(timeout=30)
    assert time.perf_counter() - begun < 2
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert desk.project.lock.read_bytes() == desk.old


def test_disk_full(desk: Desk) -> None:
    """Where no byte can be written, the old lock stays, the message names the file, and nothing is left behind."""
    process = desk.start("0", "64")
    _, err = process.communicate(timeout=60)
    assert process.returncode in (2, 3), err
    assert "holdfast.lock" in err
    assert "Traceback" not in err
    assert desk.project.lock.read_bytes() == desk.old
    assert sorted(path.name for path in desk.project.folder.iterdir()) == ["holdfast.lock", "pyproject.toml"]


def test_cache_that_cannot_be_written(desk: Desk, tmp_path: Path) -> None:
    """Without a cache `lock` works all the same, and says once why it is slow."""
    place = tmp_path / "not-a-folder"
    place.write_text("")
    process = desk.start("0", HOLDFAST_CACHE_DIR=str(place))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert err.count("cannot write to the cache") == 1
    assert desk.project.lock.read_bytes() == desk.new
