"""In which source a name resolves, and which patterns may both claim one."""

import pytest

from holdfast_resolver.values.name_patterns import patterns_overlap
from holdfast_resolver.values.npm_sources import npm_source_of
from holdfast_resolver.values.wishes import Source

MAIN = Source("npm", "npm", "", "npm")
ACME = Source("acme", "npm", "https://npm.acme.example/", "https://npm.acme.example/", ("@acme/*", "acme-core"))


@pytest.mark.parametrize(
    ("name", "source"),
    [("@acme/web", "acme"), ("acme-core", "acme"), ("acme-core2", "npm"), ("@acmes/web", "npm"), ("left-pad", "npm")],
)
def test_a_name_has_one_source(name: str, source: str) -> None:
    """The first that claims it, else the main one."""
    assert npm_source_of(name, (MAIN, ACME)).name == source


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("@acme/*", "@acme/web", True),
        ("@acme/web", "@acme/*", True),
        ("@acme/*", "@acme/w*", True),
        ("acme-*", "@acme/*", False),
        ("a", "a", True),
        ("a", "ab", False),
    ],
)
def test_patterns_overlap_where_a_name_matches_both(one: str, two: str, expected: bool) -> None:
    """A star is any end."""
    assert patterns_overlap(one, two) is expected
