"""Moving as little as can be: of the pins that a solution moved, put back every one that need not have moved.

The set of moved pins that remains is minimal by inclusion: no solution moves only a proper part of it, given what is
fixed. Each pin is tried once, since what could not be put back while less was held cannot be while more is.
"""

from __future__ import annotations

from holdfast_resolver.solver.port import Solution, World
from holdfast_resolver.solver.search import Assumption, Search

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Generator, Mapping, Sequence

_HELD = -2  # the number of an assumption that is no wish


def fewest_moves(
    world: World,
    wishes: Sequence[Assumption],
    solution: Solution,
    pins: Mapping[int, int],
    fixed: Sequence[int] = (),
    *,
    lowest: bool = False,
) -> Generator[tuple[object, ...], None, Solution]:
    """Yield needs as `Search.run` does; return a solution with an inclusion-minimal set of moved pins.

    `pins` maps package nodes to their old candidates (a mask); the nodes in `fixed` stay as `solution` has them.
    """
    held = [Assumption(node, 1 << solution.chosen[node], _HELD) for node in fixed if node in solution.chosen]
    tried: set[int] = set()
    while True:
        moved = [node for node, at in solution.chosen.items() if node in pins and not pins[node] >> at & 1]
        left = sorted(node for node in moved if node not in tried)
        if not left:
            return solution
        node = left[0]
        tried.add(node)
        keep = [
            Assumption(other, mask | 1 << world.size(other), _HELD)
            for other, mask in pins.items()
            if other == node or other not in moved
        ]
        outcome = yield from Search(world, [*wishes, *held, *keep], lowest=lowest).run()
        if isinstance(outcome, Solution):
            solution = outcome
