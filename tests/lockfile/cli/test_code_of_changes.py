"""What changed code can do, in `update --dry-run`, `diff` and `audit`: what is fetched for it, and what is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.format.write import write
from tests.support import repositories
from tests.support.approved_project import ApprovedProject
from tests.support.approving import ApprovingProject, approving
from tests.support.index_server import IndexServer, serving, status
from tests.support.packages import File, wheel

MANY = [f"pack{number}" for number in range(7)]
NET = "import socket\nsocket.create_connection(('a.example', 1))\n"
GAIN = "gains network: dates/net.py:2 via socket.create_connection"


def dates(version: str, code: str = "") -> File:
    """A release of `dates` whose one file does what the code does."""
    return wheel("dates", version, code={"dates/net.py": code})


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with the first releases."""
    with serving([dates("1.0"), *[wheel(name, "1.0") for name in MANY]]) as server:
        yield server


def wheels(index: IndexServer) -> int:
    """How many wheels were asked for, whole or in part."""
    return sum(path.endswith(".whl") for path, _ in index.asked)


def project_of(folder: Path, index: IndexServer, *wishes: str) -> ApprovingProject:
    """A project whose lock was approved and committed."""
    project = approving(folder, index, wishes, "ann")
    repositories.commit(project.folder)
    return project


def test_a_large_update_is_looked_at_on_demand(tmp_path: Path, index: IndexServer) -> None:
    """Beyond a dozen archives nothing is fetched unasked: it is said, with the command that does it."""
    project = project_of(tmp_path, index, *MANY)
    index.add(*[wheel(name, "2.0") for name in MANY])
    index.asked.clear()
    done = project.must("update", "--dry-run", "--refresh")
    assert wheels(index) == 0
    assert "note: what the code of 7 packages gains was not looked at: 14 archives are not in the store; " in done.err
    assert "`holdfast update --dry-run --fetch` has them downloaded" in done.err
    done = project.must("update", "--dry-run", "--fetch")
    assert wheels(index) == 14
    assert "not looked at" not in done.err
    index.asked.clear()
    project.must("update", "--fetch")
    assert wheels(index) == 0


def test_offline_an_update_says_what_it_could_not_look_at(tmp_path: Path, index: IndexServer) -> None:
    """By name and reason, and the update itself is shown."""
    project = project_of(tmp_path, index, "dates")
    index.add(dates("2.0", NET))
    project.must("update", "--dry-run", "--refresh")
    for path in sorted((project.cache / "store").rglob("*")) + sorted((project.cache / "scans").rglob("*")):
        path.unlink() if path.is_file() else None
    done = project.must("update", "--dry-run", "--offline")
    assert "dates 1.0 -> 2.0" in done.out
    assert "code not looked at: dates-2.0-py3-none-any.whl: it is not in the store, and this is offline" in done.out
    assert "gains" not in done.out


def test_diff_asks_nobody_unless_it_is_told_to(tmp_path: Path, index: IndexServer) -> None:
    """With `--fetch` it has both sides, and names what it could not have beside the release."""
    project = project_of(tmp_path, index, "dates")
    index.add(dates("2.0", NET))
    project.must("update", "--refresh")
    index.asked.clear()
    done = project.must("diff")
    assert index.asked == []
    assert (
        "1 package gains was not looked at: 2 archives are not in the store; `holdfast diff --fetch`"
        in done.err.replace("what the code of ", "")
    )
    index.faults["/files/dates-1.0-py3-none-any.whl"] = [status(404)]
    done = project.must("diff", "--fetch")
    assert GAIN.replace("gains", "has") in done.out
    assert "code not looked at: dates-1.0-py3-none-any.whl: " in done.out
    index.faults.clear()
    assert GAIN in project.must("diff", "--fetch").out


def test_other_bytes_of_the_same_version_are_compared_as_well(tmp_path: Path, index: IndexServer) -> None:
    """The release before and the one now have one name: what the new bytes can do is still gained."""
    project = project_of(tmp_path, index, "dates")
    project.must("audit", "--fetch")
    index.add(dates("1.0", NET))
    project.run("update", "dates", "--accept-changed", "dates", "--refresh")
    assert GAIN in project.must("diff", "--fetch").out
    done = project.run("audit", "--fetch")
    assert "warning[capability-gained]: dates 1.0" in done.out
    assert GAIN in done.out


def test_an_audit_says_which_comparison_it_could_not_make(tmp_path: Path, index: IndexServer) -> None:
    """Without the release before nothing is called gained; why it is not there stands under what was not asked."""
    project = project_of(tmp_path, index, "dates")
    index.add(dates("2.0", NET))
    project.must("update", "--refresh")
    index.remove("dates-1.0-py3-none-any.whl")
    done = project.run("audit")
    assert "what 1 changed package gains: the release before is not in the store; `holdfast audit --fetch`" in done.out
    done = project.run("audit", "--fetch")
    assert "what dates gains over 1.0: dates-1.0-py3-none-any.whl: listed, but the index answers 404" in done.out
    assert "changed since the approved state of 20" in done.out  # though nothing of it is as it was approved
    assert "capability-gained" not in done.out
    assert "gains network" not in done.out


def test_a_version_that_went_is_named_and_the_one_beside_it_said_to_stay(tmp_path: Path) -> None:
    """Of two locked versions of a package one went, or moved: only that one is said to have."""
    project = ApprovedProject(tmp_path, "alice", begin=False)
    old, lock = project.state.packages[0], project.state
    project.move("click", "8.1.9")
    moved = project.state.packages[0]
    project.move("click", "8.2.0")
    stays, flask = project.state.packages
    project.lock.write_text(write(lock._replace(packages=(old, stays, flask))))
    project.begin("alice")
    project.lock.write_text(write(lock._replace(packages=(stays, flask))))
    assert "  removed: pypi:click 8.1.8 (8.2.0 stays)\n" in project.run("audit", "--offline").out
    project.lock.write_text(write(lock._replace(packages=(moved, stays, flask))))
    assert ": pypi:click 8.1.9 (8.1.8 -> 8.1.9; 8.2.0 stays)\n" in project.run("audit", "--offline").out
