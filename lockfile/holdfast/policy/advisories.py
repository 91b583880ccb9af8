"""Which advisories a policy refuses: `deny-advisories`, the least severity that a package may not have.

    [policy]
    deny-advisories = "high"          # of every package: high and critical

    [[policy.rule]]
    package = "acme:*"
    deny-advisories = "low"           # of these: every one
    reason = "they guard everything else"

Rule 1: a rule only adds; what `[policy]` denies stays denied. What is to pass is ignored, with a reason and an end.
Rule 2: a severity that nobody says is not known to be below any.
Knows words of severity; no advisory.
"""

from collections.abc import Callable

from holdfast.model.lock import Pin
from holdfast.model.policy import SEVERITIES, Policy
from holdfast.policy.decisions import DEFAULT, POLICY, RULE, deciding
from holdfast.policy.rulings import Case, Ruling, case_of
from holdfast.policy.words import where

KEY = "deny-advisories"
UNRATED = "unknown"
ELSEWHERE = "not judged here: `holdfast audit` and `holdfast install` do"


def advisory_ruling(case: Case) -> Ruling:
    """Return the least severity that is refused of a pin, and who says so; the stricter of rule and `[policy]`."""
    rule, own = deciding(case.rules, "deny_advisories"), case.policy.deny_advisories
    least = rule.deny_advisories if rule is not None else None
    if least and (not own or SEVERITIES.index(least) < SEVERITIES.index(own)):
        return Ruling(KEY, least, RULE, rule, ELSEWHERE)
    return Ruling(KEY, own, POLICY if own else DEFAULT, None, ELSEWHERE)


def refuser(policy: Policy, path: str, now: str) -> Callable[[Pin, str], str]:
    """Return what says who refuses an advisory of a severity on a pin: "holdfast.toml:12"; "" where nobody does.

    `path` names the configuration, `now` is RFC 3339, UTC.
    """

    def refused(pin: Pin, severity: str) -> str:
        ruling = advisory_ruling(case_of(policy, pin, None, now))
        if not ruling.value:
            return ""
        refuses = SEVERITIES[SEVERITIES.index(ruling.value) :]
        return where(ruling, path) if severity in refuses or severity == UNRATED else ""

    return refused
