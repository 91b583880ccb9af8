"""The signs of SemVer and of npm ranges, as patterns: strict, and loose as npm reads what people wrote before it.

Knows spelling only: no order, no meaning, no table. White space is what JavaScript calls so. The counts in the
patterns are npm's own limits, which decide what is a version and what is not.
Specification: Semantic Versioning 2.0.0, "Backus-Naur Form Grammar"; npm's range grammar.
"""

import re
from functools import cache

from holdfast_resolver.values.tuples import NamedTuple

LONGEST_VERSION = 256  # characters, white space around it included
LARGEST_NUMBER = 9_007_199_254_740_991  # of major, minor and patch: 2**53 - 1

WHITE = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"

_LETTER = "[0-9A-Za-z-]"
_WORD = f"[0-9]{{0,256}}[A-Za-z-]{_LETTER}{{0,250}}"  # an identifier that is no number
_BUILD = f"{_LETTER}{{1,250}}(?:\\.{_LETTER}{{1,250}})*"
_OPERATOR = "[<>]?=?"
_BEFORE = f"[v={WHITE}]*"


class Grammar(NamedTuple):
    """The patterns of one mode; each is for a whole text (`fullmatch`)."""

    version: re.Pattern[str]  # major, minor, patch, pre-release, build
    word: re.Pattern[str]  # one word of a range: operator (also ^ ~ ~>), major, minor, patch, pre-release
    hyphen: re.Pattern[str]  # `1.2 - 3.4`: 2 times (the whole version, major, minor, patch, pre-release)
    comparator: re.Pattern[str]  # operator, version


@cache
def grammar(loose: bool) -> Grammar:
    """Return the strict or the loose patterns."""
    number, prerelease = _number(loose), _prerelease(loose)
    full = f"({number})\\.({number})\\.({number})(?:{prerelease})?"
    partial = _partial(loose)
    before = _BEFORE if loose else "v?"
    build = f"(?:\\+({_BUILD}))?"
    return Grammar(
        re.compile(f"{before}{full}{build}"),
        re.compile(f"(\\^|~>?|{_OPERATOR}){partial}"),
        re.compile(f" ?({partial}) - ({partial}) ?"),
        re.compile(f"({_OPERATOR})({before}{full}{build})"),
    )


def _number(loose: bool) -> str:
    return "[0-9]{1,256}" if loose else "(?:0|[1-9][0-9]{0,256})"


def _prerelease(loose: bool) -> str:
    """Loose: the hyphen may be left out, `1.2.3alpha`."""
    identifier = f"(?:{_WORD}|{_number(loose)})"
    return f"-{'?' if loose else ''}({identifier}(?:\\.{identifier})*)"


def _partial(loose: bool) -> str:
    """A version of which parts may be left out or be `x`: `1`, `1.x`, `*`, `v1.2.3-rc.1`."""
    part = f"({_number(loose)}|[xX*])"
    return f"{_BEFORE}{part}(?:\\.{part}(?:\\.{part}(?:{_prerelease(loose)})?)?)?"


# What rewrites a range before its words are read, in this order; the same in both modes.
WHITE_RUN = re.compile(f"[{WHITE}]+")
BUILD_METADATA = re.compile(f"\\+{_LETTER}+(?:\\.{_LETTER}+)*")
# an operator, with the blanks before it and before the version it belongs to: `> 1.2` -> `>1.2`
_LOOSE_VERSION = f"{_BEFORE}{_number(True)}\\.{_number(True)}\\.{_number(True)}(?:{_prerelease(True)})?"
APART = re.compile(f"( ?)({_OPERATOR}) ?((?={_BEFORE}+[0-9xX*])(?:{_LOOSE_VERSION}|{_partial(False)}))")
TILDE_APART = re.compile("( ?)~>? ")
CARET_APART = re.compile("( ?)\\^ ")
STAR = re.compile("[<>]?=? ?\\*")
# More of these in a row make the patterns above slow, and mean nothing.
ENDLESS = re.compile("[v= ]{257}")
