"""Drawn attacks: whoever has no approver's key changes nothing that a base has approved, whatever they write."""

from collections.abc import Iterable
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.approvals.judge import judge
from holdfast.approvals.judgement import State
from holdfast.model.approval import Act, SignedAct
from holdfast.model.pin_digest import approved_pins
from holdfast.model.security import security_digest
from tests.support.approval_laws import fails
from tests.support.approval_oracle_words import Digests, Key, digests_of
from tests.support.approval_world import STRANGER, World, key_id
from tests.support.approval_worlds import EVENTS, draw, play

# Not those by which signatures of approvers appear that the base, or what it pruned, does not have.
ATTACKS = sorted(set(EVENTS) - {"file: sign", "file: restore", "branch", "merge", "clock"})


def attacked(world: World, place: int, random: Random) -> tuple[State, State]:
    """What a stranger made of a commit, and the commit."""

    def by_a_stranger(act: Act, people: Iterable[str]) -> SignedAct:
        return SignedAct(world.digest(act), act, (key_id(STRANGER),))

    world.sign = by_a_stranger  # type: ignore[method-assign]  # from here on only the stranger signs
    world.place = place
    base = world.tree.state()
    for _ in range(random.randint(1, 8)):
        EVENTS[random.choice(ATTACKS)][1](world, random)
    return world.tree.state(), base


def pinned(state: State) -> tuple[str, dict[Key, Digests]]:
    """What is locked, and the configuration."""
    return security_digest(state.security), {key: digests_of(pins) for key, pins in approved_pins(state.lock).items()}


def attack(seed: int) -> bool | None:
    """Whether an attack passes that changed something; None for one that could change nothing."""
    random = Random(seed)
    world = play(draw(random), seed)
    sound = [
        place
        for place, commit in enumerate(world.commits)
        if commit.security.approval.enforce == "changes"
        and not any(one.name == STRANGER for one in commit.security.approvers)
        and commit.state().acts.acts
        and not fails(judge(commit.state(), None, world.now, held=world.held))
    ]
    if not sound:
        return None
    head, base = attacked(world, random.choice(sound[-4:]), random)
    if pinned(head) == pinned(base):
        return None
    return not fails(judge(head, base, world.now, held=world.held))


@settings(max_examples=200)
@given(st.integers(0, 2**63))
def test_a_stranger_changes_nothing(seed: int) -> None:
    """Old acts, pruned acts, own acts, other configurations, deleted and edited files: no change passes by the base."""
    assert not attack(seed)


def test_the_attacks_are_attacks() -> None:
    """Most drawn attacks change something."""
    assert [attack(seed) for seed in range(60)].count(False) > 20
