"""Every act of approving, and whether it counts. Never prints, never writes."""

from holdfast.approvals.ledger import Entry, ledger
from holdfast.findings.finding import Finding, fails
from holdfast.workflows.check_approvals import Judged
from holdfast_resolver.values.tuples import NamedTuple

# What is wrong with the trail itself, besides single files that the list names already.
TRAIL = ("approval-removed", "approval-edited", "baseline-second", "project-changed")


class Listed(NamedTuple):
    """`findings`: of the trail as a whole. `whole`: every file counts, and the trail has nothing against it."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    whole: bool


def list_approvals(judged: Judged, now: str, names: tuple[str, ...] = ()) -> Listed:
    """Return the acts, the newest first, and what is broken before all; with `names`, those that speak of these.

    `now` is the time by which it was judged.
    """
    head = judged.states.head
    entries = ledger(head.acts.acts, head.acts.broken, judged.judgement, head.security, now, names)
    findings = tuple([one for one in judged.judgement.findings if one.code in TRAIL])
    whole = not any(entry.reason for entry in entries) and not any(fails(one) for one in findings)
    return Listed(entries, findings, whole)
