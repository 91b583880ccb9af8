"""What the policy has to say of changes that somebody is about to approve, by what was just seen of them."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from holdfast.approvals.judgement import Waiting
from holdfast.configuration.configuration import Configuration
from holdfast.findings.finding import Finding
from holdfast.model.approval import Seen
from holdfast.model.lock import Lock
from holdfast.model.words import spell_pin
from holdfast.workflows.check_approvals import judges
from holdfast_resolver.versions.grid import Grid

Key: TypeAlias = tuple[str, str]  # (source, name)


def policy_findings(
    lock: Lock, configuration: Configuration, waiting: Iterable[Waiting], seen: Mapping[Key, Seen], now: str
) -> tuple[Finding, ...]:
    """Return the findings about the releases that wait, as `check` would have them once they are approved."""
    if not judges(configuration.policy):
        return ()
    from holdfast.policy.judge import judge_policy
    from holdfast.workflows.policy_facts import fact_of

    facts = {key: fact_of(one, now) for key, one in seen.items()}
    grid = Grid(lock.scope.targets, lock.scope.requires_python)
    found = judge_policy(lock, configuration.policy, facts, grid, now, path=configuration.path)
    subjects = {spell_pin(one.pin) for each in waiting for one in each.after}
    return tuple([one for one in found if one.subject in subjects])
