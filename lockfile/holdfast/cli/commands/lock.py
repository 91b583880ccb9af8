"""`lock` and `update`: keep every pin that can be kept; free some, or all."""

from __future__ import annotations

from holdfast.cli.console import Console
from holdfast.cli.locking import finish
from holdfast.cli.project import ProjectFolder, held, open_project
from holdfast.cli.wiring import open_shop, today
from holdfast.cli.words import Arguments
from holdfast.configuration.read import read_project
from holdfast.workflows.lock import Order
from holdfast.workflows.lock import lock as relock
from holdfast.workflows.previous import read_previous

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping

    from holdfast.workflows.previous import Previous


def lock(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Resolve what the manifest asks for, keeping every pin."""
    return _lock(arguments, environment, console, Order(today()))


def update(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Free the pins of the named packages, or all, then lock."""
    return _lock(arguments, environment, console, Order(today(), free_all=not arguments.texts_of("names")))


def _lock(arguments: Arguments, environment: Mapping[str, str], console: Console, order: Order) -> int:
    project = open_project(arguments)
    order = order._replace(dry_run=arguments.switch("dry-run"))
    with held(project, arguments, environment, console):
        asked = read_project(project.read)
        previous = read_previous(project)
        if arguments.texts_of("names") or arguments.texts_of("accept-changed"):
            order = _with_names(order, arguments, previous, project)
        shop = open_shop(project, asked.configuration, arguments, environment, console)
        outcome = relock(asked, previous, project, shop.market, order)
        known = None
        if order.dry_run or arguments.switch("fetch"):
            from holdfast.cli.planned_code import planned  # start-up: only where code is looked at

            outcome, known = planned(outcome, project, asked.configuration, arguments, environment, console)
        return finish(outcome, order, shop, console, known)


def _with_names(order: Order, arguments: Arguments, previous: Previous, project: ProjectFolder) -> Order:
    """The order with the packages that are named. Raises `UsageError` for one that is not locked."""
    # start-up: only where names are given
    from holdfast.cli.members import member_of
    from holdfast.workflows.names import locked_names

    told = member_of(project)
    freed = locked_names(arguments.texts_of("names"), previous, told)
    accepted = locked_names(arguments.texts_of("accept-changed"), previous, told)
    return order._replace(freed=freed.names, freed_npm=freed.npm, accepted=accepted.names, accepted_npm=accepted.npm)
