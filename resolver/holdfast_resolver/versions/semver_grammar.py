"""The signs of SemVer and of npm ranges, as patterns: strict, and loose as npm reads what people wrote before it.

Knows spelling only: no order, no meaning, no table. White space is what JavaScript calls so. The counts in the
patterns are npm's own limits, which decide what is a version and what is not.
Specification: Semantic Versioning 2.0.0, "Backus-Naur Form Grammar"; npm's range grammar.
"""

import re
from functools import cache, cached_property

LONGEST_VERSION = 256  # characters, white space around it included
LARGEST_NUMBER = 9_007_199_254_740_991  # of major, minor and patch: 2**53 - 1

WHITE = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"

_LETTER = "[0-9A-Za-z-]"
_WORD = f"[0-9]{{0,256}}[A-Za-z-]{_LETTER}{{0,250}}"  # an identifier that is no number
_BUILD = f"{_LETTER}{{1,250}}(?:\\.{_LETTER}{{1,250}})*"
_OPERATOR = "[<>]?=?"
_BEFORE = f"[v={WHITE}]*"


class Grammar:
    """The patterns of one mode, strict or loose; each is for a whole text (`fullmatch`), and made when first asked for.

    Making all of them costs more than a run that needs few of them takes otherwise.
    """

    def __init__(self, loose: bool) -> None:
        self._loose = loose

    @cached_property
    def version(self) -> re.Pattern[str]:
        """Groups: major, minor, patch, pre-release, build."""
        return re.compile(self._version)

    @cached_property
    def word(self) -> re.Pattern[str]:
        """One word of a range. Groups: operator (also ^ ~ ~>), major, minor, patch, pre-release."""
        return re.compile(f"(\\^|~>?|{_OPERATOR}){_partial(self._loose)}")

    @cached_property
    def hyphen(self) -> re.Pattern[str]:
        """`1.2 - 3.4`. Groups, 2 times: the whole version, major, minor, patch, pre-release."""
        partial = _partial(self._loose)
        return re.compile(f" ?({partial}) - ({partial}) ?")

    @cached_property
    def comparator(self) -> re.Pattern[str]:
        """Groups: operator, version, and those of `version`."""
        return re.compile(f"({_OPERATOR})({self._version})")

    @property
    def _version(self) -> str:
        number = _number(self._loose)
        full = f"({number})\\.({number})\\.({number})(?:{_prerelease(self._loose)})?"
        return f"{_BEFORE if self._loose else 'v?'}{full}(?:\\+({_BUILD}))?"


@cache
def grammar(loose: bool) -> Grammar:
    """Return the strict or the loose patterns."""
    return Grammar(loose)


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
_LOOSE_VERSION = f"{_BEFORE}{_number(True)}\\.{_number(True)}\\.{_number(True)}(?:{_prerelease(True)})?"


@cache
def apart() -> re.Pattern[str]:
    """An operator, with the blanks before it and before the version it belongs to: `> 1.2` -> `>1.2`."""
    return re.compile(f"( ?)({_OPERATOR}) ?((?={_BEFORE}+[0-9xX*])(?:{_LOOSE_VERSION}|{_partial(False)}))")


TILDE_APART = re.compile("( ?)~>? ")
CARET_APART = re.compile("( ?)\\^ ")
STAR = re.compile("[<>]?=? ?\\*")
# More of these in a row make the patterns above slow, and mean nothing.
ENDLESS = re.compile("[v= ]{257}")
