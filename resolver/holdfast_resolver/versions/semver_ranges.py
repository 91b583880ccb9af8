"""npm ranges of SemVer versions, as bitmasks over a candidate table.

A range becomes intervals of keys once, and two bisects for each on every table it meets; no version is parsed then.
Pre-releases are part of the range: in each alternative those are admitted that lie between its bounds and share major,
minor and patch with a pre-release that the alternative names. Knows no registry and no other scheme.

Follows npm's own `satisfies`, with three exceptions, all of them far from use: numbers above 2**53 among pre-release
identifiers are compared exactly (npm compares them rounded), a range has at most `MOST_CHARACTERS`, and no more than
256 of "v", "=" and blanks stand in a row.
"""

from __future__ import annotations

from bisect import bisect_left

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.semver_comparators import EXPECTED, Comparator, comparators, join_operators, one_blank
from holdfast_resolver.versions.semver_keys import (
    ABOVE,
    FINAL,
    HIGHEST,
    LOWEST_PRERELEASE,
    numbers_key,
    parsed_key,
    spelled,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast_resolver.versions.port import Table

Interval = tuple[str, str]  # low <= key < high
_ALL: Interval = ("", HIGHEST)
_FIRST = "A0A0A0" + FINAL  # 0.0.0: no release is below


class Intervals(NamedTuple):
    """What a range picks out of every table: ascending intervals of keys that do not meet."""

    releases: tuple[Interval, ...]  # all but the pre-releases in these
    everything: tuple[Interval, ...]  # all in these


# The same range meets many tables: its intervals are remembered by text and mode.
_KNOWN: dict[tuple[str, bool, bool], Intervals] = {}
_MOST_KNOWN = 20_000
_LONGEST_KNOWN = 1_000  # characters of a range that is remembered


def range_mask(table: Table, text: str, *, prereleases: bool = False, loose: bool = False) -> int:
    """Return the mask of the candidates of `table` in the range `text`: bit i is `table.keys[i]`.

    Pre-releases are picked where the range names one of the same major, minor and patch; with `prereleases`
    wherever they lie between the bounds. `loose` reads the range as npm does those of old manifests.
    Raises `InvalidRange`.
    """
    releases, everything = _KNOWN.get((text, prereleases, loose)) or compile_range(
        text, prereleases=prereleases, loose=loose
    )
    keys = table.keys
    mask = 0
    for low, high in releases:
        mask |= (1 << bisect_left(keys, high)) - (1 << bisect_left(keys, low))
    if mask:
        mask &= ~table.prereleases
    for low, high in everything:
        mask |= (1 << bisect_left(keys, high)) - (1 << bisect_left(keys, low))
    return mask


def compile_range(text: str, *, prereleases: bool = False, loose: bool = False) -> Intervals:
    """Return the intervals of a range, and remember them. Raises `InvalidRange`."""
    known = _KNOWN.get((text, prereleases, loose))
    if known is not None:
        return known
    compiled = _compile(comparators(text, prereleases=prereleases, loose=loose), prereleases)
    if len(text) <= _LONGEST_KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[text, prereleases, loose] = compiled
    return compiled


def canonical_range(text: str, *, loose: bool = False) -> str:
    """Return the spelling of a range that is stored; "" for what asks for any release. Raises `InvalidRange`.

    It is as written, but for white space and for alternatives that only loose reading knows: with `loose` such a range
    comes back in plain comparators, which strict reading takes as well.

    >>> canonical_range(" >= 1.2.3   < 2||^ 3.1")
    '>=1.2.3 <2 || ^3.1'
    """
    meanings = [compile_range(text, prereleases=prereleases, loose=loose) for prereleases in (False, True)]
    if meanings == [Intervals((_ALL,), ()), Intervals((), (_ALL,))]:
        return ""
    alternatives = [one_blank(written) for written in text.split("||")]
    for joined in (" || ".join(map(join_operators, alternatives)), " || ".join(alternatives)):
        if _means(joined, meanings):
            return joined
    plain = " || ".join([_plain(alternative) for alternative in comparators(text, loose=loose)])
    if not _means(plain, meanings[:1]):
        raise InvalidRange(text, EXPECTED)
    return canonical_range(plain)


def names_prerelease(text: str, *, loose: bool = False) -> bool:
    """Whether a range names a pre-release that it admits, or may admit others by. Raises `InvalidRange`.

    >>> names_prerelease("^1.2.3-rc.1"), names_prerelease("<2.0.0-0")
    (True, False)
    """
    return bool(compile_range(text, loose=loose).everything)


def _means(text: str, meanings: list[Intervals]) -> bool:
    """Whether a text, read strictly, has the intervals of `meanings`: without and with pre-releases."""
    try:
        return all(compile_range(text, prereleases=bool(place)) == known for place, known in enumerate(meanings))
    except InvalidRange:
        return False


def _plain(alternative: list[Comparator]) -> str:
    return " ".join([operator + spelled(version) for operator, version in alternative if version is not None])


def _compile(alternatives: list[list[Comparator]], prereleases: bool) -> Intervals:
    releases: list[Interval] = []
    everything: list[Interval] = []
    for alternative in alternatives:
        low, high = "", HIGHEST
        blocks = []
        for operator, version in alternative:
            if version is None:
                continue
            key = parsed_key(version)
            if operator != "<" and operator != "<=":
                low = max(low, key + ABOVE if operator == ">" else key)
            if operator != ">" and operator != ">=":
                high = min(high, key if operator == "<" else key + ABOVE)
            if version.prerelease:
                numbers = numbers_key(version)
                blocks.append((numbers + LOWEST_PRERELEASE, numbers + FINAL))
        if (low, high) == _ALL:  # `*` takes the place of all alternatives, and of what they admit
            releases, everything = [_ALL], []
            break
        releases.append(("" if low <= _FIRST and not prereleases else low, high))
        everything += [(max(low, first), min(high, last)) for first, last in blocks]
    return Intervals((), _merged(releases)) if prereleases else Intervals(_merged(releases), _merged(everything))


def _merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same keys in the fewest intervals, ascending."""
    merged: list[Interval] = []
    for low, high in sorted(intervals):
        if low >= high:
            continue
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)
