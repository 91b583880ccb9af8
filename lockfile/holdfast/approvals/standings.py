"""How an approved package came to be approved: by whom, when, and what they were shown."""

from __future__ import annotations

from holdfast.approvals.councils import is_rule
from holdfast.approvals.effective import Trail, end_of
from holdfast.approvals.judgement import Standing
from holdfast.approvals.steps import BASELINE, CHECKPOINT, Key, Step
from holdfast.approvals.tallies import Supporter
from holdfast.model.approval import PackageChange, Seen

HOW = ("reviewed", "rule", "baseline")  # the first that is true of one of the steps


def standing_of(trail: Trail, key: Key, heads: tuple[Step, ...]) -> Standing:
    """Return how the result of the heads of a package was approved."""
    steps = heads if len(heads) == 1 and heads[0].origins == heads else _origins(heads)
    ways = [_how(trail, step) for step in steps]
    best = min(ways, key=HOW.index)
    supporters = [one for step in steps for one in trail.verdicts[step].supporters]
    shown = next(step for step, how in zip(steps, ways) if how == best)
    return Standing(
        *key,
        best,
        names(supporters),
        tuple(sorted({one.act.digest for one in supporters})),
        max([one.act.act.date for one in supporters], default=""),
        _seen(shown, trail.verdicts[shown].supporters),
        end_of(heads, trail.verdicts),
    )


def names(supporters: list[Supporter] | tuple[Supporter, ...]) -> tuple[str, ...]:
    """Return the names of approvers, sorted, each once."""
    return tuple(sorted({one.approver.name for one in supporters}))


def _origins(heads: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(dict.fromkeys([origin for step in heads for origin in step.origins]))


def _how(trail: Trail, step: Step) -> str:
    if step.kind == BASELINE:
        return "baseline"
    if step.kind == CHECKPOINT:
        claimed = [entry.change.classes for entry in step.entries if isinstance(entry.change, PackageChange)]
        return "baseline" if all("baseline" in classes for classes in claimed) else "reviewed"
    supporters = trail.verdicts[step].supporters
    return "rule" if supporters and all(is_rule(one.approver) for one in supporters) else "reviewed"


def _seen(step: Step, supporters: tuple[Supporter, ...]) -> Seen:
    """What the first person was shown, or the first rule where no person was asked."""
    first = min(supporters, key=lambda one: (is_rule(one.approver), one.act.act.date, one.act.digest, one.key))
    for entry in step.entries:
        if entry.act.digest == first.act.digest and isinstance(entry.change, PackageChange):
            return entry.change.seen
    return Seen()
