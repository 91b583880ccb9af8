"""What is approved, by definition: recursive, slow, written to be read. It shares nothing with what is held against it.

A tree's acts form a chain for every package and one for the security configuration. A *node* is all acts of one kind
that say the same of one package: what they follow, what is there after. A node *stands* when all that it follows stands
and enough signatures for it count. The standing nodes that no standing node follows are the heads; what they result in
is approved, if they agree. With a base a node also has to stand in the base, or by the base's own approvers.

Pins and configurations are known here by their digests alone, except where classes of change are asked for
(`approval_oracle_alarms.py`). Answers are remembered, since they are asked for again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from holdfast.model.approval import SignedAct
from holdfast.model.pin_digest import ApprovedPin
from holdfast.model.security import Approver, Security
from tests.support.approval_oracle_acts import Acts, Root, remembered
from tests.support.approval_oracle_alarms import follows_a_rule, is_alarm
from tests.support.approval_oracle_words import (
    CONFIGURATION,
    NEVER,
    ROOTS,
    Council,
    Digests,
    Key,
    Node,
    Voice,
    after_of,
    asked,
    change_of,
    digest_of_configuration,
    digest_of_pin,
)

if TYPE_CHECKING:
    from tests.support.approval_oracle import Base


class Trail(Acts):
    """The acts of one tree. With `base`, the trail of another tree that has the say over what is new."""

    def __init__(
        self,
        acts: Iterable[SignedAct],
        project: str,
        now: str,
        held: Callable[[str], frozenset[str]],
        base: Base | None = None,
    ) -> None:
        super().__init__(acts, project, now, held)
        self.base = base
        self.pins: dict[str, ApprovedPin] = {}
        self.configurations: dict[str, Security] = {}
        for one in self.acts.values():
            for change in one.act.packages:
                self.pins.update({digest_of_pin(pin): pin for pin in (*change.after, *change.gone)})
            if one.act.security is not None:
                after = one.act.security.after
                self.configurations[digest_of_configuration(after)] = after
        # A revocation voids what was approved before, so perhaps what led to it: once found it stays.
        while (found := self.revoked | self.revocations()) != self.revoked:
            self.revoked = found
            self.answers.clear()
            self.why.clear()

    # Nodes.

    @remembered
    def node(self, digest: str, key: Key) -> Node | None:
        """What an act says of a package; None where it says nothing of it, or does not follow."""
        one = self.acts.get(digest)
        if one is None:
            return self.stand_in(digest, key)
        change = change_of(one.act, key)
        if change is None:
            return None
        if one.act.kind in ROOTS:
            root = self.root_of(digest)
            return Node(one.act.kind, key, frozenset(), after_of(change), root) if root in self.roots() else None
        follows = frozenset([self.node(each, key) for each in change.follows])
        fits = None not in follows and frozenset(change.before) == self.together(follows)
        if not fits or (key == CONFIGURATION and not follows):
            self.note(digest, "does not follow")
            return None
        return Node(one.act.kind, key, follows, after_of(change))

    def stand_in(self, digest: str, key: Key) -> Node | None:
        """What the latest standing checkpoint in the place of an act that is gone says of a package."""
        found = [root for root in self.roots() if any(digest in self.acts[one].act.replaces for one in root)]
        if not found:
            return None
        latest = max(found, key=lambda root: max([(self.acts[one].act.date, one) for one in root]))
        found_node: Node | None = self.node(min(latest), key)
        return found_node

    @remembered
    def nodes(self, key: Key) -> frozenset[Node]:
        """All nodes of a package."""
        found = {self.node(digest, key) for digest, one in self.acts.items() if change_of(one.act, key) is not None}
        return frozenset([one for one in found if one is not None])

    @remembered
    def acts_of(self, node: Node) -> tuple[str, ...]:
        """The acts that are a node together."""
        return tuple(sorted([digest for digest in self.acts if self.node(digest, node.key) == node]))

    def results(self, node: Node) -> frozenset[Digests]:
        """What is there after a node. A rejection leaves what was there before: of two heads, both."""
        if node.kind != "rejection":
            return frozenset([node.after])
        return frozenset([result for one in node.follows for result in self.results(one)]) or frozenset([frozenset()])

    def together(self, nodes: Iterable[Any]) -> Digests:
        """All digests that nodes result in."""
        return frozenset([digest for one in nodes if one for result in self.results(one) for digest in result])

    def origins(self, node: Node) -> frozenset[Node]:
        """The nodes that approved what is there after a node."""
        if node.kind != "rejection":
            return frozenset([node])
        return frozenset([origin for one in node.follows for origin in self.origins(one)])

    @remembered
    def keys(self) -> frozenset[Key]:
        """All packages that any act speaks of."""
        return frozenset([change.key for one in self.acts.values() for change in one.act.packages])

    # Roots.

    @remembered
    def able_roots(self) -> frozenset[Root]:
        """The roots that are signed by enough, by themselves and for a base."""
        all_ = {self.root_of(digest) for digest, one in self.acts.items() if one.act.kind in ROOTS}
        able = [root for root in all_ if self.is_enough_for_root(root, self.root_council(root), self.root_voices(root))]
        return frozenset([root for root in able if self.base is None or self.base.lets(self, root)])

    @remembered
    def second(self) -> frozenset[Root]:
        """Baselines beside another, or beside a checkpoint; what a checkpoint stands for is none of them."""
        able = self.able_roots()
        replaced = {each for root in able for one in root for each in self.acts[one].act.replaces}
        baselines = [root for root in able if self.kind_of(root) == "baseline" and not replaced & root]
        baselines.sort(key=lambda root: [(self.acts[one].act.date, one) for one in root])
        first = 0 if any(self.kind_of(root) == "checkpoint" for root in able) else 1
        for root in baselines[first:]:
            self.note(min(root), "second baseline")
        return frozenset(baselines[first:])

    @remembered
    def roots(self) -> frozenset[Root]:
        """The roots that count."""
        found: frozenset[Root] = self.able_roots() - self.second()
        return found

    # Who counts.

    def voice(self, node: Node, council: Council, digest: str, key: str, revoked: Iterable[Approver]) -> Voice | None:
        """A signature, if it counts for a node by a configuration."""
        approver = self.approver(council, digest, key, revoked)
        if approver is None:
            return None
        act = self.acts[digest].act
        if node.kind == "approval" and is_alarm(self, node) and not act.expires:
            self.note(digest, "alarm without end")
            return None
        if approver.role == "rule" and not follows_a_rule(self, node, council, digest):
            self.note(digest, "rule")
            return None
        return Voice(digest, key, approver.role, approver.name)

    @remembered
    def voices(self, node: Node) -> frozenset[Voice]:
        """Whose signatures count, by the configurations that the acts themselves name."""
        found = set()
        for digest in self.acts_of(node):
            if not self.is_fit(digest):
                continue
            named = self.acts[digest].act.configuration
            if named not in (self.together(node.follows) if node.key == CONFIGURATION else self.approved()):
                self.note(digest, "another configuration")
                continue
            for key in self.acts[digest].keys:
                spoken = [
                    self.voice(node, council, digest, key, self.revoked) for council in self.councils_for(node, named)
                ]
                if spoken and None not in spoken:
                    found.add(spoken[0])
        return frozenset([one for one in found if one is not None])

    def councils_for(self, node: Node, named: str) -> list[Council]:
        """Who judges: of the configuration all that it follows, of a package the one that an act names."""
        digests = self.together(node.follows) if node.key == CONFIGURATION else [named]
        return [Council(self.configurations[one]) for one in sorted(digests)]

    def is_enough(
        self, node: Node, council: Council, voices: Iterable[Voice], at: str, revoked: Iterable[Approver]
    ) -> bool:
        """Whether these are enough at an instant, by one configuration. One is enough to reject."""
        voices = tuple(voices)
        said = {one.act: set(self.why.get(one.act, ())) for one in voices}
        spoken = [self.voice(node, council, one.act, one.key, revoked) for one in voices]
        self.why.update({act: reasons for act, reasons in said.items() if reasons})  # that they count was said before
        for act in [act for act, reasons in said.items() if not reasons]:
            self.why.pop(act, None)
        counting = [one for one in spoken if one is not None]
        if node.kind == "rejection":
            return bool(counting)
        first = min([self.acts[one.act].act.date for one in counting], default="")
        wanted = asked(council, [node.key], first, is_alarm(self, node))
        return wanted.is_met_by([one for one in counting if self.lasts(one.act, at)])

    # What stands.

    @remembered
    def stands_alone(self, node: Node, at: str = "") -> bool:
        """Whether a node stands by the tree's own acts."""
        if node.root:
            if at and self.root_alarms(node.root) and node.key not in self.root_alarms(node.root):
                return True
            return self.is_enough_for_root(node.root, self.root_council(node.root), self.root_voices(node.root), at)
        if not all(self.stands_alone(one) for one in node.follows):
            for digest in self.acts_of(node):
                self.note(digest, "follows what is not approved")
            return False
        return self.is_enough_alone(node, self.voices(node), at)

    def is_enough_alone(self, node: Node, voices: Iterable[Voice], at: str) -> bool:
        """Whether these are enough by what the tree itself says.

        Of the configuration that is all that the node follows, of a package one of those that the acts name.
        """
        voices = tuple(voices)
        if node.key == CONFIGURATION:
            councils = self.councils_for(node, "")
            return all(self.is_enough(node, council, voices, at, self.revoked) for council in councils)
        named = {self.acts[one.act].act.configuration for one in voices}
        councils = [Council(self.configurations[one]) for one in named]
        return any(self.is_enough(node, council, voices, at, self.revoked) for council in councils)

    @remembered
    def stands(self, node: Node, at: str = "") -> bool:
        """Whether a node stands: alone, and for the base if there is one. `at`: and has not ended by then."""
        if not self.stands_alone(node, at):
            return False
        if self.base is None or node.root:
            return True
        if not all(self.stands(one) for one in node.follows):
            for digest in self.acts_of(node):
                self.note(digest, "follows what is not approved by the base")
            return False
        return self.base.accepts(self, node, at)

    @remembered
    def heads(self, key: Key, alone: bool = False) -> frozenset[Node]:
        """The standing nodes that no standing node follows."""
        standing = {one for one in self.nodes(key) if (self.stands_alone(one) if alone else self.stands(one))}
        return frozenset(standing - {each for one in standing for each in one.follows})

    @remembered
    def approved(self) -> frozenset[str]:
        """The digests of all configurations that were ever approved, by the tree's own acts."""
        return frozenset(
            [
                digest
                for node in self.nodes(CONFIGURATION)
                if self.stands_alone(node)
                for result in self.results(node)
                for digest in result
            ]
        )

    def councils(self, alone: bool = False) -> list[Council]:
        """The configurations at the heads."""
        found = self.together(self.heads(CONFIGURATION, alone))
        return [Council(self.configurations[one]) for one in sorted(found)]

    def revocations(self) -> frozenset[Approver]:
        """The revoked approvers of the configurations in force, and those of before whose keys are no longer listed."""
        before = [one for each in self.approved() for one in self.configurations[each].approvers]
        found = set()
        for council in self.councils(alone=True):
            listed = council.security.approvers
            gone = [one for one in before if one.id not in {each.id for each in listed}]
            found.update([one for one in (*listed, *gone) if one.revoked])
        return frozenset(found)

    def end(self, nodes: Iterable[Node]) -> str:
        """The first instant at which one of the origins of nodes does not stand any more."""
        origins = [origin for node in nodes for origin in self.origins(node)]
        instants = sorted({one.act.expires for one in self.acts.values() if one.act.expires})
        return next((at for at in instants if not all(self.stands(one, at) for one in origins)), NEVER)
