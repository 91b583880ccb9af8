"""What the project's policy has against a lock, by what an audit saw itself: capabilities, licences, and the rest.

Where `check` has only the words that approvals recorded, an audit names the file and the line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from holdfast.configuration.configuration import Configuration
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock
from holdfast.model.lock_paths import LockPaths
from holdfast.model.policy import Policy
from holdfast.model.words import spell_pin
from holdfast.policy.capabilities import denied
from holdfast.policy.facts import Fact
from holdfast.policy.rulings import case_of, license_ruling
from holdfast.policy.words import command, where
from holdfast.risk.delta import earliest, spell
from holdfast.risk.graph import pin_id
from holdfast.workflows.check_approvals import check_policy
from holdfast.workflows.port import LOCK

if TYPE_CHECKING:
    from holdfast.workflows.audit import Facts

DENIED = "capability-denied"


def policy_findings(lock: Lock, configuration: Configuration, facts: Facts, now: str) -> tuple[Finding, ...]:
    """Return what `check` has by the policy, the capabilities judged by the scans where there are any."""
    judgement = None if facts.approvals is None else facts.approvals.judgement
    scans = facts.scanned.scans
    seen = {spell_pin(pin) for pin in lock.packages if pin_id(pin) in scans}
    recorded = [
        one
        for one in check_policy(lock, configuration, judgement, now, _looked_at(lock, facts))
        if not (one.code == DENIED and one.subject in seen)
    ]
    return (*recorded, *_capabilities(lock, configuration, facts, now))


def _looked_at(lock: Lock, facts: Facts) -> frozenset[tuple[str, str]]:
    """The packages whose code was seen whole, in every version."""
    unseen = {pin_id(one.pin) for one in facts.scanned.missing}
    unseen |= {pin_id(pin) for pin in lock.packages} - facts.scanned.scans.keys()
    every = {(pin.source, pin.name) for pin in lock.packages}
    return frozenset(every - {(pin.source, pin.name) for pin in lock.packages if pin_id(pin) in unseen})


def _denies(policy: Policy) -> bool:
    return bool(policy.deny_capabilities) or any(rule.deny_capabilities for rule in policy.rules)


def _capabilities(lock: Lock, configuration: Configuration, facts: Facts, now: str) -> list[Finding]:
    policy = configuration.policy
    if not _denies(policy):
        return []
    found = []
    path_of = LockPaths(lock).to
    for pin in lock.packages:
        scan = facts.scanned.scans.get(pin_id(pin))
        if scan is None:
            continue
        places = earliest(scan)
        case = case_of(policy, pin, Fact(capabilities=tuple(places)), now)
        for capability, ruling in denied(case):
            line = ruling.rule.line if ruling.rule is not None else 0
            found.append(
                Finding(
                    DENIED,
                    severity(DENIED),
                    spell_pin(pin),
                    f"no {capability} ({where(ruling, configuration.path)})",
                    f"{capability}: {spell(places[capability])}",
                    (("reason", ruling.rule.reason),) if ruling.rule is not None else (),
                    path_of(pin),
                    (command("audit --explain", pin.name),),
                    place=Place(configuration.path, line) if line else Place(LOCK),
                )
            )
    return found


def allowed_licences(lock: Lock, policy: Policy, now: str) -> Callable[[str, str, str], bool | None] | None:
    """Return what tells whether policy allows a licence; None where it has nothing to say of licences."""
    if policy.licenses is None and not any(rule.licenses is not None for rule in policy.rules):
        return None
    pins = {(pin.source, pin.name): pin for pin in lock.packages}

    def allows(source: str, name: str, expression: str) -> bool | None:
        ruling = license_ruling(case_of(policy, pins[source, name], Fact(licence=expression), now))
        return True if not ruling.value else None if not ruling.known else ruling.holds

    return allows
