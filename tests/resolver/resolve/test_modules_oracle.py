"""Solving for modules against a brute-force oracle on random small registries."""

import itertools
import random
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from holdfast_resolver.resolve import modules as rooms
from holdfast_resolver.resolve.modules import ModuleResolution, ModulesImpossible
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER
from tests.support.module_shelf import ModuleShelf, Releases, solved, versions_of

_VERSIONS = ("1.0.0", "1.1.0", "1.1.1", "2.0.0-rc.1", "2.0.0", "2.1.0")
_RANGES = ("", "*", "^1", "~1.1", ">=1.1", "<2", "^2.0.0-rc.1", "2.x || 1.0.0", "1.0.0", ">1.0.0 <2.1", "9.x")

Answer = dict[str, str]


class Case(NamedTuple):
    """A registry, what is yanked of it, and two sets of wishes: before and after an edit."""

    modules: dict[str, Releases]
    yanked: dict[tuple[str, str], str]
    wishes: dict[str, str]
    others: dict[str, str]


def random_case(seed: int) -> Case:
    rng = random.Random(seed)
    names = [f"@acme/m{number}" for number in range(rng.randint(2, 5))]

    def needs(owner: str) -> dict[str, str]:
        others = [name for name in names if name != owner]
        return {name: rng.choice(_RANGES) for name in rng.sample(others, rng.choice((0, 1, 1, min(2, len(others)))))}

    def wishes() -> dict[str, str]:
        return {name: rng.choice(_RANGES) for name in rng.sample(names, rng.randint(1, min(3, len(names))))}

    modules: dict[str, Releases] = {
        name: {version: needs(name) for version in rng.sample(_VERSIONS, rng.randint(1, 4))} for name in names
    }
    yanked = {(name, version): "bad" for name in names for version in modules[name] if rng.random() < 0.1}
    return Case(modules, yanked, wishes(), wishes())


def admits(range_text: str, version: str) -> bool:
    return bool(SEMVER.range_mask(Candidates([SEMVER.key(version)], [version], scheme=SEMVER), range_text))


def closure(case: Case, wishes: dict[str, str], versions: Answer, pins: Answer) -> Answer | None:
    """Given a version for every module, return what is selected, or None if a requirement is broken."""
    selected: Answer = {}
    todo = list(wishes.items())
    while todo:
        name, range_text = todo.pop()
        version = versions[name]
        if not admits(range_text, version) or ((name, version) in case.yanked and pins.get(name) != version):
            return None
        if name not in selected:
            selected[name] = version
            todo += case.modules[name][version].items()
    return selected


def all_answers(case: Case, wishes: dict[str, str], pins: Answer) -> list[Answer]:
    """Return every solution: try all combinations of versions."""
    found = {}
    for combination in itertools.product(*(sorted(versions) for versions in case.modules.values())):
        answer = closure(case, wishes, dict(zip(case.modules, combination)), pins)
        if answer is not None:
            found[tuple(sorted(answer.items()))] = answer
    return list(found.values())


def cases(count: int) -> Iterator[tuple[int, Case]]:
    return ((seed, random_case(seed)) for seed in range(count))


@pytest.fixture(params=["plain", "guessed"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the search as it is, and with one that loses patience at once and starts from a guess."""
    if request.param == "guessed":
        monkeypatch.setattr(rooms, "_PATIENCE", (0, 0))
    return str(request.param)


@pytest.mark.parametrize("strategy", ["highest", "lowest"])
def test_answers_and_refusals_agree_with_the_oracle(way: str, strategy: str) -> None:
    """What is chosen is one of the oracle's answers; a refusal comes only where the oracle has none."""
    refused = 0
    for seed, case in cases(400):
        answers = all_answers(case, case.wishes, {})
        outcome = solved(ModuleShelf(case.modules, case.yanked), case.wishes, strategy=strategy)
        if isinstance(outcome, ModulesImpossible):
            assert answers == [], seed
            refused += 1
        else:
            assert versions_of(outcome) in answers, seed
    assert 80 < refused < 320


def test_what_moves_is_minimal_by_inclusion(way: str) -> None:
    """After an edit no solution moves only some of the pins that were moved; yanked pins may stay."""
    checked = forced = kept_yanked = 0
    for seed, case in cases(1200):
        every_release_pinned = dict(case.yanked.keys())
        before = all_answers(case, case.wishes, every_release_pinned)
        if not before:
            continue
        pins = random.Random(seed).choice(before)
        answers = all_answers(case, case.others, pins)
        outcome = solved(ModuleShelf(case.modules, case.yanked), case.others, preferences=tuple(pins.items()))
        assert isinstance(outcome, ModuleResolution) == bool(answers), seed
        if not answers:
            continue
        chosen = versions_of(outcome)
        assert chosen in answers, seed
        mine = moved(pins, chosen)
        assert not any(moved(pins, answer) < mine for answer in answers), seed
        checked += 1
        forced += bool(mine)
        kept_yanked += any(item in case.yanked for item in chosen.items())
    assert checked > 150
    assert forced > 20
    assert kept_yanked > 5


def moved(pins: Answer, chosen: Answer) -> frozenset[str]:
    return frozenset(name for name, version in chosen.items() if name in pins and pins[name] != version)


def test_suggestions_work() -> None:
    """Every suggestion, done, gives a solution."""
    suggested = 0
    for seed, case in cases(400):
        outcome = solved(ModuleShelf(case.modules, case.yanked), case.wishes)
        if not isinstance(outcome, ModulesImpossible):
            continue
        for suggestion in outcome.suggestions:
            assert suggestion.wish is not None
            name, _, range_text = suggestion.requirement.partition(" ")
            assert name == suggestion.wish.requirement.name
            changed = {**case.wishes, name: range_text}
            again = solved(ModuleShelf(case.modules, case.yanked), changed)
            assert isinstance(again, ModuleResolution), (seed, suggestion)
            suggested += 1
    assert suggested > 60
