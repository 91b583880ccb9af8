"""The words of the oracle of "approved": nodes, councils, voices, and what a configuration asks for. Plain values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from holdfast.model.approval import Act, PackageChange, SecurityChange
from holdfast.model.changes import CLASSES
from holdfast.model.pin_digest import ApprovedPin, pin_digest
from holdfast.model.security import Allowance, Approver, Security, security_digest

Key = tuple[str, str]  # (source, name)
Digests = frozenset[str]
CONFIGURATION: Key = ("", "security configuration")
ALARMS = frozenset([kind for kind, row in CLASSES.items() if row.severity == "alarm"])
ROOTS = ("baseline", "checkpoint")
NEVER = "~"  # behind every instant

digest_of_pin = lru_cache(4096)(pin_digest)
digest_of_configuration = lru_cache(1024)(security_digest)


class Node(NamedTuple):
    """One step of a chain. `root`: of a baseline or a checkpoint, the acts that are it together."""

    kind: str
    key: Key
    follows: frozenset[Node]
    after: Digests
    root: Digests = frozenset()


class Voice(NamedTuple):
    """One signature that counts: on which act, by which raw key, of an approver with which role and name."""

    act: str
    key: str
    role: str
    name: str


class Asked(NamedTuple):
    """What a configuration asks for."""

    threshold: int
    roles: frozenset[str]

    def is_met_by(self, voices: Iterable[Voice]) -> bool:
        """Distinct raw keys count, and every role has to be among them."""
        voices = tuple(voices)
        return len({one.key for one in voices}) >= self.threshold and self.roles <= {one.role for one in voices}


class Council(NamedTuple):
    """A security configuration as those who may approve, and what it takes."""

    security: Security

    def person(self, key: str) -> Approver | None:
        """The approver with a raw key; a key that is listed twice is nobody's."""
        found = [one for one in self.security.approvers if one.id == key]
        return found[0] if len(found) == 1 else None

    def allowances(self, key: Key, date: str) -> list[Allowance]:
        """What a rule may approve of a package at a date."""
        return [one for one in self.security.approval.allowances if _holds(one.packages, one.until, key, date)]


def asked(council: Council, keys: Iterable[Key], date: str, alarm: bool) -> Asked:
    """What it takes to approve these packages together: the first demand that has a word on it, else the policy."""
    policy = council.security.approval
    thresholds, roles = [2 if alarm else 1], []
    for key in keys:
        demands = [one for one in policy.demands if key != CONFIGURATION and _holds(one.packages, one.until, key, date)]
        thresholds.append(next((one.threshold for one in demands if one.threshold is not None), policy.threshold))
        roles.append(next((one.role for one in demands if one.role is not None), policy.role))
    return Asked(max(thresholds), frozenset(roles) - {""})


def _holds(packages: Iterable[str], until: str, key: Key, date: str) -> bool:
    source, name = key
    return (not until or date < until) and any(
        one in ("*", f"{source}:{name}") or (one.endswith("*") and f"{source}:{name}".startswith(one[:-1]))
        for one in packages
    )


def change_of(act: Act, key: Key) -> PackageChange | SecurityChange | None:
    """What an act says of a package, or of the configuration."""
    if key == CONFIGURATION:
        return act.security
    return next((one for one in act.packages if one.key == key), None)


def after_of(change: PackageChange | SecurityChange) -> Digests:
    """The digests of what a change leads to."""
    if isinstance(change, SecurityChange):
        return frozenset([digest_of_configuration(change.after)])
    return digests_of(change.after)


def digests_of(pins: Iterable[ApprovedPin]) -> Digests:
    """The digests of pins."""
    return frozenset([digest_of_pin(one) for one in pins])


def names_an_alarm(change: PackageChange) -> bool:
    """Whether a change says of itself that it is an alarm. Believed of checkpoints alone, which it binds."""
    return not ALARMS.isdisjoint(change.classes)


def content_of(act: Act) -> object:
    """What makes two checkpoints the same: what they stand for, and what they say."""
    configuration = None if act.security is None else after_of(act.security)
    rows = [(one.key, after_of(one), digests_of(one.gone), one.had) for one in act.packages]
    return act.kind, act.replaces, configuration, frozenset(rows)


@lru_cache(4096)
def later(instant: str, seconds: int) -> str:
    """The instant so many seconds later."""
    moved = datetime.strptime(instant, "%Y-%m-%dT%H:%M:%SZ") + timedelta(seconds=seconds)
    return moved.strftime("%Y-%m-%dT%H:%M:%SZ")
