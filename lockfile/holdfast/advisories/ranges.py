"""Whether a version is affected by what an advisory says of its package, and which versions fix it.

    introduced 0, fixed 2.10.1, introduced 3.0, last_affected 3.0.2     affected: below 2.10.1, and 3.0 to 3.0.2

Rule 1: "not affected" is said only where every range could be judged; otherwise the answer is the reason why not.
Rule 2: a local version of Python (`2.1.0+cpu`) is judged as the release that it was built from.
Specification: OSV schema 1.7, "Evaluation" and "affected[].ranges[].events fields".
"""

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from holdfast.advisories.values import KINDS, Affected, Event, Range
from holdfast_resolver.errors import InvalidVersion

Key: TypeAlias = Callable[[str], str]  # order-preserving; raises `InvalidVersion`
Answer: TypeAlias = bool | str  # a text is the reason why it could not be judged

_LOWEST, _HIGHEST = "", "\U0010ffff"  # below and above every key
_SHORT = re.compile(r"v?(0|[1-9][0-9]{0,14})(\.(?:0|[1-9][0-9]{0,14}))?")


def pep440_order(version: str) -> str:
    """Return the key of a Python version, without its local part."""
    from holdfast_resolver.versions.pep440_keys import version_key  # start-up: only what the lock has

    return version_key(version.partition("+")[0])


def semver_order(version: str) -> str:
    """Return the key of a version of npm, or of a module; `1.2` is read as `1.2.0`, since records say so."""
    from holdfast_resolver.versions.semver_keys import version_key  # start-up: as above

    short = _SHORT.fullmatch(version)
    if short:
        return version_key(f"{short[1]}{short[2] or '.0'}.0")
    return version_key(version, loose=True)


def strict_semver_order(version: str) -> str:
    """Return the key of a version of SemVer 2.0.0 and nothing else: for SEMVER ranges of Python packages."""
    from holdfast_resolver.versions.semver_keys import version_key  # start-up: as above

    return version_key(version)


def is_affected(row: Affected, version: str, key: Key) -> Answer:
    """Return whether a version is affected, or the reason why that cannot be said. `key` is that of its scheme."""
    if _listed(row.versions, version, key):
        return True
    reasons: list[str] = []
    judged = bool(row.versions)
    for one in row.ranges:
        if one.type == "GIT":
            continue
        answer = in_range(one, version, key)
        if answer is True:
            return True
        judged = True
        if isinstance(answer, str):
            reasons.append(answer)
    if reasons:
        return reasons[0]
    if judged:
        return False
    return "it has only ranges of type GIT, and no versions" if row.ranges else "it has neither ranges nor versions"


def in_range(one: Range, version: str, key: Key) -> Answer:
    """Return whether a version lies in a range of type SEMVER or ECOSYSTEM, or the reason why that cannot be said."""
    if one.type not in ("SEMVER", "ECOSYSTEM"):
        return f"it has a range of the unknown type {one.type!r}"
    order = strict_semver_order if one.type == "SEMVER" and key is pep440_order else key
    if not any(event.kind == "introduced" for event in one.events):
        return "it has a range without an event that introduces it" if one.events else "it has a range without events"
    try:
        mine = order(version)
    except InvalidVersion:
        return f"the scheme of its range cannot order {version!r}"
    timeline: list[tuple[str, bool, str]] = []
    limits: list[str] = []
    for event in one.events:
        try:
            at = _at(event, order)
        except InvalidVersion:
            return f"the scheme cannot order its version {event.version!r} ({event.kind})"
        if event.kind == "limit":
            limits.append(at)
        elif event.kind in KINDS:
            timeline.append((at, event.kind == "last_affected", event.kind))
        else:
            return f"it has an event of the unknown kind {event.kind!r}"
    if limits and not any(mine < limit for limit in limits):
        return False
    return _status(timeline, mine)


def _status(timeline: list[tuple[str, bool, str]], mine: str) -> bool:
    """Walk the events upwards. At one version `last_affected` comes last; others stay in the order of the record."""
    affected = False
    for at, _, kind in sorted(timeline, key=lambda event: event[:2]):
        if kind == "introduced" and mine >= at:
            affected = True
        elif (kind == "fixed" and mine >= at) or (kind == "last_affected" and mine > at):
            affected = False
    return affected


def fixes(rows: Iterable[Affected], version: str, key: Key) -> dict[str, str]:
    """Return {key: version} of what these rows name as fixed and what is later than `version`."""
    found: dict[str, str] = {}
    try:
        mine = key(version)
    except InvalidVersion:
        return found
    for row in rows:
        for event in [event for one in row.ranges if one.type != "GIT" for event in one.events]:
            if event.kind == "fixed":
                try:
                    at = key(event.version)
                except InvalidVersion:
                    continue
                if at > mine:
                    found.setdefault(at, event.version)
    return found


def _at(event: Event, key: Key) -> str:
    if event.kind == "introduced" and event.version == "0":
        return _LOWEST
    if event.kind == "limit" and "*" in event.version:
        return _HIGHEST
    return key(event.version)


def _listed(versions: tuple[str, ...], version: str, key: Key) -> bool:
    if not versions:
        return False
    if version in versions:
        return True
    try:
        mine = key(version)
    except InvalidVersion:
        return False
    for one in versions:
        try:
            if key(one) == mine:
                return True
        except InvalidVersion:  # a pin's version has a key, so this is another
            continue
    return False
