"""Is everything in this tree approved? Answered by definition: see `approval_oracle_trail.py`.

Judging by a base: what is there counts as it counted in the base; what is new counts by the people, thresholds, rules
and revocations that the base approved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from holdfast.model.approval import SUFFIX
from holdfast.model.lock import Lock
from holdfast.model.pin_digest import approved_pins
from holdfast.model.security import Approver, Security
from tests.support.approval_oracle_alarms import classes, is_alarm, remembers
from tests.support.approval_oracle_trail import Trail
from tests.support.approval_oracle_words import (
    ALARMS,
    CONFIGURATION,
    NEVER,
    Council,
    Digests,
    Key,
    Node,
    Voice,
    digest_of_configuration,
    digest_of_pin,
    digests_of,
)

Held = Callable[[str], frozenset[str]]
APPROVED, UNAPPROVED, INCOMPLETE = "approved", "unapproved", "incomplete"
CONFLICT, REJECTED, EXPIRED = "conflict", "rejected", "expired"
REJECTION = "rejection"  # a kind of node


class Tree(Protocol):
    """What is judged: a lock, a configuration, and the files of approvals with what could be read of them."""

    @property
    def lock(self) -> Lock: ...
    @property
    def security(self) -> Security: ...
    @property
    def acts(self) -> Any: ...  # .acts, .broken
    @property
    def raw(self) -> Mapping[str, bytes]: ...


class Answer(NamedTuple):
    """What is approved. `configuration` is an outcome as well; "" where nothing is in force."""

    passes: bool
    outcomes: Mapping[Key, str]  # of every package that is locked or that a chain says is there
    configuration: str
    faults: frozenset[str]  # codes of findings about the files, the project and the base
    why: Mapping[str, frozenset[str]]  # by act: why it, or a signature on it, does not count
    alarms_only: bool = False

    @property
    def unapproved(self) -> frozenset[Key]:
        """The packages that wait."""
        return frozenset([key for key, outcome in self.outcomes.items() if outcome != APPROVED])


class Base:
    """The trail of a base, and what it says of what is new. `closed`: the project has another id, so nothing."""

    def __init__(self, tree: Tree, now: str, held: Held, authors: Iterable[str], project: str) -> None:
        self.trail = Trail(tree.acts.acts, tree.security.project, now, held)
        self.councils = self.trail.councils() or ([Council(tree.security)] if tree.security.approvers else [])
        self.authors = {one.casefold() for one in authors}
        self.closed = tree.security.project != project
        stood_for = {
            digest for root in self.trail.roots() for one in root for digest in self.trail.acts[one].act.replaces
        }
        self.left = self.trail.approved() - self.trail.together(self.trail.heads(CONFIGURATION))
        self.pruned = frozenset(stood_for - set(self.trail.acts))  # it had them once: they do not come back

    def lets(self, head: Trail, root: Digests) -> bool:
        """Whether a root of the tree counts."""
        if root & {digest for one in self.trail.roots() for digest in one}:
            return True
        if head.kind_of(root) == "baseline" and self.trail.roots():
            head.note(min(root), "second baseline")
            return False
        if root & self.pruned:
            head.note(min(root), "pruned")
            return False
        voices = head.root_voices(root)
        for council in self.councils:
            fit = [one for one in voices if self.is_fit(head, council, one, head.kind_of(root))]
            if self.closed or not head.is_enough_for_root(root, council, fit):
                head.note(min(root), "too few of the base")
                return False
        if head.kind_of(root) == "baseline" or self.is_same_state(head, root):
            return True
        head.note(min(root), "another state than the base")
        return False

    def is_fit(self, head: Trail, council: Council, voice: Voice, kind: str) -> bool:
        """Whether a signature on a new act is by somebody whom the base lets sign now."""
        approver = head.approver(council, voice.act, voice.key, self.trail.revoked)
        if approver is None:
            return False
        if approver.cause == "retired" and approver.revoked and approver.revoked <= head.now:
            head.note(voice.act, "retired in the base")
            return False
        if head.acts[voice.act].act.configuration in self.left:
            head.note(voice.act, "a configuration that the base has left")
            return False
        if kind != "rejection" and self.is_author(approver):
            head.note(voice.act, "author")
            return False
        return True

    def is_author(self, approver: Approver) -> bool:
        """Whether nobody may approve what they wrote, and this one wrote some of it."""
        is_asked = any(one.security.approval.independent for one in self.councils)
        return is_asked and any(email.casefold() in self.authors for email in approver.emails)

    def is_same_state(self, head: Trail, root: Digests) -> bool:
        """Whether a checkpoint says just what the base approved, no more, no less, and for no longer.

        And whether it remembers what there was: the bytes of files, and what was removed.
        """
        rows = head.acts[min(root)].act.packages
        says = {change.key: digests_of(change.after) for change in rows}
        if any(self.remembers(change.key) != (digests_of(change.gone), frozenset(change.had)) for change in rows):
            return False
        says[CONFIGURATION] = frozenset([digest_of_configuration(head.root_council(root).security)])
        ends = max([head.acts[one].act.expires or NEVER for one in root])
        approved = {}
        for key in (CONFIGURATION, *self.trail.keys()):
            heads = self.trail.heads(key)
            results = {result for one in heads for result in self.trail.results(one)}
            is_known = key == CONFIGURATION or results != {frozenset()} or self.remembers(key)[0]
            if len(results) == 1 and is_known:
                (approved[key],) = results
                end = NEVER if key == CONFIGURATION else self.trail.end(heads)
                if end != NEVER and not (key in head.root_alarms(root) and ends <= end):
                    return False
        return says == approved

    def remembers(self, key: Key) -> tuple[Digests, frozenset[tuple[str, str]]]:
        """What was removed of a package, and the files that it had and has no more."""
        return remembers(self.trail, key)

    def fit_voices(self, head: Trail, node: Node) -> frozenset[Voice]:
        """The signatures that the tree counts for a node, without the new ones that the base does not."""
        return frozenset(
            [one for one in head.voices(node) if one.act in self.trail.acts or self.hears(head, node, one)]
        )

    def hears(self, head: Trail, node: Node, voice: Voice) -> bool:
        """Whether a new signature counts by every configuration of the base."""
        if self.closed:
            head.note(voice.act, "another project in the base")
        if voice.act in self.pruned:
            head.note(voice.act, "pruned")
            return False
        if head.acts[voice.act].act.configuration in self.left:
            head.note(voice.act, "a configuration that the base has left")
            return False
        before = set(head.why.get(voice.act, ()))
        heard = not self.closed and all(
            head.voice(node, council, voice.act, voice.key, self.trail.revoked)
            and self.is_fit(head, council, voice, node.kind)
            for council in self.councils
        )
        if not heard and before == head.why.get(voice.act, set()):
            head.note(voice.act, "not by the base")
        return heard

    def accepts(self, head: Trail, node: Node, at: str) -> bool:
        """Whether a node counts: those whom the base lets sign are enough, by the tree, and in the base or by it."""
        voices = self.fit_voices(head, node)
        if not head.is_enough_alone(node, voices, at):
            return False
        for digest in head.acts_of(node):
            same = self.trail.node(digest, node.key) if digest in self.trail.acts else None
            if same is not None and self.trail.stands(same, at):
                return True
        return not self.closed and all(
            head.is_enough(node, council, voices, at, self.trail.revoked) for council in self.councils
        )


def is_in_force(tree: Tree) -> bool:
    """Whether there is an approver, or any file of approvals."""
    return bool(tree.security.approvers or tree.raw or tree.acts.acts or tree.acts.broken)


def ask(head: Tree, base: Tree | None, now: str, *, authors: Iterable[str] = (), held: Held | None = None) -> Answer:
    """Say what is approved of a tree, by itself or by a base."""
    held = held or (lambda commit: frozenset())
    if not is_in_force(head):
        is_gone = base is not None and is_in_force(base)
        return Answer(not is_gone, {}, "gone" if is_gone else "", frozenset(), {})
    ground = None
    if base is not None and is_in_force(base):
        ground = Base(base, now, held, authors, head.security.project)
        ground = ground if ground.councils else None
    project = head.security.project if ground is None else ground.trail.project
    trail = Trail(head.acts.acts, project, now, held, ground)
    pins = approved_pins(head.lock)
    trail.pins.update({digest_of_pin(pin): pin for some in pins.values() for pin in some})
    locked = {key: digests_of(some) for key, some in pins.items()}
    outcomes = {key: outcome(trail, key, locked.get(key, frozenset())) for key in {*locked, *trail.keys()}}
    configuration = outcome(trail, CONFIGURATION, frozenset([digest_of_configuration(head.security)]))
    faults = faults_of(head, base, trail, ground)
    councils = [*(ground.councils if ground else []), *trail.councils(), Council(head.security)]
    only = bool(trail.councils()) and all(one.security.approval.enforce == "alarms" for one in councils)
    grave = [
        key
        for key, found in outcomes.items()
        if found not in (APPROVED, "absent")
        and (not only or found == REJECTED or is_grave(trail, step_to(trail, key, locked.get(key, frozenset())), base))
    ]
    return Answer(
        not grave and configuration == APPROVED and not faults,
        {key: found for key, found in outcomes.items() if found != "absent"},
        configuration,
        faults,
        {digest: frozenset(reasons) for digest, reasons in trail.why.items()},
        only,
    )


def is_grave(trail: Trail, step: Node, base: Tree | None) -> bool:
    """Whether what waits is an alarm: against what was approved, or against what the base has in its lock."""
    pins = () if base is None else approved_pins(base.lock).get(step.key, ())
    trail.pins.update({digest_of_pin(pin): pin for pin in pins})
    return is_alarm(trail, step) or bool(pins and ALARMS & classes(trail, digests_of(pins), step))


def step_to(trail: Trail, key: Key, locked: Digests) -> Node:
    """The step that would approve what is locked."""
    return Node("approval", key, trail.heads(key), locked)


def outcome(trail: Trail, key: Key, locked: Digests) -> str:
    """What became of a package, or of the security configuration."""
    heads = trail.heads(key)
    results = {result for one in heads for result in trail.results(one)}
    if len(results) > 1:
        return CONFLICT
    if not heads and not locked:
        return "absent"
    if any(one.kind == REJECTION and one.after == locked for one in heads):
        return REJECTED
    if results == {locked}:
        origins = [origin for one in heads for origin in trail.origins(one)]
        has_ended = key != CONFIGURATION and not all(trail.stands(one, trail.now) for one in origins)
        return EXPIRED if has_ended else APPROVED
    step = step_to(trail, key, locked)
    begun = step in trail.nodes(key) and (trail.base.fit_voices(trail, step) if trail.base else trail.voices(step))
    return INCOMPLETE if begun else UNAPPROVED


def stood_for(trail: Trail, root: Digests) -> frozenset[str]:
    """The acts that a root stands for."""
    return frozenset([digest for one in root for digest in trail.acts[one].act.replaces])


def goes(ground: Base, trail: Trail, root: Digests, digest: str) -> bool:
    """Whether a checkpoint takes an act away with all that this stood for in the base, if it was a checkpoint."""
    before = [one for one in ground.trail.roots() if digest in one]
    return all(stood_for(ground.trail, one) <= stood_for(trail, root) for one in before)


def faults_of(head: Tree, base: Tree | None, trail: Trail, ground: Base | None) -> frozenset[str]:
    """What else fails: broken, removed and edited files, further baselines, another project."""
    found = {"approval-broken"} if head.acts.broken else set()
    if any("second baseline" in reasons for reasons in trail.why.values()):
        found.add("baseline-second")
    if ground is None or base is None:
        return frozenset(found)
    if ground.closed:
        found.add("project-changed")
    for key in (CONFIGURATION, *trail.keys()):
        for node in trail.nodes(key):
            trail.stands(node)  # so that all is said that there is to say
            if not node.root and all(trail.stands(one) for one in node.follows):
                ground.fit_voices(trail, node)
    if any(reasons and digest not in ground.trail.acts for digest, reasons in trail.why.items()):
        found.add("approval-uncounted")  # a new one that does not count must not come in
    checkpoints = [root for root in trail.roots() if trail.kind_of(root) == "checkpoint"]
    standing = [root for root in checkpoints if ground.is_same_state(trail, root)]
    replaced = {digest for root in standing for digest in stood_for(trail, root) if goes(ground, trail, root, digest)}
    for digest in ground.trail.acts:
        name = digest + SUFFIX
        if name not in head.raw and digest not in replaced:
            found.add("approval-removed")
        elif name in head.raw and head.raw[name] != base.raw.get(name, head.raw[name]):
            found.add("approval-edited")
    return frozenset(found)
