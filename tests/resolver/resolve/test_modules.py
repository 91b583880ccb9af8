"""Solving for modules: what is chosen, what is kept, and in how many calls the registry is asked."""

from typing import Any

import pytest

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.resolve.modules import ModulesImpossible
from holdfast_resolver.values.requirements import Requirement
from tests.support.module_shelf import ModuleShelf, Releases, solved, versions_of

A, B, C, D = "@acme/a", "@acme/b", "@acme/c", "@acme/d"
FREE: Releases = {"1.0.0": {}, "1.1.0": {}, "2.0.0": {}}


def test_each_module_takes_the_highest_release_that_all_admit() -> None:
    """One release of a module serves all that require it."""
    shelf = ModuleShelf({A: {"1.0.0": {C: "^1"}}, B: {"1.0.0": {C: "<1.1 || 3"}}, C: FREE, D: FREE})
    assert versions_of(solved(shelf, {A: "", B: ""})) == {A: "1.0.0", B: "1.0.0", C: "1.0.0"}


def test_the_lowest_can_be_asked_for() -> None:
    """With that strategy each module takes the lowest release that all admit."""
    shelf = ModuleShelf({A: {"1.0.0": {C: ">=1.1"}, "1.2.0": {C: "2"}}, C: FREE})
    assert versions_of(solved(shelf, {A: ""}, strategy="lowest")) == {A: "1.0.0", C: "1.1.0"}


def test_a_choice_says_where_it_comes_from_and_what_it_requires() -> None:
    """Choices are sorted by source and name; requirements carry their source and their canonical range."""
    shelf = ModuleShelf({A: {"1.0.0": {C: "*", B: " ^1.0 "}}, B: FREE, C: FREE})
    outcome = solved(shelf, {A: ""}, source_of=lambda name: "zeta" if name == A else "acme")
    assert not isinstance(outcome, ModulesImpossible)
    assert [(each.source, each.name) for each in outcome.modules] == [("acme", B), ("acme", C), ("zeta", A)]
    assert outcome.modules[-1].dependencies == (Requirement("acme", B, (), "^1.0"), Requirement("acme", C))
    assert outcome.modules[-1].release.file == "acme-a-1.0.0.tar"


_PRERELEASES: Releases = {"1.0.0": {}, "2.0.0-rc.1": {}, "2.0.0-rc.2": {}}


@pytest.mark.parametrize(
    ("range_text", "chosen"),
    [
        ("", "1.0.0"),
        ("*", "1.0.0"),
        (">=1", "1.0.0"),
        ("^2.0.0-rc.1", "2.0.0-rc.2"),
        (">=1 || 2.0.0-rc.1", "2.0.0-rc.1"),
    ],
)
def test_a_prerelease_is_chosen_where_the_range_admits_it(range_text: str, chosen: str) -> None:
    """As npm does: a comparator must name a pre-release of the same major, minor and patch."""
    assert versions_of(solved(ModuleShelf({A: _PRERELEASES}), {A: range_text})) == {A: chosen}


_YANKED = {(A, "2.0.0"): "broken"}


@pytest.mark.parametrize(
    ("request_fields", "chosen"),
    [
        ({}, "1.1.0"),
        ({"preferences": ((A, "2.0.0"),)}, "2.0.0"),
        ({"preferences": ((A, "2.0.0"),), "freed": frozenset({A})}, "1.1.0"),
        ({"preferences": ((A, "1.0.0"),)}, "1.0.0"),
        ({"strategy": "lowest"}, "1.0.0"),
    ],
)
def test_a_yanked_release_is_kept_and_never_chosen_anew(request_fields: dict[str, Any], chosen: str) -> None:
    """It is a candidate only while it is the pin to keep."""
    assert versions_of(solved(ModuleShelf({A: FREE}, _YANKED), {A: ""}, **request_fields)) == {A: chosen}


@pytest.mark.parametrize(("version", "chosen"), [("1.0.0+b1", "1.0.0+b1"), ("1.0.0+b2", "1.1.0"), ("0.9.0", "1.1.0")])
def test_a_pin_that_is_not_listed_is_no_pin(version: str, chosen: str) -> None:
    """Build metadata is part of a release's identity, though not of its order."""
    shelf = ModuleShelf({A: {"1.0.0+b1": {}, "1.1.0": {}}})
    assert versions_of(solved(shelf, {A: ""}, preferences=((A, version),))) == {A: chosen}


def test_only_the_freed_pin_and_what_it_forces_moves() -> None:
    """An update moves the module that was named, and of the others what cannot stay."""
    modules: dict[str, Releases] = {
        A: {"1.0.0": {C: "^1"}, "2.0.0": {C: "^2"}},
        B: {"1.0.0": {}, "1.1.0": {}},
        C: {"1.0.0": {D: ""}, "2.0.0": {D: ""}},
        D: FREE,
    }
    pins = ((A, "1.0.0"), (B, "1.0.0"), (C, "1.0.0"), (D, "1.0.0"))
    kept = solved(ModuleShelf(modules), {A: "", B: ""}, preferences=pins)
    assert versions_of(kept) == dict(pins)
    moved = solved(ModuleShelf(modules), {A: "", B: ""}, preferences=pins, freed=frozenset({A}))
    assert versions_of(moved) == {A: "2.0.0", B: "1.0.0", C: "2.0.0", D: "1.0.0"}


def test_modules_may_require_each_other() -> None:
    """A cycle is a graph like any other, and a module may name itself."""
    shelf = ModuleShelf({A: {"1.0.0": {B: "", A: "^1"}, "2.0.0": {B: "", A: "^1"}}, B: {"1.0.0": {A: ""}}})
    assert versions_of(solved(shelf, {A: ""})) == {A: "1.0.0", B: "1.0.0"}


def test_a_wish_that_is_no_range_is_an_error() -> None:
    """Bad input is not an outcome."""
    with pytest.raises(InvalidRange):
        solved(ModuleShelf({A: FREE}), {A: "about 1"})


def chain(length: int) -> dict[str, Releases]:
    """@acme/m0 requires @acme/m1, and so on; older releases require nothing."""
    names = [f"@acme/m{number}" for number in range(length)]
    return {
        name: {"1.0.0": {}, "2.0.0": {after: "^2"} if after else {}} for name, after in zip(names, [*names[1:], ""])
    }


def test_a_chain_takes_a_call_for_each_of_its_modules() -> None:
    """What a likely choice requires is asked for as soon as its listing is there."""
    shelf = ModuleShelf(chain(12))
    assert len(versions_of(solved(shelf, {"@acme/m0": ""}))) == 12
    assert len(shelf.waves) == 12


def test_a_fan_takes_two_calls() -> None:
    """All names that are wanted at one time are asked for in one call, sorted, each once."""
    leaves = [f"@acme/leaf-{number}" for number in range(50)]
    tops = [f"@acme/top-{number}" for number in range(10)]
    modules: dict[str, Releases] = {top: {"1.0.0": dict.fromkeys(leaves, "^1")} for top in tops}
    modules |= {leaf: {"1.0.0": {}, "1.1.0": {}} for leaf in leaves}
    shelf = ModuleShelf(modules)
    assert len(versions_of(solved(shelf, dict.fromkeys(tops, "")))) == 60
    assert shelf.waves == [tuple(sorted(tops)), tuple(sorted(leaves))]


def test_a_likely_choice_follows_what_others_want() -> None:
    """When a later listing narrows a module, what its new choice requires is asked for in the same wave."""
    shelf = ModuleShelf(
        {
            A: {"1.0.0": {C: "", B: ""}},
            B: {"1.0.0": {C: "^1"}},
            C: {"1.0.0": {D: ""}, "2.0.0": {"@acme/unneeded": ""}},
            D: FREE,
            "@acme/unneeded": FREE,
        }
    )
    assert versions_of(solved(shelf, {A: ""})) == {A: "1.0.0", B: "1.0.0", C: "1.0.0", D: "2.0.0"}
    assert shelf.waves == [(A,), (B, C), (D, "@acme/unneeded")]


def test_the_listings_of_a_pinned_graph_are_those_of_its_pins() -> None:
    """The likely choice of a pinned module is its pin, so that a lock asks for nothing that it does not need."""
    shelf = ModuleShelf({A: {"1.0.0": {B: ""}, "2.0.0": {C: ""}}, B: FREE, C: FREE})
    solved(shelf, {A: ""}, preferences=((A, "1.0.0"), (B, "1.0.0")))
    assert shelf.waves == [(A,), (B,)]


def test_no_name_is_asked_for_twice() -> None:
    """Not when the search goes back, and not for suggestions."""
    modules = chain(6)
    modules["@acme/m5"] = {"1.0.0": {}, "2.0.0": {"@acme/none": "", A: "^2"}}
    modules[A] = FREE
    shelf = ModuleShelf(modules)
    solved(shelf, {"@acme/m0": "^2", A: "^1"})
    asked = [name for wave in shelf.waves for name in wave]
    assert len(asked) == len(set(asked)) == 8
