"""`check` where approvals are in force: what is not approved is named; no base, no network."""

from pathlib import Path

import pytest

from holdfast.cli.commands.check import APPROVALS
from holdfast.cli.table import every_command
from holdfast.model.approval import FOLDER
from tests.support.approvals import LATER
from tests.support.approved_project import ApprovedProject, approver

HOLDS = "holdfast.lock holds: 2 packages for 2 targets"


def test_a_baseline_approves_all_and_reviews_nothing(tmp_path: Path) -> None:
    """Day one is green, and says what was never reviewed."""
    project = ApprovedProject(tmp_path, "alice")
    assert APPROVALS == FOLDER
    assert project.run("check") == (0, f"{HOLDS}, all approved, 2 never reviewed\n", "")
    facts = project.run("check", "--format", "json").json["summary"]["facts"]
    assert facts == {"packages": 2, "targets": 2, "approved": 2, "never_reviewed": 2, "enforce": "changes"}


@pytest.mark.parametrize("own", [False, True])
def test_a_pin_that_changed_waits_until_somebody_approves_it(tmp_path: Path, own: bool) -> None:
    """Wherever the configuration is; the finding names the class, what was approved, and the next command."""
    project = ApprovedProject(tmp_path, "alice", "bob", own=own)
    project.move("click", "8.2.0")
    done = project.run("check")
    assert done.code == 1
    assert "error[change-unapproved]: click 8.2.0\n" in done.out
    assert "  class: version-changed\n" in done.out
    assert "  next: holdfast review click\n" in done.out
    assert done.out.endswith(
        "holdfast.lock does not hold (2 packages for 2 targets, 1 not approved, 1 never reviewed): 1 error\n"
    )
    project.approve("click", "bob")
    assert project.run("check").out == f"{HOLDS}, all approved, 1 never reviewed\n"


def test_other_bytes_need_two_people_and_an_end(tmp_path: Path) -> None:
    """An alarm stays one until then, and after its end is one again."""
    project = ApprovedProject(tmp_path, "alice", "bob")
    project.move("click")
    assert "alarm[artifact-changed]: click 8.1.8" in project.run("check").out
    before, follows = project.approved, dict(project.follows)
    for words, end in ((("alice",), LATER), (("alice", "bob"), ""), (("alice", "alice"), LATER)):
        path = project.approve("click", *words, expires=end)
        assert project.run("check").code == 1
        path.unlink()
        project.approved, project.follows = before, dict(follows)
    path = project.approve("click", "alice", "bob", expires=LATER)
    assert project.run("check").code == 0
    path.unlink()
    project.approved, project.follows = before, follows
    project.approve("click", "alice", "bob", date="2020-01-01T00:00:00Z", expires="2020-01-02T00:00:00Z")
    assert "approval-expired" in project.run("check").out


def test_a_rejection_fails_with_its_reason(tmp_path: Path) -> None:
    """Who rejected it and why is said."""
    project = ApprovedProject(tmp_path, "alice")
    project.move("click", "8.2.0")
    project.reject("click", "alice")
    done = project.run("check")
    assert done.code == 1
    assert "change-rejected" in done.out
    assert "rejected by alice: not like this" in done.out


def test_enforcing_alarms_only_is_said_every_time(tmp_path: Path) -> None:
    """A change of version is listed and passes, an alarm fails; in text and for machines it is told which holds."""
    project = ApprovedProject(tmp_path, "alice", policy='[T.policy]\nenforce = "alarms"\n')
    said = 'enforce = "alarms": other changes are listed, and pass'
    assert project.run("check").out == f"{HOLDS}, all approved, 2 never reviewed, {said}\n"
    project.move("click", "8.2.0")
    done = project.run("check")
    assert done.code == 0
    assert "warning[change-unapproved]: click 8.2.0" in done.out
    assert said in done.out
    assert project.run("check", "--format", "json").json["summary"]["facts"]["enforce"] == "alarms"
    project.move("flask")
    assert project.run("check").code == 1


def test_what_enforces_is_what_was_approved(tmp_path: Path) -> None:
    """Writing `enforce = "alarms"` into the configuration does not make it so."""
    project = ApprovedProject(tmp_path, "alice")
    project.configure('\n[T.policy]\nenforce = "alarms"\n')
    project.move("click", "8.2.0")
    done = project.run("check")
    assert done.code == 1
    assert "error[configuration-changed]" in done.out
    assert "error[change-unapproved]" in done.out
    assert project.run("check", "--format", "json").json["summary"]["facts"]["enforce"] == "changes"


def test_no_variable_of_the_environment_makes_a_failing_check_pass(tmp_path: Path) -> None:
    """Every twin of a flag, and what one of any other flag would be called, with values that might mean something."""
    project = ApprovedProject(tmp_path, "alice")
    base = project.commit()
    project.move("click", "8.2.0")
    assert project.run("check").code == 1
    flags = {flag.strip("-") for command in every_command() for one in command.parameters for flag in one.flags}
    names = {f"HOLDFAST_{flag.upper().replace('-', '_')}" for flag in flags}
    names |= {one.environment for command in every_command() for one in command.parameters if one.environment}
    names |= {"HOLDFAST_ENFORCE", "HOLDFAST_NOW", "HOLDFAST_APPROVALS", "HOLDFAST_CHECK", "HOLDFAST_SKIP", "CI"}
    assert len(names) > 40
    beginning = dict(project.environment)
    for value in ("1", "0", "", "never", "alarms", "HEAD", base, str(tmp_path), "2099-01-01T00:00:00Z"):
        project.environment = {**dict.fromkeys(names, value), "HOLDFAST_COLOR": "auto", **beginning}
        for words in ((), ("--base", base), ("--base", "HEAD"), ("--format", "json"), ("-q",)):
            assert project.run("check", *words).code == 1, (value, words)


@pytest.mark.parametrize("name", ["notes.txt", "0.json", f"{'A' * 64}.json", f"{'a' * 64}", f"{'a' * 64}.json.bak"])
def test_a_file_that_is_no_act_is_found(tmp_path: Path, name: str) -> None:
    """Whatever lies among the approvals is an act, or is named."""
    project = ApprovedProject(tmp_path, "alice")
    (project.approvals / name).write_text("{}")
    done = project.run("check")
    assert done.code == 1
    assert "error[approval-broken]" in done.out
    assert name in done.out
    assert "an unexpected file" in done.out


def test_files_beside_the_acts_that_are_expected(tmp_path: Path) -> None:
    """A line for git and a page for people; alone they put nothing in force."""
    project = ApprovedProject(tmp_path)
    project.approvals.mkdir(parents=True)
    for name in (".gitattributes", "README.md"):
        (project.approvals / name).write_text("x")
    assert project.run("check").out == f"{HOLDS}\n"
    (project.approvals / "x.json").write_text("{}")
    assert project.run("check").code == 1


def test_links_and_folders_among_the_approvals_are_found(tmp_path: Path) -> None:
    """What is not a file is not read, and an approval behind a link does not count."""
    project = ApprovedProject(tmp_path, "alice")
    act = next(project.approvals.iterdir())
    act.rename(project.folder / act.name)
    act.symlink_to(project.folder / act.name)
    (project.approvals / "older").mkdir()
    done = project.run("check")
    assert done.code == 1
    assert done.out.count("error[approval-broken]") == 2
    assert done.out.count("not a file") == 2
    assert "2 not approved" in done.out


@pytest.mark.parametrize("where", [".holdfast", FOLDER])
def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path, where: str) -> None:
    """Whoever checks out would decide what is in it; a file in its place is refused as well."""
    project = ApprovedProject(tmp_path, "alice")
    real = tmp_path / "real"
    (project.folder / where).rename(real)
    (project.folder / where).symlink_to(real)
    done = project.run("check")
    assert (done.code, "it is a link" in done.err) == (2, True)
    (project.folder / where).unlink()
    (project.folder / where).write_text("")
    assert project.run("check").code == 2


def test_an_approver_without_any_approval_is_in_force(tmp_path: Path) -> None:
    """Then nothing is approved; the configuration neither."""
    project = ApprovedProject(tmp_path, "alice", begin=False)
    done = project.run("check")
    assert done.code == 1
    assert "configuration-changed" in done.out


def test_a_change_of_approvers_waits_as_well(tmp_path: Path) -> None:
    """By a person who was an approver before it."""
    project = ApprovedProject(tmp_path, "alice")
    rules, first = project.rules, next(project.approvals.iterdir())
    project.configure(approver("mallory"))
    done = project.run("check")
    assert done.code == 1
    assert "error[configuration-changed]" in done.out
    assert "the security configuration not approved" in done.out
    path = project.approve_configuration(rules, first, "mallory")
    assert project.run("check").code == 1
    path.unlink()
    project.approve_configuration(rules, first, "alice")
    assert project.run("check").out == f"{HOLDS}, all approved, 2 never reviewed\n"


def test_drift_is_said_as_well(tmp_path: Path) -> None:
    """Approvals come on top of all that is checked without them."""
    project = ApprovedProject(tmp_path, "alice")
    project.move("click", "8.2.0")
    project.manifest.write_text(project.manifest.read_text().replace('"flask"', '"six"'))
    out = project.run("check").out
    assert "error[manifest-changed]" in out
    assert "error[change-unapproved]" in out
