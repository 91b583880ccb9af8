"""What a refusal of modules says: the line of the manifest, the reason, and a change that works."""

from collections.abc import Mapping

import pytest

from holdfast_resolver.errors import OfflineMiss
from holdfast_resolver.resolve.modules import ModulesImpossible
from holdfast_resolver.values.modules import ModuleListing
from tests.support.module_shelf import ModuleShelf, Releases, solved

A, B, C, D = "@acme/a", "@acme/b", "@acme/c", "@acme/d"
FREE: Releases = {"1.0.0": {}, "1.1.0": {}, "2.0.0": {}}
END = "so this wish cannot be met"


def refusal(
    modules: dict[str, Releases], wishes: dict[str, str], yanked: Mapping[tuple[str, str], str] | None = None
) -> ModulesImpossible:
    outcome = solved(ModuleShelf(modules, yanked), wishes)
    assert isinstance(outcome, ModulesImpossible)
    assert len(outcome.sentences) <= 6
    assert all(len(sentence) <= 160 for sentence in outcome.sentences)
    return outcome


_ONE_WISH: dict[str, tuple[dict[str, Releases], str, dict[tuple[str, str], str], tuple[str, ...], list[str]]] = {
    "no release in the range": (
        {A: FREE},
        "^3",
        {},
        ("holdfast.toml:1 asks for @acme/a ^3", "@acme/a has no release in ^3: its newest is 2.0.0", END),
        ["@acme/a ^2.0.0"],
    ),
    "pre-releases only": (
        {A: {"1.0.0-rc.1": {}, "1.0.0-rc.2": {}}},
        "",
        {},
        (
            "holdfast.toml:1 asks for @acme/a",
            "@acme/a has only pre-releases, which no range here names: its newest is 1.0.0-rc.2",
            END,
        ),
        ["@acme/a ^1.0.0-rc.2"],
    ),
    "a pre-release that the range does not name": (
        {A: {"1.0.0": {}, "2.0.0-rc.1": {}}},
        ">=1.1",
        {},
        (
            "holdfast.toml:1 asks for @acme/a >=1.1",
            "@acme/a has no release in >=1.1: its newest is 2.0.0-rc.1, a pre-release",
            END,
        ),
        ["@acme/a ^1.0.0"],
    ),
    "yanked": (
        {A: FREE},
        "^2",
        {(A, "2.0.0"): "leaks its key"},
        ("holdfast.toml:1 asks for @acme/a ^2", "@acme/a 2.0.0 was yanked: leaks its key", END),
        ["@acme/a ^1.1.0"],
    ),
    "no release at all": (
        {A: {}},
        "",
        {},
        ("holdfast.toml:1 asks for @acme/a", "@acme/a has no release", END),
        [],
    ),
    "a requirement that does not exist, with the nearest name": (
        {A: {"1.0.0": {"@acme/bees": "^1"}}, "@acme/bee": FREE},
        "",
        {},
        (
            "holdfast.toml:1 asks for @acme/a",
            "@acme/a requires @acme/bees ^1",
            "acme has no module named @acme/bees",
            END,
        ),
        [],
    ),
    "a requirement that no release meets": (
        {A: {"1.0.0": {B: ""}, "1.1.0": {B: "^9"}}, B: FREE},
        "^1.1",
        {},
        (
            "holdfast.toml:1 asks for @acme/a ^1.1",
            "@acme/a 1.1.0 requires @acme/b ^9",
            "@acme/b has no release in ^9: its newest is 2.0.0",
            END,
        ),
        ["@acme/a ^1.0.0"],
    ),
}


@pytest.mark.parametrize("case", _ONE_WISH)
def test_the_reason_is_named(case: str) -> None:
    """Each kind of reason is said of the module that it holds for, and the suggestion is the change that works."""
    modules, range_text, yanked, sentences, suggestions = _ONE_WISH[case]
    outcome = refusal(modules, {A: range_text}, yanked)
    assert outcome.sentences == sentences
    assert [each.requirement for each in outcome.suggestions] == suggestions


def test_a_look_alike_name_is_asked_about() -> None:
    """Of the modules that are at hand, the nearest name is offered."""
    outcome = refusal({A: FREE, "@acme/guards": FREE}, {"@acme/guards": "", "@acme/guard": ""})
    assert "acme has no module named @acme/guard; did you mean @acme/guards" in outcome.sentences


def test_a_chain_of_requirements_is_one_sentence() -> None:
    """Requirements that lead from one wish to the other are told in one breath, in the modules' own ranges."""
    modules: dict[str, Releases] = {
        A: {"1.0.0": {B: "^2"}, "2.0.0": {B: "^2"}},
        B: {"1.0.0": {}, "2.0.0": {C: ">=3"}},
        C: {"1.0.0": {}, "3.0.0": {D: "<2"}},
        D: FREE,
    }
    outcome = refusal(modules, {A: "", D: ">=2"})
    assert outcome.sentences == (
        "holdfast.toml:1 asks for @acme/a, and holdfast.toml:2 asks for @acme/d >=2",
        "@acme/a requires @acme/b ^2, which requires @acme/c >=3, which requires @acme/d <2",
        "so the wishes for @acme/a and @acme/d cannot be met together",
    )
    (suggestion,) = outcome.suggestions
    assert suggestion.text == "ask for @acme/d ^1.1.0 instead of @acme/d >=2 in holdfast.toml:2"
    assert suggestion.wish is not None
    assert suggestion.wish.line == 2


def test_releases_are_told_as_a_range() -> None:
    """Of several releases that speak for the same, the range says which."""
    modules: dict[str, Releases] = {
        A: {"1.0.0": {B: "1"}, "1.1.0": {B: "1"}, "1.2.0": {B: "^1.0"}, "2.0.0": {}, "2.0.1-rc.1": {}},
        B: FREE,
    }
    outcome = refusal(modules, {A: "^1", B: "^2"})
    assert outcome.sentences[1] == "@acme/a <2.0.0 requires @acme/b <2.0.0"
    assert [each.requirement for each in outcome.suggestions] == ["@acme/a ^2.0.0", "@acme/b ^1.1.0"]


def test_what_cannot_be_had_is_not_suggested() -> None:
    """A suggestion that would need a listing which the cache lacks is left out; the refusal stands."""
    shelf = ModuleShelf({A: {"1.0.0": {B: "^1"}, "2.0.0": {}}, B: FREE})

    def offline(names: tuple[str, ...]) -> dict[str, ModuleListing | None]:
        if names == (B,):
            raise OfflineMiss("acme", B)
        return shelf(names)

    outcome = solved(offline, {A: "^3"}, strategy="lowest")
    assert isinstance(outcome, ModulesImpossible)
    assert outcome.sentences[-1] == END
    assert outcome.suggestions == ()
