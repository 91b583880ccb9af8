"""Approvals by rule: exactly what an allowance describes, and never an alarm."""

from typing import Any

import pytest

from holdfast.approvals.by_rule import moved
from holdfast.model.approval import Seen
from holdfast.model.policy import DAY
from holdfast.model.security import Allowance, Security
from tests.support.approval_histories import SOON, History
from tests.support.approvals import approver, security

WEEK = Allowance(
    ("pypi:click", "pypi:flask"), ("version-changed", "artifact-added"), 7 * DAY, "2026-11-30T00:00:00Z", "x"
)
AGED = Seen((), (), "2026-11-13T12:00:00Z", "MIT")  # a week before the acts' date, to the second


def rules(*allowances: Allowance, **policy: Any) -> Security:
    """A person and a rule's key."""
    return security("alice", "bob", approver("ci", "rule"), allowances=allowances or (WEEK,), **policy)


def begun(given: Security | None = None, word: str = "1.0@kim") -> History:
    """A project with a signed package, and others."""
    story = History(given or rules())
    story.begin("alice", f"click {word}", "six 1.0")
    return story


def reasons(story: History, *packages: str) -> list[str]:
    """Why acts do not count."""
    return [reason for _, reason in story.judge(*packages).uncounted]


def test_a_rule_approves_what_it_describes() -> None:
    """Same signers, old enough, of a class that it names: approved, and said to be by rule."""
    story = begun()
    story.by_rule("ci", "click 1.0@kim -> 1.1@kim", seen=AGED)
    judgement = story.judge("click 1.1@kim", "six 1.0")
    assert judgement.findings == ()
    standing = judgement.standings["pypi", "click"]
    assert (standing.how, standing.reviewers, standing.seen) == ("rule", ("ci",), AGED)


def test_a_person_beside_a_rule_makes_it_reviewed() -> None:
    """What a person saw is what is remembered."""
    story = begun(rules(threshold=2))
    story.by_rule("ci", "click 1.0@kim -> 1.1@kim", seen=AGED)
    assert not story.passes("click 1.1@kim", "six 1.0")
    mine = Seen((), (), "2026-11-01T00:00:00Z", "BSD-3-Clause")
    story.approve("bob", "click 1.0@kim -> 1.1@kim", seen=mine)
    standing = story.judge("click 1.1@kim", "six 1.0").standings["pypi", "click"]
    assert (standing.how, standing.reviewers, standing.seen) == ("reviewed", ("bob", "ci"), mine)


TOO_YOUNG = AGED._replace(released="2026-11-13T12:00:01Z")
UNRULED: dict[str, tuple[str, dict[str, Any], str]] = {
    "too young by a second": ("1.1@kim", {"seen": TOO_YOUNG}, "the release was not as old as the rule asks"),
    "of unknown age": ("1.1@kim", {"seen": AGED._replace(released="")}, "the release was not as old as the rule asks"),
    "signed by another": ("1.1@joe", {"classes": "signer-changed version-changed"}, "no rule lets signer-changed, "),
    "one more signer": (
        "1.1@kim",
        {"classes": "signer-added version-changed", "word": "1.0"},
        "no rule lets signer-added, ",
    ),
    "other bytes": ("1.0!evil@kim", {"classes": "artifact-changed", "expires": SOON}, "no rule approves an alarm"),
    "signer lost": ("1.1", {"classes": "signer-lost version-changed", "expires": SOON}, "no rule approves an alarm"),
    "an alarm called harmless": (
        "1.0!evil@kim",
        {"classes": "version-changed", "expires": SOON},
        "no rule approves an alarm",
    ),
    "another class than it claims": (
        "1.1@kim",
        {"classes": "artifact-added"},
        "it claims to be artifact-added, and is version-",
    ),
    "more classes than it has": (
        "1.1@kim",
        {"classes": "version-changed artifact-added"},
        "it claims to be artifact-added, version-changed, and is version-changed",
    ),
    "a removal": ("-", {"classes": "removed"}, "no rule lets removed through"),
    "nothing": ("1.0@kim", {"classes": ""}, "there is nothing to approve"),
    "after the rule's end": (
        "1.1@kim",
        {"date": "2026-11-30T00:00:00Z", "now": "2026-12-01T00:00:00Z"},
        "no rule lets ",
    ),
}


@pytest.mark.parametrize("case", UNRULED)
def test_a_rule_approves_nothing_else(case: str) -> None:
    """Each is named with its reason, and the change goes on waiting."""
    after, told, reason = UNRULED[case]
    before = told.get("word", "1.0@kim")
    story = begun(word=before)
    now = told.get("now", "2026-11-21T06:40:00Z")
    fields = {"seen": AGED, **{key: value for key, value in told.items() if key not in ("word", "now")}}
    story.by_rule("ci", f"click {before} -> {after}", **fields)
    judgement = story.judge(f"click {after}", "six 1.0", now=now)
    (found,) = [text for _, text in judgement.uncounted]
    assert found.startswith(reason)
    assert case == "nothing" or not story.passes(f"click {after}", "six 1.0", now=now)


def test_a_rule_is_of_the_packages_that_it_names() -> None:
    """Another package is not let through."""
    story = begun()
    story.by_rule("ci", "six 1.0 -> 1.1", seen=AGED)
    assert reasons(story, "click 1.0@kim", "six 1.1") == ["no rule lets version-changed through"]


def test_a_rule_s_key_approves_nothing_without_a_rule() -> None:
    """Not as a person, not a rejection, not a configuration."""
    story = begun()
    story.approve("ci", "click 1.0@kim -> 1.1@kim", seen=AGED)
    assert not story.passes("click 1.1@kim", "six 1.0")
    story.reject("ci", "six 1.0 -> 1.1")
    assert "change-unapproved six 1.1" in story.codes("click 1.0@kim", "six 1.1")
    story.configure("ci", security("alice"))
    assert "configuration-changed security configuration" in story.codes("click 1.0@kim", "six 1.0")
    said = "a key of the role rule approves packages by a rule, and nothing else"
    assert set(reasons(story, "click 1.0@kim", "six 1.0")) == {said}


def test_a_person_s_key_is_not_bound_by_rules() -> None:
    """A person who names a rule approves as a person."""
    story = begun()
    story.by_rule("bob", "six 1.0 -> 2.0", seen=Seen())
    judgement = story.judge("click 1.0@kim", "six 2.0")
    assert judgement.findings == ()
    assert judgement.standings["pypi", "six"].how == "reviewed"


def test_a_rule_may_let_new_and_removed_packages_through() -> None:
    """Where it says so: there are no signers of before to compare with."""
    allowance = Allowance(("pypi:*",), ("new-package", "removed"), DAY, "", "our own")
    story = begun(rules(allowance))
    story.by_rule("ci", "flask - -> 3.0@kim", "new-package", seen=AGED)
    story.by_rule("ci", "click 1.0@kim -> -", "removed", seen=Seen())
    assert story.codes("flask 3.0@kim", "six 1.0") == []


def test_a_rule_never_lets_other_signers_through() -> None:
    """Not even where its classes name a change of signers."""
    allowance = Allowance(("pypi:*",), ("signer-changed", "version-changed"), 0, "", "careless")
    story = begun(rules(allowance))
    story.by_rule("ci", "click 1.0@kim -> 1.1@joe", "signer-changed version-changed", seen=Seen())
    assert reasons(story, "click 1.1@joe", "six 1.0") == ["a rule approves nothing by other signers"]


def test_a_rule_that_names_an_alarm_lets_none_through() -> None:
    """An allowance for alarms is void."""
    allowance = Allowance(("pypi:*",), ("artifact-changed",), 0, "", "careless")
    story = begun(rules(allowance))
    story.by_rule("ci", "click 1.0@kim -> 1.0!evil@kim", "artifact-changed", seen=Seen(), expires=SOON)
    story.approve("alice", "click 1.0@kim -> 1.0!evil@kim", expires=SOON)
    (found, _) = story.judge("click 1.0!evil@kim", "six 1.0").findings
    assert (found.code, dict(found.facts)["why"]) == ("artifact-changed", "1 of 2 approvers")


def test_a_rule_cannot_bring_back_what_was_an_alarm() -> None:
    """Harmless steps over which bytes changed are an alarm for a rule too."""
    allowance = Allowance(("pypi:*",), ("version-changed", "new-package", "removed"), 0, "", "careless")
    story = begun(rules(allowance))
    story.by_rule("ci", "click 1.0@kim -> -", "removed", seen=Seen())
    story.by_rule("ci", "click - -> 1.0!evil@kim", "new-package", seen=Seen(), expires=SOON)
    assert reasons(story, "click 1.0!evil@kim", "six 1.0") == ["no rule approves an alarm"]


@pytest.mark.parametrize(
    ("instant", "seconds", "later"),
    [
        ("2026-12-31T23:59:59Z", 1, "2027-01-01T00:00:00Z"),
        ("2028-02-28T12:00:00Z", DAY, "2028-02-29T12:00:00Z"),
        ("0001-01-01T00:00:00Z", 0, "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", 1, "~"),
    ],
)
def test_instants_move(instant: str, seconds: int, later: str) -> None:
    """In the calendar; behind its end they are behind every date."""
    assert moved(instant, seconds) == later


CALM = WEEK._replace(no_new_capabilities=True)
NET = (("network", "click/x.py:4 via socket.socket"),)
LOOKED = AGED._replace(places=())
CONNECTS = AGED._replace(capabilities=("network",), places=NET)
GAINS = "it gains network, and the rule asks that no capability is gained"
UNSEEN = "not all of its code was looked at, and the rule asks that it gains no capability"
BEFORE = "no approval recorded all that the code before could do, and the rule asks that none is gained"


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (LOOKED, LOOKED, ""),
        (CONNECTS, CONNECTS, ""),
        (CONNECTS, LOOKED, ""),
        (LOOKED, CONNECTS, GAINS),
        (LOOKED, AGED, UNSEEN),
        (LOOKED, CONNECTS._replace(places=None), UNSEEN),
        (AGED, LOOKED, BEFORE),
        (CONNECTS._replace(places=None), CONNECTS, BEFORE),
    ],
)
def test_a_rule_without_new_capabilities_approves_what_is_known_to_gain_none(
    before: Seen, after: Seen, reason: str
) -> None:
    """By what the approval before recorded, and by what was seen now; what is not known is left to people."""
    story = begun(rules(CALM))
    story.approve("bob", "click 1.0@kim -> 1.1@kim", seen=before)
    story.by_rule("ci", "click 1.1@kim -> 1.2@kim", seen=after)
    assert reasons(story, "click 1.2@kim", "six 1.0") == ([reason] if reason else [])
    assert story.passes("click 1.2@kim", "six 1.0") is not bool(reason)


def test_nobody_looked_at_what_a_baseline_took() -> None:
    """So a person has to, once."""
    story = begun(rules(CALM))
    story.by_rule("ci", "click 1.0@kim -> 1.1@kim", seen=LOOKED)
    assert reasons(story, "click 1.1@kim", "six 1.0") == [BEFORE]


def test_another_rule_without_the_condition_still_approves() -> None:
    """Each rule is asked for itself."""
    story = begun(rules(CALM, WEEK))
    story.by_rule("ci", "click 1.0@kim -> 1.1@kim", seen=CONNECTS)
    assert story.passes("click 1.1@kim", "six 1.0")


def test_two_reviewers_make_known_only_what_both_recorded() -> None:
    """One act that claims more than the code could do opens nothing."""
    story = begun(rules(CALM, threshold=1))
    story.approve("bob", "click 1.0@kim -> 1.1@kim", seen=CONNECTS)
    story.approve("alice", "click 1.0@kim -> 1.1@kim", seen=LOOKED)
    story.by_rule("ci", "click 1.1@kim -> 1.2@kim", seen=CONNECTS)
    assert GAINS in reasons(story, "click 1.2@kim", "six 1.0")
