"""Who supports a step, and what that comes to; of a package by the configurations that the acts themselves name.

There a signature counts by the configuration that its act names, if that one was ever approved. Of several that are
named any may let the step through, each by its own approvers and its own threshold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from holdfast.approvals.alarms import Look, Looks
from holdfast.approvals.by_rule import unruled
from holdfast.approvals.councils import Council, Ground, Refused, is_rule, refusal, voter
from holdfast.approvals.steps import REJECTION, Entry, Step
from holdfast.approvals.tallies import NEVER, Supporter, Verdict, demanded, earliest, tally
from holdfast.model.security import Approver

NOT_FOLLOWING = "it follows what is not approved"


class Case:
    """One step, looked at: of a package with what its chain looks like, or of the security configuration."""

    __slots__ = ("ground", "look", "looks", "step")

    def __init__(self, step: Step, ground: Ground, looks: Looks | None = None) -> None:
        self.step = step
        self.looks = looks or Looks()
        self.look = self.looks.look(step) if looks is not None else Look()
        self.ground = ground

    def vote(self, council: Council, entry: Entry, key: str) -> Approver | Refused:
        """Return the approver whose signature counts for the step by a configuration, or why it does not."""
        one = voter(council, entry.act.act, entry.act.digest, key, self.ground)
        if isinstance(one, Refused):
            return one
        if self.look.alarm and not entry.act.act.expires:
            return Refused("an alarm takes an end date")
        reason = unruled(council, self.step, entry, self.looks) if is_rule(one) else ""
        return Refused(reason) if reason else one

    def until(self, council: Council, supporters: Iterable[Supporter]) -> str | None:
        """Return up to when they are enough by a configuration, as `tallies.tally` does. One is enough to reject."""
        found = []
        for one in supporters:
            approver = self.vote(council, one.entry, one.key)
            if not isinstance(approver, Refused):
                found.append(one._replace(approver=approver))
        if self.step.kind == REJECTION:
            return NEVER if found else None
        return tally(found, demanded(council, (self.step.key,), earliest(found), self.look.alarm))


def judge_step(case: Case, councils: Mapping[str, Council], refused: dict[str, str]) -> Verdict:
    """Return what a step came to; why a signature does not count is noted in `refused`, by act."""
    supporters: list[Supporter] = []
    for entry in case.step.entries:
        act = entry.act.act
        council = councils.get(act.configuration)
        reason = refusal(act, case.ground)
        if not reason and council is None:
            reason = "it names a security configuration that was not approved"
        if reason or council is None:
            refused.setdefault(entry.act.digest, reason)
            continue
        for key in entry.act.keys:
            one = case.vote(council, entry, key)
            if isinstance(one, Refused):
                refused.setdefault(entry.act.digest, one.reason)
            else:
                supporters.append(Supporter(entry, key, one))
    end = until_named(case, councils, supporters)
    return Verdict(end is not None, tuple(supporters), "" if end in (None, NEVER) else str(end))


def until_named(case: Case, councils: Mapping[str, Council], supporters: Iterable[Supporter]) -> str | None:
    """Return up to when they are enough by one of the configurations that their acts name."""
    supporters = tuple(supporters)
    named = dict.fromkeys([one.act.act.configuration for one in supporters])
    ends = [end for name in named if (end := case.until(councils[name], supporters)) is not None]
    return max(ends, default=None)
