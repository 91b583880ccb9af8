"""Drawn histories of approvals: a script of events, played; then heads, bases and authors to judge them by.

A script is (event, seed) pairs, so that one from which events are taken away is a script as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from typing import NamedTuple

from holdfast.approvals.judgement import State
from holdfast.model.approval import Act
from tests.support import approval_world_acts as acts
from tests.support import approval_world_edits as edits
from tests.support.approval_world import PEOPLE, World, quick_digest

Event = Callable[[World, Random], None]
Script = list[tuple[str, int]]

EVENTS: dict[str, tuple[int, Event]] = {  # name -> (weight, event)
    **{
        f"lock: {how}": (weight, partial(edits.edit_lock, how=how))
        for how, weight in (("version", 6), ("bytes", 3), ("signer", 4), ("wheel", 2), ("add", 3), ("remove", 2),
                            ("fork", 2), ("revert", 4))
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
        for how in ("delete", "edit", "respell", "sign", "strip", "restore")
    },
    "project: id": (1, edits.edit_project),
    "file: copy": (1, edits.copy_from_elsewhere),
    "clock": (3, edits.pass_time),
    "branch": (4, edits.branch),
    "merge": (5, edits.merge),
    "act: approve": (26, acts.approve),
    "act: reject": (4, acts.reject),
    "act: by rule": (5, acts.approve_by_rule),
    "act: configure": (12, acts.configure),
    "act: baseline": (1, acts.begin),
    "act: checkpoint": (3, acts.prune),
}  # fmt: skip


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
    found = random.choices(names, weights, k=random.randint(2, 14))
    first = ["act: baseline"] if random.random() < 0.93 else []
    return [(name, random.getrandbits(32)) for name in (*first, *found)]


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
        base = random.choice(led if random.random() < 0.9 else range(len(world.commits)))
        yield Question(head, world.commits[base].state(), world.now, authors)
