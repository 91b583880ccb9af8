"""The search against a brute-force oracle on random small universes."""

import pytest

from holdfast_resolver.solver.port import NoSolution, Solution
from holdfast_resolver.solver.search import Assumption, Search
from tests.support.proofs import check_proof
from tests.support.toy import Toy, ToyWorld, all_answers, random_toy

_SEEDS = range(3000)


def run(world: ToyWorld, *, lowest: bool = False) -> Solution | NoSolution:
    assumptions = [
        Assumption(node, allowed, number)
        for number, wish in enumerate(world.toy.wishes)
        for node, allowed in world.allowed(wish)
    ]
    search = Search(world, assumptions, lowest=lowest).run()
    try:
        while True:
            next(search)
    except StopIteration as end:
        outcome = end.value
        assert isinstance(outcome, Solution | NoSolution)
        return outcome


def named(world: ToyWorld, solution: Solution) -> tuple[dict[str, int], frozenset[tuple[str, str]]]:
    chosen = {world.names[node][0]: index + 1 for node, index in solution.chosen.items()}
    return chosen, frozenset(world.names[node] for node in solution.extras)


@pytest.mark.parametrize("block", range(0, len(_SEEDS), 250))
def test_answers_and_refusals_agree_with_the_oracle(block: int) -> None:
    """A solution is one of the oracle's, and a refusal comes only where the oracle has none."""
    for seed in _SEEDS[block : block + 250]:
        toy = random_toy(seed)
        for lowest in (False, True):
            world = ToyWorld(toy)
            outcome = run(world, lowest=lowest)
            answers = all_answers(toy)
            if isinstance(outcome, NoSolution):
                assert answers == [], seed
                check_proof(world, outcome)
            else:
                assert named(world, outcome) in answers, seed


def test_the_generator_makes_interesting_universes() -> None:
    """Between a tenth and a half of the universes have no solution, and a fair share needs to learn."""
    toys = [random_toy(seed) for seed in range(400)]
    refused = sum(not all_answers(toy) for toy in toys)
    conflicts = sum(run(ToyWorld(toy)).conflicts > 0 for toy in toys)
    extras = sum(any(extra for _, extra in answer[1]) for toy in toys for answer in all_answers(toy)[:1])
    assert 40 < refused < 220
    assert conflicts > 60
    assert extras > 40


def test_late_answers_change_nothing() -> None:
    """A world that has to fetch every answer gives the same solution and the same number of attempts."""
    for seed in range(600):
        toy = random_toy(seed)
        assert _summary(ToyWorld(toy)) == _summary(ToyWorld(toy, late=True)), seed


def _summary(world: ToyWorld) -> object:
    outcome = run(world)
    facts = named(world, outcome) if isinstance(outcome, Solution) else None
    return facts, outcome.attempts, outcome.conflicts


def test_a_preferred_solution_is_kept_whole() -> None:
    """Preferring every version of a known solution gives just that solution."""
    checked = 0
    for seed in range(600):
        toy = random_toy(seed)
        for answer in all_answers(toy)[:3]:
            world = ToyWorld(toy, preferred=answer[0])
            outcome = run(world)
            assert isinstance(outcome, Solution)
            assert named(world, outcome)[0] == answer[0], seed
            checked += 1
    assert checked > 500


def test_one_package_takes_its_highest_version() -> None:
    """Without other constraints the highest version is chosen, and the lowest under the other strategy."""
    toy = Toy({"a": {1: {}, 2: {}, 3: {}}}, (("a", (), frozenset({1, 2, 3})),))
    assert named(world := ToyWorld(toy), _solved(world))[0] == {"a": 3}
    world = ToyWorld(toy)
    outcome = run(world, lowest=True)
    assert isinstance(outcome, Solution)
    assert named(world, outcome)[0] == {"a": 1}


def _solved(world: ToyWorld) -> Solution:
    outcome = run(world)
    assert isinstance(outcome, Solution)
    return outcome
