"""Moving as little as can be, against the oracle: no solution moves only a proper part of what was moved."""

import random
from collections.abc import Generator
from typing import Any

from holdfast_resolver.solver.moves import fewest_moves
from holdfast_resolver.solver.port import NoSolution, Solution
from holdfast_resolver.solver.search import Assumption, Search
from tests.support.toy import Toy, ToyWorld, all_answers, random_toy


def finish(run: Generator[tuple[object, ...], None, Any]) -> Any:
    try:
        while True:
            next(run)
    except StopIteration as end:
        return end.value


def moved(pins: dict[str, int], chosen: dict[str, int]) -> frozenset[str]:
    return frozenset(name for name, version in chosen.items() if name in pins and pins[name] != version)


def edited(toy: Toy, seed: int) -> Toy:
    """The same releases under other wishes: what a manifest edit does."""
    if seed % 2 == 0:
        return toy._replace(wishes=toy.wishes[1:])
    others = random_toy(seed + 50_000).wishes
    return toy._replace(
        wishes=tuple(
            (name, extras, versions & frozenset(toy.releases[name]))
            for name, extras, versions in others
            if name in toy.releases
        )
    )


def test_what_moves_is_minimal_by_inclusion() -> None:
    """After an edit, the pins that moved are such that no solution moves only some of them."""
    checked = forced = improved = 0
    for seed in range(4000):
        toy = random_toy(seed)
        before = all_answers(toy)
        if not before:
            continue
        pins = random.Random(seed).choice(before)[0]
        after = edited(toy, seed)
        answers = all_answers(after)
        if not answers:
            continue
        world = ToyWorld(after, preferred=pins)
        wishes = [
            Assumption(node, allowed, number)
            for number, wish in enumerate(after.wishes)
            for node, allowed in world.allowed(wish)
        ]
        first = finish(Search(world, wishes).run())
        assert isinstance(first, Solution), seed
        masks = {world.number(name): 1 << (version - 1) for name, version in pins.items()}
        outcome = finish(fewest_moves(world, wishes, first, masks))
        assert isinstance(outcome, Solution)
        chosen = {world.names[node][0]: at + 1 for node, at in outcome.chosen.items()}
        assert any(chosen == answer[0] for answer in answers), seed
        mine = moved(pins, chosen)
        assert not any(moved(pins, answer[0]) < mine for answer in answers), seed
        checked += 1
        forced += bool(mine)
        improved += outcome is not first
    assert checked > 800
    assert forced > 100
    assert improved > 0


def test_a_fixed_package_stays_as_the_solution_has_it() -> None:
    """An update's own package keeps its new version while others are put back."""
    everything = frozenset({1, 2})
    toy = Toy(
        {"a": {1: {}, 2: {}}, "b": {1: {}, 2: {}}},
        (("a", (), everything), ("b", (), everything)),
    )
    world = ToyWorld(toy)
    wishes = [Assumption(world.number(name), 3, number) for number, name in enumerate(("a", "b"))]
    first = finish(Search(world, wishes).run())
    assert not isinstance(first, NoSolution)
    pins = {world.number("a"): 1, world.number("b"): 1}
    outcome = finish(fewest_moves(world, wishes, first, pins, [world.number("a")]))
    assert outcome.chosen == {world.number("a"): 1, world.number("b"): 0}
