"""`explain` on the command line."""

from pathlib import Path

import pytest

from holdfast.findings.codes import CODES, explain
from tests.support.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Any project."""
    return Project(tmp_path)


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_code_is_explained(project: Project, code: str) -> None:
    """What the table says, on stdout."""
    done = project.run("explain", code)
    assert (done.code, done.out) == (0, explain(code))


@pytest.mark.parametrize("spelled", ["error[wish-unmet]:", "error[wish-unmet]", "[wish-unmet]", "WISH-UNMET"])
def test_a_code_may_be_copied_from_a_report(project: Project, spelled: str) -> None:
    """The brackets of the report do not matter."""
    assert project.run("explain", spelled).out == explain("wish-unmet")


def test_without_a_code_all_are_listed(project: Project) -> None:
    """One line each, with its severity."""
    lines = project.run("explain").out.splitlines()
    assert [line.split()[:2] for line in lines[: len(CODES)]] == [[code, row.severity] for code, row in CODES.items()]


def test_an_unknown_code_is_refused_with_the_nearest(project: Project) -> None:
    """Exit 2, and what was probably meant."""
    done = project.run("explain", "wish-umet")
    assert (done.code, done.out) == (2, "")
    assert "did you mean wish-unmet?" in done.err
    assert "lists them" in project.run("explain", "zzzzzz").err
