"""How long peers are tried before there is no answer: peer sets can be made that take longer than anybody waits.

Counted in steps, never in seconds: the same project has the same answer everywhere. Of the packages of one peer set
those that came first are named.
"""

from __future__ import annotations

from holdfast_resolver.placement.failure import Impossible, entangled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.placement.nodes import Node
    from holdfast_resolver.placement.peer_sets import AnyEdge, Guest

_MOST_STEPS = 2_000_000  # trees of 2,000 packages take 2,000; these take some seconds
DEEPEST = 100  # peers of peers of ...: those that want each other in other versions may go round for ever


class Patience:
    """What is left for one tree."""

    __slots__ = ("_left",)

    def __init__(self, steps: int = _MOST_STEPS) -> None:
        self._left = steps

    def spend(self, edge: AnyEdge, guest: Guest | Node, steps: int = 1) -> None:
        """Take steps for what an edge leads to. Raises `Impossible`, once there are none left."""
        self._left -= steps
        if self._left < 0:
            raise Impossible(entangled(edge, guest))
