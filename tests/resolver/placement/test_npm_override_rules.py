"""Overrides: what becomes of an edge, by name, range and context."""

import pytest

from holdfast_resolver.placement.explain import explain
from holdfast_resolver.placement.overrides import meets
from holdfast_resolver.values.npm import NpmOverride
from tests.support.npm_universe import drawn, names, placed, refused, universe

_WORLD = universe(
    """
a 1.0.0
 c ^1.0.0
b 1.0.0
 a *
 c ^2.0.0
c 1.0.0
c 1.1.0
c 2.0.0
 d ^1.0.0
c 3.0.0
d 1.0.0
d 2.0.0
"""
)


def _override(name: str, spec: str, *within: str, of: str = "") -> NpmOverride:
    return NpmOverride(tuple((outer, "") for outer in within), name, of, spec)


@pytest.mark.parametrize(
    ("overrides", "tree"),
    [
        pytest.param((), "a 1.0.0\nb 1.0.0\n  c 2.0.0\nc 1.1.0\nd 1.0.0", id="none"),
        pytest.param((_override("c", "3.0.0"),), "a 1.0.0\nb 1.0.0\nc 3.0.0", id="everywhere"),
        pytest.param(
            (_override("c", "3.0.0", of="^2.0.0"),),
            "a 1.0.0\nb 1.0.0\n  c 3.0.0\nc 1.1.0",
            id="for wants in a range",
        ),
        pytest.param(
            (_override("c", "1.0.0", "a"),), "a 1.0.0\nb 1.0.0\n  c 2.0.0\nc 1.0.0\nd 1.0.0", id="only below a package"
        ),
        pytest.param(
            (_override("d", "2.0.0", "b", "c"),), "a 1.0.0\nb 1.0.0\n  c 2.0.0\nc 1.1.0\nd 2.0.0", id="below two"
        ),
        pytest.param((_override("c", "npm:d@2.0.0", "a"),), "a 1.0.0\nb 1.0.0\nc d@2.0.0", id="by another package"),
        pytest.param(
            (_override("c", "*", "b"), _override("c", "3.0.0")),
            "a 1.0.0\nb 1.0.0\n  c 2.0.0\nc 1.1.0\nd 1.0.0",
            id="a star in a context lets the packages' own words stand below it",
        ),
    ],
)
def test_an_override_applies_where_it_says(overrides: tuple[NpmOverride, ...], tree: str) -> None:
    """Everywhere, for wants that meet a range, or below a chain of packages."""
    assert drawn(placed(_WORLD, "b *\na *", overrides=overrides)) == tree


def test_an_overridden_edge_carries_what_it_became() -> None:
    """The requirement of the edge is the override's, not the package's."""
    tree = placed(_WORLD, "a *", overrides=(_override("c", "2.0.0"),))
    assert [str(wish) for wish, _ in tree.edges[0]] == ["npm:c 2.0.0"]


def test_an_override_may_name_what_does_not_exist_in_the_range() -> None:
    """Taken away, the same request without the override gives the former tree."""
    with_it = placed(_WORLD, "a *", overrides=(_override("c", "1.0.0"),))
    assert names(with_it) == {("a", "1.0.0"), ("c", "1.0.0")}
    assert names(placed(_WORLD, "a *")) == {("a", "1.0.0"), ("c", "1.1.0")}


def test_an_override_of_a_direct_dependency_must_say_the_same() -> None:
    """The project may not ask for one thing and override it by another."""
    outcome = refused(_WORLD, "c ^1.0.0", overrides=(_override("c", "2.0.0"),))
    assert explain(outcome) == (
        "package.json:1 asks for c ^1.0.0",
        "the override c -> 2.0.0 contradicts it: change one of them",
    )
    same = placed(_WORLD, "c ^1.0.0", overrides=(_override("c", "^1.0.0"),))
    assert names(same) == {("c", "1.1.0")}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("^1.2", "<1.3", True),
        ("^1.2", "2.x", False),
        ("1.0.0", ">=1 <1.0.1", True),
        ("<1", ">=1", False),
        ("*", "3.0.0", True),
        ("no range", "*", False),
        ("1.0.0-rc.1", ">=1.0.0-rc.0", True),
    ],
)
def test_ranges_meet_where_a_version_may_lie_in_both(first: str, second: str, expected: bool) -> None:
    """Whatever versions there are."""
    assert meets(first, second) is expected
    assert meets(second, first) is expected
