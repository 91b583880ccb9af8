"""The roots of all chains: baselines and checkpoints, each of which speaks of every package at once.

A baseline counts by one approver of the configuration that it carries, and only one baseline counts. A checkpoint
counts by as many as the configuration that it carries asks for each of its packages, and stands for the acts that it
names. Both count as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from holdfast.approvals.alarms import ALARMS
from holdfast.approvals.councils import Council, Ground, Refused, is_rule, refusal, voter
from holdfast.approvals.steps import (
    BASELINE,
    CHECKPOINT,
    CONFIGURATION_KEY,
    Entry,
    Key,
    Result,
    Results,
    Step,
)
from holdfast.approvals.tallies import NEVER, Demanded, Supporter, Verdict, demanded, earliest, tally
from holdfast.model.approval import SignedAct
from holdfast.model.security import security_digest
from holdfast_resolver.values.tuples import NamedTuple

SECOND = "it is a second baseline"


class Root:
    """A baseline, or checkpoints that say the same: one step for each package."""

    __slots__ = ("acts", "alarms", "council", "kind", "replaces", "steps")

    def __init__(self, acts: list[SignedAct], results: Results) -> None:
        act = acts[0].act
        if act.security is None:
            raise ValueError("a root without a security configuration")
        self.kind = act.kind
        self.acts = acts
        self.council = Council(act.security.after)
        self.replaces = frozenset(act.replaces)
        entries: dict[Key, list[Entry]] = {}
        entries[CONFIGURATION_KEY] = [Entry(one, one.act.security) for one in acts if one.act.security is not None]
        for one in acts:
            for change in one.act.packages:
                entries.setdefault(change.key, []).append(Entry(one, change))
        self.steps: dict[Key, Step] = {
            CONFIGURATION_KEY: Step(
                self.kind, CONFIGURATION_KEY, (), Result(security=act.security.after), entries[CONFIGURATION_KEY]
            )
        }
        for change in act.packages:
            self.steps[change.key] = Step(self.kind, change.key, (), Result(change.after), entries[change.key])
        named = {change.key for one in acts for change in one.act.packages if not ALARMS.isdisjoint(change.classes)}
        self.alarms = frozenset(named) if self.kind == CHECKPOINT else frozenset()

    @property
    def digests(self) -> frozenset[str]:
        return frozenset([one.digest for one in self.acts])


class Gate(Protocol):
    """What a base says of a root and of those who support it: why it does not count there, "" if it does."""

    def __call__(self, root: Root, supporters: tuple[Supporter, ...]) -> str: ...


class Roots(NamedTuple):
    """The roots that count, by what they came to, and why others do not, by act."""

    found: tuple[tuple[Root, Verdict], ...]
    refused: dict[str, str]
    second: tuple[str, ...] = ()  # digests of further baselines, sorted


def find_roots(acts: Iterable[SignedAct], results: Results) -> tuple[Root, ...]:
    """Return the baselines, one each, and the checkpoints, those together that say the same."""
    roots: list[Root] = []
    checkpoints: dict[tuple[str, ...], list[SignedAct]] = {}
    for one in acts:
        if one.act.security is not None and one.act.kind == BASELINE:
            roots.append(Root([one], results))
        elif one.act.security is not None and one.act.kind == CHECKPOINT:
            checkpoints.setdefault(one.act.replaces, []).append(one)
    for group in checkpoints.values():
        alike: dict[object, list[SignedAct]] = {}
        for one in group:
            alike.setdefault(_content(one) if len(group) > 1 else (), []).append(one)
        roots.extend([Root(same, results) for same in alike.values()])
    return tuple(roots)


def _content(one: SignedAct) -> object:
    configuration = security_digest(one.act.security.after) if one.act.security else ""
    rows = [
        (change.key, Result(change.after).digests, Result(change.gone).digests, change.had)
        for change in one.act.packages
    ]
    return configuration, tuple(rows)


def judge_roots(roots: Iterable[Root], ground: Ground, gate: Gate | None) -> Roots:
    """Return which roots count. Of several baselines that is the earliest: a base knows better (`gate`)."""
    refused: dict[str, str] = {}
    found: list[tuple[Root, Verdict]] = []
    for root in roots:
        verdict = _verdict(root, ground, refused)
        reason = gate(root, verdict.supporters) if gate is not None and verdict.effective else ""
        if reason:
            refused.update({one.digest: reason for one in root.acts})
        elif verdict.effective:
            found.append((root, verdict))
    replaced = frozenset().union(*[root.replaces for root, _ in found])
    baselines = sorted(
        [root for root, _ in found if root.kind == BASELINE and root.digests.isdisjoint(replaced)],
        key=lambda root: (root.acts[0].act.date, root.acts[0].digest),
    )
    is_begun = any(root.kind == CHECKPOINT for root, _ in found)
    second = baselines[0 if is_begun else 1 :]
    refused.update({root.acts[0].digest: SECOND for root in second})
    further = sorted([digest for digest, reason in refused.items() if reason == SECOND])
    return Roots(tuple([pair for pair in found if pair[0] not in second]), refused, tuple(further))


def _verdict(root: Root, ground: Ground, refused: dict[str, str]) -> Verdict:
    supporters: list[Supporter] = []
    configuration = root.steps[CONFIGURATION_KEY]
    digest = configuration.after.digests[0]
    for entry in configuration.entries:
        act = entry.act.act
        reason = refusal(act, ground)
        if not reason and act.configuration != digest:
            reason = "it is not under the configuration that it carries"
        if not reason and root.alarms and not act.expires:
            reason = "an alarm takes an end date"
        if reason:
            refused[entry.act.digest] = reason
            continue
        for key in entry.act.keys:
            one = voter(root.council, act, entry.act.digest, key, ground)
            if isinstance(one, Refused):
                refused[entry.act.digest] = one.reason
            elif is_rule(one):
                refused[entry.act.digest] = f"a key of the role rule makes no {root.kind}"
            else:
                supporters.append(Supporter(entry, key, one))
    ends = until(root, root.council, supporters)
    return Verdict(ends is not None, tuple(supporters), "" if ends in (None, NEVER) else str(ends))


def until(root: Root, council: Council, supporters: Iterable[Supporter]) -> str | None:
    """Return up to when a root counts by a configuration, as `tallies.tally` does."""
    supporters = tuple(supporters)
    if root.kind == BASELINE:
        return tally(supporters, Demanded(1))
    return tally(supporters, demanded(council, root.steps, earliest(supporters), bool(root.alarms)))
