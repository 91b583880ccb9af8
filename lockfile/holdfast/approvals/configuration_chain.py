"""The chain of the security configuration: which configurations were approved, by those of before.

A step is judged by every configuration that it follows: the same approvers have to be approvers in each of them, and be
enough in each. Ends are not looked at. A revocation in the configuration that holds at the end voids what led there as
well; revocations found once stay found, so that this comes to rest, if need be with nothing approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from holdfast.approvals.councils import Council, Ground, Refused, refusal
from holdfast.approvals.counting import NOT_FOLLOWING, Case
from holdfast.approvals.steps import Chain, Step, distinct
from holdfast.approvals.tallies import Supporter, Verdict
from holdfast.model.security import Security


def judge_configurations(
    chain: Chain, roots: Mapping[Step, Verdict], ground: Ground, refused: dict[str, str]
) -> dict[Step, Verdict]:
    """Return what each step of the chain came to; why a signature does not count is noted in `refused`, by act."""
    verdicts: dict[Step, Verdict] = {}
    for step in chain.steps:
        if step in roots:
            verdicts[step] = roots[step]
        elif not all(verdicts[one].effective for one in step.follows):
            for entry in step.entries:
                refused.setdefault(entry.act.digest, NOT_FOLLOWING)
            verdicts[step] = Verdict(False)
        else:
            verdicts[step] = _judge(Case(step, ground), refused)
    return verdicts


def councils_of(steps: Iterable[Step]) -> tuple[Council, ...]:
    """Return the configurations that steps result in."""
    found = distinct([result for step in steps for result in step.results])
    return tuple([Council(result.security or Security("")) for result in found])


def _judge(case: Case, refused: dict[str, str]) -> Verdict:
    councils = councils_of(case.step.follows)
    before = case.step.before
    supporters: list[Supporter] = []
    for entry in case.step.entries:
        act = entry.act.act
        reason = refusal(act, case.ground)
        if not reason and act.configuration not in before:
            reason = "it names another security configuration than the one that it changes"
        if reason:
            refused.setdefault(entry.act.digest, reason)
            continue
        for key in entry.act.keys:
            votes = [case.vote(council, entry, key) for council in councils]
            reasons = [one.reason for one in votes if isinstance(one, Refused)]
            if reasons:
                refused.setdefault(entry.act.digest, reasons[0])
            else:
                supporters.extend([Supporter(entry, key, one) for one in votes[:1] if not isinstance(one, Refused)])
    return Verdict(is_enough(case, supporters), tuple(supporters))


def is_enough(case: Case, supporters: Iterable[Supporter]) -> bool:
    """Whether they are enough by every configuration that a step follows."""
    supporters = tuple(supporters)
    return all(case.until(council, supporters) is not None for council in councils_of(case.step.follows))
