"""The oracle of "approved" itself, held against what `docs/approvals.md` says: the engine has no part in it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from holdfast.approvals.judgement import State
from tests.support.approval_histories import SOON, History
from tests.support.approval_oracle import Answer, ask
from tests.support.approvals import NOW, OTHER_PROJECT, approver, security

TEAM = security(approver("alice", "security", emails=("alice@acme.example",)), "bob", "carol")
CLICK = ("pypi", "click")


class Told(NamedTuple):
    """A tree to be judged, by a base or alone."""

    head: State
    base: State | None = None
    authors: tuple[str, ...] = ()
    now: str = NOW


Tell = Callable[[History], Told]


def begun(**policy: Any) -> History:
    """Alice's baseline of click 1.0, by the team under this policy."""
    story = History(TEAM._replace(approval=TEAM.approval._replace(**policy)))
    story.begin("alice", "click 1.0")
    return story


def told(tell: Tell, **policy: Any) -> Answer:
    """What the oracle says."""
    head, base, authors, now = tell(begun(**policy))
    return ask(head, base, now, authors=authors)


def after(*acts: Callable[[History], object], lock: str = "click 1.1", is_based: bool = True) -> Tell:
    """A tree with this lock after these acts, judged by the tree before them."""

    def tell(story: History) -> Told:
        base = story.state("click 1.0")
        for one in acts:
            one(story)
        return Told(story.state(lock), base if is_based else None)

    return tell


def _by_author(story: History) -> Told:
    base = story.state("click 1.0")
    story.approve("alice", "click 1.0 -> 1.1")
    return Told(story.state("click 1.1"), base, ("alice@acme.example",))


def _deleted(story: History) -> Told:
    no = story.reject("bob", "click 1.0 -> 1.1")
    base = story.state("click 1.0")
    story.drop(no)
    story.approve("bob", "click 1.0 -> 1.1", follows=(story.acts[0].digest,))
    return Told(story.state("click 1.1"), base)


def _brought_back(story: History) -> Told:
    story.approve("bob", "click 1.0 -> 1.1")
    return Told(story.state("click 1.0"), story.state("click 1.1"))


def _ended(story: History) -> Told:
    story.approve("alice bob", "click 1.0 -> 1.0!evil", expires=SOON)
    return Told(story.state("click 1.0!evil"), now=SOON)


def _introduced(story: History) -> Told:
    base = story.state("click 1.0")
    story.configure("bob", story.rules._replace(approvers=(*story.rules.approvers, approver("mallory"))))
    story.approve("mallory", "click 1.0 -> 1.1")
    return Told(story.state("click 1.1"), base)


def _project(story: History) -> Told:
    base = story.state("click 1.0")
    story.rules = story.rules._replace(project=OTHER_PROJECT)
    return Told(story.state("click 1.0"), base)


def _two_heads(story: History) -> Told:
    start = (story.at["click", "1.0"],)
    story.approve("bob", "click 1.0 -> 1.1", follows=start)
    story.approve("alice", "click 1.0 -> 1.2", follows=start)
    return Told(story.state("click 1.1"))


def _settled(story: History) -> Told:
    _two_heads(story)
    heads = (story.at["click", "1.1"], story.at["click", "1.2"])
    story.approve("carol", "click 1.1|1.2 -> 1.2", follows=tuple(sorted(heads)))
    return Told(story.state("click 1.2"))


def _second(story: History) -> Told:
    base = story.state("click 1.0")
    story.begin("bob", "click 1.1")
    return Told(story.state("click 1.1"), base)


def _walked_round(story: History) -> Told:
    story.approve("bob", "click 1.0 -> 1.1")
    story.approve("bob", "click 1.1 -> 1.0!evil", expires=SOON)
    return Told(story.state("click 1.0!evil"))


CASES: dict[str, tuple[Tell, str, bool]] = {  # what -> (how, outcome of click, whether it passes)
    "nothing new": (after(lock="click 1.0"), "approved", True),
    "nobody approved": (after(), "unapproved", False),
    "one approved": (after(lambda story: story.approve("bob", "click 1.0 -> 1.1")), "approved", True),
    "a stranger approved": (after(lambda story: story.approve("mallory", "click 1.0 -> 1.1")), "unapproved", False),
    "a new approver, in the same change": (_introduced, "unapproved", False),
    "its author approved, who may": (_by_author, "approved", True),
    "another change was approved": (
        after(lambda story: story.approve("bob", "click 1.0 -> 1.2")), "unapproved", False
    ),
    "an older pin is brought back": (_brought_back, "unapproved", False),
    "approved for another project": (
        after(lambda story: story.approve("bob", "click 1.0 -> 1.1", project=OTHER_PROJECT)), "unapproved", False
    ),
    "approved from what never was": (
        after(lambda story: story.approve("bob", "click 1.2 -> 1.1", follows=(story.acts[0].digest,))),
        "unapproved", False,
    ),
    "rejected": (after(lambda story: story.reject("bob", "click 1.0 -> 1.1")), "rejected", False),
    "a rejection is deleted": (_deleted, "approved", False),
    "two branches, two ways": (_two_heads, "conflict", False),
    "two ways, settled": (_settled, "approved", True),
    "other bytes, one approver": (
        after(lambda story: story.approve("bob", "click 1.0 -> 1.0!evil", expires=SOON), lock="click 1.0!evil"),
        "incomplete", False,
    ),
    "other bytes, two approvers": (
        after(lambda story: story.approve("alice bob", "click 1.0 -> 1.0!evil", expires=SOON), lock="click 1.0!evil"),
        "approved", True,
    ),
    "other bytes, two approvers, no end": (
        after(lambda story: story.approve("alice bob", "click 1.0 -> 1.0!evil"), lock="click 1.0!evil"),
        "unapproved", False,
    ),
    "other bytes, by a way round": (_walked_round, "incomplete", False),
    "an exception has ended": (_ended, "expired", False),
    "a second baseline": (_second, "unapproved", False),
    "another project id": (_project, "approved", False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_says_what_the_documents_say(case: str) -> None:
    """Each line of the threat table that speaks of acts, and what is fine beside it."""
    tell, outcome, passes = CASES[case]
    answer = told(tell)
    assert (answer.outcomes[CLICK], answer.passes) == (outcome, passes)


def test_policies_are_kept() -> None:
    """Thresholds, roles and independence, each with what is enough and what is not."""
    one = after(lambda story: story.approve("bob", "click 1.0 -> 1.1"))
    two = after(lambda story: story.approve("bob carol", "click 1.0 -> 1.1"))
    assert not told(one, threshold=2).passes
    assert told(two, threshold=2).passes
    assert not told(two, role="security").passes
    assert told(after(lambda story: story.approve("alice", "click 1.0 -> 1.1")), role="security").passes
    assert not told(_by_author, independent=True).passes
    assert told(after(), enforce="alarms").passes
    assert not told(after(lock="click 1.0!evil"), enforce="alarms").passes
