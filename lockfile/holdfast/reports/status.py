"""What waits for approval, and how much was ever reviewed, as text and as JSON.

2 changes wait for approval

alarm: artifact-changed (a pinned release has other bytes)
  click 8.1.8           needs 2 of alice, bob, and an end date
note: version-changed (another version is locked)
  flask 3.0.2 -> 3.0.3  1 of 2 approvers: alice; needs bob
next: holdfast review

177 pins: 12 reviewed by a person (7 %), 160 never reviewed (90 %), 5 waiting (3 %)
enforce = "changes": a change of a pinned hash or signer fails `holdfast check` until it is approved
"""

from collections.abc import Iterable, Sequence
from shlex import quote

from holdfast.approvals.overview import Needed, Shares, Status, Uncounted, needed, still_needed
from holdfast.model.approval import SignedAct
from holdfast.model.changes import CLASSES, KINDS
from holdfast.model.security import security_digest
from holdfast.reports.change_classes import values_of
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA

BEGIN = "holdfast approvals baseline --key FILE"
NOT_IN_FORCE = "approvals are not in force: nobody is asked when a pinned hash or signer changes"
ENFORCE = {
    "changes": "a change of a pinned hash or signer fails `holdfast check` until it is approved",
    "alarms": "only alarms fail `holdfast check`; other changes are listed, and pass",
}
_COLOURS = {"note": "36", "warning": "33", "error": "31", "alarm": "1;97;41"}
_NOBODY = "nobody approved it"
_DIGITS = 16  # of a digest, where people read it
_MANY = 8  # approvers that are named
# said by the list of what waits, or by that of what does not count
_SAID = frozenset(
    (*KINDS, "change-unapproved", "approval-incomplete", "approval-conflict", "change-rejected", "approval-expired",
     "approval-uncounted", "approval-broken", "configuration-changed")
)  # fmt: skip


def render_nothing(form: str) -> str:
    """Return what is said where approvals are not in force."""
    if form != "json":
        return f"{NOT_IN_FORCE}\n  next: {BEGIN}\n"
    from holdfast.reports.findings_json import write

    return write({"version": SCHEMA, "command": "status", "in_force": False, "next": [BEGIN]})


def render_text(status: Status, colour: bool = False, verbose: bool = False) -> str:
    """Return the status for people, with a final newline; `verbose` names what was never reviewed."""
    blocks = [_waiting_lines(status, colour), _security_lines(status), _other_lines(status)]
    overview = status.overview
    closing = [shares_in_words(overview.shares)]
    for one in overview.accepted:
        people = f" ({', '.join(one.reviewers)})" if one.reviewers else ""
        closing.append(plain(f"alarm accepted: {one.name} until {one.until}{people}"))
    closing.append(f'enforce = "{status.enforce}": {ENFORCE[status.enforce]}')
    if status.base[0]:
        closing.append(plain(f"judged by the configuration and the approvals of {status.base[0]}"))
    never = ["never reviewed", *[f"  {_called(one.source, one.name)} {one.version}" for one in overview.never]]
    blocks += [closing, [plain(line) for line in never] if verbose and overview.never else []]
    blocks.append(_uncounted_lines(overview.uncounted))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def render_json(status: Status) -> str:
    """Return the status as one JSON document; its keys are documented in `docs/commands.md`."""
    from holdfast.reports.findings_json import finding_value, write

    shares, (revision, commit) = status.overview.shares, status.base
    return write(
        {
            "version": SCHEMA,
            "command": "status",
            "in_force": True,
            "base": {"revision": revision, "commit": commit} if revision else None,
            "enforce": status.enforce,
            "waiting": [_waiting_value(status, one) for one in _ordered(status)],
            "configuration": _security_value(status),
            "pins": {
                "total": shares.pins,
                "reviewed": shares.reviewed,
                "by_rule": shares.by_rule,
                "never_reviewed": shares.never,
                "waiting": shares.waiting,
            },
            "never_reviewed": [
                {"source": one.source, "name": one.name, "version": one.version} for one in status.overview.never
            ],
            "accepted_alarms": [
                {"source": one.source, "name": one.name, "until": one.until, "reviewers": list(one.reviewers)}
                for one in status.overview.accepted
            ],
            "uncounted": [_uncounted_value(one) for one in status.overview.uncounted],
            "findings": [finding_value(one) for one in status.judgement.findings],
            "next": _next(status),
        }
    )


def shares_in_words(shares: Shares) -> str:
    """`177 pins: 12 reviewed by a person (7 %), 3 by rule (2 %), 162 never reviewed (91 %)`"""
    rows = (
        (shares.reviewed, "reviewed by a person"),
        (shares.by_rule, "approved by rule"),
        (shares.never, "never reviewed"),
        (shares.waiting, "waiting"),
    )
    parts = percentages([number for number, _ in rows])
    said = [f"{number} {words} ({part} %)" for (number, words), part in zip(rows, parts) if number]
    return f"{shares.pins} pin{'' if shares.pins == 1 else 's'}" + (f": {', '.join(said)}" if said else "")


def needs_in_words(who: Needed) -> str:
    """`needs alice`, `needs 2 of alice, bob, carol, one of them with the role security, and an end date`"""
    names = ", ".join(who.able[:_MANY]) + (f" and {len(who.able) - _MANY} more" if len(who.able) > _MANY else "")
    if len(who.able) < who.missing:
        said = f"needs {who.missing} more, and " + (f"only {names} can" if names else "nobody is left who can")
    elif len(who.able) == who.missing:
        said = f"needs {names.replace(', ', ' and ') if who.missing == 2 else names}"
    else:
        said = f"needs {'one' if who.missing == 1 else who.missing} of {names}"
    if who.role:
        said += f", with the role {who.role}" if who.missing == 1 else f", one of them with the role {who.role}"
    return said + (", and an end date" if who.alarm else "")


def _ordered(status: Status) -> list[int]:
    """The places of what waits, the gravest first."""
    waiting = status.judgement.waiting
    return sorted(range(len(waiting)), key=lambda place: (KINDS.index(_kind(status, place)), waiting[place][:2]))


def _kind(status: Status, place: int) -> str:
    """The gravest class; a package that equals what was approved once and waits all the same has moved, no more."""
    changes = status.judgement.waiting[place].changes
    return changes[0].kind if changes else "version-changed"


def _waiting_lines(status: Status, colour: bool) -> list[str]:
    waiting = status.judgement.waiting
    if not waiting:
        return ["nothing waits for approval"] if status.judgement.security is None else []
    lines = [f"{len(waiting)} change{' waits' if len(waiting) == 1 else 's wait'} for approval", ""]
    heads = {place: _from_to(status, place) for place in range(len(waiting))}
    width = min(max([len(head) for head in heads.values()]), 48)
    last = ""
    for place in _ordered(status):
        kind = _kind(status, place)
        if kind != last:
            lines.append(_coloured(CLASSES[kind].severity, colour) + f": {kind} ({CLASSES[kind].meaning})")
            last = kind
        one = waiting[place]
        said = needs_in_words(needed(one, status.deciding, status.now))
        have = f": {', '.join(one.have)}" if one.have else ""
        reason = "" if one.reason == _NOBODY else f"{one.reason}{have}; "
        lines.append("  " + plain(f"{heads[place]:<{width}}  {reason}{said}"))
    return lines if _is_unbegun(status) else [*lines, plain(f"next: holdfast review{_by_base(status)}")]


def _is_unbegun(status: Status) -> bool:
    return status.judgement.security is not None and status.judgement.security.is_unbegun


def _by_base(status: Status) -> str:
    """What a command has to say to be judged as this was."""
    return f" --base {quote(status.base[0])}" if status.base[0] else ""


def _from_to(status: Status, place: int) -> str:
    """`flask 3.0.2 -> 3.0.3`, `flask 3.0.3 (new)`, `flask 3.0.3 -> removed`, `click 8.1.8`"""
    one = status.judgement.waiting[place]
    before, after = [", ".join([each.pin.version for each in pins]) for pins in (one.before_pins, one.after)]
    name = _called(one.source, one.name)
    if not before:
        return f"{name} {after} (new)"
    return f"{name} {before}" if before == after else f"{name} {before} -> {after or 'removed'}"


def _called(source: str, name: str) -> str:
    bare = source == "pypi" or (name.startswith("@") and not source.startswith("npm"))
    return name if bare else f"{source}:{name}"


def _security_lines(status: Status) -> list[str]:
    waiting = status.judgement.security
    if waiting is None:
        return []
    if waiting.is_unbegun and status.overview.uncounted:  # a baseline is only where no file is: these come first
        return ["no approval of the security configuration counts"]
    if waiting.is_unbegun:
        return ["nothing was ever approved: approvals begin with a baseline", f"next: {BEGIN}"]
    who = still_needed(waiting.needed, waiting.role, waiting.have, status.deciding, status.now)
    have = f": {', '.join(waiting.have)}" if waiting.have else ""
    reason = "" if waiting.reason == _NOBODY else f" ({waiting.reason}{have})"
    return [
        plain(f"the security configuration changed and waits for approval{reason}: {needs_in_words(who)}"),
        plain(f"next: holdfast review --configuration{_by_base(status)}"),
    ]


def _other_lines(status: Status) -> list[str]:
    found = [one for one in status.judgement.findings if one.code not in _SAID]
    lines = []
    for one in found:
        lines.append(plain(f"{one.severity}[{one.code}]: {one.subject}: {one.found}"))
        lines += [plain(f"next: {hint}") for hint in one.hints]
    return lines


def _uncounted_lines(uncounted: Iterable[Uncounted]) -> list[str]:
    found = tuple(uncounted)
    if not found:
        return []
    head = "1 file does not count" if len(found) == 1 else f"{len(found)} files do not count"
    rows = [f"  {plain(one.digest[:_DIGITS])}  {plain(_what(one.act))}{plain(one.reason)}" for one in found]
    return [head, *rows, "next: holdfast approvals verify"]


def _what(signed: SignedAct | None) -> str:
    """`approval of flask by alice: `"""
    if signed is None:
        return ""
    act = signed.act
    names = [one.name for one in act.packages] + (["the security configuration"] if act.security else [])
    what = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{act.kind} of {what} by {act.reviewer}: "


def _waiting_value(status: Status, place: int) -> dict[str, object]:
    one, kind = status.judgement.waiting[place], _kind(status, place)
    who = needed(one, status.deciding, status.now)
    return {
        "source": one.source,
        "name": one.name,
        "from": [each.pin.version for each in one.before_pins],
        "to": [each.pin.version for each in one.after],
        "class": kind,
        "severity": CLASSES[kind].severity,
        "classes": values_of(one.changes),
        "reason": one.reason,
        "needed": one.needed,
        "have": list(one.have),
        "role": one.role,
        "missing": {"number": who.missing, "of": list(who.able), "role": who.role, "end_date": who.alarm},
        "next": f"holdfast review {quote(one.name)}{_by_base(status)}",
    }


def _security_value(status: Status) -> dict[str, object]:
    waiting = status.judgement.security
    if waiting is None:
        return {"state": "approved", "digest": security_digest(status.deciding), "missing": None, "reason": ""}
    who = still_needed(waiting.needed, waiting.role, waiting.have, status.deciding, status.now)
    return {
        "state": "waiting",
        "digest": security_digest(waiting.after),
        "missing": {"number": who.missing, "of": list(who.able), "role": who.role, "end_date": False},
        "reason": waiting.reason,
    }


def _uncounted_value(one: Uncounted) -> dict[str, object]:
    act = one.act.act if one.act is not None else None
    return {
        "digest": one.digest if act is not None else None,
        "file": f"{one.digest}.json" if act is not None else one.digest,
        "kind": act.kind if act is not None else None,
        "reviewer": act.reviewer if act is not None else None,
        "reason": one.reason,
    }


def _next(status: Status) -> list[str]:
    is_unbegun = _is_unbegun(status)
    found = ["holdfast review"] if status.judgement.waiting and not is_unbegun else []
    found += ["holdfast review --configuration"] if status.judgement.security is not None and not is_unbegun else []
    found += ["holdfast approvals verify"] if status.overview.uncounted else []
    return [*([BEGIN] if is_unbegun and not found else []), *[one + _by_base(status) for one in found]]


def percentages(numbers: Sequence[int]) -> list[int]:
    """Return the shares of a whole in whole percents that add up to 100: never 0 or 100 for what is not.

    By the method of the largest remainder; what is less than one percent is one, at the cost of the largest.
    """
    whole = max(sum(numbers), 1)
    parts = [max(100 * number // whole, 1) if number else 0 for number in numbers]
    left = 100 - sum(parts) if any(numbers) else 0
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - 100 * numbers[place] / whole)
    for place in by_remainder[: max(left, 0)]:
        parts[place] += 1
    if left < 0:
        parts[parts.index(max(parts))] += left
    return parts


def _coloured(severity: str, colour: bool) -> str:
    return f"\x1b[{_COLOURS[severity]}m{severity}\x1b[0m" if colour else severity
