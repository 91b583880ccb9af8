"""Acts of approving, composed of what was judged to wait: an approval, one by rule, a rejection.

What an act says of a step (what it follows, what it is a change from) is what the judgement says, so that acts of
several people for the same step add up. Signs nothing; knows no file and no clock.
"""

from collections.abc import Mapping
from typing import TypeAlias

from holdfast.approvals.judgement import SecurityWaiting, Waiting
from holdfast.errors import UsageError
from holdfast.model.approval import Act, PackageChange, RuleRecord, SecurityChange, Seen
from holdfast.model.changes import KINDS
from holdfast.model.security import Approver, Security, security_digest
from holdfast.workflows.choosing import Chosen
from holdfast_resolver.values.tuples import NamedTuple

LONGEST_REASON = 1000  # characters
Key: TypeAlias = tuple[str, str]  # (source, name)


class Pen(NamedTuple):
    """Who signs, under which configuration, and when. `now` is RFC 3339 in UTC, to the second."""

    security: Security  # in force
    approver: Approver
    now: str


def approval(
    chosen: Chosen,
    pen: Pen,
    reason: str,
    seen: Mapping[Key, Seen],
    *,
    until: str = "",
    rule: RuleRecord | None = None,
) -> Act:
    """Return the act that accepts all that is chosen; `seen` is of every package that does not go."""
    return _act("approval", chosen, pen, reason, seen)._replace(expires=until, rule=rule)


def rejection(chosen: Chosen, pen: Pen, reason: str) -> Act:
    """Return the act that says that nothing of what is chosen is accepted."""
    return _act("rejection", chosen, pen, reason, {})


def _act(kind: str, chosen: Chosen, pen: Pen, reason: str, seen: Mapping[Key, Seen]) -> Act:
    return Act(
        kind,
        pen.security.project,
        security_digest(pen.security),
        pen.approver.name,
        pen.approver.role,
        reason,
        pen.now,
        tuple(sorted([_change(one, seen) for one in chosen.waiting], key=lambda one: one.key)),
        None if chosen.security is None else _security(chosen.security),
    )


def _change(one: Waiting, seen: Mapping[Key, Seen]) -> PackageChange:
    classes = classes_of(one)
    shown = seen.get((one.source, one.name), Seen())
    shown = shown._replace(findings=tuple(sorted({*shown.findings, *classes})))
    follows, before = one.joins[0] if one.joins else (one.follows, one.before)  # so that acts for one step add up
    return PackageChange(
        one.source, one.name, follows, before, one.after, () if one.after else one.before_pins, classes, shown
    )


def _security(one: SecurityWaiting) -> SecurityChange:
    return SecurityChange(one.follows, one.before, one.after)


def classes_of(one: Waiting) -> tuple[str, ...]:
    """Return the classes of a change, each once, the gravest first."""
    found = {change.kind for change in one.changes}
    return tuple([kind for kind in KINDS if kind in found])


def checked_reason(text: str, what: str) -> str:
    """Return why somebody decided. Raises `UsageError` for none, and for one that is not one printable line."""
    reason = text.strip()
    if not reason or not reason.isprintable() or len(reason) > LONGEST_REASON:
        raise UsageError(f"why it is {what}, on one line", reason[:80] or "nothing", "add --reason TEXT")
    return reason
