"""Questions at any width: broken between keys or words, never inside one, and never cut."""

import pytest

from holdfast.cli.terminal_prompts import columns_of, fitted, longest_that_fits

KEYS = "a approve  s skip  r reject  d source difference  b back  ? help  q quit > "
QUESTION = "until when is the alarm accepted (such as 2027-06-30): "


def test_what_fits_stays_one_line() -> None:
    """With the blank at its end, behind which somebody types."""
    assert fitted(KEYS, 100) == KEYS
    assert fitted("why: ", 40) == "why: "


@pytest.mark.parametrize("columns", [20, 30, 40, 60, 75])
def test_keys_stay_with_their_words(columns: int) -> None:
    """Each line is narrower than the terminal, so that none is broken by it."""
    lines = fitted(KEYS, columns).split("\n")
    assert max(columns_of(line) for line in lines) <= columns
    assert "  ".join(lines) == KEYS
    assert lines[-1].endswith("q quit > ")


def test_sentences_break_between_words() -> None:
    """Where there are no keys; a word that is longer than the line stays whole."""
    lines = fitted(QUESTION, 40).split("\n")
    assert lines == ["until when is the alarm accepted (such", "as 2027-06-30): "]
    assert fitted(f"sign as {'x' * 50}? y yes  n no > ", 40).split("\n") == [
        "sign as",
        "x" * 50 + "?",
        "y yes  n no > ",
    ]


def test_no_width_is_no_end() -> None:
    """Some terminals say that they have no columns."""
    assert fitted("a b", 0).split() == ["a", "b"]


def test_wide_characters_take_two_columns() -> None:
    """As terminals show them."""
    assert columns_of("漢字") == 4
    assert fitted("漢字  漢字", 8) == "漢字\n漢字"


def test_the_longest_that_fits() -> None:
    """Else the shortest, whole."""
    variants = ("one two three", "one two", "one")
    assert longest_that_fits(variants, 14) == "one two three"
    assert longest_that_fits(variants, 13) == "one two"
    assert longest_that_fits(variants, 2) == "one"
