"""Approving: what is proposed to be signed, whether it still is what waits, and what came of it.

Knows judgements and acts; no key, no network, no file.
"""

from collections.abc import Mapping

from holdfast.approvals.judgement import Judgement, SecurityWaiting, Waiting
from holdfast.model.approval import Act, Seen
from holdfast.model.security import CONFIGURATION, Approver
from holdfast.workflows.choosing import Chosen, is_alarm
from holdfast_resolver.values.tuples import NamedTuple


class Proposal(NamedTuple):
    """An act, and what it decides."""

    chosen: Chosen
    act: Act


class Outcome(NamedTuple):
    """What became of one thing that was approved. `missing` is "" for what is approved now."""

    subject: str
    missing: str


def lines_of_code(seen: Mapping[tuple[str, str], Seen]) -> list[str]:
    """Return what an approval records of code: of each package by (source, name) what it can do, and where.

    A package whose code was seen to do nothing has no line; one that was not looked at says so.
    """
    lines = []
    for (_, name), one in sorted(seen.items()):
        if one.places is None:
            lines.append(f"{name}: not all of its code could be looked at")
        lines.extend(f"{name} has {word}: {place}" for word, place in one.places or ())
    return lines


def without_own(chosen: Chosen, approver: Approver) -> tuple[Chosen, tuple[str, ...]]:
    """Return what an approver has not approved yet, and what of the rest waits for others."""
    own = [one for one in chosen.waiting if approver.name in one.have]
    security = chosen.security
    notes = [f"{one.name}: {_missing(one)}" for one in own]
    if security is not None and approver.name in security.have:
        notes.append(f"{CONFIGURATION}: {_missing(security)}")
        security = None
    rest = tuple([one for one in chosen.waiting if one not in own])
    return Chosen(rest, security, chosen.idle, chosen.left_out), tuple(notes)


def same_steps(chosen: Chosen, now: Judgement) -> bool:
    """Whether what was chosen still waits, as the same step: then what is signed is what was shown."""
    waiting = {(one.source, one.name): _step(one) for one in now.waiting}
    packages = all(waiting.get((one.source, one.name)) == _step(one) for one in chosen.waiting)
    if chosen.security is None:
        return packages
    return packages and now.security is not None and _security_step(now.security) == _security_step(chosen.security)


def _step(one: Waiting) -> tuple[object, ...]:
    return one.follows, one.before, one.after


def _security_step(one: SecurityWaiting) -> tuple[object, ...]:
    return one.follows, one.before, one.after


def outcomes(chosen: Chosen, now: Judgement) -> tuple[Outcome, ...]:
    """Return what became of each thing that was chosen, by the judgement after it was signed."""
    waiting = {(one.source, one.name): one for one in now.waiting}
    found = []
    for one in chosen.waiting:
        left = waiting.get((one.source, one.name))
        found.append(Outcome(one.name, "" if left is None else _missing(left)))
    if chosen.security is not None:
        found.append(Outcome(CONFIGURATION, "" if now.security is None else _missing(now.security)))
    return tuple(found)


def _missing(one: Waiting | SecurityWaiting) -> str:
    """`1 of 2 approvers (alice); waits for another, since it is an alarm`"""
    have = len(one.have)
    said = f"{have} of {one.needed} approvers" + (f" ({', '.join(one.have)})" if one.have else "")
    if have < one.needed:
        said += "; waits for another" if one.needed - have == 1 else f"; waits for {one.needed - have} others"
        return said + (", since it is an alarm" if isinstance(one, Waiting) and is_alarm(one) else "")
    return f"{said}; one of the role {one.role} is missing" if one.role else one.reason
