"""Pruning: one signed checkpoint stands for all approvals so far.

Law 1: a checkpoint says the state that is approved, and nothing else: while anything waits, is broken or in conflict,
       and while an approval has an end, there is none.
Law 2: it is written first; what it stands for goes when it alone carries the whole state, and not before. So a run that
       was killed is repeated, and where two people have to sign, the first one deletes nothing.
Law 3: what nobody ever reviewed stays marked as that.
Law 4: it forgets nothing that would be an alarm: the bytes that files had, what was removed, and which acts were pruned
       before, since none of these may come back.

Knows values; files and keys are handed in.
"""

from collections.abc import Mapping

from holdfast.approvals.judgement import Judgement, Standing, State
from holdfast.approvals.memory import Memory
from holdfast.errors import UsageError
from holdfast.model.approval import Act, PackageChange, SecurityChange, Seen, SignedAct
from holdfast.model.pin_digest import ApprovedPin, approved_pins, pin_digest
from holdfast.model.security import CONFIGURATION, security_digest
from holdfast.workflows.acting import Pen
from holdfast.workflows.baseline import NEVER_REVIEWED
from holdfast_resolver.values.tuples import NamedTuple

Memories = Mapping[tuple[str, str], Memory]

_LISTED = 8


class Plan(NamedTuple):
    """`checkpoints`: those of exactly this state that are there already; `others`: all further acts."""

    checkpoints: tuple[SignedAct, ...]
    others: tuple[SignedAct, ...]

    @property
    def replaced(self) -> tuple[str, ...]:
        """Digests of the acts that a checkpoint has to stand for, sorted: those that go, and what they stood for."""
        return tuple(sorted({digest for one in self.others for digest in (one.digest, *one.act.replaces)}))

    @property
    def oldest_first(self) -> tuple[str, ...]:
        """Digests of the acts that go, each behind all that it follows: what is left at any moment leads to the end.

        An act in whose past something is missing follows the checkpoint, if it begins with what that says; one whose
        successor is missing would be a head of its own.
        """
        left = {one.digest: _followed(one.act) for one in self.others}
        order: list[str] = []
        while left:
            ready = sorted([digest for digest, follows in left.items() if follows.isdisjoint(left)]) or sorted(left)
            order += ready
            for digest in ready:
                del left[digest]
        return tuple(order)

    @property
    def covered(self) -> bool:
        """Whether one of the checkpoints that are there stands for all others."""
        return any(set(one.act.replaces).issuperset(self.replaced) for one in self.checkpoints)

    def signed_by(self, key: str) -> bool:
        """Whether a key signed a checkpoint that names all others."""
        return any(key in one.keys and set(one.act.replaces).issuperset(self.replaced) for one in self.checkpoints)


def refuse_unsettled(state: State, judgement: Judgement) -> None:
    """Raise `UsageError` where the approvals are not in a state that a checkpoint could keep."""
    if state.acts.broken:
        names = _listed([one.name for one in state.acts.broken])
        raise UsageError("approval files that are whole", names, "holdfast approvals verify")
    waiting = [one.name for one in judgement.waiting] + ([CONFIGURATION] if judgement.security is not None else [])
    if waiting:
        raise UsageError("nothing that waits for approval", _listed(waiting), "holdfast review")
    ending = [f"{name} (until {one.expires})" for (_, name), one in judgement.standings.items() if one.expires]
    if ending:
        hint = "update these packages, or prune when they have moved on: a checkpoint has no end"
        raise UsageError("approvals without an end", _listed(sorted(ending)), hint)


def plan(state: State) -> Plan:
    """Return what would be kept and what would go."""
    now = _content(state)
    kept = [one for one in state.acts.acts if one.act.kind == "checkpoint" and _content_of(one.act) == now]
    others = [one for one in state.acts.acts if one not in kept]
    return Plan(tuple(kept), tuple(others))


def checkpoint(
    state: State, judgement: Judgement, memories: Memories, pen: Pen, reason: str, replaces: tuple[str, ...]
) -> Act:
    """Return the act that stands for those it replaces. `memories` as `approvals.judge.remember` has them."""
    pins = approved_pins(state.lock)
    packages = [
        _row(key, pins.get(key, ()), memories.get(key) or Memory(), judgement.standings.get(key))
        for key in sorted(pins.keys() | memories.keys())
    ]
    return Act(
        "checkpoint",
        pen.security.project,
        security_digest(pen.security),
        pen.approver.name,
        pen.approver.role,
        reason,
        pen.now,
        tuple(packages),
        SecurityChange((), (), state.security),
        replaces=replaces,
    )


def only(state: State, acts: tuple[SignedAct, ...]) -> State:
    """Return a state with no other acts than these: what is left when the rest is deleted."""
    names = {one.digest for one in acts}
    raw = {name: data for name, data in state.raw.items() if name.partition(".")[0] in names}
    return state._replace(acts=state.acts._replace(acts=acts), raw=raw)


def stands(judgement: Judgement) -> bool:
    """Whether nothing waits."""
    return not judgement.waiting and judgement.security is None


def _followed(act: Act) -> frozenset[str]:
    found = {digest for one in act.packages for digest in one.follows}
    return frozenset(found.union(act.security.follows if act.security is not None else ()))


def _row(
    key: tuple[str, str], pins: tuple[ApprovedPin, ...], memory: Memory, standing: Standing | None
) -> PackageChange:
    is_reviewed = not pins or (standing is not None and standing.how != "baseline")
    seen = Seen() if standing is None else standing.seen
    return PackageChange(*key, (), (), pins, memory.gone, () if is_reviewed else NEVER_REVIEWED, seen, had=memory.had)


def _content(state: State) -> tuple[object, ...]:
    pins = approved_pins(state.lock)
    return (*[(key, _digests(pins[key])) for key in sorted(pins)], security_digest(state.security))


def _content_of(act: Act) -> tuple[object, ...]:
    packages = [(one.key, _digests(one.after)) for one in act.packages if one.after]
    return (*packages, security_digest(act.security.after) if act.security is not None else "")


def _digests(pins: tuple[ApprovedPin, ...]) -> tuple[str, ...]:
    return tuple(sorted([pin_digest(one) for one in pins]))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
