"""Judging approvals and policy together: the two rooms do not know each other.

What approvals recorded of a release (when it came out, its licence) is what policy judges, so neither needs a network.
Never prints, never writes; the clock is an argument.
"""

from collections.abc import Callable

from holdfast.approvals.judge import Judgement, State, judge
from holdfast.approvals.overview import Shares, enforced, shares
from holdfast.configuration.configuration import Configuration
from holdfast.findings.finding import Finding
from holdfast.format.read import read
from holdfast.model.approval import SUFFIX
from holdfast.model.lock import Lock
from holdfast.model.policy import Policy
from holdfast.workflows.approval_state import (
    Base,
    Folder,
    SecurityOf,
    States,
    in_force,
    read_states,
    with_line_ends,
)
from holdfast.workflows.check import Checked, is_silent
from holdfast.workflows.port import LOCK
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid

UNKNOWN = "capability-unknown"
_DEFAULT = Policy()
_OF_APPROVALS = ("enforce", "threshold", "role", "independent")  # judged by chains
_ONLY_ALARMS = ', enforce = "alarms": other changes are listed, and pass'


class Asked(NamedTuple):
    """What git is asked, and only where something hangs on it. Both raise what `revisions` raises."""

    authors: Callable[[str], frozenset[str]]  # the full id of the base -> e-mails of who changed something since
    files: Callable[[str], dict[str, bytes]]  # the full id of a commit -> its approvals


class Judged(NamedTuple):
    """`findings` are those of approvals, then those of policy."""

    states: States
    judgement: Judgement
    findings: tuple[Finding, ...]
    held: Callable[[str], frozenset[str]]  # the digests of the acts that a commit has


def check_approvals(
    lock: Lock,
    configuration: Configuration,
    folder: Folder,
    base: Base | None,
    now: str,
    *,
    security_of: SecurityOf,
    asked: Asked,
) -> Judged:
    """Judge the approvals of a lock: by the base's configuration and approvals where there is a base, else alone.

    `now` is RFC 3339 in UTC, to the second. Raises what `asked` raises.
    """
    states = read_states(lock, configuration, folder, base, security_of)
    authors: frozenset[str] = frozenset()
    if base is not None and _independent(states.base):
        authors = asked.authors(base.commit)

    def held(commit: str) -> frozenset[str]:
        return _held(asked.files(commit), folder)

    judgement = judge(
        states.head,
        states.base,
        now,
        revision="" if base is None else base.revision,
        authors=authors,
        held=held,
        lock_path=LOCK,
        configuration_path=configuration.path,
    )
    policy = check_policy(lock, configuration, judgement, now)
    return Judged(states, judgement, (*judgement.findings, *policy), held)


def check_policy(
    lock: Lock,
    configuration: Configuration,
    judgement: Judgement | None,
    now: str,
    looked_at: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[Finding, ...]:
    """Judge what the policy says of the lock itself; `judgement` is None where approvals are not in force.

    `looked_at` are packages (source, name) whose code the caller has seen whole, and judges itself.
    """
    if not judges(configuration.policy):
        return ()
    from holdfast.policy.judge import judge_policy
    from holdfast.workflows.policy_facts import facts_of

    grid = Grid(lock.scope.targets, lock.scope.requires_python)
    found = judge_policy(
        lock,
        configuration.policy,
        facts_of(judgement),
        grid,
        now,
        lock_path=LOCK,
        path=configuration.path,
        looked_at=looked_at,
    )
    if judgement is None or not judgement.waiting:
        return found
    # who reviews a change has its code looked at, and the approval records it
    return tuple([_also_by_review(one) if one.code == UNKNOWN else one for one in found])


def _also_by_review(finding: Finding) -> Finding:
    return finding._replace(hints=(*finding.hints, "holdfast review"))


def with_judgement(checked: Checked, judged: Judged, base: Base | None) -> Checked:
    """Return a check with what approvals and policy add to it.

    Where the base has no approvals in force, its lock is compared as well: nothing else says what changed since.
    """
    judgement, lock = judged.judgement, checked.lock
    parts = shares(lock, judgement)
    enforce = enforced(judged.states.head, judged.states.base, judgement)
    approved = parts.pins - parts.waiting
    facts: tuple[tuple[str, str | int], ...] = (
        ("approved", approved),
        ("never_reviewed", parts.never),
        ("enforce", enforce),
    )
    if base is not None:
        facts = (*facts, ("base", base.commit))
    said = _in_words(parts, judgement) + ("" if enforce == "changes" else _ONLY_ALARMS)
    found = checked._replace(findings=checked.findings + judged.findings, approved=said, facts=facts)
    if base is None or in_force(base.configuration, base.folder):
        return found
    return with_base(found, base)


def with_base(checked: Checked, base: Base | None) -> Checked:
    """Add what changed in the bytes of the same releases since a base's lock, where it has one.

    Raises `LockFormatError`, naming the revision, for a lock of the base that cannot be read.
    """
    if base is None or base.lock is None:
        return checked
    from holdfast.drift.base import compare_with_base

    before = read(base.lock, f"{LOCK} at {base.revision}")
    findings = compare_with_base(checked.lock, before, base.revision, LOCK)
    return checked._replace(findings=checked.findings + findings)


def _in_words(parts: Shares, judgement: Judgement) -> str:
    """`, all approved, 160 never reviewed`, `, 3 not approved, 160 never reviewed`"""
    never = f", {parts.never} never reviewed" if parts.never else ""
    if not judgement.waiting and judgement.security is None:
        return f", all approved{never}"
    waiting = (
        f"{len(judgement.waiting)} not approved" if judgement.waiting else "the security configuration not approved"
    )
    return f", {waiting}{never}"


def judges(policy: Policy) -> bool:
    """Whether a policy says anything of the lock itself, besides what must be signed and may be privileged."""
    return not is_silent(policy._replace(**{name: getattr(_DEFAULT, name) for name in _OF_APPROVALS}))


def _independent(base: State | None) -> bool:
    """Whether any configuration that may decide asks that nobody approves what they wrote."""
    if base is None:
        return False
    changes = [one.act.security for one in base.acts.acts if one.act.security is not None]
    return any(one.approval.independent for one in (base.security, *[change.after for change in changes]))


def _held(files: dict[str, bytes], folder: Folder) -> frozenset[str]:
    """The digests of the acts that a commit held as they stand now: a signature that was added later was not held."""
    now = {name: with_line_ends(data) for name, data in folder.items() if data is not None}
    return frozenset(name.removesuffix(SUFFIX) for name, data in files.items() if now.get(name) == with_line_ends(data))
