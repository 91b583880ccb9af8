"""Who signed each pin of a lock, how far that makes it trusted, and what it inherits from below. Never prints.

Computed, never claimed: a level follows from the lock's signers and this project's own trust. The levels of trust
are those of modules; any other package is `signed`, when somebody signed each of its files, or `unsigned`.
"""

from holdfast.configuration.configuration import Configuration
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Pin, Signer
from holdfast.model.signed_files import is_signed
from holdfast.model.signers import named, records
from holdfast.model.standing import Standing
from holdfast.trust.levels import PUBLISHER, RANKS, VETTED, LeveledSigner, inherited, level_of
from holdfast.trust.trusted_keys import trusted_ids
from holdfast.workflows.module_trust import trusted_keys
from holdfast.workflows.pin_edges import pin_edges

SIGNED, UNSIGNED = "signed", "unsigned"
_SIGNED_SOMEHOW = "registry-community"  # among the levels of modules, to be compared with them


def standings(graph: LockGraph, configuration: Configuration, now: str) -> dict[int, Standing]:
    """Return the standing of every pin that a wish leads to, by its place in the lock. `now` is RFC 3339 in UTC."""
    lock = graph.lock
    known = records(lock)
    trusted = trusted_keys(configuration)
    walk = graph.walk(lock.inputs)
    levels: dict[int, str] = {}
    for place in sorted(walk.pins):
        pin = lock.packages[place]
        if pin.module is None:
            levels[place] = _SIGNED_SOMEHOW if is_signed(pin) else UNSIGNED
        else:
            levels[place] = level_of(_leveled(pin, known), trusted_ids(trusted, pin.name, now))
    below = inherited(levels, pin_edges(graph, walk))
    return {
        place: Standing(
            _said(lock.packages[place], level),
            _said(lock.packages[place], below[place][0]),
            below[place][1] if RANKS[below[place][0]] < RANKS[level] else (),
            named(lock.packages[place].signers, known),
            named(_vetted(lock.packages[place]), known),
        )
        for place, level in levels.items()
    }


def _said(pin: Pin, level: str) -> str:
    return SIGNED if pin.module is None and level != UNSIGNED else level


def _leveled(pin: Pin, known: dict[str, Signer]) -> list[LeveledSigner]:
    roles = (PUBLISHER, pin.signers), (VETTED, _vetted(pin))
    return [
        LeveledSigner(one.id, role, dict(one.attributes).get("tier", ""))
        for role, references in roles
        for one in named(references, known)
    ]


def _vetted(pin: Pin) -> tuple[str, ...]:
    return pin.module.vetted if pin.module is not None else ()
