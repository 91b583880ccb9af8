"""`approvals prune`: one signed checkpoint in the place of all acts, written first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.cli.commands import prune as command
from tests.support.approving import FAR, ApprovingProject, approving
from tests.support.index_server import IndexServer, serving
from tests.support.packages import read_releases, wheel
from tests.support.signing_keys import public


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """An index with two packages."""
    with serving(read_releases("click 8.1.7\nflask 3.0.0\n")) as server:
        yield server


def busy(tmp_path: Path, index: IndexServer, *people: str, policy: str = "") -> ApprovingProject:
    """A project with a baseline and two approvals of click."""
    project = approving(tmp_path, index, ["click", "flask"], *(people or ("ann",)), policy=policy)
    for version in ("8.1.8", "8.1.9"):
        index.add(wheel("click", version))
        project.must("update", "click", "--refresh")
        for name in people or ("ann",):
            project.must("approve", "click", "--reason", f"read {version}", *project.key(name))
    return project


def test_a_checkpoint_stands_for_all(tmp_path: Path, index: IndexServer) -> None:
    """One file is left, `check` holds, what was never reviewed is still said to be so, and the chain goes on."""
    project = busy(tmp_path, index)
    shares = project.must("status", "--format", "json").json["pins"]
    old = sorted(one.digest for one in project.acts().acts)
    done = project.must("approvals", "prune", "--reason", "spring", *project.key("ann"))
    assert "written, to replace 3 approval files by a checkpoint of 2 packages\n3 approval files deleted\n" in done.out
    (act,) = project.acts().acts
    assert (act.act.kind, sorted(act.act.replaces)) == ("checkpoint", old)
    assert project.run("check").code == 0
    assert project.must("status", "--format", "json").json["pins"] == shares
    assert project.must("approvals", "prune", "--reason", "again", *project.key("ann")).out.startswith(
        "nothing to prune"
    )
    index.add(wheel("click", "8.2.0"))
    project.must("update", "click", "--refresh")
    assert project.run("check").code == 1
    project.must("approve", "click", "--reason", "read 8.2.0", *project.key("ann"))
    assert project.run("check").code == 0


def test_it_forgets_neither_bytes_nor_what_was_pruned_before(tmp_path: Path, index: IndexServer) -> None:
    """A second checkpoint stands for all that the first stood for, and knows the bytes of all releases so far."""
    project = busy(tmp_path, index)
    project.must("approvals", "prune", "--reason", "spring", *project.key("ann"))
    (first,) = project.acts().acts
    index.add(wheel("click", "8.2.0"))
    project.must("update", "click", "--refresh")
    project.must("approve", "click", "--reason", "read 8.2.0", *project.key("ann"))
    (approval,) = [one for one in project.acts().acts if one.act.kind == "approval"]
    project.must("approvals", "prune", "--reason", "autumn", *project.key("ann"))
    (second,) = project.acts().acts
    assert set(second.act.replaces) == {first.digest, approval.digest, *first.act.replaces}
    files = {package.name: [file for file, _ in package.had] for package in second.act.packages}
    assert files == {"click": [f"click-8.1.{patch}-py3-none-any.whl" for patch in (7, 8, 9)], "flask": []}


def test_it_is_refused_while_anything_waits(tmp_path: Path, index: IndexServer) -> None:
    """A checkpoint would hide what nobody accepted."""
    project = busy(tmp_path, index)
    index.add(wheel("flask", "3.0.1"))
    project.must("update", "flask", "--refresh")
    before = project.files()
    done = project.run("approvals", "prune", "--reason", "spring", *project.key("ann"))
    assert done.code == 2
    assert "expected nothing that waits for approval, found flask" in done.err
    assert project.files() == before


def test_it_is_refused_while_a_file_is_broken(tmp_path: Path, index: IndexServer) -> None:
    """What cannot be read is not swept away."""
    project = busy(tmp_path, index)
    (project.approvals / ("ab" * 32 + ".json")).write_text("{}")
    before = project.files()
    done = project.run("approvals", "prune", "--reason", "spring", *project.key("ann"))
    assert done.code == 2
    assert "approval files that are whole" in done.err
    assert project.files() == before


def test_an_end_is_not_swept_away(tmp_path: Path, index: IndexServer) -> None:
    """An alarm that was accepted for a time would be accepted for ever."""
    project = approving(tmp_path, index, ["click", "flask"], "ann", "bob")
    index.add(wheel("flask", "3.0.0", salt="rebuilt"))
    project.must("update", "flask", "--refresh", "--accept-changed", "flask")
    for name in ("ann", "bob"):
        project.must("approve", "flask", "--reason", "ours", "--until", FAR, *project.key(name))
    before = project.files()
    done = project.run("approvals", "prune", "--reason", "spring", *project.key("ann"))
    assert done.code == 2
    assert f"expected approvals without an end, found flask (until {FAR}" in done.err
    assert project.files() == before


def test_somebody_else_cannot(tmp_path: Path, index: IndexServer) -> None:
    """A key that is no approver's is refused, and nothing goes."""
    project = busy(tmp_path, index)
    before = project.files()
    done = project.run("approvals", "prune", "--reason", "spring", *project.key("mallory"))
    assert done.code == 2
    assert project.files() == before


def test_where_two_have_to_sign_the_second_deletes(tmp_path: Path, index: IndexServer) -> None:
    """The first one's checkpoint does not count yet, so nothing goes; a second run of hers changes nothing."""
    project = busy(tmp_path, index, "ann", "bob", policy="threshold = 2")
    before = project.files()
    done = project.must("approvals", "prune", "--reason", "spring", *project.key("ann"))
    assert "nothing was deleted yet: another approver" in done.out
    files = project.files()
    assert len(files) == len(before) + 1
    assert project.run("check").code == 0
    assert "nothing was deleted yet" in project.must("approvals", "prune", "--reason", "x", *project.key("ann")).out
    assert project.files() == files
    project.must("approvals", "prune", "--reason", "spring", *project.key("bob"))
    assert [one.act.kind for one in project.acts().acts] == ["checkpoint", "checkpoint"]
    assert {key for one in project.acts().acts for key in one.keys} == {public("ann").id, public("bob").id}
    assert project.run("check").code == 0


@pytest.mark.parametrize("back", [False, True])
def test_a_killed_run_is_repeated(
    tmp_path: Path, index: IndexServer, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    """Ended between any two deletions: `check` holds meanwhile; the next run deletes the rest and signs nothing."""
    project = busy(tmp_path, index)
    if back:
        index.remove("click-8.1.9-py3-none-any.whl", "click-8.1.8-py3-none-any.whl")
        project.must("update", "click", "--refresh")
        project.must("approve", "click", "--reason", "back", *project.key("ann"))
    words = ("approvals", "prune", "--reason", "spring", *project.key("ann"))
    count, delete, before = len(project.files()), command._delete, project.files()
    left: list[int] = []

    def kill(*arguments: object) -> None:
        if not left.pop():
            raise KeyboardInterrupt
        delete(*arguments)  # type: ignore[arg-type]

    for deleted in range(count):
        for path in project.approvals.iterdir():
            path.unlink()
        for name, data in before.items():
            (project.approvals / name).write_bytes(data)
        left = [0, *[1] * deleted]
        with monkeypatch.context() as context:
            context.setattr(command, "_delete", kill)
            assert project.run(*words).code == 130
        assert len(project.files()) == count - deleted + 1
        assert project.run("check").code == 0, deleted
    assert project.must(*words).out == "1 approval file deleted\n"
    assert [one.act.kind for one in project.acts().acts] == ["checkpoint"]
    assert project.run("check").code == 0


def test_dry_run_changes_nothing(tmp_path: Path, index: IndexServer) -> None:
    """It says how much would be replaced."""
    project = busy(tmp_path, index)
    before = project.files()
    done = project.must("approvals", "prune", "--reason", "spring", "--dry-run", *project.key("ann"))
    assert done.out == "would replace 3 approval files by a checkpoint of 2 packages\n"
    assert project.files() == before
