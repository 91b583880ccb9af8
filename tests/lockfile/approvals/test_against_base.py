"""With a base: what is new counts only by what the base approved, and nothing of the base goes."""

from typing import Any

import pytest

from holdfast.approvals.judge import State
from holdfast.model.approval import SUFFIX
from holdfast.model.policy import DAY
from holdfast.model.security import Allowance, Demand, Security
from holdfast.trust.approval_files import Acts, BrokenFile
from tests.support.approval_histories import SOON, History, lock
from tests.support.approvals import LATER, OTHER_PROJECT, PROJECT, SEEN, approver, security

ONE = security("alice")
BOTH = security("alice", "bob")
TWO = security("alice", "bob", "carol", threshold=2)
EARLIER = "2026-10-01T00:00:00Z"


def begun(rules: Security) -> tuple[History, State]:
    """A project with two packages, and its state as the base."""
    story = History(rules)
    story.begin("alice", "click 1.0", "flask 3.0")
    return story, story.state("click 1.0", "flask 3.0")


def test_nothing_new_needs_nothing() -> None:
    """The base's own state passes against itself."""
    story, base = begun(ONE)
    assert story.codes("click 1.0", "flask 3.0", base=base) == []


def test_approvers_of_the_base_approve() -> None:
    """An approval by one of them counts as it does alone."""
    story, base = begun(BOTH)
    story.approve("bob", "click 1.0 -> 1.1")
    assert story.codes("click 1.1", "flask 3.0", base=base) == []


def test_an_approver_who_comes_with_the_change_does_not_count() -> None:
    """Adding somebody is one change, what they approve is the next one."""
    story, base = begun(ONE)
    story.configure("alice", BOTH)
    story.approve("bob", "click 1.0 -> 1.1")
    assert story.codes("click 1.1", "flask 3.0") == []
    judgement = story.judge("click 1.1", "flask 3.0", base=base)
    assert [one.code for one in judgement.findings] == ["change-unapproved", "approval-uncounted"]
    assert [reason for _, reason in judgement.uncounted] == ["by the base: its key is not an approver's"]
    merged = story.state("click 1.1", "flask 3.0")
    assert story.codes("click 1.1", "flask 3.0", base=merged) == []


def test_what_an_approver_of_the_base_signs_under_the_new_configuration_counts() -> None:
    """It is the key that the base has to know."""
    story, base = begun(ONE)
    story.configure("alice", BOTH)
    story.approve("alice", "click 1.0 -> 1.1")
    assert story.codes("click 1.1", "flask 3.0", base=base) == []


def test_a_chain_of_configurations_takes_the_base_s_approvers_for_each() -> None:
    """Whoever is let in by the first step cannot take the second one."""
    story, base = begun(ONE)
    story.configure("alice", BOTH)
    story.configure("bob", security("bob"))
    assert "configuration-changed security configuration" in story.codes("click 1.0", "flask 3.0", base=base)
    assert story.codes("click 1.0", "flask 3.0") == []


def test_a_threshold_lowered_with_the_change_is_the_base_s() -> None:
    """Two lower it, one does not profit before it is merged."""
    story, base = begun(TWO)
    story.configure("alice bob", security("alice", "bob", "carol"))
    story.approve("carol", "click 1.0 -> 1.1")
    assert story.codes("click 1.1", "flask 3.0") == []
    judgement = story.judge("click 1.1", "flask 3.0", base=base)
    (found,) = judgement.findings
    assert (found.code, dict(found.facts)["why"]) == ("approval-incomplete", "1 of 2 approvers")
    assert judgement.waiting[0].have == ("carol",)


def test_a_demand_dropped_with_the_change_is_still_asked() -> None:
    """The role that the base asks for a package is asked for."""
    sue = approver("sue", "security")
    demand = Demand(("pypi:click",), None, "security", "")
    story, base = begun(security("alice", "bob", sue, demands=(demand,)))
    story.configure("alice", security("alice", "bob", sue))
    story.approve("bob", "click 1.0 -> 1.1", "flask 3.0 -> 3.1")
    assert story.codes("click 1.1", "flask 3.1", base=base) == ["approval-incomplete click 1.1"]


def test_a_key_of_an_old_configuration_does_not_come_back() -> None:
    """Naming the configuration of then counts alone, and not where a base knows better."""
    story = History(BOTH)
    story.begin("alice", "click 1.0", "flask 3.0")
    story.configure("alice", ONE)
    base = story.state("click 1.0", "flask 3.0")
    story.approve("bob", "click 1.0 -> 1.1", rules=BOTH)
    assert story.passes("click 1.1", "flask 3.0")
    judgement = story.judge("click 1.1", "flask 3.0", base=base)
    assert [one.code for one in judgement.findings] == ["change-unapproved", "approval-uncounted"]


def test_an_approval_that_the_base_began_is_finished() -> None:
    """Signatures of base and tree add up, as far as the base's approvers gave them."""
    story = History(TWO)
    story.begin("alice", "click 1.0", "flask 3.0")
    start = story.at["click", "1.0"]
    story.approve("alice", "click 1.0 -> 1.1", follows=(start,))
    base = story.state("click 1.0", "flask 3.0")
    story.approve("bob", "click 1.0 -> 1.1", follows=(start,))
    assert story.codes("click 1.1", "flask 3.0", base=base) == []


def test_what_the_base_s_former_approver_began_is_not_finished() -> None:
    """A pending signature of somebody who is no approver at the base adds nothing."""
    story = History(TWO)
    story.begin("alice", "click 1.0", "flask 3.0")
    start = story.at["click", "1.0"]
    story.approve("carol", "click 1.0 -> 1.1", follows=(start,))
    left = security("alice", "bob", threshold=2)
    story.configure("alice bob", left)
    base = story.state("click 1.0", "flask 3.0")
    story.approve("bob", "click 1.0 -> 1.1", rules=TWO, follows=(start,))
    assert story.passes("click 1.1", "flask 3.0")
    assert "approval-incomplete click 1.1" in story.codes("click 1.1", "flask 3.0", base=base)


def test_a_rule_that_comes_with_the_change_lets_nothing_through() -> None:
    """The base's allowances decide."""
    ci = approver("ci", "rule")
    story, base = begun(security("alice", ci))
    allowance = Allowance(("*",), ("version-changed",), DAY, "", "all")
    story.configure("alice", security("alice", ci, allowances=(allowance,)))
    story.by_rule("ci", "click 1.0 -> 1.1")
    assert story.codes("click 1.1", "flask 3.0") == []
    judgement = story.judge("click 1.1", "flask 3.0", base=base)
    assert [reason for _, reason in judgement.uncounted] == ["by the base: no rule lets version-changed through"]


def test_deleted_acts_are_named_with_how_to_restore_them() -> None:
    """An approval that is gone is an error, even if nothing hangs on it."""
    story = History(BOTH)
    story.begin("alice", "click 1.0", "flask 3.0")
    gone = story.approve("bob", "click 1.0 -> 1.1")
    base = story.state("click 1.1", "flask 3.0")
    story.drop(gone)
    found, *_ = story.judge("click 1.0", "flask 3.0", base=base, revision="origin/main").findings
    assert (found.code, found.severity, found.subject) == ("approval-removed", "error", gone + SUFFIX)
    assert found.hints == (f"git checkout origin/main -- .holdfast/approvals/{gone}.json",)


def test_a_deleted_rejection_is_found() -> None:
    """So nobody approves what was rejected as if nobody had looked."""
    story = History(BOTH)
    story.begin("alice", "click 1.0", "flask 3.0")
    gone = story.reject("bob", "click 1.0 -> 1.1")
    base = story.state("click 1.0", "flask 3.0")
    story.drop(gone)
    story.approve("alice", "click 1.0 -> 1.1", follows=(story.acts[0].digest,))
    assert story.codes("click 1.1", "flask 3.0", base=base) == [f"approval-removed {gone}.json"]


def test_an_edited_act_is_found() -> None:
    """Other bytes under the same name, whatever is in them."""
    story, base = begun(ONE)
    head = story.state("click 1.0", "flask 3.0")
    (name,) = head.raw
    codes = [one.code for one in _judge(head._replace(raw={name: b"other"}), base).findings]
    assert codes == ["approval-edited"]


def _judge(head: State, base: State, **fields: Any) -> Any:
    from holdfast.approvals.judge import judge

    return judge(head, base, "2026-11-21T06:40:00Z", **fields)


def test_a_broken_file_of_the_base_may_go() -> None:
    """It never was an act."""
    story, base = begun(ONE)
    broken = base._replace(
        raw={**base.raw, "x.json": b"?"}, acts=Acts(base.acts.acts, (BrokenFile("x.json", "no act"),))
    )
    assert story.codes("click 1.0", "flask 3.0", base=broken) == []
    (found,) = _judge(broken, base).findings
    assert (found.code, found.subject, found.found) == ("approval-broken", "x.json", "no act")


def test_a_second_baseline_does_not_count() -> None:
    """However it is dated, whoever signs it: the base's stays."""
    story, base = begun(BOTH)
    second = story.begin("bob", "click 6.6", "flask 3.0", "evil 1.0", date=EARLIER)
    codes = story.codes("click 1.0", "flask 3.0", "evil 1.0", base=base)
    assert codes == [f"baseline-second {second[:12]}", "change-unapproved evil 1.0"]
    assert "change-unapproved click 6.6" in story.codes("click 6.6", "flask 3.0", base=base)


def test_a_new_beginning_is_found() -> None:
    """Everything deleted, one baseline by the attacker: alone it passes, against a base it does not."""
    story, base = begun(BOTH)
    story.acts = []
    story.rules = security("mallory")
    story.begin("mallory", "click 6.6")
    assert story.codes("click 6.6") == []
    codes = [code.partition(" ")[0] for code in story.codes("click 6.6", base=base)]
    assert codes == ["approval-removed", "baseline-second", "configuration-changed", "change-unapproved"]
    assert story.judge("click 6.6", base=base).standings == {}


def test_approvals_that_disappear_altogether_are_found() -> None:
    """No approver and no file is not the same as not in force."""
    story, base = begun(BOTH)
    story.acts = []
    judgement = story.judge("click 6.6", rules=security(), base=base, revision="main")
    assert [one.code for one in judgement.findings] == ["configuration-changed", "approval-removed"]
    assert judgement.findings[0].hints == ("git checkout main -- .holdfast/approvals holdfast.toml",)
    assert not story.passes("click 1.0", rules=security(), base=base)


def test_another_project_id_is_an_alarm_and_nothing_new_counts() -> None:
    """What the base approved still stands."""
    story, base = begun(ONE)
    other = security("alice", project=OTHER_PROJECT)
    story.configure("alice", other, project=PROJECT)
    story.approve("alice", "click 1.0 -> 1.1", rules=other)
    story.approve("alice", "flask 3.0 -> 3.1", rules=ONE)
    codes = story.codes("click 1.1", "flask 3.1", base=base)
    assert codes[:4] == [
        "project-changed id",
        "configuration-changed security configuration",
        "change-unapproved click 1.1",
        "change-unapproved flask 3.1",
    ]
    assert story.judge("click 1.0", "flask 3.0", base=base).standings.keys() == {("pypi", "click"), ("pypi", "flask")}
    assert story.judge("click 1.0", "flask 3.0", base=base).findings[0].severity == "alarm"


def test_a_project_id_changed_and_changed_back_leaves_nothing() -> None:
    """What was signed for the other id in between does not count."""
    story, base = begun(ONE)
    story.approve("alice", "click 1.0 -> 1.1", project=OTHER_PROJECT)
    assert "change-unapproved click 1.1" in story.codes("click 1.1", "flask 3.0", base=base)


INDEPENDENT = security(approver("alice", emails=("Alice@acme.example",)), approver("bob", emails=("b@acme.example",)))
INDEPENDENT = INDEPENDENT._replace(approval=INDEPENDENT.approval._replace(independent=True))


def test_an_author_does_not_approve_what_they_wrote() -> None:
    """Whatever the letter case; somebody else does, and rejecting is open to all."""
    story, base = begun(INDEPENDENT)
    authors = frozenset(["alice@ACME.example", "dev@acme.example"])
    story.approve("alice", "click 1.0 -> 1.1")
    assert story.passes("click 1.1", "flask 3.0", base=base)
    judgement = story.judge("click 1.1", "flask 3.0", base=base, authors=authors)
    assert [one.code for one in judgement.findings] == ["change-unapproved", "approval-uncounted"]
    assert judgement.uncounted[0][1] == "by the base: alice is an author of the changes: alice@acme.example"
    assert [one.severity for one in judgement.findings] == ["error", "error"]  # once merged it would count
    story.acts.pop()
    story.approve("bob", "click 1.0 -> 1.1", follows=(story.acts[0].digest,))
    assert story.passes("click 1.1", "flask 3.0", base=base, authors=authors)
    story.reject("alice", "flask 3.0 -> 3.1")
    assert "change-rejected flask 3.1" in story.codes("click 1.1", "flask 3.1", base=base, authors=authors)


def test_independence_is_the_base_s_to_ask() -> None:
    """Switching it off in the change does not help, and authors of what the base has are not looked at."""
    story, base = begun(INDEPENDENT)
    free = INDEPENDENT._replace(approval=INDEPENDENT.approval._replace(independent=False))
    story.configure("bob", free)
    story.approve("alice", "click 1.0 -> 1.1")
    authors = frozenset(["alice@acme.example"])
    assert not story.passes("click 1.1", "flask 3.0", base=base, authors=authors)
    merged = story.state("click 1.1", "flask 3.0")
    assert story.passes("click 1.1", "flask 3.0", base=merged, authors=authors)


def test_a_configuration_is_not_approved_by_its_author() -> None:
    """The same holds for the security configuration."""
    story, base = begun(INDEPENDENT)
    story.configure("alice", BOTH)
    authors = frozenset(["alice@acme.example"])
    assert not story.passes("click 1.0", "flask 3.0", base=base, authors=authors)


def test_a_retired_key_approves_nothing_new() -> None:
    """A date of before is easily written: what the base does not have is new."""
    story = History(security("alice", approver("bob", revoked="2026-11-01T00:00:00Z", cause="retired")))
    story.begin("alice", "click 1.0", "flask 3.0")
    base = story.state("click 1.0", "flask 3.0")
    story.approve("bob", "click 1.0 -> 1.1", date=EARLIER)
    assert story.passes("click 1.1", "flask 3.0")
    judgement = story.judge("click 1.1", "flask 3.0", base=base)
    assert "was retired" in judgement.uncounted[0][1]
    assert not story.passes("click 1.1", "flask 3.0", base=base)


def test_a_revocation_in_the_change_voids_what_the_base_counted() -> None:
    """So it is seen where it is decided, and not after the merge."""
    story = History(BOTH)
    story.begin("alice", "click 1.0", "flask 3.0")
    story.approve("bob", "click 1.0 -> 1.1")
    base = story.state("click 1.1", "flask 3.0")
    gone = approver("bob", revoked=EARLIER, cause="compromised")
    story.configure("alice", security("alice", gone))
    assert not story.passes("click 1.1", "flask 3.0", base=base)
    story.approve("alice", "click 1.0 -> 1.1", follows=(story.acts[0].digest,))
    assert story.passes("click 1.1", "flask 3.0", base=base)


def test_a_revoked_key_s_step_is_not_held_up_by_somebody_new() -> None:
    """The base counted the revoked key, the tree somebody whom the base does not know: neither is enough."""
    story = History(BOTH)
    story.begin("alice", "click 1.0", "flask 3.0")
    story.approve("bob", "click 1.0 -> 1.1")
    base = story.state("click 1.1", "flask 3.0")
    story.configure("alice", security("alice", "carol", approver("bob", revoked=EARLIER, cause="compromised")))
    story.approve("carol", "click 1.0 -> 1.1", follows=(story.acts[0].digest,))
    assert story.passes("click 1.1", "flask 3.0")
    assert not story.passes("click 1.1", "flask 3.0", base=base)


def test_one_of_two_who_is_left_is_not_enough() -> None:
    """One signature was voided, the other one is by somebody new: what is left are not two."""
    rules = security("alice", "bob", "carol", threshold=2)
    story = History(rules)
    story.begin("alice", "click 1.0", "flask 3.0")
    start = story.at["click", "1.0"]
    story.approve("alice bob", "click 1.0 -> 1.1", follows=(start,))
    base = story.state("click 1.1", "flask 3.0")
    gone = approver("bob", revoked=EARLIER, cause="compromised")
    story.configure("alice carol", security("alice", "carol", "dave", gone, threshold=2))
    story.approve("dave", "click 1.0 -> 1.1", follows=(start,))
    assert story.passes("click 1.1", "flask 3.0")
    assert not story.passes("click 1.1", "flask 3.0", base=base)
    by_dave = story.acts.pop()
    story.approve("carol", "click 1.0 -> 1.1", follows=(start,))
    assert story.passes("click 1.1", "flask 3.0", base=base)
    story.acts.append(by_dave)
    assert not story.passes("click 1.1", "flask 3.0", base=base)  # once merged, it would count


@pytest.mark.parametrize(("who", "passes"), [("alice bob", True), ("alice mallory", False)])
def test_an_exception_is_renewed_by_the_base_s_approvers(who: str, passes: bool) -> None:
    """An alarm that ended takes two whom the base knows."""
    story = History(security("alice", "bob", "carol"))
    story.begin("alice", "click 1.0", "flask 3.0")
    start = story.at["click", "1.0"]
    story.approve("alice carol", "click 1.0 -> 1.0!evil", follows=(start,), expires=SOON)
    base = story.state("click 1.0!evil", "flask 3.0")
    story.configure("alice", security("alice", "bob", "carol", "mallory"))
    story.approve(who, "click 1.0 -> 1.0!evil", follows=(start,), expires=LATER)
    assert story.passes("click 1.0!evil", "flask 3.0", now=SOON)
    assert story.passes("click 1.0!evil", "flask 3.0", base=base, now=SOON) is passes


def test_an_exception_ends_when_it_ends_by_the_base() -> None:
    """Where the base asks for three, two whom a lower threshold would let renew it do not."""
    three = security("alice", "bob", "carol", threshold=3)
    story = History(three)
    story.begin("alice", "click 1.0", "flask 3.0")
    start = story.at["click", "1.0"]
    story.approve("alice bob carol", "click 1.0 -> 1.0!evil", follows=(start,), expires=SOON)
    base = story.state("click 1.0!evil", "flask 3.0")
    story.configure("alice bob carol", security("alice", "bob", "carol", threshold=2))
    story.approve("alice bob", "click 1.0 -> 1.0!evil", follows=(start,), expires=LATER)
    assert story.passes("click 1.0!evil", "flask 3.0", now=SOON)
    assert not story.passes("click 1.0!evil", "flask 3.0", base=base, now=SOON)
    assert story.judge("click 1.0!evil", "flask 3.0", base=base).standings["pypi", "click"].expires == SOON


def test_what_follows_a_step_that_the_base_does_not_count_does_not_count() -> None:
    """A good signature over a change that nobody of the base saw approves neither."""
    story, base = begun(ONE)
    story.configure("alice", BOTH)
    story.approve("bob", "click 1.0 -> 1.1")
    story.approve("alice", "click 1.1 -> 1.2")
    assert story.passes("click 1.2", "flask 3.0")
    judgement = story.judge("click 1.2", "flask 3.0", base=base)
    assert not story.passes("click 1.2", "flask 3.0", base=base)
    assert sorted(reason for _, reason in judgement.uncounted) == [
        "by the base: its key is not an approver's",
        "click: it follows what is not approved",
    ]


def test_an_older_approved_pin_is_not_approved_by_history() -> None:
    """Nor by writing its approval anew as it was."""
    story = History(BOTH)
    story.begin("alice", "click 1.0", "flask 3.0")
    old = story.approve("bob", "click 1.0 -> 1.1")
    story.approve("bob", "click 1.1 -> 1.2")
    base = story.state("click 1.2", "flask 3.0")
    assert not story.passes("click 1.1", "flask 3.0", base=base)
    story.approve("bob", "click 1.0 -> 1.1", follows=(story.acts[0].digest,), reason="replayed")
    assert not story.passes("click 1.1", "flask 3.0", base=base)
    story.approve("bob", "click 1.1 -> 1.3", follows=(old,))
    assert story.codes("click 1.3", "flask 3.0", base=base) == ["approval-conflict click 1.3"]


def test_branches_merge_with_their_approvals() -> None:
    """Different packages never conflict, and the merge is judged by the base of both."""
    story, base = begun(BOTH)
    story.approve("alice", "click 1.0 -> 1.1")
    story.approve("bob", "flask 3.0 -> 3.1")
    assert story.codes("click 1.1", "flask 3.1", base=base) == []


def test_a_mode_that_comes_with_the_change_is_not_the_mode() -> None:
    """`enforce = "alarms"` holds when the base says so, and what was approved, and what stands there."""
    alarms = security("alice", enforce="alarms")
    story, base = begun(ONE)
    assert not story.passes("click 1.1", "flask 3.0", rules=alarms)
    story.configure("alice", alarms)
    assert not story.passes("click 1.1", "flask 3.0", base=base)
    assert story.passes("click 1.1", "flask 3.0")
    merged = story.state("click 1.0", "flask 3.0")
    assert story.passes("click 1.1", "flask 3.0", base=merged)
    assert not story.passes("click 1.0!evil", "flask 3.0", base=merged)
    assert not story.passes("click 1.1", "flask 3.0", base=merged, rules=ONE)


def test_bytes_that_changed_since_the_base_are_an_alarm_though_nothing_was_approved() -> None:
    """A mode that lets changes wait does not let them change again."""
    alarms = security("alice", enforce="alarms")
    story, _ = begun(alarms)
    moved = story.state("click 1.1", "flask 3.0", "six 1.0")
    assert story.passes("click 1.1", "flask 3.0", "six 1.0", base=moved)
    assert story.passes("click 1.2", "flask 3.0", base=moved)
    (click, six) = story.judge("click 1.1!evil", "flask 3.0", "six 1.0!evil", base=moved).findings
    assert (click.code, click.severity) == ("artifact-changed", "alarm")
    assert (six.code, dict(six.facts)["class"]) == ("artifact-changed", "artifact-changed, new-package")


def test_a_base_without_approvals_is_said() -> None:
    """The tree is judged by its own."""
    story = History(ONE)
    before = story.state("click 1.0", rules=security())
    story.begin("alice", "click 1.0")
    (found,) = story.judge("click 1.0", base=before, revision="abc").findings
    assert (found.code, found.severity, found.subject) == ("approval-unbased", "note", "abc")
    assert not story.passes("click 1.1", base=before)


def test_a_base_with_approvers_and_no_baseline_decides_who_begins() -> None:
    """Where nothing was approved yet, the base's own word says who may."""
    story = History(ONE)
    base = story.state("click 1.0")
    story.begin("alice", "click 1.0")
    assert story.codes("click 1.0", base=base) == []
    story.acts = []
    story.rules = security("mallory")
    story.begin("mallory", "click 1.0")
    assert story.passes("click 1.0")
    judgement = story.judge("click 1.0", base=base)
    assert judgement.uncounted[0][1] == "too few approvers of the base have signed it"
    assert not story.passes("click 1.0", base=base)


def test_a_base_whose_files_say_nothing_is_no_base() -> None:
    """Files that nobody approved, without an approver, are nothing to judge by."""
    story = History(ONE)
    story.approve("alice", "click - -> 1.0")
    base = story.state(rules=security())
    story.begin("alice", "click 1.0")
    assert "approval-unbased abc" in story.codes("click 1.0", base=base, revision="abc")


# Checkpoints.


def grown() -> tuple[History, State]:
    """A project with some history."""
    story = History(BOTH)
    story.begin("alice", "click 1.0", "flask 3.0")
    story.approve("bob", "click 1.0 -> 1.1")
    story.reject("bob", "flask 3.0 -> 3.1")
    return story, story.state("click 1.1", "flask 3.0")


def test_a_checkpoint_stands_for_what_was_pruned() -> None:
    """Of what the base approved, by the base's approvers; what follows goes on from it."""
    story, base = grown()
    last = story.at["click", "1.1"]
    story.prune("alice", "click 1.1", "flask 3.0")
    assert len(story.acts) == 1
    assert story.codes("click 1.1", "flask 3.0", base=base) == []
    assert story.codes("click 1.1", "flask 3.0") == []
    story.approve("bob", "click 1.1 -> 1.2")
    assert story.codes("click 1.2", "flask 3.0", base=base) == []
    story.drop(story.acts[-1].digest)
    story.approve("bob", "click 1.1 -> 1.2", follows=(last,))
    assert story.codes("click 1.2", "flask 3.0", base=base) == []


def test_a_checkpoint_does_not_stand_for_what_ended_elsewhere() -> None:
    """An act of another branch that follows what was pruned has to begin where the checkpoint is."""
    story, _ = grown()
    start = story.acts[0].digest
    story.prune("alice", "click 1.1", "flask 3.0")
    story.approve("bob", "click 1.0 -> 1.2", follows=(start,))
    assert story.judge("click 1.2", "flask 3.0").uncounted[0][1] == (
        "click: it does not begin where what it follows ends"
    )


LIES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "other pins": (("click 6.6", "flask 3.0"), {}),
    "one package more": (("click 1.1", "flask 3.0", "evil 1.0"), {}),
    "one package less": (("click 1.1",), {}),
    "another configuration": (("click 1.1", "flask 3.0"), {"rules": security("alice", "bob", "mallory")}),
    "another project": (("click 1.1", "flask 3.0"), {"project": OTHER_PROJECT}),
    "under another configuration": (("click 1.1", "flask 3.0"), {"configuration": "sha256:" + "0" * 64}),
}


@pytest.mark.parametrize("case", LIES)
def test_a_checkpoint_that_lies_stands_for_nothing(case: str) -> None:
    """What it took away is named."""
    packages, fields = LIES[case]
    story, base = grown()
    gone = {one.digest for one in story.acts}
    story.prune("alice", *packages, **fields)
    codes = story.codes(*packages, base=base)
    assert {f"approval-removed {one}.json" for one in gone} <= set(codes)
    assert story.judge(*packages, base=base).standings == {}


@pytest.mark.parametrize("who", ["mallory", "carol"])
def test_a_checkpoint_by_whom_the_base_does_not_know_stands_for_nothing(who: str) -> None:
    """Nor does one by an approver who comes with the change."""
    story, base = grown()
    story.configure("alice", security("alice", "bob", "carol"))
    story.prune(who, "click 1.1", "flask 3.0")
    assert not story.passes("click 1.1", "flask 3.0", base=base)


def test_a_checkpoint_takes_as_many_as_the_policy_asks() -> None:
    """For everything that it speaks of: threshold, role, and demands of single packages."""
    sue = approver("sue", "security")
    rules = security("alice", "bob", sue, demands=(Demand(("pypi:flask",), 2, "security", ""),))
    for who, passes in (("alice bob", False), ("sue", False), ("alice sue", True)):
        story, base = begun(rules)
        story.prune(who, "click 1.0", "flask 3.0")
        assert story.passes("click 1.0", "flask 3.0") is passes
        assert story.passes("click 1.0", "flask 3.0", base=base) is passes


def test_two_people_s_checkpoints_add_up() -> None:
    """If they say the same and stand for the same acts."""
    story, base = begun(TWO)
    gone = [one.digest for one in story.acts]
    story.prune("alice", "click 1.0", "flask 3.0", keep=True)
    assert story.passes("click 1.0", "flask 3.0", base=base)
    story.drop(*gone)
    assert not story.passes("click 1.0", "flask 3.0", base=base)
    story.prune("bob", "click 1.0", "flask 3.0", replaces=gone, keep=True)
    assert story.passes("click 1.0", "flask 3.0", base=base)
    story.drop(story.acts[-1].digest)
    story.prune("bob", "click 1.0", "flask 3.0", replaces=[*gone, "f" * 64], keep=True)
    assert not story.passes("click 1.0", "flask 3.0", base=base)


def test_a_checkpoint_beside_what_it_replaces_hides_nothing() -> None:
    """While the acts are there they speak for themselves: other pins are a conflict."""
    story, _ = grown()
    story.prune("alice", "click 6.6", "flask 3.0", keep=True)
    assert story.codes("click 6.6", "flask 3.0") == ["approval-conflict click 6.6"]


def test_a_checkpoint_that_the_base_has_takes_nothing_more_away() -> None:
    """Once what was approved has moved on, what it names may not be deleted with it as the reason."""
    story, _ = grown()
    gone = [one.digest for one in story.acts]
    story.prune("alice", "click 1.1", "flask 3.0", keep=True)
    base = story.state("click 1.1", "flask 3.0")
    kept = list(story.acts)
    story.drop(*gone)
    assert story.passes("click 1.1", "flask 3.0", base=base)
    story.acts = kept
    heads = story.judge("click 1.2", "flask 3.0").waiting[0].follows
    assert len(heads) == 2
    story.approve("bob", "click 1.1 -> 1.2", follows=heads)
    moved = story.state("click 1.2", "flask 3.0")
    story.drop(*gone)
    assert not story.passes("click 1.2", "flask 3.0", base=moved)


def test_a_baseline_beside_a_checkpoint_is_a_second_one() -> None:
    """Unless it is the one that the checkpoint stands for."""
    story, base = grown()
    story.prune("alice", "click 1.1", "flask 3.0", keep=True)
    assert story.codes("click 1.1", "flask 3.0", base=base) == []
    second = story.begin("bob", "evil 1.0")
    assert f"baseline-second {second[:12]}" in story.codes("click 1.1", "flask 3.0")
    assert f"baseline-second {second[:12]}" in story.codes("click 1.1", "flask 3.0", base=base)


def test_a_checkpoint_keeps_the_end_of_an_exception() -> None:
    """What was accepted up to a date is kept as that or not at all, and goes on being an alarm."""
    story = History(BOTH)
    story.begin("alice", "click 1.0", "flask 3.0")
    story.approve("alice bob", "click 1.0 -> 1.0!evil", expires=SOON)
    base = story.state("click 1.0!evil", "flask 3.0")
    acts = list(story.acts)
    story.prune("alice bob", "click 1.0!evil", "flask 3.0")
    assert not story.passes("click 1.0!evil", "flask 3.0", base=base)
    story.acts = acts
    _mark(story, story.prune("alice bob", "click 1.0!evil", "flask 3.0", expires=SOON))
    assert story.passes("click 1.0!evil", "flask 3.0", base=base)
    assert story.codes("click 1.0!evil", "flask 3.0", now=SOON) == ["approval-expired click 1.0"]
    story.approve("alice", "click 1.0!evil -> 1.0!evil", follows=(story.acts[-1].digest,))
    assert not story.passes("click 1.0!evil", "flask 3.0", now=SOON)


def _mark(story: History, digest: str) -> None:
    """Let a checkpoint say that click is there by an alarm."""
    (one,) = [other for other in story.acts if other.digest == digest]
    click, flask = one.act.packages
    packages = (click._replace(classes=("artifact-changed",)), flask)
    story.acts = [one._replace(act=one.act._replace(packages=packages))]


def test_reviewed_and_never_reviewed_survive_a_checkpoint() -> None:
    """It marks what came from the baseline."""
    story, _ = grown()
    digest = story.prune("alice", "click 1.1", "flask 3.0")
    (one,) = story.acts
    click, flask = one.act.packages
    packages = (click._replace(seen=SEEN), flask._replace(classes=("baseline",)))
    story.acts = [one._replace(act=one.act._replace(packages=packages))]
    standings = story.judge("click 1.1", "flask 3.0").standings
    assert standings["pypi", "click"][2:] == ("reviewed", ("alice",), (digest,), one.act.date, SEEN, "")
    assert standings["pypi", "flask"].how == "baseline"
    assert lock("click 1.1").packages[0].name == "click"
