"""`status`: what waits, who is still needed, and what share was never reviewed. It ends with 0."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.approvals.overview import Needed, Shares, still_needed
from holdfast.model.security import Approver
from holdfast.reports.status import needs_in_words, percentages, shares_in_words
from tests.support import approvals
from tests.support.approvals import LATER, NOW, approver, security
from tests.support.approved_project import ApprovedProject
from tests.support.approved_project import approver as approver_text

CHANGES = 'enforce = "changes": a change of a pinned hash or signer fails `holdfast check` until it is approved\n'


def test_approvals_that_are_not_in_force_are_said_to_be_so(tmp_path: Path) -> None:
    """With the command that begins them."""
    project = ApprovedProject(tmp_path)
    done = project.run("status")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "approvals are not in force: nobody is asked when a pinned hash or signer changes\n"
        "  next: holdfast approvals baseline --key FILE\n"
    )
    document = project.run("status", "--format", "json").json
    assert document["in_force"] is False
    assert document["next"] == ["holdfast approvals baseline --key FILE"]


def test_day_one_was_never_reviewed(tmp_path: Path) -> None:
    """Nothing waits, and the share says the rest."""
    project = ApprovedProject(tmp_path, "alice")
    said = f"nothing waits for approval\n\n2 pins: 2 never reviewed (100 %)\n{CHANGES}"
    assert project.run("status") == (0, said, "")


def test_what_was_never_reviewed_is_named_with_v(tmp_path: Path) -> None:
    """Only that; what waits is no part of it."""
    project = ApprovedProject(tmp_path, "alice")
    project.move("click")
    assert "never reviewed\n" not in project.run("status").out
    assert f"{CHANGES}\nnever reviewed\n  flask 3.0.0\n" in project.run("status", "-v").out


def test_approvers_without_a_baseline_are_told_how_to_begin(tmp_path: Path) -> None:
    """Nobody may decide yet: `check`, `status` and their JSON name the command that begins, and not `review`."""
    project = ApprovedProject(tmp_path, "alice")
    for file in project.approvals.iterdir():
        file.unlink()
    begin = "holdfast approvals baseline --key FILE"
    out = project.run("status").out
    assert f"\nnothing was ever approved: approvals begin with a baseline\nnext: {begin}\n" in out
    assert "next: holdfast review" not in out
    assert project.run("status", "--format", "json").json["next"] == [begin]
    out = project.run("check").out
    assert f"  next: {begin}\n" in out
    assert "--configuration" not in out
    (project.approvals / f"{'0' * 64}.json").write_text("{}")
    out = project.run("status").out
    assert "\nno approval of the security configuration counts\n" in out
    assert begin not in out
    assert project.run("status", "--format", "json").json["next"] == ["holdfast approvals verify"]


def test_what_waits_stands_by_class_the_gravest_first(tmp_path: Path) -> None:
    """From, to, who has approved and who is still needed; the configuration and what does not count come after."""
    project = ApprovedProject(tmp_path, "alice", "bob/security", "ci/rule", policy="[T.policy]\nthreshold = 2\n")
    project.move("click")
    project.approve("click", "alice", expires=LATER)
    project.move("flask", "3.1.0")
    project.configure(approver_text("mallory"))
    uncounted = project.approve("flask", "mallory")
    (project.approvals / "x.txt").write_text("")
    done = project.run("status")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "2 changes wait for approval\n"
        "\n"
        "alarm: artifact-changed (a pinned release has other bytes)\n"
        "  click 8.1.8           1 of 2 approvers: alice; needs bob, and an end date\n"
        "note: version-changed (another version is locked)\n"
        "  flask 3.0.0 -> 3.1.0  needs alice and bob\n"
        "next: holdfast review\n"
        "\n"
        "the security configuration changed and waits for approval: needs alice and bob\n"
        "next: holdfast review --configuration\n"
        "\n"
        "2 pins: 2 waiting (100 %)\n"
        f"{CHANGES}"
        "\n"
        "2 files do not count\n"
        "  x.txt  an unexpected file\n"
        f"  {uncounted.name[:16]}  approval of flask by mallory: "
        "it names a security configuration that was not approved\n"
        "next: holdfast approvals verify\n"
    )


def test_the_same_for_machines(tmp_path: Path) -> None:
    """Every key is there, and the parts of the pins add up."""
    project = ApprovedProject(tmp_path, "alice", "bob/security")
    base = project.commit()
    project.move("click", "8.2.0")
    document = project.run("status", "--base", base, "--format", "json").json
    assert set(document) == {
        *("version", "command", "in_force", "base", "enforce", "waiting", "configuration", "pins"),
        *("never_reviewed", "accepted_alarms", "uncounted", "findings", "next"),
    }
    assert document["never_reviewed"] == [{"source": "pypi", "name": "flask", "version": "3.0.0"}]
    assert document["base"] == {"revision": base, "commit": base}
    (waiting,) = document["waiting"]
    assert (waiting["name"], waiting["from"], waiting["to"]) == ("click", ["8.1.8"], ["8.2.0"])
    assert (waiting["class"], waiting["severity"]) == ("version-changed", "note")
    assert waiting["missing"] == {"number": 1, "of": ["alice", "bob"], "role": "", "end_date": False}
    assert waiting["next"] == f"holdfast review click --base {base}"
    pins = document["pins"]
    assert pins == {"total": 2, "reviewed": 0, "by_rule": 0, "never_reviewed": 1, "waiting": 1}
    assert document["configuration"]["state"] == "approved"
    assert [one["code"] for one in document["findings"]] == ["change-unapproved"]
    assert document["next"] == [f"holdfast review --base {base}"]


def test_accepted_alarms_say_until_when(tmp_path: Path) -> None:
    """And who accepted them."""
    project = ApprovedProject(tmp_path, "alice", "bob")
    project.move("click")
    project.approve("click", "alice", "bob", expires=LATER)
    done = project.run("status")
    assert f"alarm accepted: click until {LATER} (alice, bob)\n" in done.out
    assert "1 reviewed by a person (50 %), 1 never reviewed (50 %)" in done.out
    (accepted,) = project.run("status", "--format", "json").json["accepted_alarms"]
    assert accepted == {"source": "pypi", "name": "click", "until": LATER, "reviewers": ["alice", "bob"]}


def test_what_a_rule_approved_is_a_share_of_its_own(tmp_path: Path) -> None:
    """It was not reviewed by a person."""
    rule = '[[T.policy.rule]]\npackage = "pypi:*"\napprove = ["version-changed"]\nreason = "r"\nuntil = "2099-01-01"\n'
    project = ApprovedProject(tmp_path, "alice", "ci/rule", policy=rule)
    before = project.approved
    project.move("click", "8.2.0")
    change = approvals.change("click", before, project.state, follows=[project.follows[("pypi", "click")]])
    project.add(approvals.signed(approvals.by_rule(project.rules, change, classes=["version-changed"]), "ci"))
    done = project.run("status")
    assert "2 pins: 1 approved by rule (50 %), 1 never reviewed (50 %)\n" in done.out
    assert project.run("status", "--format", "json").json["pins"]["by_rule"] == 1


def test_enforcing_alarms_only_is_said(tmp_path: Path) -> None:
    """Where it was approved; not where somebody only wrote it."""
    said = 'enforce = "alarms": only alarms fail `holdfast check`; other changes are listed, and pass\n'
    project = ApprovedProject(tmp_path, "alice", policy='[T.policy]\nenforce = "alarms"\n')
    assert said in project.run("status").out
    (tmp_path / "other").mkdir()
    other = ApprovedProject(tmp_path / "other", "alice")
    other.configure('\n[T.policy]\nenforce = "alarms"\n')
    assert CHANGES in other.run("status").out


def test_packages_that_come_and_go_are_said(tmp_path: Path) -> None:
    """New ones have no version before, removed ones none after."""
    project = ApprovedProject(tmp_path, "alice")
    project.lock.write_text(project.lock.read_text().replace("click", "clock"))
    out = project.run("status").out
    assert "  clock 8.1.8 (new)" in out
    assert "  click 8.1.8 -> removed" in out


def test_findings_of_the_trail_are_said(tmp_path: Path) -> None:
    """With a base: what was deleted, and how to have it back."""
    project = ApprovedProject(tmp_path, "alice")
    project.move("click", "8.2.0")
    path = project.approve("click", "alice")
    base = project.commit()
    path.unlink()
    out = project.run("status", "--base", base).out
    assert "error[approval-removed]" in out
    assert "next: git checkout" in out
    assert f"judged by the configuration and the approvals of {base}\n" in out


def test_a_hostile_file_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    """Names of files are shown as what they are."""
    project = ApprovedProject(tmp_path, "alice")
    (project.approvals / "\x1b[2J\u202e\r.json").write_text("{}")
    for words in (("status",), ("approvals", "list"), ("approvals", "verify"), ("check",)):
        out = project.run(*words).out
        assert "\\u{1b}[2J\\u{202e}\\u{d}" in out
        assert not {"\x1b", "\u202e", "\r"} & set(out)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (Needed(1, ("alice",), "", (), False), "needs alice"),
        (Needed(1, ("alice", "bob"), "", (), False), "needs one of alice, bob"),
        (Needed(2, ("alice", "bob"), "", (), True), "needs alice and bob, and an end date"),
        (Needed(2, ("a", "b", "c"), "lead", (), False), "needs 2 of a, b, c, one of them with the role lead"),
        (Needed(1, ("alice",), "lead", (), False), "needs alice, with the role lead"),
        (Needed(2, ("alice",), "", (), False), "needs 2 more, and only alice can"),
        (Needed(1, (), "", (), False), "needs 1 more, and nobody is left who can"),
        (Needed(1, tuple("abcdefghij"), "", (), False), "needs one of a, b, c, d, e, f, g, h and 2 more"),
    ],
)
def test_who_is_needed_in_words(who: Needed, said: str) -> None:
    """Names where they are few, numbers where they are many."""
    assert needs_in_words(who) == said


PEOPLE = (
    approver("alice"),
    approver("bob", "security"),
    approver("carol", "security", revoked="2026-01-01T00:00:00Z", cause="retired"),
    approver("dave", revoked=LATER, cause="retired"),
    approver("eve", revoked=LATER, cause="compromised"),
    approver("ci", "rule"),
)


@pytest.mark.parametrize(
    ("threshold", "role", "have", "able", "missing", "wanted"),
    [
        (1, "", (), ("alice", "bob", "dave"), 1, ""),
        (2, "", ("alice",), ("bob", "dave"), 1, ""),
        (1, "security", (), ("bob",), 1, "security"),
        (2, "security", ("alice",), ("bob",), 1, "security"),
        (2, "security", ("bob",), ("alice", "dave"), 1, ""),
        (2, "security", (), ("alice", "bob", "dave"), 2, "security"),
        (1, "security", ("alice",), ("bob",), 1, "security"),
    ],
)
def test_who_can_still_be_counted(
    threshold: int, role: str, have: tuple[str, ...], able: tuple[str, ...], missing: int, wanted: str
) -> None:
    """Nobody twice, no rule, nobody whose key is revoked by now; the last one has the role that is missing."""
    people: tuple[str | Approver, ...] = PEOPLE
    found = still_needed(threshold, role, have, security(*people), NOW)
    assert (found.able, found.missing, found.role) == (able, missing, wanted)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (Shares(1, 1, 0, 0, 0), "1 pin: 1 reviewed by a person (100 %)"),
        (Shares(1000, 1, 0, 999, 0), "1000 pins: 1 reviewed by a person (1 %), 999 never reviewed (99 %)"),
        (Shares(2, 0, 1, 0, 1), "2 pins: 1 approved by rule (50 %), 1 waiting (50 %)"),
        (Shares(0, 0, 0, 0, 0), "0 pins"),
        (
            Shares(3, 1, 1, 1, 0),
            "3 pins: 1 reviewed by a person (34 %), 1 approved by rule (33 %), 1 never reviewed (33 %)",
        ),
        (
            Shares(8, 3, 0, 4, 1),
            "8 pins: 3 reviewed by a person (38 %), 4 never reviewed (50 %), 1 waiting (12 %)",
        ),
    ],
)
def test_shares_in_words(shares: Shares, said: str) -> None:
    """A share that is not all is never said to be 100 %, one that is not nothing never 0 %."""
    assert shares_in_words(shares) == said


@given(st.lists(st.integers(0, 2000), min_size=4, max_size=4))
def test_percentages_add_up(numbers: list[int]) -> None:
    """To 100, whatever the parts are; each is near its share, and none is 0 or 100 that is not."""
    parts = percentages(numbers)
    assert sum(parts) == (100 if any(numbers) else 0)
    for part, number in zip(parts, numbers):
        assert (part == 0) == (number == 0)
        assert (part == 100) == (0 < number == sum(numbers))
        assert not number or abs(part - 100 * number / sum(numbers)) < 4
