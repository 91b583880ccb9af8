"""What the policy says of one package: the rooms of approvals and of policy put together. Offline, never prints."""

from __future__ import annotations

from holdfast.policy.explain import Explained, explain
from holdfast.workflows.policy_facts import facts_of

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: only where approvals are in force
    from holdfast.approvals.judge import Judgement
    from holdfast.configuration.configuration import Configuration
    from holdfast.model.graph import LockGraph


def explain_package(
    graph: LockGraph, configuration: Configuration, name: str, judgement: Judgement | None, now: str
) -> tuple[Explained, ...]:
    """Return what holds for each pin of a name, `click` or `pypi:click`.

    `judgement` is None where approvals are not in force.
    """
    return explain(graph, name, configuration.policy, facts_of(judgement), now)
