"""Reports for machines: lines, paths from the root of the repository, and the summary of a GitHub step."""

import io
import json
import os
from pathlib import Path
from typing import NamedTuple

import pytest

from holdfast.cli.console import Console
from holdfast.cli.project import ProjectFolder
from holdfast.findings.finding import Finding, Place
from holdfast.reports.github_summary import LIMIT
from holdfast.reports.port import Summary

LOCK = '# a lock\n\n[[package]]\nname = "click"\nsource = "pypi"\nversion = "8.1.8"\n'
FINDING = Finding(
    "artifact-changed", "alarm", "click 8.1.8", place=Place("holdfast.lock"), hints=("holdfast review click",)
)
SUMMARY = Summary("check", "holdfast.lock does not hold")


class Said(NamedTuple):
    """What a console wrote."""

    out: str
    err: str


class Desk:
    """A project `web` in a workspace, and reports of it."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder
        self.project = ProjectFolder(str(folder / "web"))
        self.lock = folder / "web" / "holdfast.lock"
        self.lock.parent.mkdir()
        self.lock.write_text(LOCK)
        self.environment = {"GITHUB_WORKSPACE": str(folder)}

    def report(self, form: str, *findings: Finding, quiet: bool = False) -> Said:
        """Report in a format."""
        out, err = io.StringIO(), io.StringIO()
        console = Console(out, err, self.environment)
        console.set_up(form=form, color="never", quiet=quiet, verbose=False)
        console.report(findings, SUMMARY, self.project)
        return Said(out.getvalue(), err.getvalue())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A project in a workspace."""
    return Desk(tmp_path)


def test_lines_and_paths_of_github(desk: Desk) -> None:
    """An annotation stands at the package's block, in the file as the repository has it."""
    first = desk.report("github", FINDING).out.split("\n")[0]
    assert first.startswith("::error file=web/holdfast.lock,line=3,title=alarm%3A artifact-changed::click 8.1.8%0A")


def test_lines_and_paths_of_sarif(desk: Desk) -> None:
    """The same place as in the annotation."""
    (result,) = json.loads(desk.report("sarif", FINDING).out)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "web/holdfast.lock"}, "region": {"startLine": 3}}


def test_json_has_lines_and_the_projects_own_paths(desk: Desk) -> None:
    """Who reads JSON knows the project's folder."""
    (finding,) = json.loads(desk.report("json", FINDING).out)["findings"]
    assert finding["place"] == {"path": "holdfast.lock", "line": 3}


def test_text_is_as_before(desk: Desk) -> None:
    """For people nothing is looked for, and nothing but the report is written."""
    desk.environment["GITHUB_STEP_SUMMARY"] = str(desk.workspace / "summary")
    assert "  at: holdfast.lock\n" in desk.report("text", FINDING).out
    assert not (desk.workspace / "summary").exists()


@pytest.mark.parametrize("workspace", ["", "elsewhere", "web", "web/below", "a\0b"])
def test_a_workspace_that_is_not_above_the_project(desk: Desk, workspace: str) -> None:
    """Paths stay the project's own where it is the workspace itself, or outside of it."""
    desk.environment["GITHUB_WORKSPACE"] = str(desk.workspace / workspace) if workspace else ""
    assert desk.report("github", FINDING).out.startswith("::error file=holdfast.lock,line=3,")


def test_a_lock_that_cannot_be_read(desk: Desk) -> None:
    """A report never fails for want of a line."""
    desk.lock.unlink()
    assert "file=web/holdfast.lock,title" in desk.report("github", FINDING).out
    desk.lock.mkdir()
    assert "file=web/holdfast.lock,title" in desk.report("github", FINDING).out
    desk.lock.rmdir()
    desk.lock.write_bytes(b"\xff\xfe" + LOCK.encode())
    assert "file=web/holdfast.lock,line=3,title" in desk.report("github", FINDING).out


def test_the_step_summary_is_appended(desk: Desk) -> None:
    """What other commands of the step wrote stays."""
    summary = desk.workspace / "summary"
    summary.write_text("before\n")
    desk.environment["GITHUB_STEP_SUMMARY"] = str(summary)
    assert desk.report("github", FINDING).err == ""
    text = summary.read_text()
    assert text.startswith("before\n### holdfast check: failed\n")
    assert "<code>artifact-changed</code>" in text


def test_a_full_summary_is_left_alone(desk: Desk) -> None:
    """GitHub would drop all of a summary that is too long; its file stays within the limit."""
    summary = desk.workspace / "summary"
    desk.environment["GITHUB_STEP_SUMMARY"] = str(summary)
    summary.write_bytes(b"x" * (LIMIT - 2_000))
    desk.report("github", *[FINDING] * 100)
    assert LIMIT - 2_000 < summary.stat().st_size <= LIMIT
    said = desk.report("github", FINDING)
    assert said.err == "note: the summary of this step was not written: no room is left in it\n"


def test_a_summary_that_cannot_be_written_is_a_note(desk: Desk, tmp_path: Path) -> None:
    """A folder, a folder that is not there, a pipe without reader, no path at all: the report stays the same."""
    without = desk.report("github", FINDING)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, tmp_path / "none" / "summary", pipe, "a\0b", "/dev/null"):
        desk.environment["GITHUB_STEP_SUMMARY"] = str(path)
        said = desk.report("github", FINDING)
        assert said.out == without.out
        assert said.err.startswith("note: the summary of this step was not written: ")
        assert desk.report("github", FINDING, quiet=True) == without
