"""A council: one security configuration, as the people who may approve under it and what it asks of them.

Who counts is asked here for one act and one key; how many have to is asked in `tallies.py`. Pure: the clock and what
git knows come in with `Ground`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from holdfast.approvals.steps import Key
from holdfast.model.approval import Act
from holdfast.model.policy import pattern_matches
from holdfast.model.security import RULE_ROLE, Allowance, Approver, Security
from holdfast_resolver.values.tuples import NamedTuple

Held = Callable[[str], frozenset[str]]  # full commit id -> digests of the acts that this commit has


class Ground(NamedTuple):
    """What is the same for all acts of a tree."""

    project: str
    latest: str  # RFC 3339: acts dated later do not count
    held: Held
    revoked: Mapping[str, tuple[Approver, ...]] = {}  # by key id: revocations in force


class Refused(NamedTuple):
    """That a signature does not count, and why in words."""

    reason: str


class Council:
    """One security configuration. A key that it lists twice is nobody's."""

    __slots__ = ("people", "policy", "security")

    def __init__(self, security: Security) -> None:
        self.security = security
        self.policy = security.approval
        found: dict[str, list[Approver]] = {}
        for one in security.approvers:
            found.setdefault(one.id, []).append(one)
        self.people = {id_: group[0] for id_, group in found.items() if len(group) == 1}

    def threshold(self, key: Key, date: str) -> int:
        """Return how many have to approve a package, for acts of this date."""
        for demand in self.policy.demands:
            if demand.threshold is not None and _is_asked(demand.packages, demand.until, key, date):
                return max(demand.threshold, 1)
        return max(self.policy.threshold, 1)

    def role(self, key: Key, date: str) -> str:
        """Return which role one of them must have; "" for none."""
        for demand in self.policy.demands:
            if demand.role is not None and _is_asked(demand.packages, demand.until, key, date):
                return demand.role
        return self.policy.role

    def allowances(self, key: Key, date: str) -> tuple[Allowance, ...]:
        """Return what a key of role `rule` may approve of a package, for acts of this date."""
        found = self.policy.allowances
        return tuple([one for one in found if _is_asked(one.packages, one.until, key, date)])


def _is_asked(packages: tuple[str, ...], until: str, key: Key, date: str) -> bool:
    return (not until or until > date) and any(pattern_matches(pattern, *key) for pattern in packages)


def refusal(act: Act, ground: Ground) -> str:
    """Return why nothing in an act counts, whoever signed it; "" if nothing speaks against it."""
    if not ground.project:
        return "the project has no id"
    if act.project != ground.project:
        return f"it is of another project: {act.project}"
    if act.date > ground.latest:
        return f"it is dated in the future: {act.date}"
    return ""


def voter(council: Council, act: Act, digest: str, key: str, ground: Ground) -> Approver | Refused:
    """Return the approver whose key it is in a configuration, or why it is none whose signature counts."""
    approver = council.people.get(key)
    if approver is None:
        return Refused("its key is not an approver's")
    for one in (approver, *ground.revoked.get(key, ())):
        reason = _revocation(one, act, digest, ground)
        if reason:
            return Refused(reason)
    return approver


def _revocation(approver: Approver, act: Act, digest: str, ground: Ground) -> str:
    if not approver.revoked:
        return ""
    if approver.cause == "retired":
        return "" if act.date < approver.revoked else f"the key of {approver.name} was retired {approver.revoked}"
    if approver.held_by and digest in ground.held(approver.held_by):
        return ""
    return f"the key of {approver.name} is revoked as compromised"


def is_rule(approver: Approver) -> bool:
    """Whether a key approves by rule only."""
    return approver.role == RULE_ROLE


def revocations(heads: tuple[Council, ...], others: tuple[Council, ...]) -> dict[str, tuple[Approver, ...]]:
    """Return the revocations in force, by key id: those of the heads, and of what led to them for keys that are gone.

    A key that a head lists is as it says there; one that it no longer lists stays revoked.
    """
    before = [one for other in others for one in other.security.approvers if one.revoked]
    found: dict[str, dict[Approver, None]] = {}
    for head in heads:
        listed = {one.id for one in head.security.approvers}
        gone = [one for one in before if one.id not in listed]
        for one in (*[one for one in head.security.approvers if one.revoked], *gone):
            found.setdefault(one.id, {})[one] = None
    return {id_: tuple(group) for id_, group in found.items()}
