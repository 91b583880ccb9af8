"""`approvals list` and `approvals verify`: every act, what it changed, and whether it counts."""

from pathlib import Path

from tests.support import approvals
from tests.support.approvals import LATER
from tests.support.approved_project import ApprovedProject, approver


def states(project: ApprovedProject, *words: str) -> list[tuple[str, str]]:
    """(reviewer, state) of each act, the newest first."""
    document = project.run("approvals", "list", *words, "--format", "json").json
    return [(one["reviewer"], one["state"]) for one in document["approvals"]]


def test_every_act_is_listed_with_what_it_changed(tmp_path: Path) -> None:
    """The newest first; versions before come from the acts before."""
    project = ApprovedProject(tmp_path, "alice", "bob/security")
    first = next(project.approvals.iterdir())
    project.move("click", "8.2.0")
    second = project.approve("click", "bob", role="security", date="2026-11-20T13:00:00Z", reason="read it")
    done = project.run("approvals", "list")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"2026-11-20T13:00:00Z  approval by bob (security)  {second.name[:16]}  in force\n"
        "  click 8.1.8 -> 8.2.0\n"
        '  "read it"\n'
        f"2026-11-20T12:00:00Z  baseline by alice  {first.name[:16]}  in force\n"
        "  click 8.1.8\n"
        "  flask 3.0.0\n"
        "  the security configuration\n"
        '  "baseline"\n'
    )


def test_acts_of_named_packages(tmp_path: Path) -> None:
    """By name, or by source and name; what nobody ever approved is said."""
    project = ApprovedProject(tmp_path, "alice")
    project.move("click", "8.2.0")
    project.approve("click", "alice")
    assert project.run("approvals", "list", "Click").out.count("  click ") == 2
    assert "flask" not in project.run("approvals", "list", "pypi:click").out
    assert project.run("approvals", "list", "flask").out.count("\n") == 4
    done = project.run("approvals", "list", "npm:click")
    assert (done.code, done.out, done.err) == (0, "", "there are no approvals of npm:click\n")


def test_states_of_acts(tmp_path: Path) -> None:
    """In force, pending, superseded, expired, not counted: what decides today, and what does not any more."""
    project = ApprovedProject(tmp_path, "alice", "bob")
    project.move("click")
    project.approve("click", "bob", "alice", expires=LATER, date="2026-11-20T13:00:00Z")
    assert states(project) == [("bob", "in-force"), ("alice", "in-force")]
    project.move("click", "8.2.0")
    project.approve("click", "alice", date="2026-11-20T14:00:00Z")
    assert states(project, "click") == [("alice", "in-force"), ("bob", "superseded"), ("alice", "in-force")]
    project.move("click", digest="sha256:" + 64 * "1")
    project.approve("click", "bob", expires=LATER, date="2026-11-20T15:00:00Z")
    assert states(project)[0] == ("bob", "pending")
    project.add(approvals.signed(approvals.baseline(project.state, project.rules, reviewer="mallory"), "mallory"))
    assert ("mallory", "not-counted") in states(project)


def test_an_alarm_that_was_accepted_expires(tmp_path: Path) -> None:
    """It is still what decided last."""
    project = ApprovedProject(tmp_path, "alice", "bob")
    project.move("click")
    project.approve("click", "alice", "bob", date="2020-01-01T00:00:00Z", expires="2020-01-02T00:00:00Z")
    assert ("alice", "expired") in states(project, "click")


def test_a_rejection_is_in_force_until_something_follows(tmp_path: Path) -> None:
    """Also where the lock went back to what was approved before."""
    project = ApprovedProject(tmp_path, "alice", "bob")
    lock = project.lock.read_bytes()
    project.move("click", "8.2.0")
    project.reject("click", "bob")
    assert ("bob", "in-force") in states(project, "click")
    project.lock.write_bytes(lock)
    assert project.run("check").code == 0
    assert ("bob", "in-force") in states(project, "click")


def test_changes_of_the_configuration_have_states(tmp_path: Path) -> None:
    """One that waits for a second approver, one that decides, one that was followed."""
    project = ApprovedProject(tmp_path, "alice", "bob", policy="[T.policy]\nthreshold = 2\n")
    rules, first = project.rules, next(project.approvals.iterdir())
    project.configure(approver("carol"))
    one = project.approve_configuration(rules, first, "alice")
    assert ("alice", "pending") in states(project)
    one.unlink()
    two = project.approve_configuration(rules, first, "alice", "bob")
    assert states(project) == [("alice", "in-force")] * 2
    rules = project.rules
    project.configure(approver("dave"))
    project.approve_configuration(rules, two, "bob", "carol")
    assert sorted(states(project)) == [("alice", "in-force"), ("alice", "superseded"), ("bob", "in-force")]


def test_a_trail_that_holds_is_verified(tmp_path: Path) -> None:
    """One line and 0, or nothing when quiet; all acts with `-v`."""
    project = ApprovedProject(tmp_path, "alice")
    assert project.run("approvals", "verify") == (0, "1 approval: all of them hold\n", "")
    assert project.run("approvals", "verify", "-q") == (0, "", "")
    assert "baseline by alice" in project.run("approvals", "verify", "-v").out
    document = project.run("approvals", "verify", "--format", "json").json
    assert (document["fails"], len(document["approvals"])) == (False, 1)


def test_what_is_broken_or_does_not_count_ends_with_1(tmp_path: Path) -> None:
    """Each file with its reason; also in JSON, and when quiet."""
    project = ApprovedProject(tmp_path, "alice")
    first = next(project.approvals.iterdir())
    project.move("click", "8.2.0")
    path = project.approve("click", "mallory")
    done = project.run("approvals", "verify")
    assert done.code == 1
    assert done.out.startswith(f"2026-11-20T12:00:00Z  approval by mallory  {path.name[:16]}  not counted: ")
    assert done.out.endswith("2 approvals: 1 does not count\n")
    assert project.run("approvals", "verify", "-q") == done
    path.rename(path.with_name(f"{'0' * 64}.json"))
    first.write_bytes(first.read_bytes()[:-20])
    done = project.run("approvals", "verify")
    assert done.code == 1
    assert done.out.count("  broken: ") == 2
    assert project.run("approvals", "verify", "--format", "json").json["fails"] is True


def test_with_a_base_what_is_missing_is_found(tmp_path: Path) -> None:
    """A deleted approval is no file that could be listed: it is a finding, with its hint."""
    project = ApprovedProject(tmp_path, "alice")
    project.move("click", "8.2.0")
    path = project.approve("click", "alice")
    base = project.commit()
    path.unlink()
    assert project.run("approvals", "verify").code == 0
    done = project.run("approvals", "verify", "--base", base)
    assert done.code == 1
    assert "error[approval-removed]" in done.out
    assert "  next: git checkout" in done.out
    last = "1 approval: each of them holds, and 1 finding is about all of them together\n"
    assert done.out.endswith(f".json\n\n{last}")  # one line at the end, and no other count


def test_a_broken_file_says_what_was_expected_and_what_was_found(tmp_path: Path) -> None:
    """Each in its own line of the finding, whichever of the two the reason tells."""
    project = ApprovedProject(tmp_path, "alice")
    (path,) = project.approvals.iterdir()
    path.rename(path.with_name("0" * 64 + ".json"))
    out = project.run("check").out
    assert "  expected: a signed act of approval\n  found: it is not named by the digest of its payload, " in out
    path.write_text("[]")
    assert "  expected: an object\n  found: an array\n" in project.run("check").out


def test_without_approvals_there_is_nothing_to_verify(tmp_path: Path) -> None:
    """It is said, with the command that begins them; machines get an empty list."""
    project = ApprovedProject(tmp_path)
    for words in (("list",), ("verify",)):
        done = project.run("approvals", *words)
        assert (done.code, done.out) == (0, "")
        assert done.err.endswith("holdfast approvals baseline --key FILE\n")
        assert project.run("approvals", *words, "--format", "json").json["approvals"] == []
