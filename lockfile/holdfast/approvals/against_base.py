"""A tree's acts against those of a base: what is new there counts only by what the base approved.

A signature of the tree counts if the base has it or would count it, and a step counts if these signatures are enough by
the tree's own acts, and besides
  1. the base has the step, and it counted there; or
  2. they are enough by the security configuration that the base approved: its approvers, its thresholds, its rules.
So a base can only take away. Of new acts, those of retired keys do not count even if they are dated before, nor do
those that the base had and pruned, nor those that name a security configuration which the base has left, and where the
base demands independence, those by authors of the changes do not count, rejections aside.

A new act that does not count must not come in: once merged it would be part of the next base, which is judged by what
it has. So it is an error, and never only a warning (`findings_of.of_uncounted`). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from holdfast.approvals.alarms import Looks
from holdfast.approvals.configuration_chain import is_enough
from holdfast.approvals.councils import Council, Refused, voter
from holdfast.approvals.counting import NOT_FOLLOWING, Case, until_named
from holdfast.approvals.effective import Trail, end_of, results_of
from holdfast.approvals.roots import SECOND, Root, until
from holdfast.approvals.steps import BASELINE, CHECKPOINT, CONFIGURATION_KEY, REJECTION, Key, Result, Step
from holdfast.approvals.tallies import NEVER, Supporter, Verdict
from holdfast.model.security import Approver, security_digest
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.approvals.memory import Memory


class Base:
    """What a base approved, and what it says of what is new."""

    def __init__(
        self, trail: Trail, councils: tuple[Council, ...], acts: Iterable[str], *, now: str, authors: Iterable[str]
    ) -> None:
        self.trail = trail
        self.councils = councils
        self.acts = frozenset(acts)
        self.roots = frozenset([digest for root, _ in trail.roots.found for digest in root.digests])
        self.pruned = frozenset().union(*[root.replaces for root, _ in trail.roots.found]) - self.acts
        self.left = frozenset(trail.approved) - {security_digest(council.security) for council in councils}
        self.now = now
        self.authors = frozenset([one.casefold() for one in authors])
        self.is_closed = False  # nothing new counts: the project has another id
        self._memories: dict[Key, Memory] | None = None
        self.unheard: dict[str, str] = {}  # by act: why a signature on a root of the tree does not count

    def gate(self, root: Root, supporters: tuple[Supporter, ...]) -> str:
        """Return why a root of the tree does not count; "" if it does: see `roots.Gate`."""
        if not self.roots.isdisjoint(root.digests):
            return ""
        if root.kind == BASELINE and self.roots:
            return SECOND
        if self.is_closed:
            return _CLOSED
        if not self.pruned.isdisjoint(root.digests):
            return _PRUNED
        for council in self.councils:
            fit = self._fit(council, supporters, root.kind)
            if until(root, council, fit) is None:
                return "too few approvers of the base have signed it"
        if root.kind == CHECKPOINT and not self.has_same_state(root):
            return "it does not say what the base approved"
        return ""

    def _fit(self, council: Council, supporters: Iterable[Supporter], kind: str) -> list[Supporter]:
        """Those of a root who count by a configuration of the base; why others do not is kept for `narrow`."""
        fit = []
        for one in supporters:
            approver = voter(council, one.act.act, one.act.digest, one.key, self.trail.ground)
            reason = approver.reason if isinstance(approver, Refused) else self._freshly(approver, one, kind)
            reason = _LEFT if one.act.act.configuration in self.left else reason
            if isinstance(approver, Refused) or reason:
                self.unheard.setdefault(one.act.digest, f"by the base: {reason}")
            else:
                fit.append(one._replace(approver=approver))
        return fit

    def has_same_state(self, root: Root) -> bool:
        """Whether a checkpoint says and remembers exactly what the base approved, and ends where that ends."""
        from holdfast.approvals.memory import memories, memory_of  # start-up: only where there is a new checkpoint

        if self._memories is None:
            self._memories = memories(self.trail)
        remembered = self._memories
        wanted = self._state(remembered)
        if root.steps.keys() != wanted.keys():
            return False
        if not all(memory_of(root, key).same(one) for key, one in remembered.items()):
            return False
        last = max([one.act.expires or NEVER for one in root.acts])
        return all(
            result.same(root.steps[key].after) and (not end or (key in root.alarms and last <= end))
            for key, (result, end) in wanted.items()
        )

    def _state(self, remembered: Mapping[Key, Memory]) -> dict[Key, tuple[Result, str]]:
        """What the base approved, and up to when; of a conflict nothing."""
        found: dict[Key, tuple[Result, str]] = {}
        for key in self.trail.chains:
            heads = self.trail.heads(key)
            results = results_of(heads)
            if len(results) == 1 and (key in remembered or key == CONFIGURATION_KEY):
                end = "" if key == CONFIGURATION_KEY else end_of(heads, self.trail.verdicts)
                found[key] = results[0], end
        return found

    def narrow(self, trail: Trail) -> Trail:
        """Return the tree's trail with what counts by the base only."""
        verdicts = dict(trail.verdicts)
        uncounted = {**self.unheard, **trail.uncounted}
        for key, chain in trail.chains.items():
            if all(step.kind in (BASELINE, CHECKPOINT) for step in chain.steps):
                continue
            for step in chain.steps:
                if step.kind not in (BASELINE, CHECKPOINT):
                    verdicts[step] = self._narrowed(trail, key, step, verdicts, uncounted)
        return trail._replace(verdicts=verdicts, uncounted=uncounted)

    def _narrowed(
        self, trail: Trail, key: Key, step: Step, verdicts: Mapping[Step, Verdict], uncounted: dict[str, str]
    ) -> Verdict:
        alone = verdicts[step]
        if not all(verdicts[one].effective for one in step.follows):
            for one in alone.supporters:
                uncounted.setdefault(one.act.digest, f"{step.key[1]}: {NOT_FOLLOWING}")
            return Verdict(False)
        looks = None if key == CONFIGURATION_KEY else trail.look_of(key)
        counted = self._counted(Case(step, self.trail.ground, looks), alone.supporters, uncounted)
        here = self._in_base(step)
        end = counted.end if here is None else max(counted.end or "", here.expires or NEVER)
        own = self._alone(trail, step, alone, counted.supporters, looks) if alone.effective else None
        if own is None or end is None:
            return Verdict(False, counted.supporters)
        last = min(end, own)
        return Verdict(True, counted.supporters, "" if last == NEVER else last)

    def _alone(
        self, trail: Trail, step: Step, alone: Verdict, supporters: tuple[Supporter, ...], looks: Looks | None
    ) -> str | None:
        """Up to when those whom the base leaves are enough by what the tree itself says."""
        if len(supporters) == len(alone.supporters):
            return alone.expires or NEVER
        case = Case(step, trail.ground, looks)
        if step.key == CONFIGURATION_KEY:
            return NEVER if is_enough(case, supporters) else None
        return until_named(case, trail.approved, supporters)

    def _in_base(self, step: Step) -> Verdict | None:
        """What the base made of the same step, if it counted there."""
        chain = self.trail.chain(step.key)
        for entry in step.entries:
            same = chain.by_act.get(entry.act.digest)
            if same is not None and self.trail.verdicts[same].effective:
                return self.trail.verdicts[same]
        return None

    def _counted(self, case: Case, supporters: tuple[Supporter, ...], uncounted: dict[str, str]) -> _Counted:
        """Those who count by every configuration of the base, and up to when they are enough in each."""
        fit: list[Supporter] = []
        for one in supporters:
            reasons = [] if one.act.digest in self.acts else self._reasons(case, one)
            if reasons:
                uncounted.setdefault(one.act.digest, f"by the base: {reasons[0]}")
            else:
                fit.append(one)
        ends = [case.until(council, fit) for council in self.councils]
        if not ends or None in ends:
            return _Counted(tuple(fit), None)
        return _Counted(tuple(fit), min([end for end in ends if end is not None]))

    def _reasons(self, case: Case, one: Supporter) -> list[str]:
        if self.is_closed:
            return [_CLOSED]
        if one.act.digest in self.pruned:
            return [_PRUNED]
        if one.act.act.configuration in self.left:
            return [_LEFT]
        found = []
        for council in self.councils:
            vote = case.vote(council, one.entry, one.key)
            reason = vote.reason if isinstance(vote, Refused) else self._freshly(vote, one, case.step.kind)
            if reason:
                found.append(reason)
        return found

    def _freshly(self, approver: Approver, one: Supporter, kind: str) -> str:
        """Why a new act of an approver of the base does not count."""
        if approver.cause == "retired" and approver.revoked and approver.revoked <= self.now:
            return f"the key of {approver.name} was retired {approver.revoked}, and the act is new"
        if kind == REJECTION or not self.authors:
            return ""
        mine = self.authors.intersection([email.casefold() for email in approver.emails])
        if mine and any(council.policy.independent for council in self.councils):
            return f"{approver.name} is an author of the changes: {min(mine)}"
        return ""


_CLOSED = "the project has another id than in the base"
_LEFT = "it names a security configuration that the base has left"
_PRUNED = "a checkpoint of the base stands for it, and it was deleted there"


_NOTHING: frozenset[str] = frozenset()


class _Counted(NamedTuple):
    supporters: tuple[Supporter, ...]
    end: str | None


class Missing(NamedTuple):
    """A file of the base that the tree does not have, or has with other bytes."""

    name: str
    is_edited: bool


def missing_files(
    base: Base, before: Mapping[str, bytes], after: Mapping[str, bytes], standing: Iterable[Root], suffix: str
) -> tuple[Missing, ...]:
    """Return which acts of the base were removed or edited, by file name.

    `standing` are the roots that count: an act may go if one of them is a checkpoint that stands for it and says what
    the base approved; a checkpoint of the base only if the other stands for all that it stood for, or what that was
    could come back. Files that are no acts may go.
    """
    replaced: set[str] = set()
    stood_for = {digest: root.replaces for root, _ in base.trail.roots.found for digest in root.digests}
    for root in standing:
        if root.kind == CHECKPOINT and base.has_same_state(root):
            replaced.update([one for one in root.replaces if stood_for.get(one, _NOTHING) <= root.replaces])
    found = []
    for digest in sorted(base.acts):
        name = digest + suffix
        if name not in after:
            if digest not in replaced:
                found.append(Missing(name, False))
        elif name in before and after[name] != before[name]:
            found.append(Missing(name, True))
    return tuple(found)
