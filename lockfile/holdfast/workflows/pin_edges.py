"""Which pins each pin of a lock depends on, somewhere: the graph without its targets. Never prints."""

from holdfast.model.graph import LockGraph, Walk


def pin_edges(graph: LockGraph, walk: Walk) -> dict[int, tuple[int, ...]]:
    """Return the places of the pins that each reached pin depends on, in the order of its requirements."""
    return {
        place: tuple(
            [
                other
                for edge in graph.edges(place, walk.pins[place], walk.extras.get(place, {}))
                for other, when in graph.placements(edge.requirement, edge.chosen)
                if when & edge.mask and other in walk.pins
            ]
        )
        for place in sorted(walk.pins)
    }
