"""The bench's rows about approvals: small trails do what the table says of the big ones."""

import os
import sys
from pathlib import Path

import pytest

from bench.approval_project import approve, write_plain
from bench.approval_rows import ACTS, MANY, MORE, checking, folder_name, growth_of, project, reviewing
from bench.budgets import BUDGETS
from bench.measure import run
from tests.support.project import Done
from tests.support.project import Project as Folder

PACKAGES = 7


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program be the console script beside this interpreter."""
    monkeypatch.setattr("bench.peers.find", lambda name: str(Path(sys.executable).with_name(name)))


def said(folder: Path, *words: str) -> Done:
    """What a command says in a project."""
    made = Folder.__new__(Folder)
    made.folder, made.environment = folder, {}
    return made.run(*words)


@pytest.mark.parametrize("acts", [1, 5, 8, 30])
def test_a_trail_approves_what_is_locked(tmp_path: Path, acts: int) -> None:
    """So many files, all of which count, over as many packages as there are."""
    plain = write_plain(tmp_path, PACKAGES)
    approve(plain, tmp_path / "approved", acts)
    assert len(list((tmp_path / "approved" / ".holdfast" / "approvals").iterdir())) == acts
    assert (tmp_path / "approved" / "holdfast.lock").read_bytes() == (plain / "holdfast.lock").read_bytes()
    reviewed = min(acts - 1, PACKAGES)
    never = f", {PACKAGES - reviewed} never reviewed" if reviewed < PACKAGES else ""
    assert said(tmp_path / "approved", "check").out.endswith(f", all approved{never}\n")
    assert said(tmp_path / "approved", "approvals", "verify").code == 0


def test_of_so_many_packages_the_last_step_waits(tmp_path: Path) -> None:
    """What a review opens with."""
    plain = write_plain(tmp_path, PACKAGES)
    approve(plain, tmp_path / "approved", 8, 3)
    document = said(tmp_path / "approved", "status", "--format", "json").json
    assert [(one["from"], one["to"]) for one in document["waiting"]] == [(["0.1"], ["1.0"])] * 3
    assert document["uncounted"] == []


def test_the_programs_of_the_rows_run(tmp_path: Path) -> None:
    """In projects that a process of its own makes, once."""
    folder = project(5, 0, tmp_path, PACKAGES)
    made = os.stat(folder)
    assert project(5, 0, tmp_path, PACKAGES) == folder == tmp_path / folder_name(5, 0)
    assert os.stat(folder) == made
    run(checking(folder))
    run(checking(project(0, 0, tmp_path, PACKAGES)))
    run(reviewing(project(5, 2, tmp_path, PACKAGES)))


def test_growth_is_of_a_file_more() -> None:
    """What there is to pay anyway does not count; a trail that grows with its square is told."""
    assert growth_of(*[50 + 0.25 * acts for acts in (ACTS, MANY, MORE)]) == pytest.approx(1)
    assert growth_of(*[50 + acts**2 for acts in (ACTS, MANY, MORE)]) > BUDGETS["approvals growth"].ceiling
