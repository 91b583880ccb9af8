"""What a policy has against a lock. Offline and pure: dates and licences are what approvals recorded.

Rule: no false alarms. What nobody recorded is not judged, and a fact that is recorded as not known is said to be so.
Signatures are judged here where a rule speaks of them; else they are checked where nothing else of the policy is.
"""

from __future__ import annotations

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock
from holdfast.model.policy import Policy
from holdfast.model.words import spell_pin
from holdfast.policy.decisions import RULE
from holdfast.policy.facts import Fact
from holdfast.policy.rulings import RULINGS, Case, Ruling, active_keys, case_of
from holdfast.policy.signatures import judge_signature
from holdfast.policy.words import command, where

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping

    from holdfast_resolver.versions.grid import Grid

__all__ = ["Fact", "judge_policy"]

_SIGNATURES, _CAPABILITIES = "require-signatures", "deny-capabilities"
_EXPECTED = {
    "sources": "from {value}",
    "minimum-release-age": "released at least {value} ago",
    "licenses": "a license that these allow: {value}",
    "deny-permissions": "no permission of these: {value}",
    "deny-capabilities": "no capability of these: {value}",
}


def judge_policy(
    lock: Lock,
    policy: Policy,
    facts: Mapping[tuple[str, str], Fact],
    grid: Grid,
    now: str,
    *,
    path: str,
    lock_path: str = "holdfast.lock",
    looked_at: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[Finding, ...]:
    """Return what does not hold: the pins in the lock's order, then the graph, then the rules themselves.

    `facts` are by (source, name): of the release that was approved last. A package without an entry, such as one of
    the baseline, is not judged by age and licence; that nobody knows what its code can do is said, once for all, where
    policy denies some of that, but for the packages of `looked_at`, which the caller judges. `path` names the
    configuration, `now` is RFC 3339, UTC.
    """
    findings: list[Finding] = []
    unknown: list[Case] = []
    signatures = any(rule.require_signatures is not None for rule in policy.rules)
    keys = [key for key in active_keys(policy) if key != _SIGNATURES]
    # of several pins of one package the record is of the last approved, which is the highest but for a fork
    highest = {(pin.source, pin.name): pin for pin in lock.packages}
    for pin in lock.packages if keys or signatures else ():
        if signatures:
            findings += judge_signature(pin, policy, now, path=path, lock_path=lock_path)
        place = (pin.source, pin.name)
        case = case_of(policy, pin, facts.get(place) if highest[place] is pin else None, now)
        for key in keys:
            code, ruled = RULINGS[key]
            ruling = ruled(case)
            if ruling.holds is False:
                findings.append(_finding(code, ruling, case, path, lock_path))
            elif key == _CAPABILITIES and ruling.is_open and highest[place] is pin and place not in looked_at:
                unknown.append(case)
    if unknown:
        from holdfast.policy.capabilities import unknown_finding  # start-up: only where something is not known

        findings.append(unknown_finding(unknown, len(highest), path, lock_path))
    if policy.max_depth is not None or policy.max_packages is not None:
        from holdfast.policy.graph_limits import judge_limits  # start-up: only where there is a limit

        findings += judge_limits(lock, grid, policy, path, lock_path)
    if policy.rules:
        from holdfast.policy.judge_rules import judge_rules  # start-up: only where there are rules

        findings += judge_rules(lock, policy, now, path)
    return tuple(findings)


def _finding(code: str, ruling: Ruling, case: Case, path: str, lock_path: str) -> Finding:
    pin = case.pin
    said = _EXPECTED[ruling.key].format(value=ruling.value)
    line = ruling.rule.line if ruling.by == RULE and ruling.rule is not None else 0
    facts = (("reason", ruling.rule.reason),) if ruling.rule is not None else ()
    # a younger release gives way to one that is old enough; all else needs a look at who decided
    mend = "update" if ruling.key == "minimum-release-age" and ruling.known else "policy explain"
    return Finding(
        code,
        severity(code),
        spell_pin(pin),
        f"{said} ({where(ruling, path)})",
        _with_places(ruling, case) or f"{ruling.found} ({lock_path})",
        facts,
        hints=(command(mend, pin.name),),
        place=Place(path, line),
    )


def _with_places(ruling: Ruling, case: Case) -> str:
    """`network: pkg/x.py:41 via socket.create_connection`, where the approval recorded it; else ""."""
    if ruling.key != "deny-capabilities" or case.fact is None or not case.fact.places:
        return ""
    places = dict(case.fact.places)
    return "; ".join([f"{word}: {places[word]}" if word in places else word for word in ruling.found.split(", ")])
