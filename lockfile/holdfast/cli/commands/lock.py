"""`lock` and `update`: keep every pin that can be kept; free some, or all."""

from __future__ import annotations

from holdfast.cli.console import Console
from holdfast.cli.locking import finish
from holdfast.cli.project import held, open_project
from holdfast.cli.wiring import open_shop, today
from holdfast.cli.words import Arguments
from holdfast.configuration.read import read_project
from holdfast.workflows.lock import Order
from holdfast.workflows.lock import lock as relock
from holdfast.workflows.previous import read_previous
from holdfast_resolver.values.names import normalize_name

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping


def lock(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Resolve what the manifest asks for, keeping every pin."""
    return _lock(arguments, environment, console, Order(today()))


def update(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Free the pins of the named packages, or all, then lock."""
    names = frozenset([normalize_name(name) for name in arguments.texts_of("names")])
    return _lock(arguments, environment, console, Order(today(), freed=names, free_all=not names))


def _lock(arguments: Arguments, environment: Mapping[str, str], console: Console, order: Order) -> int:
    project = open_project(arguments)
    accepted = frozenset([normalize_name(name) for name in arguments.texts_of("accept-changed")])
    order = order._replace(dry_run=arguments.switch("dry-run"), accepted=accepted)
    with held(project, arguments, environment, console):
        asked = read_project(project.read)
        previous = read_previous(project)
        if order.freed or order.accepted:
            from holdfast.workflows.names import refuse_unknown  # start-up: only where names are given

            refuse_unknown(order.freed | order.accepted, previous)
        shop = open_shop(project, asked.configuration, arguments, environment, console)
        outcome = relock(asked, previous, project, shop.market, order)
        return finish(outcome, order, shop, console)
