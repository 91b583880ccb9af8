"""What the policy says of one package: the rooms of approvals and of policy put together. Offline, never prints."""

from __future__ import annotations

from holdfast.policy.explain import Explained, explain
from holdfast.policy.facts import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: only where approvals are in force
    from collections.abc import Mapping

    from holdfast.approvals.judge import Standing
    from holdfast.configuration.configuration import Configuration
    from holdfast.model.graph import LockGraph


def explain_package(
    graph: LockGraph, configuration: Configuration, name: str, standings: Mapping[tuple[str, str], Standing], now: str
) -> tuple[Explained, ...]:
    """Return what holds for each pin of a name, `click` or `pypi:click`.

    `standings` is {} where approvals are not in force.
    """
    return explain(graph, name, configuration.policy, facts_of(standings), now)


def facts_of(standings: Mapping[tuple[str, str], Standing]) -> dict[tuple[str, str], Fact]:
    """Return what approvals recorded of releases; nobody ever looked at those of a baseline."""
    return {
        key: Fact(one.seen.released, one.seen.licence, one.date)
        for key, one in standings.items()
        if one.how != "baseline"
    }
