"""How many have to approve a step, and whether enough did. Distinct raw keys count, never signatures or acts.

An alarm takes two at least, and each of them has to say up to when. A step ends when too few are left who have not.
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.approvals.councils import Council
from holdfast.approvals.steps import CONFIGURATION_KEY, Entry, Key
from holdfast.model.approval import SignedAct
from holdfast.model.security import Approver
from holdfast_resolver.values.tuples import NamedTuple

NEVER = "~"  # behind every date
ALARM_THRESHOLD = 2


class Supporter(NamedTuple):
    """One signature that counts: an act's, by the key of an approver."""

    entry: Entry
    key: str
    approver: Approver

    @property
    def act(self) -> SignedAct:
        return self.entry.act


class Demanded(NamedTuple):
    """What a step takes."""

    needed: int
    roles: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """What a step came to. `expires`: from then on too few approve it; "" = it does not end."""

    effective: bool
    supporters: tuple[Supporter, ...] = ()
    expires: str = ""


def demanded(council: Council, keys: Iterable[Key], date: str, alarm: bool) -> Demanded:
    """Return what a configuration asks for an approval of these packages together, by acts of this date."""
    needed = 1
    roles: dict[str, None] = {}
    for key in keys:
        if key == CONFIGURATION_KEY or not council.policy.demands:
            threshold, role = max(council.policy.threshold, 1), council.policy.role
        else:
            threshold, role = council.threshold(key, date), council.role(key, date)
        needed = max(needed, threshold)
        if role:
            roles[role] = None
    return Demanded(max(needed, ALARM_THRESHOLD) if alarm else needed, tuple(roles))


def tally(supporters: Iterable[Supporter], asked: Demanded) -> str | None:
    """Return up to when enough approve: `NEVER` for without end; None when too few do or a role is missing."""
    latest: dict[str, str] = {}
    roles: dict[str, str] = {}
    for one in supporters:
        until = one.act.act.expires or NEVER
        latest[one.key] = max(until, latest.get(one.key, ""))
        roles[one.approver.role] = max(until, roles.get(one.approver.role, ""))
    if len(latest) < asked.needed or any(role not in roles for role in asked.roles):
        return None
    ends = sorted(latest.values(), reverse=True)
    return min([ends[asked.needed - 1], *[roles[role] for role in asked.roles]])


def earliest(supporters: Iterable[Supporter]) -> str:
    """Return the earliest date of their acts: a demand that ended between two of them still holds."""
    return min([one.act.act.date for one in supporters], default="")
