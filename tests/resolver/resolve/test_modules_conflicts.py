"""Registries full of conflicts: a guess steers the search, and the search decides."""

import pytest

from bench.semver_universe import make_universe
from holdfast_resolver.resolve import modules as rooms
from holdfast_resolver.resolve import modules_world
from holdfast_resolver.resolve.modules import ModuleRequest, ModuleResolution, ModulesImpossible, resolve_modules
from holdfast_resolver.resolve.modules_hints import guess
from holdfast_resolver.resolve.modules_offers import Offers
from holdfast_resolver.resolve.modules_world import ModuleWorld
from holdfast_resolver.solver.search import Assumption
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER
from tests.support.module_shelf import ModuleShelf, Releases, solved

UNIVERSE = make_universe(400, seed=3)


def resolution() -> ModuleResolution:
    request = ModuleRequest(UNIVERSE.wishes, lambda name: "acme")
    outcome = resolve_modules(request, lambda names: {name: UNIVERSE.listings.get(name) for name in names})
    assert isinstance(outcome, ModuleResolution)
    return outcome


def admits(range_text: str, version: str) -> bool:
    return bool(SEMVER.range_mask(Candidates([SEMVER.key(version)], [version], scheme=SEMVER), range_text))


@pytest.mark.parametrize("patience", [(0, 0), (2_000, 4), (10**9, 0)])
def test_every_requirement_is_met(patience: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """With a guess and without one, every requirement of every choice is met by the one release of its module."""
    monkeypatch.setattr(rooms, "_PATIENCE", patience)
    outcome = resolution()
    chosen = {each.name: each.release.version for each in outcome.modules}
    assert len(chosen) > 350
    for wish in UNIVERSE.wishes:
        assert wish.requirement.name in chosen
    for each in outcome.modules:
        for need in each.dependencies:
            assert admits(need.range, chosen[need.name]), (each.name, need)


def test_a_guess_costs_nothing_in_releases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Started from a guess, the search gives as many newest releases as it does alone, nearly without conflicts."""
    monkeypatch.setattr(rooms, "_PATIENCE", (10**9, 0))
    alone = resolution()
    monkeypatch.setattr(rooms, "_PATIENCE", (0, 0))
    guessed = resolution()
    assert newest(guessed) >= newest(alone)
    assert alone.conflicts > 20
    assert guessed.conflicts <= 5


def newest(outcome: ModuleResolution) -> int:
    return sum(each.release is UNIVERSE.listings[each.name].releases[-1] for each in outcome.modules)


def test_the_universe_is_what_it_says() -> None:
    """Its planted answer is an answer, and some of its modules must be walked back."""
    walked = 0
    for name, listing in UNIVERSE.listings.items():
        (release,) = [each for each in listing.releases if each.version == UNIVERSE.planted[name]]
        walked += release is not listing.releases[-1]
        for need, range_text in release.dependencies:
            assert admits(range_text, UNIVERSE.planted[need]), (name, need)
    assert walked == 40


def test_a_guess_walks_back_the_fewer() -> None:
    """Of two contradicting sides the one with fewer modules gives way."""
    base: Releases = {"1.0.0": {}, "2.0.0": {}}
    steady: Releases = {"1.0.0": {"@acme/base": "^1"}, "1.1.0": {"@acme/base": "^1"}}
    names = ["@acme/odd", "@acme/x", "@acme/y"]
    shelf = ModuleShelf(
        {
            "@acme/odd": {"1.0.0": {"@acme/base": "^1"}, "1.1.0": {"@acme/base": "^2"}},
            "@acme/x": steady,
            "@acme/y": steady,
            "@acme/base": base,
        }
    )
    offers = Offers(shelf, {})
    offers.expect((name, "") for name in names)
    world = ModuleWorld(offers, {})
    wishes = [Assumption(offers.by_name[name].node, offers.by_name[name].mask(""), at) for at, name in enumerate(names)]
    hints = guess(world, wishes, lowest=False)
    chosen = {
        offers.by_node[node].name: offers.by_node[node].table.versions[mask.bit_length() - 1]
        for node, mask in hints.items()
    }
    assert chosen == {"@acme/odd": "1.0.0", "@acme/x": "1.1.0", "@acme/y": "1.1.0", "@acme/base": "1.0.0"}


def test_what_has_no_solution_has_none_after_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guess that cannot come true ends, and the refusal says why."""
    monkeypatch.setattr(rooms, "_PATIENCE", (0, 0))
    shelf = ModuleShelf(
        {
            "@acme/a": {"1.0.0": {"@acme/c": "^1"}, "1.1.0": {"@acme/c": "^1"}},
            "@acme/b": {"1.0.0": {"@acme/c": "^2"}},
            "@acme/c": {"1.0.0": {}, "2.0.0": {}},
        }
    )
    outcome = solved(shelf, {"@acme/a": "", "@acme/b": ""})
    assert isinstance(outcome, ModulesImpossible)
    assert outcome.sentences[-1] == "so the wishes for @acme/a and @acme/b cannot be met together"


def test_patience_is_counted_in_questions() -> None:
    """The world answers as many questions as it has patience for, and then says so."""
    offers = Offers(ModuleShelf({"@acme/a": {"1.0.0": {}}}), {})
    offers.expect([("@acme/a", "")])
    world = ModuleWorld(offers, {})
    world.patience = 2
    assert world.edges(0, 0) == world.edges(0, 0) == []
    with pytest.raises(modules_world.LongWay):
        world.edges(0, 0)
