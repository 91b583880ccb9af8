"""Where a project's own files lead to an index: that waits for approval, and what nobody signs does not decide."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.approved_project import ApprovedProject
from tests.support.approving import ApprovingProject, approver_text
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases, wheel
from tests.support.project import Done, Project
from tests.support.repositories import git

EVIL = 'index-url = "https://key:word@evil.example/simple/"\n'
SHOWN = "index added: default https://evil.example/simple/"
INSIDE = f"\n[tool.uv]\n{EVIL}"


@pytest.fixture(params=[False, True])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> ApprovedProject:
    """A project with approvals, its configuration in either file."""
    return ApprovedProject(tmp_path, "alice", own=request.param)


@pytest.mark.parametrize("inside", [False, True])
def test_a_change_of_the_index_waits(project: ApprovedProject, inside: bool) -> None:
    """A change that only adds `uv.toml`, or a table of uv's, fails with and without the base; it can be approved."""
    base, rules = project.commit(), project.rules
    first = next(project.approvals.iterdir())
    assert project.run("check", "--base", base).code == 0
    if inside:
        project.manifest.write_text(project.manifest.read_text() + INSIDE)
    else:
        (project.folder / "uv.toml").write_text(EVIL)
    for words in ((), ("--base", base)):
        done = project.run("check", *words)
        assert done.code == 1
        assert "error[configuration-changed]" in done.out
        assert SHOWN in done.out
        assert "word" not in done.out
    project.approve_configuration(rules, first, "alice")
    assert project.run("check", "--base", base).code == 0
    after = project.commit()
    assert project.run("check", "--base", after).code == 0
    changed = project.folder / ("pyproject.toml" if inside else "uv.toml")
    changed.write_text(changed.read_text().replace("evil", "worse"))
    assert "configuration-changed" in project.run("check", "--base", after).out


def test_other_settings_of_uv_are_no_matter(project: ApprovedProject) -> None:
    """What says nothing of indexes changes no digest, and credentials of an index do not either."""
    before = project.rules
    project.manifest.write_text(project.manifest.read_text() + "\n[tool.uv]\ndev-dependencies = []\n")
    (project.folder / "uv.toml").write_text('link-mode = "copy"\n')
    assert project.rules == before
    (project.folder / "uv.toml").write_text(EVIL)
    first = project.rules
    assert first != before
    (project.folder / "uv.toml").write_text(EVIL.replace("word", "other"))
    assert project.rules == first


def test_a_broken_file_of_uv_is_named(project: ApprovedProject) -> None:
    """What uv refuses is not passed over."""
    (project.folder / "uv.toml").write_text("index-url = \n")
    done = project.run("check")
    assert done.code == 2
    assert "uv.toml" in done.err


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index of one package."""
    with serving(read_releases("click 8.1.7")) as server:
        yield server


@pytest.fixture
def evil() -> Iterator[IndexServer]:
    """Somebody else's, with other bytes."""
    with serving(read_releases("click 8.1.7")) as server:
        server.add(wheel("click", "9.9.9"))
        yield server


def below(folder: Path, index: IndexServer, *, approved: bool = True) -> Project:
    """A project in a repository, whose index is the user's own setting, and weaker than any of uv's."""
    git(folder, "init", "--quiet")
    project = ApprovingProject(folder, ["click"], index.url)
    project.must("init")
    if approved:
        project.configure(approver_text("ann"))
    return project


def update(project: Project, **variables: str) -> Done:
    """Update with more variables."""
    project.environment = {**project.environment, **variables}
    return project.run("update")


def test_a_file_above_the_project_does_not_decide(tmp_path: Path, index: IndexServer, evil: IndexServer) -> None:
    """Nor does one that a variable names within the repository; what is outside of it is the user's own."""
    project = below(tmp_path, index)
    above = tmp_path / "uv.toml"
    above.write_text(f'index-url = "{evil.url}"\n')
    done = update(project)
    assert (done.code, f"{above}" in done.err, "nobody signs" in done.err) == (2, True, True)
    above.rename(tmp_path / "named.toml")
    done = update(project, UV_CONFIG_FILE=str(tmp_path / "named.toml"))
    assert (done.code, "nobody signs" in done.err) == (2, True)
    assert "9.9.9" not in project.lock.read_text()
    project.environment.pop("UV_CONFIG_FILE")
    assert update(project).code == 0
    environment = tmp_path / "venv"
    environment.mkdir()
    project.environment.pop("PIP_INDEX_URL")
    settings = environment / ("pip.ini" if os.name == "nt" else "pip.conf")
    settings.write_text(f"[global]\nindex-url = {evil.url}\n")
    assert update(project, VIRTUAL_ENV=str(environment)).code == 2
    settings.write_text("[global]\nproxy = http://proxy.evil.example:3128\n")
    done = update(project, PIP_INDEX_URL=index.url)
    assert (done.code, "a certificate or a proxy" in done.err) == (2, True)
    assert "9.9.9" not in project.lock.read_text()


def test_what_the_project_names_itself_decides(tmp_path: Path, index: IndexServer, evil: IndexServer) -> None:
    """Its own file is believed, since its change waits; so is `[sources.pypi]`, whatever lies above the project."""
    project = below(tmp_path, index)
    (tmp_path / "uv.toml").write_text(f'index-url = "{evil.url}"\n')
    own = project.folder / "uv.toml"
    own.write_text(f'index-url = "{index.url}"\n')
    assert update(project).code == 0
    own.unlink()
    assert isinstance(project, ApprovingProject)
    project.configure(f'\n[{{holdfast}}.sources.pypi]\nurl = "{index.url}"\n')
    done = update(project)
    assert done.code == 0, done.err
    assert "9.9.9" not in project.lock.read_text()


def test_without_approvals_files_above_decide_as_ever(tmp_path: Path, index: IndexServer, evil: IndexServer) -> None:
    """As uv reads them; nobody signs anything there."""
    project = below(tmp_path, index, approved=False)
    (tmp_path / "uv.toml").write_text(f'index-url = "{evil.url}"\n')
    assert update(project).code == 0
    assert "9.9.9" in project.lock.read_text()
