"""`reject`: a signed no, which `check` repeats with its reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.approving import approving
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases, wheel


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with one release."""
    with serving(read_releases("click 8.1.7\n")) as server:
        yield server


def test_a_rejection_is_repeated_by_check(tmp_path: Path, index: IndexServer) -> None:
    """`check` fails with the reason; nothing was fetched; the change can be approved after all."""
    project = approving(tmp_path, index, ["click"], "ann")
    index.add(wheel("click", "8.1.8"))
    project.must("update", "--refresh")
    index.asked.clear()
    before = project.files()
    done = project.must("reject", "click", "--reason", "it phones home", *project.key("ann"))
    assert "rejecting as ann:\n  click 8.1.7 -> 8.1.8" in done.out
    assert "rejected: click;" in done.out
    assert not index.asked
    (change,) = project.newest(before).act.packages
    assert project.newest(before).act.kind == "rejection"
    assert [one.pin.version for one in change.after] == ["8.1.8"]
    done = project.run("check")
    assert done.code == 1
    assert "it phones home" in done.out
    project.must("approve", "click", "--reason", "they took it out", *project.key("ann"))
    assert project.run("check").code == 0


def test_going_back_after_a_rejection_needs_nobody(tmp_path: Path, index: IndexServer) -> None:
    """What was approved before the rejected change still is."""
    project = approving(tmp_path, index, ["click"], "ann")
    before = project.lock.read_text()
    index.add(wheel("click", "8.1.8"))
    project.must("update", "--refresh")
    project.must("reject", "click", "--reason", "no", *project.key("ann"))
    project.lock.write_text(before)
    assert project.run("check").code == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--reason", "x"], "expected NAME or --configuration after `holdfast reject`"),
        (["click"], "expected why it is rejected, on one line"),
        (["nothing-such", "--reason", "x"], "the name of a package that waits (click)"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, index: IndexServer, words: list[str], expected: str) -> None:
    """With 2 and the reason."""
    project = approving(tmp_path, index, ["click"], "ann")
    index.add(wheel("click", "8.1.8"))
    project.must("update", "--refresh")
    done = project.run("reject", *words, *project.key("ann"))
    assert done.code == 2
    assert expected in done.err


def test_the_configuration_can_be_rejected(tmp_path: Path, index: IndexServer) -> None:
    """A change of the security configuration, by the approvers before it."""
    project = approving(tmp_path, index, ["click"], "ann")
    project.configure('\n[[{holdfast}.policy.rule]]\npackage = "*"\nreason = "x"\nthreshold = 1\n')
    assert project.run("check").code == 1
    done = project.must("reject", "--configuration", "--reason", "not like this", *project.key("ann"))
    assert "rule added" in done.out
    assert "not like this" in project.run("check").out
