"""What judging approvals never depends on, and what a base never lets through, on drawn histories of a team."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.approvals.judgement import Judgement, State
from holdfast.model.approval import SUFFIX
from holdfast.model.pin_digest import approved_pins
from holdfast.model.security import security_digest
from holdfast.trust.approval_files import Acts, read_acts
from holdfast.trust.dsse import parse_envelope
from tests.support.approval_laws import broken_laws, fails, judged
from tests.support.approval_oracle import ask
from tests.support.approval_oracle_words import Key, digests_of
from tests.support.approval_worlds import Question, draw, play, questions, sealed_files, true_digest

SEEDS = st.integers(0, 2**63)


@settings(max_examples=60)
@given(SEEDS)
def test_order_does_not_matter(seed: int) -> None:
    """Acts, files, pins and signers in another order, and a second look, come to the same judgement."""
    random = Random(seed)
    world = play(draw(random), seed)
    for question in questions(world, random, 1):
        judgement = judged(world, question)
        assert judged(world, question) == judgement
        base = None if question.base is None else _shuffled(question.base, random)
        assert _gist(judged(world, question._replace(head=_shuffled(question.head, random), base=base))) == _gist(
            judgement
        )


def _gist(judgement: Judgement) -> object:
    """All but the order in which several versions of a package, or several approvers, are named in one line."""
    waiting = [(*one[:4], sorted(one.before_pins), sorted(one.after), *one[7:]) for one in judgement.waiting]
    kinds = [{change.kind for change in one.changes} for one in judgement.waiting]
    findings = [(one.code, one.severity, sorted(one.subject.replace(",", "").split())) for one in judgement.findings]
    security = judgement.security and judgement.security[:2]
    return findings, waiting, kinds, security, judgement.standings, judgement.uncounted


def _shuffled(state: State, random: Random) -> State:
    lock = state.lock._replace(
        packages=_in_disorder(state.lock.packages, random), signers=_in_disorder(state.lock.signers, random)
    )
    acts = Acts(_in_disorder(state.acts.acts, random), state.acts.broken)
    security = state.security._replace(approvers=_in_disorder(state.security.approvers, random))
    return State(lock, security, acts, dict(_in_disorder(tuple(state.raw.items()), random)))


def _in_disorder(items: tuple[Any, ...], random: Random) -> tuple[Any, ...]:
    return tuple(random.sample(items, len(items)))


@settings(max_examples=25)
@given(SEEDS)
def test_signed_files_are_judged_as_the_acts_in_them(seed: int) -> None:
    """Real files, in any order and in any spelling of their JSON, come to what the same acts as values come to."""
    random = Random(seed)
    world = play(draw(random), seed, true_digest)
    head = world.tree.state()
    files = dict(sealed_files(head))
    spelled = {name: _respelled(data, random) for name, data in random.sample(sorted(files.items()), len(files))}
    known = {one.id: one.key for commit in world.commits for one in commit.security.approvers}
    for each in (files, spelled):
        acts = read_acts(each, known.values())
        assert not acts.broken
        values = [
            one._replace(keys=tuple([key for key in one.keys if key in known])) for one in head.acts.acts if one.keys
        ]
        assert acts.acts == tuple(sorted(values))
        tree = head._replace(acts=Acts(acts.acts, head.acts.broken))
        assert not broken_laws(world, Question(tree, None, world.now, frozenset()))


def _respelled(data: bytes, random: Random) -> bytes:
    """The same envelope with other white space, its fields and its signatures in another order."""
    rows = list(json.loads(data).items())
    random.shuffle(rows)
    envelope = {name: value[::-1] if name == "signatures" else value for name, value in rows}
    text = json.dumps(envelope, indent=random.choice([None, 1, 4])).encode()
    assert parse_envelope(text).payload == parse_envelope(data).payload
    return text


@settings(max_examples=120)
@given(SEEDS)
def test_nothing_new_passes_without_people_of_the_base(seed: int) -> None:
    """Whatever differs from what the base approved was signed, since then, by an approver whom the base has."""
    world = play(draw(Random(seed)), seed)
    for question in questions(world, Random(seed)):
        head, base = question.head, question.base
        if base is None or fails(judged(world, question)):
            continue
        before = ask(base, None, question.now, held=world.held)
        if before.configuration == "approved" and base.security.approval.enforce == "changes":
            _assert_signed(head, base, before.outcomes)


def _assert_signed(head: State, base: State, before: Mapping[Key, str]) -> None:
    people = {one.id for one in base.security.approvers if one.cause != "compromised" or one.held_by}
    new = [one for one in head.acts.acts if one.digest + SUFFIX not in base.raw and people.intersection(one.keys)]
    assert head.security.project == base.security.project
    if security_digest(head.security) != security_digest(base.security):
        assert any(one.act.security is not None and one.act.security.after == head.security for one in new)
        return
    accepted = {(one.key, digests_of(one.after)) for each in new for one in each.act.packages}
    locked = {key: digests_of(pins) for key, pins in approved_pins(head.lock).items()}
    olds = {key: digests_of(pins) for key, pins in approved_pins(base.lock).items()}
    for key, outcome in before.items():
        if outcome == "approved" and locked.get(key, frozenset()) != olds.get(key, frozenset()):
            assert (key, locked.get(key, frozenset())) in accepted
