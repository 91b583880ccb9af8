"""How what approvals come to is said: as findings, each with who approved what and the next command.

Loaded where there is something to say. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.approvals.against_base import Missing
from holdfast.approvals.alarms import ALARMS
from holdfast.approvals.waiting import CONFLICT, EXPIRED, INCOMPLETE, REJECTED, Case, SecurityCase
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.approval import FOLDER
from holdfast.model.changes import CLASSES
from holdfast.model.pin_digest import ApprovedPin, pin_digest
from holdfast.model.security import CONFIGURATION, security_digest
from holdfast.trust.approval_files import BrokenFile

VERIFY = "holdfast approvals verify"
BEGIN = "holdfast approvals baseline --key FILE"
REVIEW_CONFIGURATION = "holdfast review --configuration"
_CODES = {
    INCOMPLETE: "approval-incomplete",
    CONFLICT: "approval-conflict",
    REJECTED: "change-rejected",
    EXPIRED: "approval-expired",
}
_SHORT = 12  # hex digits of a digest


def of_package(case: Case, enforces_alarms_only: bool, lock_path: str, base: str = "") -> Finding:
    """Return the finding of a package that is not approved: its gravest class, or its state where that is graver.

    `base`: what the next command has to be judged by, as it is none of what waits by the tree's own word.
    """
    waiting, state = case.waiting, case.state
    kinds = list(dict.fromkeys([change.kind for change in waiting.changes])) or ["facts-changed"]
    gravest = kinds[0]
    is_alarm = case.alarm or not ALARMS.isdisjoint(kinds)
    code = gravest if CLASSES[gravest].severity in ("error", "alarm") else _CODES.get(state, "change-unapproved")
    if state == EXPIRED:
        code = _CODES[EXPIRED]
    level = CLASSES[code].severity if code in CLASSES else severity(code)
    if enforces_alarms_only and not is_alarm and state != REJECTED:
        level = "warning"
    details = dict.fromkeys([line for change in waiting.changes if change.kind == gravest for line in change.details])
    facts = [
        ("class", ", ".join(kinds)),
        ("details", "; ".join(details)),
        ("source", waiting.source),
        ("why", waiting.reason),
        ("needs", _needs(waiting.needed, waiting.role)),
        ("approved by", ", ".join(waiting.have)),
    ]
    return Finding(
        code,
        level,
        _subject(waiting.name, waiting.after or waiting.before_pins),
        _approved(waiting.before_pins, waiting.follows, case.approvers),
        _pins(waiting.after) or "not locked",
        tuple([fact for fact in facts if fact[1]]),
        hints=(f"holdfast review {argument(waiting.name)}{_by_base(base)}",),
        place=Place(lock_path),
    )


def of_configuration(
    case: SecurityCase, lines: tuple[str, ...], path: str, base: str = "", *, is_begun: bool = False
) -> Finding:
    """Return `configuration-changed`; `lines` say what differs, `base` as for `of_package`.

    `is_begun`: there are acts, or a base judges: nobody can begin anew.
    """
    waiting = case.waiting
    before = waiting.before_security
    approved = "" if before is None else f"{_short(security_digest(before))}{_by(case.approvers)}"
    facts = [
        ("differs", "; ".join(lines)),
        ("why", waiting.reason),
        ("needs", _needs(waiting.needed, waiting.role)),
        ("approved by", ", ".join(waiting.have)),
    ]
    return Finding(
        "configuration-changed",
        severity("configuration-changed"),
        CONFIGURATION,
        approved or "one approved configuration",
        _short(security_digest(waiting.after)),
        tuple([fact for fact in facts if fact[1]]),
        hints=(BEGIN if waiting.is_unbegun and not is_begun else REVIEW_CONFIGURATION + _by_base(base),),
        place=Place(path),
    )


def disappeared(revision: str, path: str) -> Finding:
    """Return `configuration-changed` for a tree without any approvals, where the base has them."""
    return Finding(
        "configuration-changed",
        severity("configuration-changed"),
        CONFIGURATION,
        f"approvals in force, as in {revision or 'the base'}",
        "no approver and no approvals",
        (("why", "approvals disappeared"),),
        hints=(restore(revision, (FOLDER, path)),),
        place=Place(path),
    )


def project_changed(before: str, after: str, path: str, revision: str = "") -> Finding:
    """Return `project-changed`; `revision` is the base that has the other id, if one has."""
    hint = restore(revision, (path,)) if revision else "holdfast explain project-changed"
    return Finding(
        "project-changed",
        severity("project-changed"),
        "id",
        before or "no project id",
        after or "no project id",
        hints=(hint,),
        place=Place(path),
    )


def of_broken(files: Iterable[BrokenFile]) -> list[Finding]:
    """Return `approval-broken` for each file that is no approval."""
    return [
        Finding(
            "approval-broken",
            severity("approval-broken"),
            one.name,
            *_expected_and_found(one.reason),
            hints=(VERIFY,),
            place=Place(f"{FOLDER}/{one.name}"),
        )
        for one in files
    ]


def _expected_and_found(reason: str) -> tuple[str, str]:
    """What a reason says was expected, and found; one that is about the whole file says only what is wrong."""
    where, expects, rest = reason.partition("expected ")
    wanted, finds, found = rest.rpartition(", found ")
    return (where + wanted, found) if expects and finds else ("a signed act of approval", reason)


def of_missing(files: Iterable[Missing], revision: str) -> list[Finding]:
    """Return `approval-removed` and `approval-edited`."""
    found = []
    for one in files:
        code = "approval-edited" if one.is_edited else "approval-removed"
        path = f"{FOLDER}/{one.name}"
        found.append(
            Finding(
                code,
                severity(code),
                one.name,
                f"the file as in {revision or 'the base'}",
                "other bytes" if one.is_edited else "no such file",
                hints=(restore(revision, (path,)),),
                place=Place(path),
            )
        )
    return found


def of_second(digest: str, suffix: str, base: str = "") -> Finding:
    """Return `baseline-second` for a baseline that does not count; `base` as for `of_package`."""
    return Finding(
        "baseline-second",
        severity("baseline-second"),
        _short(digest),
        "one baseline",
        "another one",
        hints=(VERIFY + _by_base(base),),
        place=Place(f"{FOLDER}/{digest}{suffix}"),
    )


def of_uncounted(digest: str, reason: str, suffix: str, base: str = "", *, is_new: bool = False) -> Finding:
    """Return `approval-uncounted` for an act; `base` as for `of_package`.

    `is_new`: the base does not have it, and must not get it: then it is an error.
    """
    path = f"{FOLDER}/{digest}{suffix}"
    return Finding(
        "approval-uncounted",
        "error" if is_new else severity("approval-uncounted"),
        _short(digest),
        "an approval that counts",
        reason,
        hints=(f"rm {path}" if is_new else VERIFY + _by_base(base),),
        place=Place(path),
    )


def unbased(revision: str) -> Finding:
    """Return `approval-unbased`: the base has no approvals to judge by."""
    return Finding(
        "approval-unbased",
        severity("approval-unbased"),
        revision or "the base",
        "approvals in force at the base",
        "none: the tree is judged by its own",
    )


def restore(revision: str, paths: Iterable[str]) -> str:
    """Return the command that brings files back."""
    from shlex import quote

    return f"git checkout {quote(revision or 'HEAD')} -- {' '.join([quote(path) for path in paths])}"


def argument(name: str) -> str:
    """Return a package's name as every shell takes it; `@` begins something else in some."""
    from shlex import quote

    return f"'{name}'" if name.startswith("@") and quote(name) == name else quote(name)


def _by_base(base: str) -> str:
    from shlex import quote

    return f" --base {quote(base)}" if base else ""


def _subject(name: str, pins: tuple[ApprovedPin, ...]) -> str:
    return f"{name} {', '.join([one.pin.version for one in pins])}" if pins else name


def _pins(pins: tuple[ApprovedPin, ...]) -> str:
    """`1.0 (sha256:1f0c9a44ab3e)`"""
    return ", ".join([f"{one.pin.version} ({_short(pin_digest(one))})" for one in pins])


def _approved(pins: tuple[ApprovedPin, ...], follows: tuple[str, ...], approvers: tuple[str, ...]) -> str:
    acts = f" in {', '.join([_short(one) for one in follows])}" if follows else ""
    if pins:
        return f"{_pins(pins)}{_by(approvers)}{acts}"
    return f"not locked{_by(approvers)}{acts}" if follows else "an approval"


def _by(approvers: tuple[str, ...]) -> str:
    return f", approved by {', '.join(approvers)}" if approvers else ""


def _needs(needed: int, role: str) -> str:
    if needed < 2 and not role:
        return ""
    people = f"{needed} approvers" if needed > 1 else "one approver"
    return f"{people}, one of them with the role {role}" if role else people


def _short(digest: str) -> str:
    algorithm, mark, value = digest.rpartition(":")
    return f"{algorithm}{mark}{value[:_SHORT]}"
