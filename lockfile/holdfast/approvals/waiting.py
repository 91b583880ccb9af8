"""What waits for approval: each package whose pins in the lock are not what its chain approved, and why.

A package whose pins are the very values that were approved costs no digest and no comparison of pins.
"""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.approvals.alarms import ALARMS, Looks, changes_between
from holdfast.approvals.by_rule import waiting_kinds
from holdfast.approvals.councils import Council
from holdfast.approvals.effective import Trail, end_of, results_of
from holdfast.approvals.judgement import Join, SecurityWaiting, Standing, Waiting
from holdfast.approvals.standings import names, standing_of
from holdfast.approvals.steps import APPROVAL, CONFIGURATION_KEY, NOTHING, REJECTION, Key, Result, Step, together
from holdfast.approvals.tallies import Supporter, demanded, tally
from holdfast.model.changes import Change
from holdfast.model.pin_digest import ApprovedPin, pin_digest
from holdfast.model.predecessors import order
from holdfast.model.security import Security
from holdfast_resolver.values.tuples import NamedTuple

NOBODY = "nobody approved it"
UNAPPROVED, INCOMPLETE, CONFLICT, REJECTED, EXPIRED = "unapproved", "incomplete", "conflict", "rejected", "expired"


class View(NamedTuple):
    """A judged tree, as of now. `councils`: the configurations whose demands hold. `locked`: the pins of a base."""

    trail: Trail
    councils: tuple[Council, ...]
    now: str
    locked: Mapping[Key, tuple[ApprovedPin, ...]] = {}


class Case(NamedTuple):
    """What waits and what its state is: one of the words above. `approvers`: who approved what holds.

    `alarm`: an approval of it accepts an alarm, which may be none of the changes: a checkpoint says so of its past.
    """

    waiting: Waiting
    state: str
    approvers: tuple[str, ...]
    alarm: bool = False


class SecurityCase(NamedTuple):
    """The same of the security configuration."""

    waiting: SecurityWaiting
    state: str
    approvers: tuple[str, ...]


class _Pending(NamedTuple):
    have: tuple[str, ...]
    joins: tuple[Join, ...]
    is_enough_without_role: bool


def judge_package(view: View, key: Key, pins: tuple[ApprovedPin, ...]) -> Case | Standing | None:
    """Return how a package stands, or what it waits for; None for one that is neither locked nor approved."""
    trail = view.trail
    heads = trail.heads(key)
    results = results_of(heads)
    locked = Result(pins) if pins else NOTHING
    state, reason = _state(view, heads, results, locked)
    if state == "":
        return standing_of(trail, key, heads) if pins else None
    step = Step(APPROVAL, key, heads, locked, [])
    looks = trail.look_of(key)
    alarm = looks.look(step).alarm
    asked = [demanded(council, (key,), view.now, alarm) for council in view.councils]
    needed = max([one.needed for one in asked], default=1)
    role = next((role for one in asked for role in one.roles), "")
    pending = _expired(view, heads) if state == EXPIRED else _pending(view, step)
    if state in (UNAPPROVED, REJECTED) and pending.have:
        counted = f"{len(pending.have)} of {needed} approvers"
        if pending.is_enough_without_role and role:
            counted = f"no approver with the role {role}"
        reason = f"{reason}; since then {counted}" if state == REJECTED else counted
        state = INCOMPLETE if state == UNAPPROVED else state
    waiting = Waiting(
        *key,
        _follows(trail, heads),
        together(heads),
        _pins_of(results),
        pins,
        _changes(looks, step, Result(view.locked.get(key, ()))),
        reason,
        needed,
        pending.have,
        role,
        pending.joins,
        _rejection(trail, heads, locked),
    )
    return Case(waiting, state, _approvers(trail, heads), alarm)


def judge_configuration(view: View, security: Security) -> SecurityCase | None:
    """Return what the security configuration waits for; None for one that is approved."""
    trail, key = view.trail, CONFIGURATION_KEY
    heads = trail.heads(key)
    results = results_of(heads)
    after = Result(security=security)
    state, reason = _conflict_or_rejection(trail, heads, results, after)
    if not state and heads and results[0].same(after):
        return None
    if not state:
        state, reason = UNAPPROVED, NOBODY
    step = Step(APPROVAL, key, heads, after, [])
    asked = [demanded(council, (key,), view.now, False) for council in view.councils]
    pending = _pending(view, step)
    needed = max([one.needed for one in asked], default=1)
    role = next((role for one in asked for role in one.roles), "")
    if state == UNAPPROVED and pending.have:
        missing = pending.is_enough_without_role and role
        state = INCOMPLETE
        reason = f"no approver with the role {role}" if missing else f"{len(pending.have)} of {needed} approvers"
    before = results[0].security if len(results) == 1 else None
    waiting = SecurityWaiting(
        _follows(trail, heads),
        together(heads),
        before,
        security,
        reason,
        needed,
        pending.have,
        role,
        _rejection(trail, heads, after),
        tuple([one.security for one in results if one.security is not None]),
    )
    return SecurityCase(waiting, state, _approvers(trail, heads))


def _state(view: View, heads: tuple[Step, ...], results: tuple[Result, ...], locked: Result) -> tuple[str, str]:
    """What a package's state is and why; ("", "") for one that is as approved."""
    found = _conflict_or_rejection(view.trail, heads, results, locked)
    if found[0]:
        return found
    if not heads:
        return (UNAPPROVED, NOBODY) if locked.pins else ("", "")
    if not results[0].same(locked):
        return UNAPPROVED, NOBODY
    end = end_of(heads, view.trail.verdicts)
    return (EXPIRED, f"the approval ended {end}") if end and end <= view.now else ("", "")


def _conflict_or_rejection(
    trail: Trail, heads: tuple[Step, ...], results: tuple[Result, ...], after: Result
) -> tuple[str, str]:
    if len(results) > 1:
        return CONFLICT, f"{_number(len(results))} heads, and no approval follows them all"
    rejected = _rejection(trail, heads, after)
    return (REJECTED, rejected) if rejected else ("", "")


def _rejection(trail: Trail, heads: tuple[Step, ...], after: Result) -> str:
    """Who rejected these very pins and why, "" where nobody did who has not been overruled."""
    for step in heads:
        if step.kind == REJECTION and step.after.same(after):
            supporters = trail.verdicts[step].supporters
            reasons = [one.act.act.reason for one in supporters][:1]
            return f"rejected by {', '.join(names(supporters))}: {''.join(reasons)}"
    return ""


def _number(count: int) -> str:
    return "two" if count == 2 else str(count)


def _follows(trail: Trail, heads: tuple[Step, ...]) -> tuple[str, ...]:
    """One act for each head, of those that count."""
    return tuple(sorted([min([one.act.digest for one in trail.verdicts[step].supporters]) for step in heads]))


def _approvers(trail: Trail, heads: tuple[Step, ...]) -> tuple[str, ...]:
    origins = [origin for step in heads for origin in step.origins]
    return names([one for origin in origins for one in trail.verdicts[origin].supporters])


def _pins_of(results: tuple[Result, ...]) -> tuple[ApprovedPin, ...]:
    """The pins of all results, each once; of several results by version."""
    if len(results) == 1:
        return results[0].pins
    found = {pin_digest(pin): pin for result in results for pin in result.pins}
    return tuple(sorted(found.values(), key=lambda one: (order(one.pin), one)))


def _changes(looks: Looks, step: Step, locked: Result) -> tuple[Change, ...]:
    """The changes that need approval, and alarms against what a base locks: that may never have been approved."""
    found = looks.changes(step)
    kinds = waiting_kinds([one.kind for one in found])
    since: list[Change] = []
    if locked.pins and step.after.pins and not locked.same(step.after):
        since = [one for one in changes_between(locked, step.after) if one.kind in ALARMS and one.kind not in kinds]
    return (*since, *[one for one in found if one.kind in kinds])


def _pending(view: View, wanted: Step) -> _Pending:
    """The same step as it was begun: signed by some, and not by enough."""
    verdicts = view.trail.verdicts
    for step in view.trail.chain(wanted.key).steps:
        if step.kind != APPROVAL or verdicts[step].effective or set(step.follows) != set(wanted.follows):
            continue
        supporters = verdicts[step].supporters
        if supporters and step.after.same(wanted.after):
            date = min([one.act.act.date for one in supporters])
            alarm = wanted.key != CONFIGURATION_KEY and view.trail.look_of(wanted.key).look(step).alarm
            asked = [demanded(council, (wanted.key,), date, alarm) for council in view.councils]
            is_enough = all(tally(supporters, one._replace(roles=())) is not None for one in asked)
            return _Pending(names(supporters), (_join(step),), is_enough)
    return _Pending((), (), False)


def _expired(view: View, heads: tuple[Step, ...]) -> _Pending:
    """The steps that ended, with those whose approval has not."""
    verdicts, now = view.trail.verdicts, view.now
    origins = dict.fromkeys([origin for step in heads for origin in step.origins])
    ended = [step for step in origins if verdicts[step].expires and verdicts[step].expires <= now]
    left: list[Supporter] = []
    for step in ended:
        left.extend([one for one in verdicts[step].supporters if not one.act.act.expires or one.act.act.expires > now])
    return _Pending(names(left), tuple([_join(step) for step in ended if step.kind == APPROVAL]), False)


def _join(step: Step) -> Join:
    return step.entries[0].change.follows, step.before
