"""Chains: what follows what, what is a head, what a rejection does."""

from collections.abc import Callable
from typing import Any

import pytest

from holdfast.model.approval import SignedAct
from holdfast.model.security import Security
from tests.support.approval_histories import SOON, History
from tests.support.approvals import OTHER_PROJECT, security

RULES = security("alice", "bob", "carol")
TWO = security("alice", "bob", "carol", threshold=2)
UNCOUNTED = "approval-uncounted"


def begun(rules: Security = RULES) -> History:
    """A project with a baseline of two packages."""
    story = History(rules)
    story.begin("alice", "click 1.0", "flask 3.0")
    return story


def uncounted(story: History, *packages: str) -> list[str]:
    """Why acts do not count."""
    return [reason for _, reason in story.judge(*packages).uncounted]


def test_a_baseline_approves_what_it_has() -> None:
    """Day one is green, and everything is marked as never reviewed."""
    judgement = begun().judge("click 1.0", "flask 3.0")
    assert judgement.findings == ()
    assert {one.how for one in judgement.standings.values()} == {"baseline"}


def test_a_change_waits_and_an_approval_lets_it_through() -> None:
    """A moved pin is named until somebody approves exactly it."""
    story = begun()
    assert story.codes("click 1.1", "flask 3.0") == ["change-unapproved click 1.1"]
    story.approve("bob", "click 1.0 -> 1.1")
    assert story.codes("click 1.1", "flask 3.0") == []
    assert story.codes("click 1.2", "flask 3.0") == ["change-unapproved click 1.2"]


def test_going_back_is_a_change_like_any_other() -> None:
    """An older approved pin is history: bringing it back takes an approval of its own."""
    story = begun()
    story.approve("bob", "click 1.0 -> 1.1")
    assert story.codes("click 1.0", "flask 3.0") == ["change-unapproved click 1.0"]
    story.approve("bob", "click 1.1 -> 1.0")
    assert story.codes("click 1.0", "flask 3.0") == []
    assert not story.passes("click 1.1", "flask 3.0")


def test_new_and_removed_packages_wait_too() -> None:
    """A package that came, and one that went, are changes."""
    story = begun()
    assert story.codes("click 1.0") == ["change-unapproved flask 3.0"]
    assert story.codes("click 1.0", "flask 3.0", "six 1.0") == ["change-unapproved six 1.0"]
    story.approve("bob", "flask 3.0 -> -", "six - -> 1.0")
    assert story.codes("click 1.0", "six 1.0") == []
    assert story.codes("click 1.0", "six 1.0", "flask 3.0") == ["change-unapproved flask 3.0"]


def test_the_same_name_from_another_source_is_another_chain() -> None:
    """An approval of one source's package says nothing of another's."""
    story = begun()
    story.approve("bob", "click 1.0 -> 1.1")
    assert story.codes("internal:click 1.1", "flask 3.0", "click 1.1") == ["change-unapproved click 1.1"]


def test_signatures_of_one_step_add_up() -> None:
    """With a threshold of two, one approval is named as incomplete, and the second one settles it."""
    story = begun(TWO)
    first = story.approve("alice", "click 1.0 -> 1.1")
    found = story.judge("click 1.1", "flask 3.0")
    assert [one.code for one in found.findings] == ["approval-incomplete"]
    (waiting,) = found.waiting
    assert (waiting.reason, waiting.needed, waiting.have) == ("1 of 2 approvers", 2, ("alice",))
    assert waiting.joins == ((waiting.follows, waiting.before),)
    second = story.approve("bob", "click 1.0 -> 1.1")
    judgement = story.judge("click 1.1", "flask 3.0")
    assert judgement.findings == ()
    assert judgement.standings["pypi", "click"].acts == tuple(sorted((first, second)))
    assert judgement.standings["pypi", "click"].reviewers == ("alice", "bob")


def test_one_envelope_with_two_keys_is_two_signatures() -> None:
    """Distinct keys count, wherever they stand."""
    story = begun(TWO)
    story.approve("alice bob", "click 1.0 -> 1.1")
    assert story.passes("click 1.1", "flask 3.0")


def test_one_key_counts_once() -> None:
    """Two acts by one key are one approver."""
    story = begun(TWO)
    story.approve("alice", "click 1.0 -> 1.1")
    story.approve("alice", "click 1.0 -> 1.1", reason="again")
    assert story.codes("click 1.1", "flask 3.0") == ["approval-incomplete click 1.1"]


def test_acts_that_follow_other_acts_of_one_step_are_one_step() -> None:
    """It does not matter which of the acts of a step is named."""
    story = begun(TWO)
    one = story.approve("alice", "click 1.0 -> 1.1")
    other = story.approve("bob", "click 1.0 -> 1.1")
    story.approve("alice", "click 1.1 -> 1.2", follows=(one,))
    story.approve("bob", "click 1.1 -> 1.2", follows=(other,))
    assert story.codes("click 1.2", "flask 3.0") == []


def test_two_branches_leave_two_heads_and_one_act_settles_them() -> None:
    """Nothing is approved until one approval follows both, whatever the lock says."""
    story = begun()
    start = story.at["click", "1.0"]
    left = story.approve("alice", "click 1.0 -> 1.1", follows=(start,))
    right = story.approve("bob", "click 1.0 -> 1.2", follows=(start,))
    for version in ("1.1", "1.2", "1.0"):
        (found,) = story.judge(f"click {version}", "flask 3.0").findings
        assert found.code == "approval-conflict"
    (waiting,) = story.judge("click 1.2", "flask 3.0").waiting
    assert waiting.follows == tuple(sorted((left, right)))
    assert len(waiting.before) == 2
    assert [one.pin.version for one in waiting.before_pins] == ["1.1", "1.2"]
    story.approve("carol", "click 1.1|1.2 -> 1.2", follows=(left, right))
    assert story.codes("click 1.2", "flask 3.0") == []


def test_heads_that_agree_are_no_conflict() -> None:
    """Two branches may come to the same pins in different ways."""
    story = begun()
    start = story.at["click", "1.0"]
    story.approve("alice", "click 1.0 -> 1.2", follows=(start,))
    middle = story.approve("bob", "click 1.0 -> 1.1", follows=(start,))
    story.approve("bob", "click 1.1 -> 1.2", follows=(middle,))
    judgement = story.judge("click 1.2", "flask 3.0")
    assert judgement.findings == ()
    assert judgement.standings["pypi", "click"].reviewers == ("alice", "bob")


def test_two_roots_of_one_package_are_two_heads() -> None:
    """First approving a package that has a chain replaces nothing."""
    story = begun()
    story.approve("bob", "click - -> 1.1", follows=())
    assert story.codes("click 1.1", "flask 3.0") == ["approval-conflict click 1.1"]
    assert story.codes("click 1.0", "flask 3.0") == ["approval-conflict click 1.0"]


def test_two_branches_may_first_approve_the_same_package() -> None:
    """The same new pins on two branches agree, different ones are a conflict."""
    story = begun()
    story.approve("alice", "six - -> 1.0", follows=())
    story.approve("bob", "six - -> 1.0", follows=(), reason="mine")
    assert story.codes("click 1.0", "flask 3.0", "six 1.0") == []
    story.approve("carol", "six - -> 1.1", follows=())
    assert story.codes("click 1.0", "flask 3.0", "six 1.0") == ["approval-conflict six 1.0"]


def test_a_rejection_fails_with_its_reason() -> None:
    """One approver is enough; the pins of before stay approved."""
    story = begun(TWO)
    story.reject("carol", "click 1.0 -> 1.1", reason="phones home")
    (found,) = story.judge("click 1.1", "flask 3.0").findings
    assert found.code == "change-rejected"
    assert dict(found.facts)["why"] == "rejected by carol: phones home"
    judgement = story.judge("click 1.0", "flask 3.0")
    assert judgement.findings == ()
    assert judgement.standings["pypi", "click"].how == "baseline"
    assert story.codes("click 1.2", "flask 3.0") == ["change-unapproved click 1.2"]


def test_a_rejection_of_a_new_package_and_of_a_removal() -> None:
    """What is rejected may be that something comes, or that it goes."""
    story = begun()
    story.reject("bob", "six - -> 1.0", "flask 3.0 -> -")
    assert story.codes("click 1.0", "six 1.0") == ["change-rejected flask 3.0", "change-rejected six 1.0"]
    assert story.codes("click 1.0", "flask 3.0") == []


def test_a_rejection_of_what_is_there_fails() -> None:
    """Whoever rejects the very pins that were approved is heard."""
    story = begun()
    story.reject("bob", "click 1.0 -> 1.0", reason="malware")
    assert story.codes("click 1.0", "flask 3.0") == ["change-rejected click 1.0"]
    story.approve("alice", "click 1.0 -> 1.0")
    assert story.codes("click 1.0", "flask 3.0") == []


def test_a_rejection_can_be_overruled() -> None:
    """Whoever approves after all follows the rejection; with a threshold of two it takes two."""
    story = begun(TWO)
    story.reject("carol", "click 1.0 -> 1.1")
    story.approve("alice", "click 1.0 -> 1.1")
    (found,) = story.judge("click 1.1", "flask 3.0").findings
    assert found.code == "change-rejected"
    assert dict(found.facts)["why"] == "rejected by carol: rejection of carol; since then 1 of 2 approvers"
    story.approve("bob", "click 1.0 -> 1.1", follows=story.judge("click 1.1", "flask 3.0").waiting[0].joins[0][0])
    assert story.codes("click 1.1", "flask 3.0") == []


def test_an_approval_beside_a_rejection_is_a_conflict() -> None:
    """Neither wins by being later: one act has to follow both."""
    story = begun()
    start = story.at["click", "1.0"]
    yes = story.approve("alice", "click 1.0 -> 1.1", follows=(start,))
    no = story.reject("bob", "click 1.0 -> 1.1", follows=(start,))
    assert story.codes("click 1.1", "flask 3.0") == ["approval-conflict click 1.1"]
    story.approve("carol", "click 1.0|1.1 -> 1.1", follows=(yes, no))
    assert story.codes("click 1.1", "flask 3.0") == []


def test_a_rejection_settles_no_conflict() -> None:
    """What follows two heads and rejects leaves both: the union of two results was never approved."""
    story = begun()
    start = story.at["click", "1.0"]
    left = story.approve("alice", "click 1.0 -> 1.1", follows=(start,))
    right = story.approve("bob", "click 1.0 -> 1.2", follows=(start,))
    story.reject("carol", "click 1.1|1.2 -> 1.3", follows=(left, right))
    for versions in ("1.1", "1.2", "1.1,1.2", "1.3"):
        assert not story.passes(f"click {versions}", "flask 3.0")
        (found,) = story.judge(f"click {versions}", "flask 3.0").findings
        assert found.code == "approval-conflict"


def test_a_rejection_of_a_rejected_act_s_follower_counts_once() -> None:
    """Rejections of several things are heads that agree."""
    story = begun()
    start = story.at["click", "1.0"]
    story.reject("alice", "click 1.0 -> 1.1", follows=(start,))
    story.reject("bob", "click 1.0 -> 1.2", follows=(start,))
    assert story.codes("click 1.0", "flask 3.0") == []
    assert story.codes("click 1.1", "flask 3.0") == ["change-rejected click 1.1"]
    assert story.codes("click 1.2", "flask 3.0") == ["change-rejected click 1.2"]
    assert story.codes("click 1.3", "flask 3.0") == ["change-unapproved click 1.3"]


def test_what_follows_too_few_signatures_does_not_count() -> None:
    """A step over one that nobody settled would let its change through unseen."""
    story = begun(TWO)
    story.approve("alice", "click 1.0 -> 1.1!evil")
    story.approve("alice bob", "click 1.1!evil -> 1.2")
    assert story.codes("click 1.2", "flask 3.0") == ["change-unapproved click 1.2", *_warnings(story, 1)]
    assert uncounted(story, "click 1.2", "flask 3.0") == ["click: it follows what is not approved"]


def _warnings(story: History, count: int) -> list[str]:
    found = [one for one in story.codes("click 1.0", "flask 3.0") if one.startswith(UNCOUNTED)]
    assert len(found) == count
    return found


Write = Callable[[History], None]

MISFITS: dict[str, tuple[Write, str]] = {
    "follows what is not here": (
        lambda story: _approve(story, "click 1.0 -> 1.1", ("0" * 64,)),
        "click: it follows 000000000000, which is not here",
    ),
    "follows an act of another package": (
        lambda story: _approve(story, "click 1.0 -> 1.1", (story.approve("bob", "six - -> 1.0"),)),
        "click: it follows {six}, which is about something else",
    ),
    "begins elsewhere": (
        lambda story: _approve(story, "click 1.1 -> 1.2", (story.at["click", "1.0"],)),
        "click: it does not begin where what it follows ends",
    ),
    "begins with nothing": (
        lambda story: _approve(story, "click - -> 1.2", (story.at["click", "1.0"],)),
        "click: it does not begin where what it follows ends",
    ),
    "of another project": (
        lambda story: _approve(story, "click 1.0 -> 1.2", None, project=OTHER_PROJECT),
        f"it is of another project: {OTHER_PROJECT}",
    ),
    "from tomorrow": (
        lambda story: _approve(story, "click 1.0 -> 1.2", None, date="2026-11-22T06:40:01Z"),
        "it is dated in the future: 2026-11-22T06:40:01Z",
    ),
}


def _approve(story: History, step: str, follows: tuple[str, ...] | None, **fields: str) -> None:
    told: dict[str, Any] = {} if follows is None else {"follows": follows}
    story.approve("bob", step, **told, **fields)


@pytest.mark.parametrize("case", MISFITS)
def test_what_does_not_fit_does_not_count(case: str) -> None:
    """Each is named as a warning with its reason, and approves nothing."""
    write, reason = MISFITS[case]
    story = begun()
    before = {one.digest for one in story.acts}
    write(story)
    six = next(
        (one.digest[:12] for one in story.acts if one.digest not in before and one.act.packages[0].name == "six"), ""
    )
    locked = ["click 1.2" if "1.2" in repr(story.acts[-1].act.packages[0].after) else "click 1.1", "flask 3.0"]
    locked += ["six 1.0"] if six else []
    judgement = story.judge(*locked)
    assert [one.code for one in judgement.findings] == ["change-unapproved", UNCOUNTED]
    assert [text for _, text in judgement.uncounted] == [reason.format(six=six)]


def test_an_act_that_follows_nothing_begins_with_nothing() -> None:
    """An approval that names pins of before without following anything is no root."""
    story = begun()
    digest = story.approve("bob", "click 1.0 -> 1.1")
    (change,) = story.acts[-1].act.packages
    alone = story.acts[-1].act._replace(packages=(change._replace(follows=()),))
    story.acts[-1] = story.acts[-1]._replace(act=alone)
    assert story.judge("click 1.1", "flask 3.0").uncounted == (
        (digest, "click: it does not begin where what it follows ends"),
    )


def test_what_follows_an_act_that_does_not_count_does_not_either() -> None:
    """A misfit takes with it what stands on it, and says so."""
    story = begun()
    wrong = story.approve("bob", "click 1.1 -> 1.2", follows=(story.at["click", "1.0"],))
    story.approve("bob", "click 1.2 -> 1.3", follows=(wrong,))
    reasons = uncounted(story, "click 1.3", "flask 3.0")
    assert f"click: it follows {wrong[:12]}, which does not count" in reasons
    assert not story.passes("click 1.3", "flask 3.0")


def test_acts_that_follow_each_other_in_a_circle_do_not_count() -> None:
    """No digest can make a circle; values that claim one are refused all the same."""
    story = begun()
    first = story.approve("bob", "click 1.0 -> 1.1")
    second = story.approve("bob", "click 1.1 -> 1.0", follows=(first,))
    story.acts = [_following(one, second) if one.digest == first else one for one in story.acts]
    assert set(uncounted(story, "click 1.1", "flask 3.0")) == {"click: it follows itself"}
    assert story.codes("click 1.0", "flask 3.0")[0].startswith(UNCOUNTED)


def _following(one: SignedAct, other: str) -> SignedAct:
    (change,) = one.act.packages
    return one._replace(act=one.act._replace(packages=(change._replace(follows=(other,)),)))


def test_a_stranger_s_key_and_no_key_do_not_count() -> None:
    """A valid signature by whoever is no approver is a warning, and so is none by anybody known."""
    story = begun()
    story.approve("mallory", "click 1.0 -> 1.1")
    assert uncounted(story, "click 1.1", "flask 3.0") == ["its key is not an approver's"]
    story.acts[-1] = story.acts[-1]._replace(keys=())
    assert uncounted(story, "click 1.1", "flask 3.0") == ["no approver has signed it"]
    assert not story.passes("click 1.1", "flask 3.0")


def test_a_second_signature_that_does_not_count_is_named() -> None:
    """The first one counts all the same."""
    story = begun()
    story.approve("bob mallory", "click 1.0 -> 1.1")
    judgement = story.judge("click 1.1", "flask 3.0")
    assert [one.code for one in judgement.findings] == [UNCOUNTED]
    assert judgement.standings["pypi", "click"].reviewers == ("bob",)


def test_an_act_of_many_packages_counts_for_each_by_itself() -> None:
    """One that does not fit takes nothing from the others."""
    story = begun()
    story.at["flask", "3.1"] = story.at["flask", "3.0"]
    story.approve("bob", "click 1.0 -> 1.1", "flask 3.1 -> 3.2")
    assert story.codes("click 1.1", "flask 3.0")[0].startswith(UNCOUNTED)
    assert story.passes("click 1.1", "flask 3.0")
    assert not story.passes("click 1.1", "flask 3.2")


def test_forks_are_approved_together() -> None:
    """All versions of a package are one set: one more of them, or one less, waits."""
    story = begun()
    story.approve("bob", "click 1.0 -> 1.0,2.0")
    assert story.codes("click 1.0,2.0", "flask 3.0") == []
    assert story.codes("click 2.0", "flask 3.0") == ["change-unapproved click 2.0"]
    assert story.codes("click 1.0", "flask 3.0") == ["change-unapproved click 1.0"]


def test_an_end_of_any_approval_is_kept() -> None:
    """Whoever says up to when is taken at their word, alarm or not."""
    story = begun()
    story.approve("bob", "click 1.0 -> 1.1", expires=SOON)
    assert story.judge("click 1.1", "flask 3.0").standings["pypi", "click"].expires == SOON
    assert story.codes("click 1.1", "flask 3.0", now=SOON) == ["approval-expired click 1.1"]
    story.approve("carol", "click 1.0 -> 1.1", follows=(story.at["click", "1.0"],))
    assert story.codes("click 1.1", "flask 3.0", now=SOON) == []


def test_ten_thousand_acts_of_one_package_are_judged() -> None:
    """A long chain costs no recursion, and time that grows with its length only."""
    story = begun()
    first = story.approve("bob", "click 1.0 -> 1.1")
    second = story.approve("bob", "click 1.1 -> 1.0", follows=(first,))
    forth, back = story.acts[-2:]
    assert (forth.digest, back.digest) == (first, second)
    acts, latest = story.acts[:1], story.at["flask", "3.0"]
    for place in range(10_000):
        digest = f"{place:064x}"
        acts.append(_following((forth, back)[place % 2], latest)._replace(digest=digest))
        latest = digest
    story.acts = acts
    judgement = story.judge("click 1.0", "flask 3.0")
    assert judgement.findings == ()
    assert judgement.standings["pypi", "click"].acts == (latest,)
