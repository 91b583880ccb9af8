"""How each package is signed, and the weakest that stands below it, with the path to it.

    unsigned    some file has no signature
    registry    each file is signed, some by nobody but the registry that serves it
    publisher   each file is signed by a publisher

It believes the lock: that its signers hold is what `verify` says.
"""

from collections.abc import Sequence

from holdfast.model.lock import Pin
from holdfast.model.signers import artifact_signers, is_registry
from holdfast.risk.graph import ROOT, RiskGraph
from holdfast_resolver.values.tuples import NamedTuple

UNSIGNED, REGISTRY, PUBLISHER = LEVELS = ("unsigned", "registry", "publisher")  # ascending


class Inherited(NamedTuple):
    """The lowest level among a package and all it leads to, and the shortest path to the first that has it."""

    level: str
    path: tuple[int, ...]  # the package first; only itself where nothing below is lower


def level_of(pin: Pin) -> str:
    """Return how the files of a pin are signed; without files "unsigned"."""
    levels = []
    for artifact in pin.artifacts:
        signers = artifact_signers(pin, artifact)
        publisher = any(not is_registry(signer) for signer in signers)
        levels.append(PUBLISHER if publisher else REGISTRY if signers else UNSIGNED)
    return min(levels, key=LEVELS.index, default=UNSIGNED)


def inherited(graph: RiskGraph, levels: Sequence[str]) -> tuple[Inherited, ...]:
    """Return what each package inherits, by place. Linear in packages, edges and the length of the paths."""
    found: dict[int, tuple[str, int]] = {}  # place -> (level, the next place on the way; ROOT = its own)
    # From the lowest level up, backwards and one distance at a time: the first way found is the shortest.
    for level in LEVELS:
        layer = [place for place, own in enumerate(levels) if own == level and place not in found]
        found.update(dict.fromkeys(layer, (level, ROOT)))
        while layer:
            following: dict[int, int] = {}
            for place in layer:
                for user in graph.predecessors[place]:
                    if user not in found:
                        following[user] = min(place, following.get(user, place))
            found.update({user: (level, step) for user, step in following.items()})
            layer = sorted(following)
    return tuple([Inherited(found[place][0], _path(place, found)) for place in range(len(levels))])


def _path(place: int, found: dict[int, tuple[str, int]]) -> tuple[int, ...]:
    path = [place]
    while (step := found[path[-1]][1]) != ROOT:
        path.append(step)
    return tuple(path)
