"""Ranges of npm requirements in the spelling that is stored: `SEMVER.canonical_range`, and "*" for any version.

Most ranges are stored as they are written, which a pattern sees at once. Knows no requirement and no table.
"""

import re
from functools import lru_cache

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.versions.semver_ranges import canonical_range, compile_range

ANY = "*"
LONGEST_TAG = 256  # characters

_NUMBER = "(?:0|[1-9][0-9]{0,14})"
_WORD = f"(?:[~^]|[<>]=?)?{_NUMBER}(?:\\.{_NUMBER}(?:\\.{_NUMBER})?)?"
_PLAIN = re.compile(f"{_WORD}(?: {_WORD})*(?: \\|\\| {_WORD}(?: {_WORD})*)*")
_LONGEST_PLAIN = 200  # characters
_TAG = re.compile(r"[A-Za-z0-9_.!~*'()-]+")  # what stands in a URL as it is


@lru_cache(maxsize=50_000)
def npm_range(text: str) -> str:
    """Return the stored spelling of a range, read as npm reads a manifest's; raise `InvalidRange`.

    >>> npm_range(" >= 1.2.3   < 2||^ 3.1"), npm_range("")
    ('>=1.2.3 <2 || ^3.1', '*')
    """
    plain = len(text) <= _LONGEST_PLAIN and _PLAIN.fullmatch(text) is not None
    # no lower bound, or no second alternative to one: so it does not say "any version" in other words
    if plain and (">" not in text or ("||" not in text and ">=0" not in text)):
        return text
    return canonical_range(text, loose=True) or ANY


def is_npm_tag(text: str) -> bool:
    """Whether a text that stands for a range is a dist-tag: a word that is no range."""
    if len(text) > LONGEST_TAG or not _TAG.fullmatch(text):
        return False
    try:
        compile_range(text, loose=True)
    except InvalidRange:
        return True
    return False
