"""`init`: a project's id, its targets, its first lock; from another tool's pins if asked."""

from collections.abc import Mapping
from uuid import uuid4

from holdfast.cli.console import Console
from holdfast.cli.locking import finish
from holdfast.cli.project import held, open_project
from holdfast.cli.wiring import open_shop, today
from holdfast.cli.words import Arguments
from holdfast.configuration.init_text import init_text
from holdfast.configuration.read import read_project
from holdfast.workflows.init import init as begin
from holdfast.workflows.init import refuse_second
from holdfast.workflows.lock import Order
from holdfast.workflows.previous import read_previous
from holdfast_resolver.values.names import normalize_name


def init(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Begin a project."""
    project = open_project(arguments)
    accepted = frozenset([normalize_name(name) for name in arguments.texts_of("accept-changed")])
    order = Order(today(), dry_run=arguments.switch("dry-run"), accepted=accepted)
    with held(project, arguments, environment, console):
        asked = read_project(project.read)
        foreign = None
        path = arguments.text("from")
        if not path:
            refuse_second(project, asked.configuration)
        else:
            # start-up: only with --from
            from holdfast.cli.foreign import other_lock, read_foreign_file

            foreign = other_lock(read_foreign_file(path))
        previous = read_previous(project)
        shop = open_shop(project, asked.configuration, arguments, environment, console)
        begun = begin(asked, previous, project, shop.market, order, str(uuid4()), init_text, foreign)
        for name in begun.written:
            console.line(f"{name} {'would be written' if order.dry_run else 'written'}")
        return finish(begun.outcome, order, shop, console)
