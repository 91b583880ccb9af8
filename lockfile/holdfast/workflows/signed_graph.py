"""Who signed each pin of a lock, how far that makes it trusted, and what it inherits from below. Never prints.

Computed, never claimed: a level follows from the lock's signers and this project's own trust.
"""

from holdfast.configuration.configuration import Configuration
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Pin, Signer
from holdfast.model.standing import Standing
from holdfast.trust.levels import PUBLISHER, RANKS, VETTED, LeveledSigner, inherited, level_of
from holdfast.trust.trusted_keys import trusted_ids
from holdfast.workflows.module_trust import trusted_keys


def standings(graph: LockGraph, configuration: Configuration, now: str) -> dict[int, Standing]:
    """Return the standing of every pin that a wish leads to, by its place in the lock. `now` is RFC 3339 in UTC."""
    lock = graph.lock
    known = {signer.id: signer for signer in lock.signers}
    trusted = trusted_keys(configuration)
    walk = graph.walk(lock.inputs)
    levels: dict[int, str] = {}
    edges: dict[int, tuple[int, ...]] = {}
    for place in sorted(walk.pins):
        pin = lock.packages[place]
        ours = trusted_ids(trusted, pin.name, now)
        levels[place] = level_of(_leveled(pin, known), ours)
        edges[place] = tuple(
            [
                other
                for edge in graph.edges(place, walk.pins[place], walk.extras.get(place, {}))
                for other, when in graph.placements(edge.requirement, edge.chosen)
                if when & edge.mask and other in walk.pins
            ]
        )
    below = inherited(levels, edges)
    return {
        place: Standing(
            level,
            below[place][0],
            below[place][1] if RANKS[below[place][0]] < RANKS[level] else (),
            tuple([known[one] for one in lock.packages[place].signers if one in known]),
            tuple([known[one] for one in _vetted(lock.packages[place]) if one in known]),
        )
        for place, level in levels.items()
    }


def _leveled(pin: Pin, known: dict[str, Signer]) -> list[LeveledSigner]:
    def tier(signer: str) -> str:
        found = known.get(signer)
        return dict(found.attributes).get("tier", "") if found else ""

    return [LeveledSigner(one, PUBLISHER, tier(one)) for one in pin.signers] + [
        LeveledSigner(one, VETTED, tier(one)) for one in _vetted(pin)
    ]


def _vetted(pin: Pin) -> tuple[str, ...]:
    return pin.module.vetted if pin.module is not None else ()
