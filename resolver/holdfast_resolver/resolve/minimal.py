"""After an edit or an update: on each target, move only the pins that have to move.

Asked only when old pins exist; it costs nothing while no pin has moved.
"""

from __future__ import annotations

from holdfast_resolver.resolve.request import Request
from holdfast_resolver.resolve.view import View
from holdfast_resolver.solver.moves import fewest_moves as fewest
from holdfast_resolver.solver.port import NoSolution, Solution
from holdfast_resolver.solver.search import Assumption

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable, Generator
    from typing import TypeAlias

Drive: TypeAlias = "Callable[[Generator[tuple[object, ...], None, Solution | NoSolution]], Solution | NoSolution]"


def fewest_moves(
    request: Request, view: View, wishes: tuple[Assumption, ...], solution: Solution, drive: Drive
) -> Solution:
    """Return a solution for the view's target in which no pin moved that need not have."""
    pins = view.pins()
    freed = [node for node in solution.chosen if view.name(node) in request.freed]
    run = fewest(view, wishes, solution, pins, freed, lowest=request.strategy == "lowest")
    fewer = drive(run)
    if isinstance(fewer, NoSolution):
        raise AssertionError("a solution is never taken back")
    if any(node in solution.chosen and not mask >> solution.chosen[node] & 1 for node, mask in pins.items()):
        return fewer._replace(looked=dict.fromkeys(fewer.looked, 0))  # several searches ran: everything mattered
    return fewer
