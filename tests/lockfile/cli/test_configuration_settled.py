"""Two branches that each changed the security configuration: after the merge somebody approves what both became."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.approving import ApprovingProject, approver_text, approving
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases, wheel

RULE = '\n[[{{holdfast}}.policy.rule]]\npackage = "pypi:{}"\nreason = "core"\nthreshold = 1\n'
SOURCE = (
    '\n[{holdfast}.sources.other]\nkind = "pypi"\n'
    'url = "https://packages.acme.example/simple/"\npackages = ["acme-*"]\n'
)


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with one release."""
    with serving(read_releases("click 8.1.7\n")) as server:
        yield server


def merged(folder: Path, index: IndexServer, one: str, other: str) -> ApprovingProject:
    """A project of ann and bob in which ann approved `one` on a branch and bob `other` on another; both are there."""
    project = approving(folder, index, ["click"], "ann", "bob")
    before = project.manifest.read_text()
    base = project.files()
    project.configure(one)
    project.must("approve", "--configuration", "--reason", "one", *project.key("ann"))
    branch = project.files()
    for name in branch.keys() - base.keys():
        (project.approvals / name).unlink()
    project.manifest.write_text(before)
    project.configure(other)
    project.must("approve", "--configuration", "--reason", "other", *project.key("bob"))
    for name, data in branch.items():
        (project.approvals / name).write_bytes(data)
    project.configure(one)
    return project


def test_one_approval_settles_both(tmp_path: Path, index: IndexServer) -> None:
    """The commands that `check` and `status` name run, and what waits meanwhile can be approved as well."""
    project = merged(tmp_path, index, RULE.format("flask"), RULE.format("click"))
    done = project.run("check")
    assert done.code == 1
    assert "why: two heads, and no approval follows them all" in done.out
    assert "next: holdfast review --configuration\n" in done.out
    assert project.run("review", "--configuration").code == 1
    project.must("approve", "--configuration", "--reason", "both", *project.key("ann"))
    assert project.run("check").code == 0
    assert project.run("status").out.startswith("nothing waits for approval\n")


def test_who_is_an_approver_of_the_merge_only_settles_nothing(tmp_path: Path, index: IndexServer) -> None:
    """The approvers of what was approved do; nobody adds themselves while it is open."""
    project = merged(tmp_path, index, RULE.format("flask"), RULE.format("click"))
    project.configure(approver_text("mallory"))
    before = project.files()
    assert "needs one of ann, bob\n" in project.run("status").out
    done = project.run("approve", "--configuration", "--reason", "trust me", *project.key("mallory"))
    assert done.code == 2
    assert "an approver of this project: ann, bob," in done.err
    assert project.files() == before


def test_who_approved_on_one_branch_only_settles_nothing(tmp_path: Path, index: IndexServer) -> None:
    """An approver whom one branch added is none of the other: the signature does not count."""
    project = merged(tmp_path, index, approver_text("carol"), RULE.format("click"))
    project.run("approve", "--configuration", "--reason", "both", *project.key("carol"))
    assert project.run("check").code == 1
    project.must("approve", "--configuration", "--reason", "both", *project.key("bob"))
    assert "configuration-changed" not in project.run("check").out


def test_packages_are_not_approved_while_it_is_open_where_they_come_from(tmp_path: Path, index: IndexServer) -> None:
    """One branch said so, the other did not."""
    project = merged(tmp_path, index, SOURCE, RULE.format("click"))
    index.add(wheel("click", "8.1.8"))
    project.must("update", "--refresh")
    done = project.run("approve", "click", "--reason", "x", *project.key("ann"))
    assert done.code == 2
    assert "expected the security configuration first" in done.err
    project.must("approve", "--all", "--reason", "x", *project.key("ann"))
    assert project.run("check").code == 0
