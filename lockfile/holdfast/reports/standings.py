"""How signers and trust levels are said: behind the pins of a tree, and as keys of its JSON. Knows words only."""

from collections.abc import Mapping

from holdfast.model.graph import LockGraph
from holdfast.model.lock import Signer
from holdfast.model.standing import Standing
from holdfast.model.words import spell_pin


def in_words(graph: LockGraph, standings: Mapping[int, Standing]) -> dict[int, str]:
    """Return what stands behind each pin: `trusted, by acme-release; inherits unsigned from @a/b 1.0.0`."""
    return {place: _words(graph, standing) for place, standing in standings.items()}


def _words(graph: LockGraph, standing: Standing) -> str:
    said = standing.level
    if standing.signers:
        said += ", by " + " and ".join(map(_name, standing.signers))
    if standing.vetted:
        said += "; vetted by " + " and ".join(map(_name, standing.vetted))
    if standing.path:
        way = " -> ".join(spell_pin(graph.lock.packages[place]) for place in standing.path[1:])
        said += f"; inherits {standing.inherited} from {way}"
    return said


def _name(signer: Signer) -> str:
    """A label with the beginning of the id, since anybody may call a key so."""
    short = signer.id if len(signer.id) <= 24 else signer.id[:24]
    return f"{signer.label} ({short})" if signer.label else short


def in_json(graph: LockGraph, standings: Mapping[int, Standing]) -> dict[int, dict[str, object]]:
    """Return the keys of each node: level, inherited, signers, vetted."""
    from holdfast.reports.tree import identity

    return {
        place: {
            "level": one.level,
            "inherited": {
                "level": one.inherited,
                "path": [identity(graph, step) for step in one.path],
            },
            "signers": [{"id": signer.id, "label": signer.label} for signer in one.signers],
            "vetted": [{"id": signer.id, "label": signer.label} for signer in one.vetted],
        }
        for place, one in standings.items()
    }
