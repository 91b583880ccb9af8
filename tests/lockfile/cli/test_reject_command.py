"""`reject`: a signed no, which `check` repeats with its reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.approving import FAR, ApprovingProject, Person, approving
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


def both_moved(folder: Path, index: IndexServer) -> ApprovingProject:
    """A project of ann and bob in which click and six wait, and bob has rejected click."""
    index.add(wheel("six", "1.0"))
    project = approving(folder, index, ["click", "six"], "ann", "bob")
    index.add(wheel("click", "8.1.8"))
    index.add(wheel("six", "1.1"))
    project.must("update", "--refresh")
    project.must("reject", "click", "--reason", "no windows", *project.key("bob"))
    return project


def test_approving_everything_leaves_out_what_was_rejected(tmp_path: Path, index: IndexServer) -> None:
    """It is said, also to machines, and still waits; the rest is approved."""
    project = both_moved(tmp_path, index)
    said = "left out: click: rejected by bob: no windows; name it to overrule\n"
    assert project.must("approve", "--all", "--dry-run").out.startswith(said)
    before = project.files()
    done = project.must("approve", "--all", "--reason", "x", *project.key("ann"))
    assert done.out.startswith(said)
    assert "six: approved\n1 package still waits: `holdfast review`\n" in done.out
    assert [one.name for one in project.newest(before).act.packages] == ["six"]
    done = project.must("approve", "--all", "--reason", "x", *project.key("ann"))
    assert done.out == f"{said}1 package still waits: `holdfast review`\n"
    document = project.must("approve", "--all", "--reason", "x", "--format", "json", *project.key("ann")).json
    assert document["summary"]["facts"] == {"left_out": "click"}


def test_who_names_it_is_shown_the_rejection(tmp_path: Path, index: IndexServer) -> None:
    """Before anything is signed; then it is overruled, and nothing of it is said again."""
    project = both_moved(tmp_path, index)
    done = project.must("approve", "click", "--reason", "they took it out", *project.key("ann"))
    assert "  click 8.1.7 -> 8.1.8 (pypi): version-changed\n      rejected by bob: no windows\n" in done.out
    assert "click: approved\n" in done.out
    assert "rejected" not in project.must("approve", "--all", "--reason", "x", *project.key("ann")).out


def test_a_rejected_configuration_is_left_out_unless_it_is_named(tmp_path: Path, index: IndexServer) -> None:
    """`--all --configuration` names it."""
    project = approving(tmp_path, index, ["click"], "ann", "bob")
    project.configure('\n[[{holdfast}.policy.rule]]\npackage = "*"\nreason = "x"\nthreshold = 1\n')
    project.must("reject", "--configuration", "--reason", "not like this", *project.key("bob"))
    done = project.must("approve", "--all", "--reason", "x", *project.key("ann"))
    said = (
        "left out: the security configuration: rejected by bob: not like this; name it with --configuration to overrule"
    )
    assert done.out.splitlines()[0] == said
    assert project.run("check").code == 1
    done = project.must("approve", "--all", "--configuration", "--reason", "x", *project.key("ann"))
    assert "  the security configuration: configuration-changed\n      rejected by bob: not like this\n" in done.out
    assert project.run("check").code == 0


def test_a_rule_overrules_nobody(tmp_path: Path, index: IndexServer) -> None:
    """What a person rejected is left for people, also if it is named."""
    rule = (
        '\n[[{holdfast}.policy.rule]]\npackage = "pypi:*"\napprove = ["version-changed"]\nreason = "r"\n'
        f'until = "{FAR}"\n'
    )
    project = approving(tmp_path, index, ["click"], "ann", Person("ci", "rule"), rules=rule)
    index.add(wheel("click", "8.1.8"))
    project.must("update", "--refresh")
    project.must("reject", "click", "--reason", "no windows", *project.key("ann"))
    for words in ((), ("click",)):
        done = project.must("approve", *words, "--by-rule", *project.key("ci"))
        assert "left for people: click 8.1.7 -> 8.1.8: rejected by ann: no windows\n" in done.out
        assert "nothing was signed" in done.out


def test_review_says_a_rejection_once(tmp_path: Path, index: IndexServer) -> None:
    """By whom, when and why."""
    project = both_moved(tmp_path, index)
    out = project.run("review", "click").out
    assert out.count("no windows") == 1
    assert "waits because   it was rejected; it needs 1 approver\nrejected        by bob on " in out


def test_the_configuration_can_be_rejected(tmp_path: Path, index: IndexServer) -> None:
    """A change of the security configuration, by the approvers before it."""
    project = approving(tmp_path, index, ["click"], "ann")
    project.configure('\n[[{holdfast}.policy.rule]]\npackage = "*"\nreason = "x"\nthreshold = 1\n')
    assert project.run("check").code == 1
    done = project.must("reject", "--configuration", "--reason", "not like this", *project.key("ann"))
    assert "rule added" in done.out
    assert "not like this" in project.run("check").out
