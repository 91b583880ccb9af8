"""What a tree's acts come to by themselves: the roots, then the security configuration, then every package.

Each step is looked at once, behind those that it follows: the time grows with the number of acts. A step is effective
when all that it follows is, and enough signatures for it count. The heads of a chain are the effective steps that no
effective step follows; only they say what is approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from holdfast.approvals.alarms import Looks
from holdfast.approvals.by_rule import moved
from holdfast.approvals.configuration_chain import councils_of, judge_configurations
from holdfast.approvals.councils import Council, Ground, Held, revocations
from holdfast.approvals.counting import NOT_FOLLOWING, Case, judge_step
from holdfast.approvals.roots import Gate, Root, Roots, find_roots, judge_roots
from holdfast.approvals.steps import (
    APPROVAL,
    CHECKPOINT,
    CONFIGURATION_KEY,
    REJECTION,
    Chain,
    Entry,
    Key,
    Result,
    Results,
    Step,
    distinct,
    make_chain,
)
from holdfast.approvals.tallies import Verdict
from holdfast.model.approval import SignedAct
from holdfast.model.policy import DAY
from holdfast_resolver.values.tuples import NamedTuple

UNSIGNED = "no approver has signed it"
_NO_CHAIN = Chain()


class Trail(NamedTuple):
    """The acts of one tree, judged. `uncounted`: why an act, or a signature on it, does not count, by digest."""

    ground: Ground
    roots: Roots
    chains: Mapping[Key, Chain]  # that of the security configuration under `CONFIGURATION_KEY`
    verdicts: Mapping[Step, Verdict]  # of every step
    looks: Mapping[Key, Looks]
    approved: Mapping[str, Council]  # the security configurations that ever were, by digest
    uncounted: Mapping[str, str]

    def chain(self, key: Key) -> Chain:
        return self.chains.get(key, _NO_CHAIN)

    def heads(self, key: Key) -> tuple[Step, ...]:
        """Return the effective steps that no effective step follows."""
        return heads(self.chain(key), self.verdicts)

    def councils(self) -> tuple[Council, ...]:
        """Return the security configurations at the heads: one, or several that nobody has settled, or none."""
        return councils_of(self.heads(CONFIGURATION_KEY))

    def look_of(self, key: Key) -> Looks:
        """Return the looks of all effective steps of a package; of one that has nothing but roots they are made now."""
        found = self.looks.get(key)
        if found is None:
            found = Looks()
            for step in self.chain(key).steps:
                if self.verdicts[step].effective:
                    found.add(step, found.look(step))
        return found


def heads(chain: Chain, verdicts: Mapping[Step, Verdict]) -> tuple[Step, ...]:
    """Return the effective steps of a chain that no effective step follows."""
    effective = [step for step in chain.steps if verdicts[step].effective]
    if len(effective) < 2:
        return tuple(effective)
    followed = {one for step in effective for one in step.follows}
    return tuple([step for step in effective if step not in followed])


def results_of(steps: Iterable[Step]) -> tuple[Result, ...]:
    """Return the results of steps, each once: several are a conflict."""
    found = [result for step in steps for result in step.results]
    return tuple(found) if len(found) < 2 else distinct(found)


def end_of(steps: Iterable[Step], verdicts: Mapping[Step, Verdict]) -> str:
    """Return up to when what the heads of a chain result in is approved; "" for without end."""
    ends = [verdicts[origin].expires for step in steps for origin in step.origins]
    return min([end for end in ends if end], default="")


def settle(
    acts: tuple[SignedAct, ...],
    project: str,
    now: str,
    held: Held,
    *,
    gate: Gate | None = None,
    results: Results | None = None,
) -> Trail:
    """Judge the acts of a tree by themselves.

    `gate` says what else speaks against a root, `results` is what was made of acts when another tree was judged.
    """
    return _Settling(acts, Ground(project, moved(now, DAY), held), gate, {} if results is None else results).trail()


class _Settling:
    def __init__(self, acts: tuple[SignedAct, ...], ground: Ground, gate: Gate | None, results: Results) -> None:
        self.results = results
        self.acts = acts
        self.ground = ground
        self.gate = gate
        self.known = frozenset([one.digest for one in acts])
        self.entries: dict[Key, list[Entry]] = {}
        for one in acts:
            if one.act.kind in (APPROVAL, REJECTION):
                if one.act.security is not None:
                    self.entries.setdefault(CONFIGURATION_KEY, []).append(Entry(one, one.act.security))
                for change in one.act.packages:
                    self.entries.setdefault(change.key, []).append(Entry(one, change))
        self.uncounted: dict[str, str] = {}
        self.stand_ins: Mapping[str, Mapping[Key, Step]] = {}

    def trail(self) -> Trail:
        found = find_roots(self.acts, self.results)
        while True:
            self.uncounted = {one.digest: UNSIGNED for one in self.acts if not one.keys}
            roots = judge_roots(found, self.ground, self.gate)
            self._refuse(roots.refused.items())
            self.stand_ins = _stand_ins(roots)
            chain, verdicts = self._configurations(roots)
            others = councils_of([step for step in chain.steps if verdicts[step].effective])
            revoked = {key: dict.fromkeys(group) for key, group in self.ground.revoked.items()}
            for key, group in revocations(councils_of(heads(chain, verdicts)), others).items():
                revoked.setdefault(key, {}).update(dict.fromkeys(group))
            together = {key: tuple(group) for key, group in revoked.items()}
            if together == self.ground.revoked:
                break
            self.ground = self.ground._replace(revoked=together)
        approved = {digest: council for council in others for digest in Result(security=council.security).digests}
        chains: dict[Key, Chain] = {CONFIGURATION_KEY: chain}
        looks: dict[Key, Looks] = {}
        self._packages(roots, approved, chains, verdicts, looks)
        return Trail(self.ground, roots, chains, verdicts, looks, approved, self.uncounted)

    def _configurations(self, roots: Roots) -> tuple[Chain, dict[Step, Verdict]]:
        key = CONFIGURATION_KEY
        starts = {root.steps[key]: verdict for root, verdict in roots.found}
        chain = make_chain(key, starts, self.entries.get(key, ()), self.stand_ins, self.known, self.results)
        self._refuse(chain.refused)
        return chain, judge_configurations(chain, starts, self.ground, self.uncounted)

    def _packages(
        self,
        roots: Roots,
        councils: Mapping[str, Council],
        chains: dict[Key, Chain],
        verdicts: dict[Step, Verdict],
        looks: dict[Key, Looks],
    ) -> None:
        starts: dict[Key, list[Step]] = {}
        for root, verdict in roots.found:
            for key, step in root.steps.items():
                if key != CONFIGURATION_KEY:
                    starts.setdefault(key, []).append(step)
                    verdicts[step] = _of_root(root, key, verdict)
        for key in sorted(starts.keys() | self.entries.keys()):
            if key == CONFIGURATION_KEY:
                continue
            entries = self.entries.get(key)
            if entries is None:
                steps = starts[key]
                chains[key] = Chain(tuple(steps))
                continue
            chain = make_chain(key, starts.get(key, ()), entries, self.stand_ins, self.known, self.results)
            self._refuse([(digest, f"{key[1]}: {reason}") for digest, reason in chain.refused])
            chains[key] = chain
            looks[key] = self._judge(chain, councils, verdicts)

    def _judge(self, chain: Chain, councils: Mapping[str, Council], verdicts: dict[Step, Verdict]) -> Looks:
        looks = Looks()
        for step in chain.steps:
            case: Case | None = None
            if step not in verdicts:
                if all(verdicts[one].effective for one in step.follows):
                    case = Case(step, self.ground, looks)
                    verdicts[step] = judge_step(case, councils, self.uncounted)
                else:
                    self._refuse([(entry.act.digest, f"{step.key[1]}: {NOT_FOLLOWING}") for entry in step.entries])
                    verdicts[step] = Verdict(False)
            if verdicts[step].effective:
                looks.add(step, looks.look(step) if case is None else case.look)
        return looks

    def _refuse(self, pairs: Iterable[tuple[str, str]]) -> None:
        for digest, reason in pairs:
            self.uncounted.setdefault(digest, reason)


def _stand_ins(roots: Roots) -> dict[str, Mapping[Key, Step]]:
    """The steps of checkpoints, by the acts that they stand for; of two the later one."""
    checkpoints = [root for root, _ in roots.found if root.kind == CHECKPOINT]
    checkpoints.sort(key=lambda root: max([(one.act.date, one.digest) for one in root.acts]))
    return {digest: root.steps for root in checkpoints for digest in root.replaces}


def _of_root(root: Root, key: Key, verdict: Verdict) -> Verdict:
    """An end is that of what a checkpoint names as an alarm, where it names one."""
    return verdict._replace(expires="") if root.alarms and key not in root.alarms else verdict
