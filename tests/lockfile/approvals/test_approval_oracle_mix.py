"""The drawn histories of approvals are worth judging: everything that can happen in them does, often enough."""

from collections import Counter
from functools import lru_cache
from random import Random

import pytest

from tests.support.approval_oracle import ask
from tests.support.approval_world_acts import ODD
from tests.support.approval_worlds import EVENTS, draw, play, questions

HISTORIES = 700
LEAST = 2  # of everything; what matters more has a number of its own
OFTEN = {
    "passes": 60,
    "fails": 60,
    "passes by a base": 80,
    "fails by a base": 80,
    "passes by a base with new acts": 30,
    "fails by a base with new acts": 60,
    "fails by unapproved packages alone": 40,
    "fails by the configuration alone": 40,
    "fails by a fault alone": 12,
    "only alarms are enforced": 20,
    "passes with what is unapproved": 5,
    "packages: approved": 120,
    "packages: unapproved": 100,
    "packages: incomplete": 8,
    "packages: conflict": 8,
    "packages: rejected": 8,
    "packages: expired": 5,
    "by a base: approved": 200,
    "by a base: unapproved": 100,
    "by a base: incomplete": 10,
    "by a base: conflict": 10,
    "by a base: rejected": 10,
    "by a base: expired": 8,
    "configuration: approved": 200,
    "configuration: unapproved": 100,
    "configuration: incomplete": 5,
    "configuration: conflict": 3,
    "configuration: rejected": 5,
    "configuration: gone": 3,
    "configuration: ": 1,  # nothing is in force
    "merge of two": 40,
}
FAULTS = (
    "approval-broken", "approval-edited", "approval-removed", "approval-uncounted", "baseline-second",
    "project-changed",
)  # fmt: skip
REASONS = (
    "a configuration that the base has left", "another configuration", "another project",
    "another project in the base", "another state than the base", "alarm without end", "author", "compromised",
    "does not follow", "follows what is not approved", "follows what is not approved by the base", "from the future",
    "no approver", "not by the base", "pruned", "retired", "retired in the base", "rule", "second baseline",
    "too few of the base", "unsigned",
)  # fmt: skip
CONFIGURED = ("by a stranger", "by everybody", "too few", "under another configuration", "new people")
WANTED = {
    **dict.fromkeys(EVENTS, LEAST),
    **{f"odd: {one}": LEAST for one in ODD},
    **{f"odd configuration: {one}": LEAST for one in CONFIGURED},
    **{f"fault: {one}": 4 * LEAST for one in FAULTS},
    **{f"why: {one}": LEAST for one in REASONS},
    **OFTEN,
}


@lru_cache(1)
def mix() -> Counter[str]:
    """What happened in a sample of histories, and what became of it."""
    found: Counter[str] = Counter()
    for seed in range(HISTORIES):
        world = play(draw(Random(seed)), seed)
        found.update(world.mix)
        found["merge of two"] += sum(len(commit.parents) == 2 for commit in world.commits)
        for head, base, now, authors in questions(world, Random(seed), 2):
            answer = ask(head, base, now, authors=authors, held=world.held)
            verdict = "passes" if answer.passes else "fails"
            found[verdict if base is None else f"{verdict} by a base"] += 1
            if base is not None and base.in_force and not base.raw.keys() >= head.raw.keys():
                found[f"{verdict} by a base with new acts"] += 1
            found[f"configuration: {answer.configuration}"] += 1
            found.update([f"{'packages' if base is None else 'by a base'}: {one}" for one in answer.outcomes.values()])
            found.update([f"fault: {one}" for one in answer.faults])
            found.update({f"why: {reason}" for reasons in answer.why.values() for reason in reasons})
            found["only alarms are enforced"] += answer.alarms_only
            found["passes with what is unapproved"] += answer.passes and bool(answer.unapproved)
            parts = (bool(answer.unapproved), answer.configuration != "approved", bool(answer.faults))
            if not answer.passes and sum(parts) == 1:
                what = ("unapproved packages", "the configuration", "a fault")[parts.index(True)]
                found[f"fails by {what} alone"] += 1
    return found


@pytest.mark.parametrize("what", WANTED)
def test_it_happens(what: str) -> None:
    """Every kind of event, of outcome, of fault, and every reason for which something does not count."""
    assert mix()[what] >= WANTED[what]


def test_nothing_happens_that_is_not_asked_for() -> None:
    """The table is complete: a new kind of event or reason has its line."""
    assert set(mix()) <= set(WANTED)
