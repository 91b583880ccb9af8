"""What a key of role `rule` may approve: exactly what an allowance of the configuration describes, and never an alarm.

Classes are computed from the pins; what the act claims must be the same. Pure; when a release appeared is the word of
the rule's key, since only it was online.
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.approvals.alarms import ALARMS, Looks
from holdfast.approvals.councils import Council
from holdfast.approvals.steps import APPROVAL, Entry, Result, Step
from holdfast.model.approval import PackageChange
from holdfast.model.changes import CLASSES
from holdfast.model.signers import bare


def unruled(council: Council, step: Step, entry: Entry, looks: Looks) -> str:
    """Return why no rule of a configuration lets its key approve this; "" when one does."""
    act, change = entry.act.act, entry.change
    if act.rule is None or step.kind != APPROVAL or not isinstance(change, PackageChange):
        return "a key of the role rule approves packages by a rule, and nothing else"
    kinds = waiting_kinds([one.kind for one in looks.changes(step)])
    if not kinds.isdisjoint(ALARMS) or looks.look(step).alarm:
        return "no rule approves an alarm"
    if not kinds:
        return "there is nothing to approve"
    if kinds != waiting_kinds(change.classes):
        return f"it claims to be {_said(change.classes)}, and is {_said(kinds)}"
    allowed = [one for one in council.allowances(step.key, act.date) if kinds.issubset(one.classes)]
    if not allowed:
        return f"no rule lets {_said(kinds)} through"
    if step.after.pins and any(one.no_new_capabilities for one in allowed):
        from holdfast.approvals.recorded_code import known_before, why_gained  # start-up: only where a rule asks

        gains = why_gained(change.seen, known_before(step))
        allowed = [one for one in allowed if not (gains and one.no_new_capabilities)]
        if not allowed:
            return gains
    if not all(_has_same_signers(result, step.after) for one in step.follows for result in one.results):
        return "a rule approves nothing by other signers"
    if step.after.pins and not any(_is_old_enough(change.seen.released, one.minimum_age, act.date) for one in allowed):
        return "the release was not as old as the rule asks"
    return ""


def waiting_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """Return the classes that need approval; all where none of them does."""
    found = frozenset(kinds)
    return frozenset([kind for kind in found if kind not in CLASSES or CLASSES[kind].approval]) or found


def _said(kinds: tuple[str, ...] | frozenset[str]) -> str:
    return ", ".join(sorted(kinds)) or "nothing"


def _has_same_signers(before: Result, after: Result) -> bool:
    """Of what was not there before, or is gone, there is nobody to compare with."""
    if not before.pins or not after.pins:
        return True
    one, other = [{bare(signer) for pin in result.pins for signer in pin.records} for result in (before, after)]
    return one == other


def _is_old_enough(released: str, seconds: int, date: str) -> bool:
    if not seconds:
        return True
    return bool(released) and moved(released, seconds) <= date


def moved(instant: str, seconds: int) -> str:
    """Return the instant so many seconds later: RFC 3339, UTC, whole seconds.

    >>> moved("2026-11-21T06:40:00Z", 86_400)
    '2026-11-22T06:40:00Z'
    """
    from datetime import datetime, timedelta

    try:
        later = datetime.fromisoformat(instant) + timedelta(seconds=seconds)
    except OverflowError:
        return "~"  # behind every date
    return later.replace(tzinfo=None).isoformat() + "Z"
