"""What approvals recorded of the code of a package, and whether a change gains something over it.

Law: what several acts say is believed as far as all of them say it, so that no one's word alone makes more known; a
record of only a part of the code, and a baseline, for which nobody looked, are no record. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.approvals.steps import Step
from holdfast.model.approval import PackageChange, Seen, SignedAct

Known = frozenset[str] | None  # words of capabilities; None = not known


def known_of(records: Iterable[Seen]) -> Known:
    """Return what was recorded of the same code by each of some acts; None where one did not look at all of it."""
    known: Known = None
    for seen in records:
        if seen.places is None:
            return None
        words = frozenset(seen.capabilities)
        known = words if known is None else known & words
    return known


def known_before(step: Step) -> Known:
    """Return what is known of the code that a step begins with; of what was not there, that it could do nothing."""
    known: Known = frozenset()
    for place, origin in enumerate([one for before in step.follows for one in before.origins]):
        records = [entry.change.seen for entry in origin.entries if isinstance(entry.change, PackageChange)]
        found = known_of(records) if origin.after.pins else frozenset()
        if found is None or known is None:
            return None
        known = known & found if place else found
    return known


def known_of_acts(acts: Iterable[SignedAct], follows: tuple[str, ...], key: tuple[str, str]) -> Known:
    """Return what the acts that a change of a package follows recorded; without any, that there was nothing."""
    if not follows:
        return frozenset()
    changes = [one for signed in acts if signed.digest in follows for one in signed.act.packages if one.key == key]
    if changes and not any(one.after for one in changes):
        return frozenset()
    return known_of([one.seen for one in changes])


def why_gained(seen: Seen, known: Known) -> str:
    """Return why code is not known to gain nothing; "" where it is."""
    if seen.places is None:
        return "not all of its code was looked at, and the rule asks that it gains no capability"
    if known is None:
        return "no approval recorded all that the code before could do, and the rule asks that none is gained"
    gained = sorted(set(seen.capabilities) - known)
    return f"it gains {', '.join(gained)}, and the rule asks that no capability is gained" if gained else ""
