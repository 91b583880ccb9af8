"""Who counts: approvers of the configuration that an act names, thresholds and roles by pattern, revoked keys."""

import pytest

from holdfast.approvals.councils import Council
from holdfast.model.security import Approver, Demand
from tests.support.approval_histories import NOW, History, lock
from tests.support.approvals import DATE, OTHER_PROJECT, approver, security

COMMIT = "a" * 40
EARLIER, LATER = "2026-11-01T00:00:00Z", "2026-11-21T00:00:00Z"


def test_an_approver_of_the_named_configuration_counts() -> None:
    """A configuration that was never approved has no approvers, whoever it lists."""
    story = History(security("alice"))
    story.begin("alice", "click 1.0")
    story.approve("bob", "click 1.0 -> 1.1", rules=security("alice", "bob"))
    found = story.judge("click 1.1")
    assert [reason for _, reason in found.uncounted] == ["it names a security configuration that was not approved"]
    assert [one.code for one in found.findings] == ["change-unapproved", "approval-uncounted"]


def test_what_an_approver_of_before_signed_still_counts() -> None:
    """Removing somebody without revoking their key leaves what they approved under the old configuration."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0")
    story.approve("bob", "click 1.0 -> 1.1")
    story.configure("alice", security("alice"))
    assert story.codes("click 1.1") == []
    story.approve("bob", "click 1.1 -> 1.2")
    assert [reason for _, reason in story.judge("click 1.2").uncounted] == ["its key is not an approver's"]


def test_a_key_that_a_configuration_lists_twice_is_nobody_s() -> None:
    """The reader refuses such a configuration; a council does not rely on that."""
    key = approver("bob")
    council = Council(security("alice", key, Approver("bobby", key.key, key.id)))
    assert {one.name for one in council.people.values()} == {"alice"}


def test_signatures_under_two_configurations_add_up() -> None:
    """Whoever signed before the configuration changed counts under the new one, if they are still approvers."""
    story = History(security("alice", "bob", "carol", threshold=2))
    story.begin("alice", "click 1.0")
    start = story.at["click", "1.0"]
    story.approve("alice", "click 1.0 -> 1.1", follows=(start,))
    story.configure("alice bob", security("alice", "carol", threshold=2))
    story.approve("carol", "click 1.0 -> 1.1", follows=(start,))
    assert story.passes("click 1.1")


def test_a_threshold_of_before_does_not_add_those_who_left() -> None:
    """One approver of each configuration is not two of either."""
    story = History(security("alice", "bob", threshold=2))
    story.begin("alice", "click 1.0")
    start = story.at["click", "1.0"]
    story.approve("bob", "click 1.0 -> 1.1", follows=(start,))
    story.configure("alice bob", security("alice", "carol", threshold=2))
    story.approve("carol", "click 1.0 -> 1.1", follows=(start,))
    assert not story.passes("click 1.1")
    story.approve("alice", "click 1.0 -> 1.1", follows=(start,))
    assert story.passes("click 1.1")


DEMANDS = (
    Demand(("pypi:click",), None, "security", ""),
    Demand(("pypi:click", "internal:*"), 2, None, ""),
    Demand(("*",), 3, "lead", EARLIER),
)
TEAM = (approver("alice"), approver("bob"), approver("sue", "security"), approver("lea", "lead"))


@pytest.mark.parametrize(
    ("who", "step", "passes"),
    [
        ("alice", "flask 3.0 -> 3.1", True),
        ("alice", "click 1.0 -> 1.1", False),
        ("sue", "click 1.0 -> 1.1", False),
        ("alice bob", "click 1.0 -> 1.1", False),
        ("alice sue", "click 1.0 -> 1.1", True),
    ],
)
def test_the_first_demand_that_says_something_decides(who: str, step: str, passes: bool) -> None:
    """Threshold and role are looked up each by itself; a demand that has ended asks nothing."""
    rules = security(*TEAM, demands=DEMANDS)
    story = History(rules)
    story.begin("alice", "click 1.0", "flask 3.0")
    story.approve(who, step)
    name, _, after = step.replace(" -> ", " ").split()
    packages = {"click": "1.0", "flask": "3.0", name: after}
    assert story.passes(*[f"{one} {version}" for one, version in packages.items()]) is passes


def test_a_demand_holds_for_acts_dated_before_its_end() -> None:
    """What was asked for when the first one signed is asked for."""
    story = History(security(*TEAM, demands=DEMANDS))
    story.begin("alice", "click 1.0", "flask 3.0")
    story.approve("alice", "flask 3.0 -> 3.1", date="2026-10-31T00:00:00Z")
    assert not story.passes("click 1.0", "flask 3.1")


def test_a_missing_role_is_said() -> None:
    """Enough approvers, none of the role."""
    story = History(security(*TEAM, role="security"))
    story.begin("alice", "click 1.0")
    story.approve("alice", "click 1.0 -> 1.1")
    (found,) = story.judge("click 1.1").findings
    facts = dict(found.facts)
    assert (found.code, facts["why"]) == ("approval-incomplete", "no approver with the role security")
    assert facts["needs"] == "one approver, one of them with the role security"
    assert facts["approved by"] == "alice"


def test_a_project_without_an_id_approves_nothing() -> None:
    """No project id is not the same project id."""
    rules = security("alice", project="")
    story = History(security("alice"))
    story.begin("alice", "click 1.0")
    assert not story.passes("click 1.0", rules=rules)


def revoked(cause: str, when: str = LATER, held_by: str = "") -> Approver:
    """Bob, revoked."""
    return approver("bob", revoked=when, cause=cause, held_by=held_by)


@pytest.mark.parametrize(("when", "passes"), [(EARLIER, False), (DATE, False), (LATER, True)])
def test_a_retired_key_keeps_what_is_dated_before(when: str, passes: bool) -> None:
    """Retired as of a date: earlier acts count."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0")
    story.approve("bob", "click 1.0 -> 1.1")
    story.configure("alice", security("alice", revoked("retired", when)))
    assert story.passes("click 1.1") is passes


def test_a_compromised_key_voids_all_that_it_signed() -> None:
    """Dates are the thief's to choose, so none of them counts."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0")
    story.approve("bob", "click 1.0 -> 1.1")
    story.configure("alice", security("alice", revoked("compromised")))
    judgement = story.judge("click 1.1")
    assert [reason for _, reason in judgement.uncounted] == ["the key of bob is revoked as compromised"]
    assert not story.passes("click 1.1")
    assert story.passes("click 1.0")


def test_what_a_commit_held_survives() -> None:
    """Of a compromised key the acts count that the named commit has, and git is asked once."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0", "flask 3.0")
    old = story.approve("bob", "click 1.0 -> 1.1")
    story.approve("bob", "flask 3.0 -> 3.1")
    story.configure("alice", security("alice", revoked("compromised", held_by=COMMIT)))
    asked: list[str] = []

    def held(commit: str) -> frozenset[str]:
        asked.append(commit)
        return frozenset([old])

    assert story.passes("click 1.1", "flask 3.0", held=held)
    assert asked == [COMMIT]
    assert not story.passes("click 1.1", "flask 3.1", held=held)
    assert not story.passes("click 1.1", "flask 3.0")


def test_a_revoked_key_that_was_taken_off_the_list_stays_revoked() -> None:
    """Tidying up the configuration brings nothing back; listing the key anew as it is does."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0")
    story.approve("bob", "click 1.0 -> 1.1")
    story.configure("alice", security("alice", revoked("compromised")))
    story.configure("alice", security("alice"))
    assert not story.passes("click 1.1")
    story.configure("alice", security("alice", "bob"), before=story.rules)
    assert story.passes("click 1.1")


def test_a_key_compromised_after_it_began_everything_leaves_nothing() -> None:
    """A revocation that voids its own beginning comes to rest with nothing approved, not with the thief's word."""
    story = History(security("alice", "bob"))
    story.begin("bob", "click 1.0")
    story.configure("alice", security("alice", revoked("compromised")))
    codes = story.codes("click 1.0")
    assert "configuration-changed security configuration" in codes
    assert "change-unapproved click 1.0" in codes
    held = frozenset([story.acts[0].digest])
    story.configure("alice", security("alice", revoked("compromised", held_by=COMMIT)), before=security("alice", "bob"))
    story.drop(story.acts[1].digest)
    assert story.passes("click 1.0", held=lambda commit: held)


def test_a_rejection_by_a_revoked_key_does_not_count() -> None:
    """What a compromised key rejected is as if it were not there."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0")
    story.reject("bob", "click 1.0 -> 1.1")
    story.configure("alice", security("alice", revoked("compromised")))
    assert "change-unapproved click 1.1" in story.codes("click 1.1")


def test_acts_of_another_project_do_not_count_and_a_copied_id_is_an_alarm() -> None:
    """A copy of a project that keeps the approvals and takes another id has none."""
    story = History(security("alice"))
    story.begin("alice", "click 1.0")
    copied = security("alice", project=OTHER_PROJECT)
    codes = story.codes("click 1.0", rules=copied)
    assert codes[0] == "project-changed id"
    assert "change-unapproved click 1.0" in codes
    assert story.judge("click 1.0", rules=copied).standings == {}


def test_nothing_is_judged_that_is_not_in_force() -> None:
    """No approver and no file: no findings, nothing waits."""
    story = History(security())
    judgement = story.judge("click 1.0", now=NOW)
    assert (judgement.findings, judgement.waiting, judgement.standings) == ((), (), {})
    assert lock("click 1.0").packages
