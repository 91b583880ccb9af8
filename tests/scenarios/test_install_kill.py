"""Whatever happens to a running `install`, `modules/` is whole: what it was, or what it was to be."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.module_projects import ModuleProject, clock, live_registry, serving_folder

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).with_name("install_driver.py")
GUARDS, BASE = "@acme/guards", "@acme/base"
PATHS = os.pathsep.join([str(ROOT / "lockfile"), str(ROOT / "resolver"), str(ROOT)])
COMMAND = "from holdfast.cli.main import run; run()"
LIMITED = (
    """
import resource, signal
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
"""
    + COMMAND
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX signal")


def drive(*words: str) -> list[dict[str, Any]]:
    """Run the driver and return what it told of each kill."""
    done = subprocess.run(
        [sys.executable, str(DRIVER), *words],
        env={**os.environ, "PYTHONPATH": PATHS},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[ModuleProject]:
    """A project with two locks, `locks/a` and `locks/b`, of which neither is installed."""
    registry = live_registry(tmp_path / "registry")
    registry.publish(BASE, "1.2.0", files={f"{number}.md": b"base" * 500 for number in range(20)}, now=clock())
    registry.publish(GUARDS, "2.1.0", dependencies={BASE: "^1.2"}, now=clock())
    with serving_folder(registry.path) as server:
        project = ModuleProject(tmp_path, registry, server.url, {GUARDS: "^2.1"}).locked()
        (project.folder / "locks").mkdir()
        (project.folder / "locks" / "a").write_bytes(project.lock.read_bytes())
        files = {f"{number}.md": b"guards" for number in range(20)} | {"large.md": b"large" * 10_000}
        registry.publish(GUARDS, "2.2.0", files=files, now=clock())
        assert project.run("update").code == 0
        (project.folder / "locks" / "b").write_bytes(project.lock.read_bytes())
        yield project


def start(project: ModuleProject, program: str = COMMAND) -> "subprocess.Popen[str]":
    """Start `install` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", program, "install", "--project", str(project.folder)],
        env={**os.environ, "PYTHONPATH": PATHS, **project.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_killed_before_every_effect(tmp_path: Path) -> None:
    """Before any effect on the disk: the old modules or the new ones; the next install works and tidies up."""
    told = drive("steps", str(tmp_path))
    ends = {"first": ("none", "new"), "other": ("old", "new"), "same": ("old", "old"), "removed": ("old", "none")}
    for change, (before, after) in ends.items():
        kills = [one for one in told if one["change"] == change]
        assert len(kills) > (15 if change == "removed" else 40)
        assert [one["code"] for one in kills] == [-signal.SIGKILL] * (len(kills) - 1) + [0]
        found = [one["found"] for one in kills]
        # Once the new ones are there, they are there to stay.
        turn = found.index(after)
        assert found == [before] * turn + [after] * (len(found) - turn), change
        assert all(one["then"] == after and one["litter"] == [] for one in kills), change


def test_killed_at_random_moments(project: ModuleProject) -> None:
    """Fifty kills of the command, with warm and cold stores: `modules/` is whole, and an install then tidies up."""
    told = drive("moments", str(project.folder), str(project.cache), "50", "50")
    kills = [one for one in told if "number" in one]
    finished = [one for one in told if "again" in one]
    assert (len(kills), len(finished)) == (50, 16)
    assert {one["found"] for one in kills} == {"a", "b"}
    assert {one["found"] == one["wanted"] for one in kills} == {True, False}
    for one in finished:
        assert (one["again"], one["found"], one["litter"]) == (0, one["wanted"], []), one
    assert sum(one["code"] == -signal.SIGKILL for one in kills) > 25, "most kills came too late to mean anything"


def test_two_at_once(project: ModuleProject) -> None:
    """Two installs at once both succeed, and leave one whole generation."""
    both = [start(project), start(project)]
    for process in both:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert project.run("verify", "--installed").code == 0
    assert project.litter() == []


def test_disk_full(project: ModuleProject) -> None:
    """Where a file cannot be written whole, the old modules stay, the message says so, and nothing is left behind."""
    project.lock.write_bytes((project.folder / "locks" / "a").read_bytes())
    project.installed()
    before = os.readlink(project.modules)
    project.lock.write_bytes((project.folder / "locks" / "b").read_bytes())
    assert project.run("verify").code == 0  # so that the store has what is to be unpacked
    (project.modules / GUARDS).resolve().chmod(0o755)
    process = start(project, LIMITED)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (2, 3), out + err
    assert "File too large" in err
    assert "Traceback" not in err
    assert os.readlink(project.modules) == before
    assert project.litter() == []
