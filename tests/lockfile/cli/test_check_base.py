"""`check --base` where approvals are in force: nothing counts but by what the base approved."""

import shlex
from pathlib import Path

import pytest

from tests.support import approvals
from tests.support.approved_project import ApprovedProject, approver
from tests.support.repositories import git

HOLDS = "holdfast.lock holds: 2 packages for 2 targets, all approved, 2 never reviewed\n"
INDEPENDENT = "[T.policy]\nindependent = true\n"


@pytest.mark.parametrize("own", [False, True])
def test_what_the_base_approved_holds(tmp_path: Path, own: bool) -> None:
    """Wherever the configuration is; machines are told the commit."""
    project = ApprovedProject(tmp_path, "alice", own=own)
    base = project.commit()
    assert project.run("check", "--base", base) == (0, HOLDS, "")
    assert project.run("check", "--base", base, "--format", "json").json["summary"]["facts"]["base"] == base


@pytest.mark.parametrize("own", [False, True])
def test_an_approver_of_the_change_does_not_count(tmp_path: Path, own: bool) -> None:
    """Somebody adds themselves and approves: without a base that holds, with one it does not."""
    project = ApprovedProject(tmp_path, "alice", own=own)
    base = project.commit()
    next(project.approvals.iterdir()).unlink()
    project.configure(approver("mallory"))
    project.move("click", "8.2.0")
    project.begin("mallory")
    assert project.run("check").code == 0
    done = project.run("check", "--base", base)
    assert done.code == 1
    for code in ("baseline-second", "approval-removed", "configuration-changed", "change-unapproved"):
        assert f"[{code}]" in done.out, code


def test_an_approval_by_the_base_s_approver_counts(tmp_path: Path) -> None:
    """A new act of somebody whom the base knows."""
    project = ApprovedProject(tmp_path, "alice", "bob")
    base = project.commit()
    project.move("click", "8.2.0")
    assert project.run("check", "--base", base).code == 1
    project.approve("click", "bob")
    assert project.run("check", "--base", base).code == 0


def test_a_deleted_approval_comes_back_by_the_command_that_is_named(tmp_path: Path) -> None:
    """Also one that was edited; the hint is run as it stands."""
    project = ApprovedProject(tmp_path, "alice")
    project.move("click", "8.2.0")
    path = project.approve("click", "alice")
    base = project.commit()
    for code, spoil in (
        ("approval-removed", path.unlink),
        ("approval-edited", lambda: path.write_bytes(path.read_bytes() + b" ")),
    ):
        spoil()
        done = project.run("check", "--base", base)
        assert done.code == 1
        finding = done.out[done.out.index(f"error[{code}]") :]
        hint = finding.partition("  next: ")[2].partition("\n")[0]
        git(project.folder, *shlex.split(hint)[1:])
        assert project.run("check", "--base", base).code == 0


def test_approvals_that_begin_with_the_change_are_said_to(tmp_path: Path) -> None:
    """A base without any is a note, and its lock is compared, since nothing else tells what changed."""
    project = ApprovedProject(tmp_path, "alice", begin=False)
    project.configuration.write_text(project.configuration.read_text().replace("[[tool.holdfast.approver]]", "[x]"))
    project.configuration.write_text(project.configuration.read_text().partition("[x]")[0])
    base = project.commit()
    project.configure(approver("alice"))
    project.move("click")
    project.begin("alice")
    done = project.run("check", "--base", base)
    assert done.code == 1
    assert "note[approval-unbased]" in done.out
    assert "alarm[artifact-changed]: click-8.1.8" in done.out
    assert f"next: holdfast diff {base}\n" in done.out


def test_approvals_that_disappear_are_an_error(tmp_path: Path) -> None:
    """Neither approver nor folder: with the base it is seen."""
    project = ApprovedProject(tmp_path, "alice")
    base = project.commit()
    next(project.approvals.iterdir()).unlink()
    project.approvals.rmdir()
    text = project.configuration.read_text()
    project.configuration.write_text(text.partition("[[tool.holdfast.approver]]")[0])
    assert project.run("check").code == 0
    done = project.run("check", "--base", base)
    assert done.code == 1
    assert "configuration-changed" in done.out


def test_a_base_that_can_be_moved_is_noted_in_ci(tmp_path: Path) -> None:
    """A branch is no error, and the note names the commit; elsewhere nothing is said."""
    project = ApprovedProject(tmp_path, "alice")
    base = project.commit()
    assert project.run("check", "--base", "main").err == ""
    project.environment["CI"] = "true"
    done = project.run("check", "--base", "main")
    assert (done.code, done.err) == (0, f"note: main can be moved; in CI name the commit itself: --base {base}\n")
    assert project.run("check", "--base", base).err == ""


def test_a_shallow_clone_fetches_the_base_by_the_command_that_is_named(tmp_path: Path) -> None:
    """A base that is not there cannot be judged by: 3, and then 0."""
    project = ApprovedProject(tmp_path, "alice")
    base = project.commit()
    project.move("click", "8.2.0")
    project.approve("click", "alice")
    project.commit()
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", project.folder.as_uri(), "clone")
    project.folder = clone
    done = project.run("check", "--base", base)
    assert (done.code, done.out) == (3, "")
    assert f"hint: git fetch --depth=1 origin {base}\n" in done.err
    git(clone, *done.err.partition("hint: git ")[2].split())
    assert project.run("check", "--base", base).code == 0


def test_an_author_of_the_changes_does_not_approve_them(tmp_path: Path) -> None:
    """Where approvers have to be independent: by author and by committer, in whatever case; others count."""
    people = ("alice//alice@acme.example", "bob//bob@acme.example")
    project = ApprovedProject(tmp_path, *people, policy=INDEPENDENT)
    base = project.commit("first@acme.example")
    project.move("click", "8.2.0")
    project.commit("Bob@Acme.Example")
    before, follows = project.approved, dict(project.follows)
    path = project.approve("click", "bob")
    project.commit("bob@acme.example")
    done = project.run("check", "--base", base)
    assert done.code == 1
    assert "approval-uncounted" in done.out
    path.unlink()
    project.approved, project.follows = before, follows
    project.approve("click", "alice")
    project.commit("alice@acme.example")  # only an approval, and one that is gone: no change by alice
    assert project.run("check", "--base", base).code == 0
    project.commit("alice@acme.example", {"code.py": "1"})
    assert project.run("check", "--base", base).code == 1


def test_a_shallow_clone_does_not_know_the_authors(tmp_path: Path) -> None:
    """Where they matter that is 3, with the command that mends it."""
    project = ApprovedProject(tmp_path, "alice//alice@acme.example", policy=INDEPENDENT)
    base = project.commit("first@acme.example")
    project.commit("alice@acme.example", {"code.py": "1"})
    project.commit("bob@acme.example", {"code.py": "2"})
    git(tmp_path, "clone", "--quiet", "--depth=1", project.folder.as_uri(), "clone")
    project.folder = tmp_path / "clone"
    git(project.folder, "fetch", "--quiet", "--depth=1", "origin", base)
    done = project.run("check", "--base", base)
    assert (done.code, done.err.endswith("hint: git fetch --unshallow\n")) == (3, True)
    git(project.folder, "fetch", "--unshallow")
    assert project.run("check", "--base", base).code == 0


def test_a_rebased_branch_is_judged_by_the_base_as_it_is(tmp_path: Path) -> None:
    """A base that is no ancestor has approvals that the branch lacks: they are missing."""
    project = ApprovedProject(tmp_path, "alice")
    project.commit()
    git(project.folder, "checkout", "--quiet", "-b", "topic")
    project.commit(files={"topic.py": "1"})
    git(project.folder, "checkout", "--quiet", "main")
    project.move("click", "8.2.0")
    project.approve("click", "alice")
    base = project.commit()
    git(project.folder, "checkout", "--quiet", "topic")
    done = project.run("check", "--base", base)
    assert done.code == 1
    assert "approval-removed" in done.out
    git(project.folder, "merge", "--quiet", "--no-edit", "main")
    assert project.run("check", "--base", base).code == 0


def test_two_branches_that_approve_different_packages_merge(tmp_path: Path) -> None:
    """With plain git, and `check` stays 0."""
    project = ApprovedProject(tmp_path, "alice", "bob")
    base = project.commit()
    for branch, package, version in (("one", "click", "8.2.0"), ("two", "flask", "3.1.0")):
        git(project.folder, "checkout", "--quiet", "-b", branch, base)
        project.approved = project.state
        project.move(package, version)
        project.approve(package, "bob")
        project.commit()
    git(project.folder, "merge", "--quiet", "--no-edit", "one")
    done = project.run("check", "--base", base)
    assert (done.code, done.out) == (0, "holdfast.lock holds: 2 packages for 2 targets, all approved\n")


def test_two_branches_that_approve_one_package_differently_leave_two_heads(tmp_path: Path) -> None:
    """Nothing is approved then, which is explained; one act that follows both settles it."""
    project = ApprovedProject(tmp_path, "alice", "bob")
    base, before, heads = project.commit(), project.approved, []
    for branch, version in (("one", "8.2.0"), ("two", "8.3.0")):
        git(project.folder, "checkout", "--quiet", "-b", branch, base)
        project.approved = before
        project.follows = {key: next(project.approvals.iterdir()).stem for key in project.follows}
        project.move("click", version)
        heads.append((project.approve("click", "bob").stem, project.state))
        project.commit()
    git(project.folder, "merge", "--quiet", "--no-edit", "-X", "ours", "one")
    done = project.run("check", "--base", base)
    assert done.code == 1
    assert "error[approval-conflict]: click 8.3.0" in done.out
    assert "click 8.2.0, 8.3.0 -> 8.3.0" in project.run("status").out
    pins = tuple([pin for _, lock in heads for pin in approvals.pins_of(lock, "click")])
    change = approvals.change("click", pins, project.state, follows=[digest for digest, _ in heads])
    project.add(approvals.signed(approvals.approval(project.rules, change), "alice"))
    assert project.run("check", "--base", base).code == 0
    listed = project.run("approvals", "list", "click").out
    assert (listed.count("  in force\n"), listed.count("  superseded\n")) == (2, 2)  # the baseline decides of flask


def test_a_lock_that_is_broken_in_the_base_can_be_mended(tmp_path: Path) -> None:
    """What the base approved decides, whatever became of its lock."""
    project = ApprovedProject(tmp_path, "alice")
    data = project.lock.read_bytes()
    base = project.commit(files={"holdfast.lock": "format = 99\n"})
    project.lock.write_bytes(data)
    assert project.run("check", "--base", base) == (0, HOLDS, "")


@pytest.mark.parametrize("cause", ["compromised", "retired"])
def test_a_revoked_key_counts_for_what_a_commit_held(tmp_path: Path, cause: str) -> None:
    """Of a compromised one only what a named commit had, in these very bytes; of a retired one what came before."""
    project = ApprovedProject(tmp_path, "alice", "bob")
    rules, first = project.rules, next(project.approvals.iterdir())
    project.move("click", "8.2.0")
    path = project.approve("click", "bob")
    held = project.commit()
    text, data = project.configuration.read_text(), path.read_bytes()
    codes = {}
    for by in (held, "0" * 40):
        more = f'revoked = "2026-11-20T11:00:00Z"\ncause = "{cause}"\n'
        if cause == "compromised":
            more += f'held-by = "{by}"\n'
        project.configuration.write_text(text + more)
        act = project.approve_configuration(rules, first, "alice")
        done = project.run("check")
        codes[by] = done.code
        path.write_bytes(data + b"\n")
        changed = project.run("check").code
        assert changed >= 1
        path.write_bytes(data)
        act.unlink()
    if cause == "retired":
        assert set(codes.values()) == {1}  # approved after the key was retired
    else:
        assert codes == {held: 0, "0" * 40: 3}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"pyproject.toml": "["}, "pyproject.toml at HEAD:1:2: expected"),
        ({"holdfast.toml": "id = 3"}, "expected one configuration"),
        ({"holdfast.toml": "="}, "holdfast.toml at HEAD:1:1: expected"),
    ],
)
def test_a_base_whose_configuration_cannot_be_read_is_an_error(
    tmp_path: Path, files: dict[str, str | bytes | None], said: str
) -> None:
    """It names the revision: nothing is judged by what is not understood."""
    project = ApprovedProject(tmp_path, "alice")
    text = project.manifest.read_bytes()
    project.commit(files=files)
    project.manifest.write_bytes(text)
    (project.folder / "holdfast.toml").unlink(missing_ok=True)
    done = project.run("check", "--base", "HEAD")
    assert (done.code, said in done.err) == (2, True), done.err


def test_a_link_among_the_base_s_approvals_is_an_error(tmp_path: Path) -> None:
    """What it leads to is not in the revision."""
    project = ApprovedProject(tmp_path, "alice")
    link = project.approvals / f"{'0' * 64}.json"
    link.symlink_to("/etc/hostname")
    project.commit()
    link.unlink()
    done = project.run("check", "--base", "HEAD")
    assert (done.code, "but a link" in done.err) == (2, True)
