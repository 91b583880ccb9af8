"""What waits for approval, and what was never reviewed: a judgement summed up. Never prints, never writes."""

from holdfast.approvals.overview import Status, deciding, enforced, overview
from holdfast.workflows.approval_state import Base
from holdfast.workflows.check_approvals import Judged


def status(judged: Judged, base: Base | None, now: str) -> Status:
    """Return all that is told of a judgement; `now` is the time by which it was judged."""
    head, judgement = judged.states.head, judged.judgement
    return Status(
        head.lock,
        deciding(head.security, judgement),
        enforced(head, judged.states.base, judgement),
        judgement,
        overview(head.lock, head.acts.acts, head.acts.broken, judgement),
        now,
        ("", "") if base is None else (base.revision, base.commit),
    )
