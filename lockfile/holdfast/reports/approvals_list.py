"""Who approved what, and whether it counts, as text and as JSON.

2026-11-20T12:00:00Z  approval by alice (security)  4f1c...  in force
  flask 3.0.2 -> 3.0.3
  "read the changelog"
2026-11-19T12:00:00Z  approval by mallory  91ab...  not counted: not an approver
  click 8.1.7 -> 8.1.8
"""

from collections.abc import Iterable

from holdfast.approvals.ledger import BROKEN, Entry, Step
from holdfast.findings.finding import Finding
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA

NOTHING = "there are no approvals"
_DIGITS = 16  # of a digest, where people read it
_MANY = 6  # packages of one act that are named


def render_text(entries: Iterable[Entry]) -> str:
    """Return the list for people, with a final newline; "" for an empty one."""
    return "".join([f"{line}\n" for entry in entries for line in _lines(entry)])


def render_json(command: str, entries: Iterable[Entry], findings: Iterable[Finding], fails: bool | None = None) -> str:
    """Return the list as one JSON document; its keys are documented in `docs/commands.md`. `fails`: of `verify`."""
    from holdfast.reports.findings_json import finding_value, write

    document: dict[str, object] = {
        "version": SCHEMA,
        "command": command,
        "approvals": [_value(entry) for entry in entries],
        "findings": [finding_value(one) for one in findings],
    }
    return write(document if fails is None else {**document, "fails": fails})


def verified_in_words(entries: Iterable[Entry], findings: Iterable[Finding]) -> str:
    """`12 approvals: all of them hold`, `12 approvals: 1 is broken, 2 do not count`

    `12 approvals: each of them holds, and 1 finding is about all of them together`
    """
    entries, findings = tuple(entries), tuple(findings)
    broken = sum([entry.state == BROKEN for entry in entries])
    uncounted = sum([entry.state != BROKEN and bool(entry.reason) for entry in entries])
    said = [f"{broken} {'is' if broken == 1 else 'are'} broken"] if broken else []
    said += [f"{uncounted} {'does' if uncounted == 1 else 'do'} not count"] if uncounted else []
    words = ", ".join(said)
    if findings:
        many = "1 finding is" if len(findings) == 1 else f"{len(findings)} findings are"
        words = f"{words or 'each of them holds'}, and {many} about all of them together"
    return f"{len(entries)} approval{'' if len(entries) == 1 else 's'}: {words or 'all of them hold'}"


def _lines(entry: Entry) -> list[str]:
    if entry.signed is None:
        return [plain(f"{entry.digest}  {BROKEN}: {entry.reason}")]
    act = entry.signed.act
    role = f" ({act.role})" if act.role else ""
    state = f"{entry.state}: {entry.reason}" if entry.reason else entry.state
    lines = [f"{act.date}  {act.kind} by {act.reviewer}{role}  {entry.digest[:_DIGITS]}  {state}"]
    lines += [f"  {_step(step)}" for step in entry.steps[:_MANY]]
    if len(entry.steps) > _MANY:
        lines.append(f"  and {len(entry.steps) - _MANY} more")
    if act.security is not None:
        lines.append("  the security configuration")
    lines.append(f'  "{act.reason}"' + (f", until {act.expires}" if act.expires else ""))
    return [plain(line) for line in lines]


def _step(step: Step) -> str:
    before, after = ", ".join(step.before), ", ".join(step.after)
    bare = step.source == "pypi" or (step.name.startswith("@") and not step.source.startswith("npm"))
    name = step.name if bare else f"{step.source}:{step.name}"
    moved = f"{before} -> {after or 'removed'}" if before and before != after else after
    return f"{name} {moved}".rstrip()


def _value(entry: Entry) -> dict[str, object]:
    found: dict[str, object] = {
        "file": entry.digest if entry.signed is None else f"{entry.digest}.json",
        "state": entry.state.replace(" ", "-"),
        "why": entry.reason,
    }
    if entry.signed is None:
        return {**found, "digest": None}
    act = entry.signed.act
    return {
        **found,
        "digest": entry.digest,
        "kind": act.kind,
        "date": act.date,
        "reviewer": act.reviewer,
        "role": act.role,
        "reason": act.reason,
        "expires": act.expires,
        "keys": list(entry.signed.keys),
        "configuration": act.configuration,
        "changes_configuration": act.security is not None,
        "packages": [
            {
                "source": step.source,
                "name": step.name,
                "from": list(step.before),
                "to": list(step.after),
                "classes": list(step.classes),
            }
            for step in entry.steps
        ],
        "rule": None if act.rule is None else {"reason": act.rule.reason, "facts": dict(act.rule.facts)},
        "replaces": list(act.replaces),
    }
