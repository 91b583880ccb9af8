"""Whether a version is affected by an OSV record, written to be read beside the specification's "Evaluation".

Slow and plain: versions are compared pair by pair, with `packaging` or by SemVer's section 11 spelled out; nothing is
shared with the code under test. What has no answer raises `NotJudged`.
"""

import functools
import re
from collections.abc import Callable
from typing import Any

from packaging.version import InvalidVersion, Version

Compare = Callable[[str, str], int]  # below, equal, above: -1, 0, 1


class NotJudged(Exception):
    """The record does not say whether the version is affected."""


def is_vulnerable(record: dict[str, Any], ecosystem: str, name: str, version: str) -> bool:
    """IsVulnerable(pkg, v, osv)"""
    doubt = None
    for affected in record.get("affected", []):
        package = affected["package"]
        if (package["ecosystem"], package["name"]) != (ecosystem, name):
            continue
        compare = pep440 if ecosystem == "PyPI" else semver
        try:
            if included_in_versions(version, affected.get("versions", []), compare):
                return True
            if included_in_ranges(version, affected, compare):
                return True
        except NotJudged as error:
            doubt = error
    if doubt is not None:
        raise doubt
    return False


def included_in_versions(version: str, versions: list[str], compare: Compare) -> bool:
    """IncludedInVersions(v, versions)"""
    for one in versions:
        try:
            if compare(version, one) == 0:
                return True
        except NotJudged:  # no version of the scheme, hence none that could be pinned
            continue
    return False


def included_in_ranges(version: str, affected: dict[str, Any], compare: Compare) -> bool:
    """IncludedInRanges(v, ranges), where a range may also have no answer: then one that says yes still counts."""
    doubt: NotJudged | None = None
    judged = bool(affected.get("versions"))
    for one in affected.get("ranges", []):
        if one["type"] == "GIT":  # versions have to stand beside it
            continue
        try:
            if _in_range(version, one, compare):
                return True
            judged = True
        except NotJudged as error:
            doubt = error
    if doubt is not None:
        raise doubt
    if not judged:
        raise NotJudged("nothing to judge by")
    return False


def _in_range(version: str, one: dict[str, Any], compare: Compare) -> bool:
    events = one.get("events", [])
    if one["type"] not in ("SEMVER", "ECOSYSTEM") or not any("introduced" in event for event in events):
        raise NotJudged(one["type"])
    if one["type"] == "SEMVER" and compare is pep440:
        compare = semver
        if not _SEMVER.fullmatch(version):
            raise NotJudged(version)
    for event in events:
        if not set(event) <= {"introduced", "fixed", "last_affected", "limit"}:
            raise NotJudged(event)
    # every version must be comparable before anything is said
    spots = [(kind, text) for event in events for kind, text in event.items()]
    for kind, text in spots:
        if not (kind == "introduced" and text == "0") and not (kind == "limit" and "*" in text):
            compare(version, text)
    if not _before_limits(version, [text for kind, text in spots if kind == "limit"], compare):
        return False
    vulnerable = False
    for kind, text in _sorted([spot for spot in spots if spot[0] != "limit"], compare):
        if kind == "introduced" and (text == "0" or compare(version, text) >= 0):
            vulnerable = True
        elif kind == "fixed" and compare(version, text) >= 0:
            vulnerable = False
        if kind == "last_affected" and compare(version, text) > 0:
            vulnerable = False
    return vulnerable


def _before_limits(version: str, limits: list[str], compare: Compare) -> bool:
    if not limits:
        return True
    return any("*" in limit or compare(version, limit) < 0 for limit in limits)


def _sorted(spots: list[tuple[str, str]], compare: Compare) -> list[tuple[str, str]]:
    """By version; `introduced 0` is below all. What the specification leaves open: at one version `last_affected` acts
    last, since it speaks of what comes after the version, and others stay in the order of the record."""

    def order(one: tuple[str, str], other: tuple[str, str]) -> int:
        lowest = [spot == ("introduced", "0") for spot in (one, other)]
        if any(lowest):
            return lowest[1] - lowest[0]
        return compare(one[1], other[1]) or (one[0] == "last_affected") - (other[0] == "last_affected")

    return sorted(spots, key=functools.cmp_to_key(order))


def pep440(one: str, other: str) -> int:
    """Compare two Python versions; a local part does not count."""
    try:
        left, right = Version(one.partition("+")[0]), Version(other.partition("+")[0])
    except InvalidVersion as error:
        raise NotJudged(str(error)) from None
    return (left > right) - (left < right)


_SEMVER = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


def semver(one: str, other: str) -> int:
    """Compare by Semantic Versioning 2.0.0, section 11; missing numbers at the end of `1.2` are zeros."""
    left, right = _parts(one), _parts(other)
    if left[0] != right[0]:
        return 1 if left[0] > right[0] else -1
    if not left[1] or not right[1]:  # a pre-release is below its release
        return (not left[1]) - (not right[1])
    for mine, theirs in zip(left[1], right[1]):
        if mine != theirs:
            if mine.isdigit() and theirs.isdigit():
                return 1 if int(mine) > int(theirs) else -1
            if mine.isdigit() != theirs.isdigit():
                return -1 if mine.isdigit() else 1
            return 1 if mine > theirs else -1
    return (len(left[1]) > len(right[1])) - (len(left[1]) < len(right[1]))


def _parts(text: str) -> tuple[tuple[int, ...], list[str]]:
    whole = text + ".0" * (2 - text.count(".")) if re.fullmatch(r"\d+(\.\d+)?", text) else text
    match = _SEMVER.fullmatch(whole)
    if match is None:
        raise NotJudged(text)
    return tuple(int(match[place]) for place in (1, 2, 3)), match[4].split(".") if match[4] else []
