"""`approvals baseline` and `init --key`: how approvals begin, once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast import files
from tests.support.approving import ApprovingProject, Person, approver_text
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases, wheel
from tests.support.repositories import git
from tests.support.signing_keys import public

SHELF = "click 8.1.7\nflask 3.0.0\n    click\n"


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with two packages."""
    with serving(read_releases(SHELF)) as server:
        yield server


@pytest.fixture
def project(tmp_path: Path, index: IndexServer) -> ApprovingProject:
    """A project with an id and a lock, and no approvals."""
    made = ApprovingProject(tmp_path, ["flask"], index.url)
    made.must("init")
    return made


def test_day_one_is_green(project: ApprovingProject) -> None:
    """The approver is in the configuration, one act accepts everything, `check` holds; nothing was fetched."""
    done = project.must("approvals", "baseline", "--name", "ann", *project.key("ann"))
    assert "pyproject.toml edited: ann is an approver\n" in done.out
    assert "written: a baseline of 2 packages\nnone of them was reviewed;" in done.out
    assert public("ann").text in project.manifest.read_text()
    (act,) = project.acts().acts
    assert (act.act.kind, act.act.reviewer, act.keys) == ("baseline", "ann", (public("ann").id,))
    assert [one.name for one in act.act.packages] == ["click", "flask"]
    assert project.run("check").code == 0


def test_git_leaves_the_line_ends_of_approvals(project: ApprovingProject) -> None:
    """A checkout with other line ends changes none; what else the file says stays, byte by byte."""
    attributes = project.folder / ".gitattributes"
    attributes.write_bytes(b"*.caf\xe9 binary\nholdfast.lock text eol=lf\n")
    done = project.must("approvals", "baseline", "--name", "ann", *project.key("ann"))
    assert ".gitattributes edited: git changes no line ends of approvals\n" in done.out
    assert attributes.read_bytes() == b"*.caf\xe9 binary\nholdfast.lock text eol=lf\n.holdfast/** -text\n"
    git(project.folder, "init")
    (name,) = project.files()
    git(project.folder, "-c", "core.autocrlf=true", "add", "--all")
    (project.approvals / name).unlink()
    git(project.folder, "-c", "core.autocrlf=true", "checkout", "--", ".")
    assert b"\r" not in project.files()[name]


def test_the_name_and_the_address_are_those_of_git(project: ApprovingProject) -> None:
    """What git calls the person here, and their address, which `independent` compares."""
    git(project.folder, "init")
    git(project.folder, "config", "user.name", "Ann Approver")
    git(project.folder, "config", "user.email", "ann@acme.example")
    project.must("approvals", "baseline", *project.key("ann"))
    text = project.manifest.read_text()
    assert 'name = "Ann Approver"' in text
    assert 'emails = ["ann@acme.example"]' in text


def test_without_git_the_key_says_the_name(project: ApprovingProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comment of the public file beside the key; without one a name has to be given, and nothing is written."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    before = project.manifest.read_text()
    done = project.run("approvals", "baseline", *project.key("ann"))
    assert done.code == 2
    assert "add --name NAME" in done.err
    assert (project.files(), project.manifest.read_text()) == ({}, before)
    Path(project.key("ann")[1] + ".pub").write_text(f"{public('ann').text} ann@acme\n")
    project.must("approvals", "baseline", *project.key("ann"))
    assert 'name = "ann@acme"' in project.manifest.read_text()


def test_there_is_no_second_one(project: ApprovingProject) -> None:
    """Nor one where any approval file is, whatever it says."""
    project.must("approvals", "baseline", "--name", "ann", *project.key("ann"))
    before = project.files(), project.manifest.read_text()
    done = project.run("approvals", "baseline", "--name", "bob", *project.key("bob"))
    assert done.code == 2
    assert "expected a project without approvals, found 1 approval file" in done.err
    assert (project.files(), project.manifest.read_text()) == before


def test_an_approver_of_the_configuration_begins(project: ApprovingProject) -> None:
    """Who is in the configuration already is not added again; somebody who is not cannot begin."""
    project.configure(approver_text("ann", Person("bob", "security"), Person("ci", "rule")))
    before = project.manifest.read_text()
    done = project.run("approvals", "baseline", "--name", "eve", *project.key("mallory"))
    assert done.code == 2
    assert "the key of an approver of the configuration: ann, bob" in done.err
    done = project.run("approvals", "baseline", *project.key("ci"))
    assert done.code == 2
    assert "the key of ci, which approves by rule only" in done.err
    project.must("approvals", "baseline", *project.key("bob"))
    assert project.manifest.read_text() == before
    (act,) = project.acts().acts
    assert (act.act.reviewer, act.act.role) == ("bob", "security")
    assert project.run("check").code == 0


def test_a_killed_run_is_repeated(project: ApprovingProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended before any effect of either write: the same command again makes one approver and one baseline."""
    original = project.manifest.read_text()
    words = ("approvals", "baseline", "--name", "ann", *project.key("ann"))
    project.must(*words)
    expected = project.manifest.read_text()
    count = 0

    def counting(name: str) -> None:
        nonlocal count
        count += 1

    def start_over() -> None:
        for path in project.approvals.iterdir():
            path.unlink()
        project.manifest.write_text(original)

    start_over()
    monkeypatch.setattr(files, "step", counting)
    project.must(*words)
    effects = count
    assert effects == 2 * len(files.STEPS)
    for last in range(effects):
        start_over()
        count = 0

        def kill(name: str, last: int = last) -> None:
            nonlocal count
            if count == last:
                raise KeyboardInterrupt
            count += 1

        monkeypatch.setattr(files, "step", kill)
        assert project.run(*words).code == 130
        monkeypatch.setattr(files, "step", counting)
        if not project.files():
            project.must(*words)
        assert len(project.files()) == 1
        assert project.manifest.read_text() == expected
        assert project.run("check").code == 0


def test_a_lock_that_does_not_hold_is_no_baseline(project: ApprovingProject) -> None:
    """The findings of `check` are told, and nothing is signed."""
    project.manifest.write_text(project.manifest.read_text().replace('"flask"', '"flask>=3"'))
    before = project.manifest.read_text()
    done = project.run("approvals", "baseline", "--name", "ann", *project.key("ann"))
    assert done.code == 1
    assert "manifest-changed" in done.out
    assert (project.files(), project.manifest.read_text()) == ({}, before)


def test_without_an_id_there_is_nothing_to_begin(tmp_path: Path, index: IndexServer) -> None:
    """An approval is bound to a project's id."""
    project = ApprovingProject(tmp_path, ["flask"], index.url)
    project.must("lock")
    done = project.run("approvals", "baseline", "--name", "ann", *project.key("ann"))
    assert done.code == 2
    assert "expected a project with an id, found none\nhint: holdfast init" in done.err


def test_dry_run_writes_nothing(project: ApprovingProject) -> None:
    """It says who would sign."""
    before = project.manifest.read_text()
    done = project.must("approvals", "baseline", "--name", "ann", "--dry-run", *project.key("ann"))
    assert done.out == "ann would sign a baseline of 2 packages\n"
    assert (project.files(), project.manifest.read_text()) == ({}, before)


@pytest.mark.parametrize("name", ["", " ", "ed25519:" + "0" * 64])
def test_a_name_that_is_none(project: ApprovingProject, name: str) -> None:
    """Refused, and nothing written."""
    before = project.manifest.read_text()
    done = project.run("approvals", "baseline", "--name", name, *project.key("ann"))
    assert done.code == 2
    assert (project.files(), project.manifest.read_text()) == ({}, before)


def test_init_with_a_key_ends_with_the_baseline(tmp_path: Path, index: IndexServer) -> None:
    """Lock, approver and baseline in one command; the next change waits."""
    project = ApprovingProject(tmp_path, ["flask"], index.url)
    git(project.folder, "init")
    git(project.folder, "config", "user.name", "ann")
    done = project.must("init", *project.key("ann"))
    assert "a baseline of 2 packages" in done.out
    assert "approvals baseline" not in done.err
    assert project.run("check").code == 0
    index.add(wheel("click", "8.1.8"))
    project.must("update", "--refresh")
    assert project.run("check").code == 1


def test_init_without_a_key_says_how_to_begin(tmp_path: Path, index: IndexServer) -> None:
    """One line on stderr; nothing in the folder of approvals."""
    project = ApprovingProject(tmp_path, ["flask"], index.url)
    done = project.must("init")
    assert done.err.count("holdfast approvals baseline --key FILE") == 1
    assert project.files() == {}


def test_init_with_a_key_in_a_begun_project(tmp_path: Path, index: IndexServer) -> None:
    """What was meant is said, as it can be run; not where approvals have begun."""
    project = ApprovingProject(tmp_path, ["flask"], index.url)
    project.must("init")
    done = project.run("init", *project.key("ann"))
    assert done.code == 2
    words = ["approvals", "baseline", *project.key("ann")]
    assert done.err.endswith(f"\nhint: holdfast {' '.join(words)}\n")
    assert "run `holdfast lock`" in project.run("init").err
    project.must(*words, "--name", "ann")
    assert "run `holdfast lock`" in project.run("init", *project.key("ann")).err


def test_init_refuses_a_bad_key_before_it_writes(tmp_path: Path, index: IndexServer) -> None:
    """A key that cannot be read ends it before anything is fetched."""
    project = ApprovingProject(tmp_path, ["flask"], index.url)
    done = project.run("init", "--key", str(tmp_path / "none"))
    assert done.code == 2
    assert not project.lock.exists()
    assert not index.asked


def test_init_dry_run_signs_nothing(tmp_path: Path, index: IndexServer) -> None:
    """Neither lock nor baseline is written."""
    project = ApprovingProject(tmp_path, ["flask"], index.url)
    git(project.folder, "init")
    git(project.folder, "config", "user.name", "ann")
    done = project.must("init", "--dry-run", *project.key("ann"))
    assert "ann would sign the baseline" in done.out
    assert project.files() == {}
    assert not project.lock.exists()
