"""Findings about the rules themselves: one that has ended, one that matches nothing, one that would hide an alarm."""

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.changes import CLASSES
from holdfast.model.lock import Lock
from holdfast.model.policy import Policy, Rule, rule_matches
from holdfast.policy.decisions import in_force

_ALARM = "alarm"


def judge_rules(lock: Lock, policy: Policy, now: str, path: str) -> tuple[Finding, ...]:
    """Return what is wrong with rules, in the order of the file.

    A rule of which nothing is locked is named only where something is locked at all and the rule has not ended.
    """
    findings: list[Finding] = []
    packages = {(pin.source, pin.name) for pin in lock.packages}
    for rule in policy.rules:
        findings += _hiding(rule, path)
        if not in_force(rule, now):
            findings.append(
                _finding(rule, "rule-expired", f"a rule that holds after {now}", f"it ended at {rule.until}", path)
            )
        elif packages and not any(rule_matches(rule, source, name) for source, name in packages):
            findings.append(_finding(rule, "rule-unused", "a locked package that it matches", "none", path))
    return tuple(findings)


def _hiding(rule: Rule, path: str) -> list[Finding]:
    findings = []
    for kind in rule.approve or ():
        if kind not in CLASSES:
            found = f"{kind}, which is no class of change{_near(kind)}"
        elif CLASSES[kind].severity == _ALARM:
            found = f"{kind}, an alarm: it takes people"
        else:
            continue
        expected = "approve: classes of change that are no alarm"
        findings.append(_finding(rule, "rule-hides-alarm", expected, found, path))
    return findings


def _near(kind: str) -> str:
    from difflib import get_close_matches  # start-up: only for a message

    near = get_close_matches(kind, CLASSES, 1)
    return f" (did you mean {near[0]}?)" if near else ""


def _finding(rule: Rule, code: str, expected: str, found: str, path: str) -> Finding:
    return Finding(
        code,
        severity(code),
        f"[[policy.rule]] {', '.join(rule.packages)}",
        f"{expected} ({path}:{rule.line})",
        found,
        (("reason", rule.reason),),
        hints=(f"holdfast explain {code}",),
        place=Place(path, rule.line),
    )
