"""An audit: the lock, the code behind its pins, what is known of its releases, put together and judged.

Decides nothing itself: measures and scores are `risk`'s, advisories `advisories`', policy `policy`'s. Asks no network;
what was asked comes in. Never prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from holdfast.advisories.judge import Judged, WouldFix, judge_advisories
from holdfast.advisories.values import Hit
from holdfast.configuration.configuration import Configuration
from holdfast.findings.finding import Finding
from holdfast.model.audit import Audit
from holdfast.model.lock import Lock
from holdfast.policy.advisories import refuser
from holdfast.policy.words import counted
from holdfast.risk.assess import assess
from holdfast.risk.every_rule import severities
from holdfast.risk.facts import Known, KnownAdvisory, Limits, ReleaseState, WayOut
from holdfast.risk.graph import pin_id
from holdfast.workflows.audit_advisories import Gathered
from holdfast.workflows.audit_policy import allowed_licences, policy_findings
from holdfast.workflows.check_approvals import Judged as JudgedApprovals
from holdfast.workflows.comparisons import Compared
from holdfast.workflows.port import LOCK
from holdfast.workflows.scans import Scanned
from holdfast.workflows.ways_out import ways_out
from holdfast_resolver.errors import ResolverError
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Wish

_SHOWN = 3
_SEVERITIES = {"none": "low", "unknown": ""}  # words of CVSS that the score has no weight for


class Facts(NamedTuple):
    """What came of asking. `approvals` is None where none are in force."""

    scanned: Scanned
    gathered: Gathered
    releases: Mapping[str, ReleaseState] = {}
    approvals: JudgedApprovals | None = None
    findings: tuple[Finding, ...] = ()  # of fetching
    asked: tuple[str, ...] = ()
    own_names: tuple[str, ...] = ()  # that the project gives itself and its workspaces
    compared: Compared = Compared()
    wishes: tuple[Wish, ...] = ()  # that the project has itself


class Audited(NamedTuple):
    """An audit, and what the judgement of advisories was."""

    audit: Audit
    judged: Judged


def audit(
    lock: Lock,
    configuration: Configuration,
    facts: Facts,
    would_fix: WouldFix | None,
    now: str,
    words: Callable[[Exception], str] = str,
) -> Audited:
    """Judge a lock by what is known. `now` is RFC 3339, UTC; `words` makes a sentence of an error of the resolver.

    Raises `InvalidMarker`, `InvalidRange` for a broken lock.
    """
    judged, unasked = _advisories(lock, configuration, facts.gathered, would_fix, now, words)
    states = _releases(facts)
    leaving, unsaid = _ways_out(lock, states, facts, would_fix, words)
    known = Known(
        advisories={pin: tuple([_advisory(hit) for hit in hits if not hit.ignored]) for pin, hits in judged.by_pin},
        releases=states,
        ways_out=leaving,
        archives=facts.compared.deviations,
        standings=_standings(lock, facts.approvals),
        severities=severities(),
        findings=(*facts.findings, *judged.findings, *policy_findings(lock, configuration, facts, now)),
        asked=(*facts.asked, *facts.gathered.asked, *unasked, *unsaid, *_missing(facts)),
        advisories_age=facts.gathered.age,
    )
    policy = configuration.policy
    limits = Limits(
        max_depth=policy.max_depth,
        max_packages=policy.max_packages,
        allows_licence=allowed_licences(lock, policy, now),
        own_names=facts.own_names,
    )
    return Audited(assess(lock, facts.scanned.scans, known, limits, now=now), judged)


def _advisories(
    lock: Lock,
    configuration: Configuration,
    gathered: Gathered,
    would_fix: WouldFix | None,
    now: str,
    words: Callable[[Exception], str],
) -> tuple[Judged, tuple[str, ...]]:
    """The judgement; where the resolver cannot be asked, without a word about updates, and with one about that."""

    def judge(fix: WouldFix | None) -> Judged:
        return judge_advisories(
            lock,
            gathered.advisories,
            configuration.policy.ignores,
            now,
            fix,
            claimed=gathered.claimed,
            unread=gathered.unread,
            complete=gathered.complete,
            refused=refuser(configuration.policy, configuration.path or "holdfast.toml", now),
            lock_path=LOCK,
            configuration_path=configuration.path or "holdfast.toml",
        )

    try:
        return judge(would_fix), ()
    except ResolverError as error:
        return judge(None), (f"whether updates help against advisories: {words(error)}",)


def _ways_out(
    lock: Lock,
    states: Mapping[str, ReleaseState],
    facts: Facts,
    would_fix: WouldFix | None,
    words: Callable[[Exception], str],
) -> tuple[dict[str, WayOut], tuple[str, ...]]:
    """Whether updates leave the releases that were withdrawn; where the resolver cannot be asked, one word of that."""
    if would_fix is None:
        return {}, ()
    try:
        return ways_out(lock, states, facts.wishes, would_fix), ()
    except ResolverError as error:
        return {}, (f"whether updates leave the releases that were withdrawn: {words(error)}",)


def _advisory(hit: Hit) -> KnownAdvisory:
    return KnownAdvisory(hit.id, _SEVERITIES.get(hit.severity, hit.severity), hit.malicious)


def _standings(lock: Lock, approvals: JudgedApprovals | None) -> dict[str, str]:
    if approvals is None:
        return {}
    judgement = approvals.judgement
    waiting = {(one.source, one.name) for one in judgement.waiting}
    found = {}
    for pin in lock.packages:
        key = (pin.source, pin.name)
        standing = None if key in waiting else judgement.standings.get(key)
        found[pin_id(pin)] = "unapproved" if standing is None else standing.how
    return found


def _releases(facts: Facts) -> dict[str, ReleaseState]:
    """What the registries say of releases, and what their source archives say themselves."""
    found = dict(facts.releases)
    for id_ in facts.compared.dynamic:
        found[id_] = found.get(id_, ReleaseState())._replace(has_dynamic_metadata=True)
    return found


def _missing(facts: Facts) -> tuple[str, ...]:
    """What was not looked at, in words."""
    said, compared = [], facts.compared
    every = facts.scanned.missing
    if every:
        archives = counted(sum([len(one.artifacts) for one in every]), "archive")
        packages = counted(len(every), "package")
        said.append(
            f"{archives} of {packages}: not in the store; `holdfast audit --fetch` has them downloaded and looked at"
        )
    unseen = {pin_id(one.pin) for one in every}
    left = [one for one in compared.missing if one.wheels and pin_id(one.pin) not in unseen]
    if left:
        archives = counted(len(left), "source archive")
        said.append(
            f"{archives} to compare wheels with: not in the store; `holdfast audit --fetch` has them downloaded"
        )
    if compared.refused:
        more = f", +{len(compared.refused) - _SHOWN} more" if len(compared.refused) > _SHOWN else ""
        said.append(f"whether wheels are made of their source archives: {'; '.join(compared.refused[:_SHOWN])}{more}")
    return tuple(said)
