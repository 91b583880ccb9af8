"""What a team wants to know of its approvals at a glance: shares, what was accepted for a while, what does not count.

Judges nothing: it sums up a judgement. Knows no file, no clock and no words for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.model.approval import SignedAct
from holdfast.model.changes import CLASSES
from holdfast.model.policy import ENFORCE
from holdfast.model.security import RULE_ROLE, Approver, Security
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.approvals.judgement import Judgement, State, Waiting
    from holdfast.model.lock import Lock, Pin

REVIEWED, BY_RULE, BASELINE = "reviewed", "rule", "baseline"


class Shares(NamedTuple):
    """How many pins of a lock are approved in which way. The four parts add up to `pins`."""

    pins: int
    reviewed: int  # by a person
    by_rule: int
    never: int  # only by the baseline
    waiting: int


class Accepted(NamedTuple):
    """An alarm that was accepted, and holds until then."""

    source: str
    name: str
    until: str  # RFC 3339, UTC, whole seconds
    reviewers: tuple[str, ...]


class Uncounted(NamedTuple):
    """A file that does not count: `act` is None for a broken one, whose `digest` is its name."""

    digest: str
    act: SignedAct | None
    reason: str


class Needed(NamedTuple):
    """Who is still needed for a step: `missing` more of `able`, one of them with `role` ("" = any)."""

    missing: int
    able: tuple[str, ...]  # names of approvers, as the configuration has them
    role: str
    have: tuple[str, ...]
    alarm: bool  # then the approval has to end some day


class Overview(NamedTuple):
    """All of it."""

    shares: Shares
    accepted: tuple[Accepted, ...]  # the first to end first
    uncounted: tuple[Uncounted, ...]
    never: tuple[Pin, ...] = ()  # pins that nobody ever reviewed, as the lock has them in order


def overview(
    lock: Lock, acts: Iterable[SignedAct], broken: Iterable[tuple[str, str]], judgement: Judgement
) -> Overview:
    """Sum up a judgement of a lock; `broken` are (file name, reason)."""
    accepted = [
        Accepted(one.source, one.name, one.expires, one.reviewers)
        for one in judgement.standings.values()
        if one.expires
    ]
    known = {one.digest: one for one in acts}
    waiting = _waiting(judgement)
    uncounted = [Uncounted(name, None, reason) for name, reason in broken]
    uncounted += [Uncounted(digest, known.get(digest), reason) for digest, reason in judgement.uncounted]
    return Overview(
        shares(lock, judgement),
        tuple(sorted(accepted, key=lambda one: (one.until, one.source, one.name))),
        tuple(uncounted),
        tuple([pin for pin in lock.packages if _how(pin, judgement, waiting) == BASELINE]),
    )


def shares(lock: Lock, judgement: Judgement) -> Shares:
    """Return how many pins of a lock were reviewed, approved by rule, never reviewed, and wait."""
    waiting = _waiting(judgement)
    found = {REVIEWED: 0, BY_RULE: 0, BASELINE: 0, "": 0}
    for pin in lock.packages:
        found[_how(pin, judgement, waiting)] += 1
    return Shares(len(lock.packages), found[REVIEWED], found[BY_RULE], found[BASELINE], found[""])


def _waiting(judgement: Judgement) -> set[tuple[str, str]]:
    return {(one.source, one.name) for one in judgement.waiting}


def _how(pin: Pin, judgement: Judgement, waiting: set[tuple[str, str]]) -> str:
    """How a pin came to be approved, "" for one that waits."""
    key = (pin.source, pin.name)
    standing = None if key in waiting else judgement.standings.get(key)
    return "" if standing is None else standing.how


def needed(waiting: Waiting, security: Security, now: str) -> Needed:
    """Return whom a change still waits for, among the approvers of the configuration in force."""
    alarm = any(CLASSES[change.kind].severity == "alarm" for change in waiting.changes)
    return still_needed(waiting.needed, waiting.role, waiting.have, security, now, alarm=alarm)


def still_needed(
    threshold: int, role: str, have: tuple[str, ...], security: Security, now: str, *, alarm: bool = False
) -> Needed:
    """Return who of the approvers of `security` can still be counted for a step that has `have`."""
    able = [one for one in security.approvers if one.role != RULE_ROLE and may(one, now) and one.name not in have]
    roles = {one.name: one.role for one in security.approvers}
    wanted = role if role and not any(roles.get(name) == role for name in have) else ""
    missing = max(threshold - len(have), 1)
    if wanted and missing == 1:
        able = [one for one in able if one.role == wanted]
    return Needed(missing, tuple([one.name for one in able]), wanted, have, alarm)


def may(approver: Approver, now: str) -> bool:
    """Whether a signature made now by an approver's key counts."""
    return not approver.revoked or (approver.cause != "compromised" and now < approver.revoked)


class Status(NamedTuple):
    """All that `status` tells. `deciding` is the security configuration that decides who may approve."""

    lock: Lock
    deciding: Security
    enforce: str
    judgement: Judgement
    overview: Overview
    now: str
    base: tuple[str, str] = ("", "")  # the revision as it was named, and the full id of its commit; "" = no base


def deciding(security: Security, judgement: Judgement) -> Security:
    """Return the configuration in force: the approved one, also while a change of it waits."""
    waiting = judgement.security
    if waiting is None:
        return security
    return waiting.before_security or (waiting.heads[0] if waiting.heads else security)


def enforced(head: State, base: State | None, judgement: Judgement) -> str:
    """Return "alarms" where all say so: what was approved, the configuration as it is, and a base's; else "changes"."""
    waiting = judgement.security
    if waiting is not None and waiting.before_security is None:
        return ENFORCE[0]  # nothing was ever approved
    said = [head.security, deciding(head.security, judgement)]
    if base is not None and base.in_force:
        said.append(base.security)
    return ENFORCE[1] if all(one.approval.enforce == ENFORCE[1] for one in said) else ENFORCE[0]
