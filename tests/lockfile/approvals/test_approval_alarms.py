"""Alarms: computed from pins, two approvers and an end date, and no way round in harmless steps."""

import pytest

from tests.support.approval_histories import NOW, SOON, History
from tests.support.approvals import LATER, approver, security

RULES = security("alice", "bob", "carol")


def begun(word: str = "1.0@kim") -> History:
    """A project with one signed package."""
    story = History(RULES)
    story.begin("alice", f"click {word}")
    return story


ALARMS = {
    "1.0!evil@kim": "artifact-changed",
    "1.0": "signer-lost",
    "1.1": "signer-lost",
    "1.1@kim/fork": "signer-impersonated",
}


@pytest.mark.parametrize("word", ALARMS)
def test_an_alarm_takes_two_approvers_and_an_end(word: str) -> None:
    """One is not enough, nor are two without an end, whatever threshold the policy has."""
    story = begun()
    code = ALARMS[word]
    (found,) = story.judge(f"click {word}").findings
    assert (found.code, found.severity) == (code, "alarm")
    assert dict(found.facts)["needs"] == "2 approvers"
    story.approve("alice", f"click 1.0@kim -> {word}", expires=SOON)
    (found,) = story.judge(f"click {word}").findings
    assert (found.code, dict(found.facts)["why"]) == (code, "1 of 2 approvers")
    story.approve("bob", f"click 1.0@kim -> {word}")
    found, warning = story.judge(f"click {word}").findings
    assert (found.code, warning.found) == (code, "an alarm takes an end date")
    story.approve("bob", f"click 1.0@kim -> {word}", expires=LATER)
    judgement = story.judge(f"click {word}")
    assert not [one for one in judgement.findings if one.severity != "warning"]
    assert judgement.standings["pypi", "click"].expires == SOON


def test_what_an_act_claims_is_not_believed() -> None:
    """An alarm called a change of version is an alarm."""
    story = begun()
    story.approve("alice", "click 1.0@kim -> 1.0!evil@kim", classes=("version-changed",))
    assert not story.passes("click 1.0!evil@kim")


def test_an_alarm_ends_and_can_be_renewed() -> None:
    """At its end it is named; the same step signed anew with a later end holds on."""
    story = begun()
    start = story.at["click", "1.0@kim"]
    story.approve("alice bob", "click 1.0@kim -> 1.0!evil@kim", expires=SOON, follows=(start,))
    assert story.codes("click 1.0!evil@kim") == []
    judgement = story.judge("click 1.0!evil@kim", now=SOON)
    (found,) = judgement.findings
    assert (found.code, found.severity) == ("approval-expired", "error")
    assert dict(found.facts)["class"] == "artifact-changed"
    (waiting,) = judgement.waiting
    assert (waiting.needed, waiting.have, waiting.reason) == (2, (), f"the approval ended {SOON}")
    ((follows, before),) = waiting.joins
    assert follows == (start,)
    assert before != waiting.before
    story.approve("alice", "click 1.0@kim -> 1.0!evil@kim", expires=LATER, follows=(start,))
    assert story.judge("click 1.0!evil@kim", now=SOON).waiting[0].have == ("alice",)
    story.approve("carol", "click 1.0@kim -> 1.0!evil@kim", expires=LATER, follows=(start,))
    assert story.codes("click 1.0!evil@kim", now=SOON) == []
    assert story.judge("click 1.0!evil@kim", now=SOON).standings["pypi", "click"].expires == LATER


def test_moving_on_ends_the_exception() -> None:
    """The next release by the same signers is a change of version like any other."""
    story = begun()
    story.approve("alice bob", "click 1.0@kim -> 1.0!evil@kim", expires=SOON)
    story.approve("carol", "click 1.0!evil@kim -> 1.1@kim")
    assert story.codes("click 1.1@kim", now=SOON) == []
    assert story.judge("click 1.1@kim", now=SOON).standings["pypi", "click"].expires == ""


LAUNDERED = {
    "no change over the alarm": ["1.0!evil@kim -> 1.0!evil@kim"],
    "one more file over the alarm": ["1.0!evil@kim -> 1.0!evil+win@kim"],
    "another version beside it": ["1.0!evil@kim -> 1.0!evil@kim,2.0@kim", "1.0!evil@kim,2.0@kim -> 1.0!evil@kim"],
    "removed and taken in again": ["1.0!evil@kim -> -", "- -> 1.0!evil@kim"],
    "away and back": ["1.0!evil@kim -> 1.1@kim", "1.1@kim -> 1.0!evil@kim"],
    "rejected something else": ["1.0!evil@kim ~> 1.2@kim"],
}


@pytest.mark.parametrize("case", LAUNDERED)
def test_one_approver_cannot_make_an_exception_last(case: str) -> None:
    """Whatever one approver puts on top of it, the accepted alarm ends when it was to end."""
    story = begun()
    story.approve("alice bob", "click 1.0@kim -> 1.0!evil@kim", expires=SOON)
    for step in LAUNDERED[case]:
        if "~" in step:
            story.reject("carol", "click " + step.replace("~>", "->"))
        else:
            story.approve("carol", f"click {step}")
    assert not story.passes("click 1.0!evil@kim", now=SOON)
    assert not story.passes("click 1.0!evil+win@kim", now=SOON)


EVASIONS = {
    "removed, then new": ["1.0@kim -> -", "- -> {}"],
    "removed twice": ["1.0@kim -> -", "- -> 3.0@kim", "3.0@kim -> -", "- -> {}"],
    "over another version": ["1.0@kim -> 1.1@kim", "1.1@kim -> {}"],
    "beside another version": ["1.0@kim -> 1.0@kim,2.0@kim", "1.0@kim,2.0@kim -> 2.0@kim", "2.0@kim -> {}"],
}


@pytest.mark.parametrize("case", EVASIONS)
@pytest.mark.parametrize("word", ["1.0!evil@kim", "1.0"])
def test_one_approver_cannot_go_round_an_alarm(case: str, word: str) -> None:
    """Other bytes of a release, or a lost signer, are an alarm however many harmless steps lead there."""
    story = begun()
    for step in EVASIONS[case]:
        story.approve("carol", f"click {step.format(word)}")
    (found,) = [one for one in story.judge(f"click {word}").findings if one.code != "approval-uncounted"]
    assert found.severity == "alarm"
    assert dict(found.facts)["needs"] == "2 approvers"


def test_a_conflict_cannot_hide_an_alarm() -> None:
    """Each head is compared by itself: that one of them has the same bytes does not settle it."""
    story = begun()
    start = story.at["click", "1.0@kim"]
    root = story.approve("carol", "click - -> 1.0!evil@kim", follows=())
    story.approve("carol", "click 1.0@kim|1.0!evil@kim -> 1.0!evil@kim", follows=(start, root))
    (found, *_) = story.judge("click 1.0!evil@kim").findings
    assert found.severity == "alarm"
    story.approve("alice bob", "click 1.0@kim|1.0!evil@kim -> 1.0!evil@kim", follows=(start, root), expires=SOON)
    assert story.passes("click 1.0!evil@kim")


def test_a_root_beside_an_exception_does_not_make_it_last() -> None:
    """Two heads with the same pins end with the one that ends."""
    story = begun()
    story.approve("alice bob", "click 1.0@kim -> 1.0!evil@kim", expires=SOON)
    story.approve("carol", "click - -> 1.0!evil@kim", follows=())
    assert story.passes("click 1.0!evil@kim")
    assert story.codes("click 1.0!evil@kim", now=SOON) == ["approval-expired click 1.0"]


def test_of_two_ends_the_earlier_one_holds() -> None:
    """Two heads that agree on the pins, and not on up to when."""
    story = begun()
    start = story.at["click", "1.0@kim"]
    story.approve("alice bob", "click 1.0@kim -> 1.1", expires=LATER, follows=(start,))
    other = story.approve("bob", "click 1.0@kim -> 1.2@kim", follows=(start,))
    story.approve("alice bob", "click 1.2@kim -> 1.1", expires=SOON, follows=(other,))
    assert story.judge("click 1.1").standings["pypi", "click"].expires == SOON
    assert not story.passes("click 1.1", now=SOON)


def test_two_branches_that_saw_other_bytes_are_no_alarm_by_order() -> None:
    """Each is compared with what was before it; who settles them has the alarm."""
    story = begun()
    start = story.at["click", "1.0@kim"]
    heads = (
        story.approve("alice", "click 1.0@kim -> 1.1@kim", follows=(start,)),
        story.approve("bob", "click 1.0@kim -> 1.1!evil@kim", follows=(start,)),
    )
    judgement = story.judge("click 1.1@kim")
    assert judgement.waiting[0].follows == tuple(sorted(heads))
    assert (judgement.waiting[0].needed, judgement.uncounted) == (2, ())


def test_a_role_that_ends_ends_the_approval() -> None:
    """Two are left, but nobody of the role that the policy asks for."""
    rules = security("alice", "bob", approver("sue", "security"), role="security")
    story = History(rules)
    story.begin("alice", "click 1.0@kim")
    start = story.at["click", "1.0@kim"]
    story.approve("sue", "click 1.0@kim -> 1.0", expires=SOON, follows=(start,))
    story.approve("alice bob", "click 1.0@kim -> 1.0", expires=LATER, follows=(start,))
    assert story.codes("click 1.0", now=NOW) == []
    assert story.codes("click 1.0", now=SOON) == ["approval-expired click 1.0"]


def test_a_signed_release_after_an_unsigned_one_settles_the_exception() -> None:
    """The same version, signed again by whom it was signed before, is no alarm."""
    story = begun()
    story.approve("alice bob", "click 1.0@kim -> 1.1", expires=SOON)
    story.approve("carol", "click 1.1 -> 1.1@kim")
    assert story.codes("click 1.1@kim", now=SOON) == []
