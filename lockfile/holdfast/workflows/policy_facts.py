"""What an approval recorded of a release, as the facts that policy judges: the two rooms do not know each other."""

from holdfast.approvals.judgement import Judgement
from holdfast.model.approval import Seen
from holdfast.policy.facts import Fact


def fact_of(seen: Seen, date: str) -> Fact:
    """Return what was seen, at `date` (RFC 3339, UTC)."""
    return Fact(seen.released, seen.licence, date, seen.looked_at, seen.places or (), seen.places is not None)


def facts_of(judgement: Judgement | None) -> dict[tuple[str, str], Fact]:
    """Return what approvals recorded by (source, name); nobody ever looked at what stands by a baseline.

    What waits for approval has the facts of the release before, and nothing whole is known of its code. `judgement` is
    None where approvals are not in force.
    """
    if judgement is None:
        return {}
    facts = {key: fact_of(one.seen, one.date) for key, one in judgement.standings.items() if one.how != "baseline"}
    for waiting in judgement.waiting:
        key = waiting.source, waiting.name
        if key in facts:
            facts[key] = facts[key]._replace(is_whole=False)
    return facts
