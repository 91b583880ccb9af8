"""Judging approvals against a slow oracle that shares nothing with it, on drawn histories of a team.

Acts, reverts, deletions, edits of policy and approvers, merges, clocks; any commit as the base, and none.
"""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.approval_laws import broken_laws, explained
from tests.support.approval_worlds import draw, play, questions

SEEDS = st.integers(0, 2**63)


@settings(max_examples=430)
@given(SEEDS)
def test_the_judgement_is_that_of_the_oracle(seed: int) -> None:
    """For any base nothing passes that is not approved, nothing fails that is, and what waits is what should."""
    world = play(draw(Random(seed)), seed)
    for question in questions(world, Random(seed)):
        broken = broken_laws(world, question)
        assert not broken, explained(seed, broken)
