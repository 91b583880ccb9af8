"""Drawn histories of approvals: a script of events, played; then heads, bases and authors to judge them by.

A script is (event, seed) pairs, so that one from which events are taken away is a script as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from typing import NamedTuple

from holdfast.approvals.judgement import State
from holdfast.model.approval import Act
from holdfast.trust.approval_files import sign_act
from holdfast.trust.approval_statement import write_act
from tests.support import approval_world_acts as acts
from tests.support import approval_world_edits as edits
from tests.support.approval_world import PEOPLE, RULE_KEY, STRANGER, World, key_id, quick_digest
from tests.support.signing_keys import signer

Event = Callable[[World, Random], None]
Script = list[tuple[str, int]]

EVENTS: dict[str, tuple[int, Event]] = {  # name -> (weight, event)
    **{
        f"lock: {how}": (weight, partial(edits.edit_lock, how=how))
        for how, weight in (("version", 6), ("bytes", 3), ("signer", 4), ("wheel", 2), ("add", 3), ("remove", 2),
                            ("fork", 2), ("revert", 4),
                            ("source", 2))
    },
    **{
        f"policy: {how}": (1, partial(edits.edit_policy, how=how))
        for how in ("threshold", "role", "enforce", "independent", "demand", "allowance", "rest")
    },
    **{
        f"approver: {how}": (1, partial(edits.edit_approvers, how=how))
        for how in ("add", "remove", "retire", "compromise", "reinstate", "role")
    },
    **{
        f"file: {how}": (1, partial(edits.edit_files, how=how))
        for how in ("delete", "edit", "respell", "sign", "strip", "restore", "unprune", "drop")
    },
    "project: id": (3, edits.edit_project),
    "file: all": (2, edits.give_up),
    "file: copy": (1, edits.copy_from_elsewhere),
    "clock": (3, edits.pass_time),
    "branch": (4, edits.branch),
    "merge": (5, edits.merge),
    "act: approve": (26, acts.approve),
    "act: by one who left": (2, partial(acts.approve, odd="by one who left")),
    "act: on top": (2, partial(acts.approve, odd="follows what is not approved")),
    "act: too few": (2, partial(acts.approve, odd="too few")),
    "act: reject": (4, acts.reject),
    "act: by rule": (5, acts.approve_by_rule),
    "act: configure": (12, acts.configure),
    "act: baseline": (1, acts.begin),
    "act: checkpoint": (3, acts.prune),
    "act: checkpoint beside": (1, partial(acts.prune, keep=True)),
    "act: ends soon": (1, partial(acts.approve, odd="ends soon")),
    "act: from nothing": (1, partial(acts.approve, odd="follows nothing")),
}  # fmt: skip


# What a team does in one go, with how often. `approver:`, `policy:` and `file:` stand for any of these events.
STORIES: dict[str, int] = {
    "lock: version, act: approve": 8,
    "lock: add, act: approve": 3,
    "lock: add, lock: add, act: approve, lock: source, act: approve": 2,
    "lock: version, act: by rule": 5,
    "lock: signer, act: by rule": 4,
    "lock: wheel, act: by rule": 2,
    "lock: add, act: by rule": 2,
    "lock: version, act: too few": 5,
    "lock: bytes, act: too few": 4,
    "lock: signer, act: too few": 3,
    "lock: version, act: too few, lock: version, act: on top": 5,
    "lock: version, act: reject": 5,
    "lock: version, act: reject, lock: revert, file: delete": 6,
    "lock: version, act: reject, act: approve": 3,
    "lock: bytes, act: approve, clock, clock": 18,
    "lock: signer, act: approve, clock, clock, act: approve": 5,
    "lock: remove, act: approve, lock: revert, act: approve": 3,
    "lock: version, act: approve, lock: revert": 3,
    "lock: version, act: approve, file:": 12,
    "lock: version, act: approve, act: baseline": 3,
    "lock: add, act: baseline": 3,
    "approver:, act: configure, lock: version, act: approve": 6,
    "lock: version, act: approve, approver: compromise, act: configure": 4,
    "lock: version, act: approve, approver: compromise, act: configure, approver: remove, act: configure": 6,
    "clock, approver: retire, act: configure, clock, lock: version, lock: wheel, lock: wheel, act: by one who left": 9,
    "policy:, act: configure, lock: version, act: approve": 5,
    "policy: threshold, act: configure, lock: version, act: approve": 4,
    "branch, lock: version, act: approve, branch, lock: version, act: approve, merge, act: approve": 4,
    "lock: version, act: approve, branch, lock: version, act: approve, merge": 8,
    "branch, policy:, act: configure, branch, approver:, act: configure, merge, act: configure": 5,
    "act: checkpoint, lock: version, act: approve": 2,
    "lock: version, act: approve, lock: revert, act: approve, act: checkpoint, lock: wheel, file: unprune": 14,
    "lock: add, act: approve, lock: remove, act: approve, act: checkpoint, lock: add, lock: add, file: unprune": 14,
    "lock: add, act: approve, lock: remove, act: approve, act: checkpoint, lock: version, act: approve, "
    "act: checkpoint, lock: add, file: unprune": 14,
    "lock: version, act: approve, act: checkpoint, lock: revert, lock: bytes, act: too few": 8,
    "lock: add, act: approve, lock: remove, act: approve, act: checkpoint, lock: add, lock: signer, act: too few": 5,
    "lock: bytes, act: approve, act: checkpoint, clock, clock": 6,
    "lock: bytes, act: approve, act: checkpoint, lock: fork, act: approve": 5,
    "act: checkpoint beside, lock: version, act: approve, file: drop": 8,
    "lock: fork, lock: signer, act: approve, lock: remove, act: by rule": 5,
    "branch, policy: threshold, act: configure, branch, approver: add, act: configure, merge, act: configure": 5,
    "policy: demand, act: configure, lock: version, act: too few": 6,
    "policy: enforce, act: configure, lock: version": 6,
    "lock: version, lock: wheel, lock: bytes": 5,
    "lock: add, act: ends soon, act: from nothing, clock": 5,
    "lock: remove, act: approve, lock: revert, lock: signer, act: approve": 6,
    "branch, lock: signer, act: approve, branch, lock: signer, act: approve, merge, lock: signer, act: too few": 4,
    "project: id, lock: version, act: approve": 2,
}


class Question(NamedTuple):
    """What is asked of a history: whether a tree passes, by itself or by a base."""

    head: State
    base: State | None
    now: str
    authors: frozenset[str]


def draw(random: Random) -> Script:
    """A script; most begin with a baseline."""
    names = list(EVENTS)
    weights = [EVENTS[name][0] for name in names]
    found = ["act: baseline"] if random.random() < 0.93 else []
    for _ in range(random.randint(1, 6)):
        if random.random() < 0.33:
            found += random.choices(names, weights, k=random.randint(1, 3))
        else:
            found += random.choices(list(STORIES), list(STORIES.values()))[0].split(", ")
    any_of = {
        kind: [one for one in names if one.startswith(kind) and one != "file: all"]
        for kind in ("approver:", "policy:", "file:")
    }
    return [(random.choice(any_of.get(name, [name])), random.getrandbits(32)) for name in found]


def play(script: Script, seed: int = 0, digest: Callable[[Act], str] = quick_digest) -> World:
    """Play a script from its beginning."""
    world = World(edits.first_configuration(Random(seed)), digest)
    for name, event_seed in script:
        world.mix[name] += 1
        EVENTS[name][1](world, Random(event_seed))
    return world


def questions(world: World, random: Random, count: int = 3) -> Iterable[Question]:
    """Heads and bases to judge by: mostly the latest tree and a commit that led to it; and it alone."""
    authors = frozenset([f"{one}@acme.example" for one in PEOPLE if random.random() < 0.2])
    head = world.tree.state()
    yield Question(head, None, world.now, authors)
    led = sorted(world.ancestors(world.place) - {world.place})
    for _ in range(count):
        share = random.random()
        base = random.choice(led[-6:] if share < 0.4 else led if share < 0.9 else range(len(world.commits)))
        yield Question(head, world.commits[base].state(), world.now, authors)


def true_digest(act: Act) -> str:
    """The digest of the file of an act."""
    return hashlib.sha256(write_act(act)).hexdigest()


def sealed_files(tree: State) -> Iterable[tuple[str, bytes]]:
    """The files of the acts of a tree whose digests are true, signed; of those that somebody signed."""
    words = {key_id(word): signer(word) for word in (*PEOPLE, STRANGER, RULE_KEY)}
    for one in tree.acts.acts:
        if one.keys:
            yield sign_act(one.act, [words[key] for key in one.keys])
