"""`approve` refused: who may not, what cannot be meant, what the policy forbids, and what fails on the way."""

import errno
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.cli.approving import prove_chosen
from tests.support.approving import ApprovingProject, Person, approving
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases, wheel
from tests.support.signing_keys import public

SHELF = "click 8.1.7 | sdist static\nflask 3.0.0\n"
OLD = "2024-05-01T10:00:00Z"


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with one release of two packages."""
    with serving(read_releases(SHELF)) as server:
        yield server


def moved(folder: Path, index: IndexServer, *people: Person | str, policy: str = "") -> ApprovingProject:
    """A project of these people in which a new release of click waits."""
    project = approving(folder, index, ["click", "flask"], *(people or ("ann",)), policy=policy)
    index.add(wheel("click", "8.1.8", uploaded=OLD))
    project.must("update", "click", "--refresh")
    return project


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["nothing-such", "--reason", "x"], "expected the name of a package that waits (click), found nothing-such"),
        (["clik", "--reason", "x"], "did you mean click?"),
        (["--reason", "x"], "expected NAME, --all, --configuration or --by-rule"),
        (["click", "--all", "--reason", "x"], "expected names or --all, found both"),
        (["click"], "expected why it is approved, on one line, found nothing"),
        (["click", "--reason", "two\nlines"], "expected why it is approved, on one line"),
        (["click", "--reason", "x", "--until", "soon"], "after --until, found soon"),
        (["click", "--reason", "x", "--until", "2001-01-01"], "expected a date to come after --until"),
        (["--by-rule", "--configuration"], "expected one of --by-rule and --configuration"),
        (["click", "--by-rule"], "expected the key of a rule of this project, and it has none"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, index: IndexServer, words: list[str], expected: str) -> None:
    """With 2, the reason, and nothing asked of the index."""
    project = moved(tmp_path, index)
    index.asked.clear()
    done = project.run("approve", *words, *project.key("ann"))
    assert done.code == 2
    assert expected in done.err
    assert not index.asked


def test_somebody_else_is_refused_before_anything_is_fetched(tmp_path: Path, index: IndexServer) -> None:
    """A key that is no approver's signs nothing, and is told whose would."""
    project = moved(tmp_path, index, "ann", Person("bob", "security"))
    index.asked.clear()
    before = project.files()
    done = project.run("approve", "click", "--reason", "trust me", *project.key("mallory"))
    assert done.code == 2
    assert "expected the key of an approver of this project: ann, bob (security)" in done.err
    assert public("mallory").id in done.err
    assert not index.asked
    assert project.files() == before


def test_an_approver_of_the_change_itself_does_not_count(tmp_path: Path, index: IndexServer) -> None:
    """Whoever puts their own key into the configuration cannot sign with it."""
    project = moved(tmp_path, index)
    project.configure(f'\n[[{{holdfast}}.approver]]\nname = "mallory"\nkey = "{public("mallory").text}"\n')
    before = project.files()
    for words in (["click"], ["--configuration"], ["--all"]):
        done = project.run("approve", *words, "--reason", "trust me", *project.key("mallory"))
        assert done.code == 2
        assert "an approver of this project: ann," in done.err
    assert project.files() == before
    done = project.must("approve", "--all", "--reason", "welcome", *project.key("ann"))
    assert "approver added: mallory" in done.out
    assert project.run("check").code == 0


def test_a_revoked_key_signs_nothing(tmp_path: Path, index: IndexServer) -> None:
    """The configuration in force says that it is revoked."""
    project = moved(tmp_path, index, "ann", "bob")
    text = project.manifest.read_text()
    key = f'key = "{public("bob").text}"\n'
    project.manifest.write_text(text.replace(key, f'{key}revoked = "2020-01-01"\ncause = "retired"\n'))
    project.must("approve", "--configuration", "--reason", "bob left", *project.key("ann"))
    done = project.run("approve", "click", "--reason", "still here", *project.key("bob"))
    assert done.code == 2
    assert "the key of bob, revoked since 2020-01-01" in done.err


def test_two_approvers_at_once_do_not_conflict(
    tmp_path: Path, index: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While ann's tool was fetching, bob approved: what ann saw is not what waits any more, so nothing is signed."""
    project = moved(tmp_path, index, "ann", "bob")
    proved = prove_chosen

    def slow(*arguments: object) -> object:
        proof = proved(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr("holdfast.cli.commands.approve.prove_chosen", proved)
        project.must("approve", "click", "--reason", "first", *project.key("bob"))
        return proof

    monkeypatch.setattr("holdfast.cli.commands.approve.prove_chosen", slow)
    done = project.run("approve", "click", "--reason", "second", *project.key("ann"))
    assert done.code == 2
    assert "a project that changed meanwhile" in done.err
    assert len(project.files()) == 2
    assert project.run("check").code == 0


def test_ctrl_c_leaves_nothing(tmp_path: Path, index: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted before each effect of the write: no file, or the whole one."""
    from holdfast import files

    project = moved(tmp_path, index)
    before = project.files()
    for step in files.STEPS[:-1]:

        def interrupt(name: str, step: str = step) -> None:
            if name == step:
                raise KeyboardInterrupt

        with monkeypatch.context() as context:
            context.setattr(files, "step", interrupt)
            assert project.run("approve", "click", "--reason", "fine", *project.key("ann")).code == 130
        assert project.files() == before, step
        assert not list(project.cache.glob("proof-*"))


@pytest.mark.parametrize("step", ["open-temp", "write", "replace"])
def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, index: IndexServer, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A read-only folder or a full disk: 2, the path, and nothing half-written."""
    from holdfast import files

    project = moved(tmp_path, index)
    before = project.files()

    def fail(name: str) -> None:
        if name == step:
            raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as context:
        context.setattr(files, "step", fail)
        done = project.run("approve", "click", "--reason", "fine", *project.key("ann"))
    assert done.code == 2
    assert "cannot write" in done.err
    assert "Read-only file system" in done.err
    assert project.files() == before


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path, index: IndexServer) -> None:
    """What is no folder is not replaced."""
    project = moved(tmp_path, index)
    project.approvals.rename(tmp_path / "elsewhere")
    project.approvals.write_text("")
    done = project.run("approve", "click", "--reason", "fine", *project.key("ann"))
    assert done.code == 2
    assert project.approvals.read_text() == ""


def test_without_approvals_the_way_to_begin_is_told(tmp_path: Path, index: IndexServer) -> None:
    """A project that never began them is told how."""
    project = ApprovingProject(tmp_path, ["click"], index.url)
    project.must("init")
    done = project.run("approve", "--all", "--reason", "x", *project.key("ann"))
    assert done.code == 2
    assert "holdfast approvals baseline --key FILE" in done.err


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_a_refusal_in_every_format(tmp_path: Path, index: IndexServer, form: str) -> None:
    """Machines get the code, the file, and nothing else on stdout."""
    project = moved(tmp_path, index)
    index.add(wheel("click", "8.1.8", salt="evil"))
    done = project.run("approve", "click", "--reason", "x", "--format", form, *project.key("ann"))
    assert done.code == 1
    assert "artifact-changed" in done.out
    if form != "github":
        json.loads(done.out)


@pytest.mark.parametrize(
    ("policy", "code"),
    [('minimum-release-age = "7 days"', "policy-age"), ('licenses = ["MIT"]', "policy-license")],
)
def test_what_the_policy_does_not_allow_is_not_signed(
    tmp_path: Path, index: IndexServer, policy: str, code: str
) -> None:
    """A release that is too young, or whose licence is not allowed: told before anything is signed."""
    project = approving(tmp_path, index, ["click"], "ann")
    index.add(wheel("click", "8.1.8", uploaded=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))))
    project.must("update", "click", "--refresh")
    text = project.manifest.read_text()
    project.manifest.write_text(text.replace("[tool.holdfast.policy]", f"[tool.holdfast.policy]\n{policy}"))
    project.must("approve", "--configuration", "--reason", "stricter", *project.key("ann"))
    before = project.files()
    done = project.run("approve", "click", "--reason", "in a hurry", *project.key("ann"))
    assert done.code == 1
    assert f"error[{code}]: click 8.1.8" in done.out
    assert "nothing was signed: the policy does not allow it" in done.out
    assert project.files() == before
