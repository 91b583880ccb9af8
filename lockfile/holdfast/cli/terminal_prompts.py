"""Questions as wide as a terminal is: a line ends between keys, else between words, and nothing is cut.

Knows columns only; asks nobody.
"""

import textwrap
import unicodedata
from collections.abc import Iterable

_APART = "  "  # between a key with its words and the next


def columns_of(text: str) -> int:
    """Return how many columns a text takes: wide characters take two."""
    if text.isascii():
        return len(text)
    return sum([2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text])


def fitted(text: str, columns: int) -> str:
    """Return one line as lines of fewer than `columns` columns: `a approve  s skip  q quit > ` stays whole key by key.

    A word that is longer than that stays whole.
    """
    if columns_of(text) < columns:
        return text
    end = text[len(text.rstrip(" ")) :]
    lines: list[str] = []
    for part in text.rstrip(" ").split(_APART):
        joined = f"{lines[-1]}{_APART}{part}" if lines else part
        if lines and columns_of(joined) < columns:
            lines[-1] = joined
        else:
            room = max(columns - 1, 1)
            lines += textwrap.wrap(part, room, break_long_words=False, break_on_hyphens=False) or [part]
    return "\n".join(lines) + end


def longest_that_fits(variants: Iterable[str], columns: int) -> str:
    """Return the first of the variants, from long to short, that stands on one line; else the last, whole."""
    found = ""
    for found in variants:
        if columns_of(found) < columns:
            break
    return found
