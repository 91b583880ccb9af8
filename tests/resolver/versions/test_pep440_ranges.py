"""Ranges as bitmasks agree with `packaging` (PEP 440, "Version specifiers")."""

from itertools import product

import packaging.specifiers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.pep440_ranges import canonical_range, names_prerelease
from tests.resolver.versions.version_strategies import FAMILY, clauses, families


def oracle_mask(table: Candidates, text: str) -> int:
    """The mask that `packaging` gives, asked version by version."""
    specifiers = SpecifierSet(text)
    return sum(1 << i for i, version in enumerate(table.versions) if specifiers.contains(version, prereleases=True))


def test_each_operator_on_each_version_of_a_family() -> None:
    """Within one release and its neighbours each operator with each version picks what `packaging` does."""
    table = Candidates.from_versions(FAMILY)
    assert table.count == len(FAMILY)
    for operator, version in product(("==", "!=", "<=", ">=", "<", ">", "~=", "==="), FAMILY):
        if "+" in version and operator not in ("==", "!=", "==="):
            continue
        clause = operator + (version.replace("1", "1.0", 1) if operator == "~=" else version)
        try:
            expected = oracle_mask(table, clause)
        except packaging.specifiers.InvalidSpecifier:
            with pytest.raises(InvalidRange):
                table.mask(clause)
            continue
        assert table.mask(clause) == expected, clause
    for clause in ("==1.*", "!=1.*", "==1.0.*", "!=1.0.*", "==0.*", "==1!0.*", "==1.1.*", "!=1.1.*"):
        assert table.mask(clause) == oracle_mask(table, clause), clause


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_a_clause_picks_what_packaging_picks(data: st.DataObject) -> None:
    """Each operator picks out of versions near its own exactly those that `packaging` does."""
    texts = data.draw(families())
    table = Candidates.from_versions(texts)
    clause = data.draw(clauses(texts))
    assert table.mask(clause) == oracle_mask(table, clause)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_range_is_the_conjunction_of_its_clauses(data: st.DataObject) -> None:
    """Several clauses pick what `packaging` picks, and the canonical spelling picks the same."""
    texts = data.draw(families())
    table = Candidates.from_versions(texts)
    text = data.draw(st.sampled_from([",", " , "])).join(data.draw(st.lists(clauses(texts), max_size=4)))
    expected = oracle_mask(table, text)
    assert table.mask(text) == expected
    assert table.mask(canonical_range(text)) == expected


@settings(max_examples=400)
@given(st.lists(clauses(), max_size=3))
def test_which_ranges_name_prereleases(parts: list[str]) -> None:
    """A range names a pre-release exactly when `packaging` would turn pre-releases on for it."""
    text = ",".join(parts)
    assert names_prerelease(text) == (SpecifierSet(text).prereleases is True)


PIECES = [
    "===",
    "~=",
    "==",
    "!=",
    "<=",
    ">=",
    "<",
    ">",
    "1",
    "2.0",
    ".",
    ".*",
    "*",
    "+a",
    "rc1",
    "-1",
    "dev",
    " ",
    "v",
]


@settings(max_examples=700)
@example([">=", "1", ","])
@example([">=", "1", ","])
@example([">=", "1", " ", ".*"])
@example(["==", "1", " ", ".*"])
@example(["==", "1", "rc1", ".*"])
@example(["~=", "1"])
@example(["<", "1", "+a"])
@example(["===", "foo)"])
@example(["===", "1", "rc1", ",", "==="])
@example(["==", "\u0661"])
@given(st.lists(st.sampled_from([*PIECES, ",", "1!"]), max_size=8))
def test_accepts_what_the_grammar_accepts(pieces: list[str]) -> None:
    """A text is a range here if and only if it is one for `packaging` (but `===` wants a word)."""
    text = "".join(pieces)
    try:
        specifiers = SpecifierSet(text)
        valid = all(specifier.version for specifier in specifiers)
    except packaging.specifiers.InvalidSpecifier:
        valid = False
    table = Candidates([], [])
    if valid:
        assert table.mask(text) == 0
        assert SpecifierSet(canonical_range(text)) == specifiers
        assert canonical_range(canonical_range(text)) == canonical_range(text)
        return
    for refuse in (canonical_range, names_prerelease, table.mask):
        with pytest.raises(InvalidRange):
            refuse(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        ("  ", ""),
        ("(>= 1.0)", ">=1.0"),
        (" ( >=1.0 , < 2 ) ", ">=1.0,<2"),
        ("<2, >=1.0,", "<2,>=1.0"),
        ("()", ""),
    ],
)
def test_canonical_spelling(text: str, canonical: str) -> None:
    """Blanks and the parentheses of old metadata go, the written order stays."""
    assert canonical_range(text) == canonical


def test_a_refusal_names_the_clause() -> None:
    """The error carries the clause at fault, what was expected and where it stopped making sense."""
    with pytest.raises(InvalidRange) as caught:
        canonical_range(">=1.0,<2.x")
    assert (caught.value.text, caught.value.position) == ("<2.x", 2)
    assert "PEP 440" in caught.value.expected
    with pytest.raises(InvalidRange) as caught:
        canonical_range("1.0")
    assert "operators" in caught.value.expected


def test_the_empty_range_admits_everything() -> None:
    """ "" is every candidate, pre-releases included."""
    table = Candidates.from_versions(["1.0", "2.0rc1"])
    assert table.mask("") == table.everything == 0b11
