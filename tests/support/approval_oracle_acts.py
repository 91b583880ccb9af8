"""The acts of a tree by themselves: whose signature on them is anybody's, and what makes a root of all chains.

The roots are baselines and checkpoints, each of which speaks of every package at once. What follows them is in
`approval_oracle_trail.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from holdfast.model.approval import SignedAct
from holdfast.model.security import Approver
from tests.support.approval_oracle_words import (
    CONFIGURATION,
    Council,
    Key,
    Voice,
    asked,
    content_of,
    digest_of_configuration,
    later,
    names_an_alarm,
)

DAY = 86_400  # seconds
Root = frozenset[str]  # the acts that are one root together


def remembered(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Ask once for the same words, until the trail forgets."""

    def once(self: Acts, *words: object) -> Any:
        place = (ask.__name__, *words)
        if place not in self.answers:
            self.answers[place] = ask(self, *words)
        return self.answers[place]

    return once


class Acts:
    """The acts of one tree, by digest. `revoked`: revocations in force, wherever they were said."""

    def __init__(
        self, acts: Iterable[SignedAct], project: str, now: str, held: Callable[[str], frozenset[str]]
    ) -> None:
        self.acts = {one.digest: one for one in acts}
        self.project = project
        self.now = now
        self.held = held
        self.revoked: frozenset[Approver] = frozenset()
        self.answers: dict[tuple[object, ...], Any] = {}
        self.why: dict[str, set[str]] = {}  # by act: why it, or a signature on it, does not count

    # Who counts.

    def is_fit(self, digest: str) -> bool:
        """Whether an act is of this project, and not of the future."""
        act = self.acts[digest].act
        if not self.acts[digest].keys:
            self.note(digest, "unsigned")
        if not self.project or act.project != self.project:
            self.note(digest, "another project")
            return False
        if act.date > later(self.now, DAY):
            self.note(digest, "from the future")
            return False
        return True

    def approver(self, council: Council, digest: str, key: str, revoked: Iterable[Approver]) -> Approver | None:
        """The approver whose key it is in a configuration, unless that key is revoked for this act."""
        approver = council.person(key)
        if approver is None:
            self.note(digest, "no approver")
            return None
        for one in (approver, *[one for one in revoked if one.id == key]):
            if one.revoked and one.cause == "retired" and self.acts[digest].act.date >= one.revoked:
                self.note(digest, "retired")
                return None
            if one.revoked and one.cause != "retired" and not (one.held_by and digest in self.held(one.held_by)):
                self.note(digest, "compromised")
                return None
        return approver

    def lasts(self, digest: str, at: str) -> bool:
        """Whether what an act says has not ended at an instant; "" asks for no instant."""
        expires = self.acts[digest].act.expires
        return not at or not expires or expires > at

    def note(self, digest: str, reason: str) -> None:
        self.why.setdefault(digest, set()).add(reason)

    # Roots.

    def root_of(self, digest: str) -> Root:
        """The act and all that are the same root: checkpoints that say the same, and a baseline by itself."""
        mine = self.acts[digest].act
        if mine.kind == "baseline":
            return frozenset([digest])
        return frozenset([one for one, other in self.acts.items() if content_of(other.act) == content_of(mine)])

    def kind_of(self, root: Root) -> str:
        return self.acts[min(root)].act.kind

    def root_council(self, root: Root) -> Council:
        """The configuration that a root carries."""
        change = self.acts[min(root)].act.security
        assert change is not None
        return Council(change.after)

    def root_alarms(self, root: Root) -> frozenset[Key]:
        """What a checkpoint names as accepted alarms."""
        if self.kind_of(root) != "checkpoint":
            return frozenset()
        return frozenset([one.key for each in root for one in self.acts[each].act.packages if names_an_alarm(one)])

    def root_voices(self, root: Root) -> frozenset[Voice]:
        """Whose signatures on a root count: those of people in the configuration that it carries."""
        council = self.root_council(root)
        found = []
        for digest in root:
            act = self.acts[digest].act
            if not self.is_fit(digest):
                continue
            if act.configuration != digest_of_configuration(council.security):
                self.note(digest, "another configuration")
                continue
            if self.root_alarms(root) and not act.expires:
                self.note(digest, "alarm without end")
                continue
            for key in self.acts[digest].keys:
                approver = self.approver(council, digest, key, self.revoked)
                if approver is not None and approver.role != "rule":
                    found.append(Voice(digest, key, approver.role, approver.name))
                elif approver is not None:
                    self.note(digest, "rule")
        return frozenset(found)

    def is_enough_for_root(self, root: Root, council: Council, voices: Iterable[Voice], at: str = "") -> bool:
        """Whether these are enough at an instant: one for a baseline; for a checkpoint what all of it asks for."""
        voices = tuple(voices)
        holding = [one for one in voices if self.lasts(one.act, at)]
        if self.kind_of(root) == "baseline":
            return bool(holding)
        keys = [CONFIGURATION, *[change.key for change in self.acts[min(root)].act.packages]]
        first = min([self.acts[one.act].act.date for one in voices], default="")
        return asked(council, keys, first, bool(self.root_alarms(root))).is_met_by(holding)
