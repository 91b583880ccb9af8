"""A lock's entries for npm packages."""

import pytest

from holdfast_resolver.errors import InvalidInput, InvalidRequirement
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.npm_entries import Condition, parse_condition
from holdfast_resolver.values.requirements import Requirement, parse_entry

BOTH = frozenset({"npm", "acme"})


@pytest.mark.parametrize(
    ("text", "kind", "alias"),
    [
        ("npm:lodash ^4.17.0", "", "lodash"),
        ("npm:@acme/core *", "", "@acme/core"),
        ("acme:JSONStream >=1 <2 || 3", "", "JSONStream"),
        ("npm:fsevents ~2.3.2 ; optional", "optional", "fsevents"),
        ("npm:react >=17 ; peer optional", "peer optional", "react"),
        ("npm:string-width ^4 ; peer as width", "peer", "width"),
        ("npm:x next ; as @a/b", "", "@a/b"),
    ],
)
def test_an_entry_comes_back_as_it_was_written(text: str, kind: str, alias: str) -> None:
    """Text, kind of edge, and the name it is installed under."""
    entry = parse_entry(text, BOTH)
    assert isinstance(entry, NpmRequirement)
    assert (str(entry), entry.kind, entry.alias) == (text, kind, alias)


def test_the_source_says_whose_entry_it_is() -> None:
    """The same text is a module's or an npm package's; answers that are remembered are not mixed up."""
    for _ in range(2):
        assert type(parse_entry("acme:@acme/core ^1")) is Requirement
        assert type(parse_entry("acme:@acme/core ^1", BOTH)) is NpmRequirement
    with pytest.raises(InvalidInput):
        parse_entry("acme:lodash ^4.17.0")


@pytest.mark.parametrize(
    "condition",
    [
        Condition("peer optional", "x"),
        Condition(range="^6"),
        Condition(within=(("a", ""), ("@s/b", ">=1 <2"))),
        Condition("", "other", "^1 || ^2", (("canvas", "^1"),)),
    ],
)
def test_conditions_round_trip(condition: Condition) -> None:
    """Overrides too: the range of the key, and the chain below which it holds."""
    assert parse_condition(str(condition)) == condition


@pytest.mark.parametrize(
    "text",
    [
        "npm:",
        "npm:lodash",
        "npm:lodash ",
        "npm: ^1",
        "npm:lodash  ^1",
        "npm:lodash ^1 ",
        "npm:../x ^1",
        "npm:lodash ^1 ; ",
        "npm:lodash ^1 ; sometimes",
        "npm:lodash ^1 ; optional peer",
        "npm:lodash ^1 ; as ",
        "npm:lodash ^1 ; as ../x",
        "npm:lodash ^1 ; as x y",
        "npm:lodash ^1 ; below ",
        "npm:lodash ^1 ; below a //b",
        "npm:lodash ^1\x00",
    ],
)
def test_what_is_no_entry_is_refused(text: str) -> None:
    """Every part is where it belongs, once."""
    with pytest.raises(InvalidInput) as caught:
        parse_entry(text)
    assert caught.type is InvalidRequirement or "range" in caught.value.expected
