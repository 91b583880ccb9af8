"""What has to hold between judging approvals and the oracle of "approved", and the smallest script that breaks it."""

from __future__ import annotations

from random import Random

from holdfast.approvals.judge import judge
from holdfast.approvals.judgement import Judgement
from tests.support.approval_oracle import APPROVED, CONFLICT, EXPIRED, INCOMPLETE, REJECTED, UNAPPROVED, ask
from tests.support.approval_world import World
from tests.support.approval_worlds import Question, Script, draw, play, questions


def judged(world: World, question: Question) -> Judgement:
    """What the engine says."""
    head, base, now, authors = question
    return judge(head, base, now, revision="origin/main", authors=authors, held=world.held)


def fails(judgement: Judgement) -> list[str]:
    """The findings that make a check fail."""
    return [f"{one.code} {one.subject}" for one in judgement.findings if one.severity in ("error", "alarm")]


def broken_laws(world: World, question: Question) -> list[str]:
    """How the engine and the oracle differ; [] if they do not.

    Law 1: nothing that is not approved passes. Law 2: nothing that is approved fails. Law 3: the same packages wait,
    in the same state, and so does the security configuration.
    """
    answer = ask(question.head, question.base, question.now, authors=question.authors, held=world.held)
    judgement = judged(world, question)
    found = []
    if not answer.passes and not fails(judgement):
        found.append(f"law 1: it passes with {answer.outcomes}, configuration {answer.configuration}, {answer.faults}")
    if answer.passes and fails(judgement):
        found.append(f"law 2: it fails with {fails(judgement)}")
    wait = {(one.source, one.name): state_of(one.reason) for one in judgement.waiting}
    wanted = {key: outcome for key, outcome in answer.outcomes.items() if outcome != APPROVED}
    if wait != wanted:
        found.append(f"law 3: {wait} wait, and {wanted} should")
    configuration = APPROVED if judgement.security is None else state_of(judgement.security.reason)
    if configuration != answer.configuration and answer.configuration not in ("", "gone"):
        found.append(f"law 3: the configuration is {configuration}, and should be {answer.configuration}")
    return found


def state_of(reason: str) -> str:
    """The state that a reason tells of."""
    words = {
        " heads, ": CONFLICT,
        "rejected by ": REJECTED,
        " ended ": EXPIRED,
        " of ": INCOMPLETE,
        "no appr": INCOMPLETE,
    }
    return next((state for word, state in words.items() if word in reason), UNAPPROVED)


def first_broken(script: Script, seed: int) -> list[str]:
    """What is broken first in a history."""
    world = play(script, seed)
    return next((found for one in questions(world, Random(seed)) if (found := broken_laws(world, one))), [])


def explained(seed: int, broken: list[str]) -> str:
    """The smallest script found that breaks a law as a drawn one does, to be shown where a test fails."""
    script = draw(Random(seed))
    law = broken[0][:5]
    for place in reversed(range(len(script))):
        fewer = script[:place] + script[place + 1 :]
        found = first_broken(fewer, seed)
        if found and found[0].startswith(law):
            script, broken = fewer, found
    return "\n".join([f"seed {seed}: {script}", *broken])
