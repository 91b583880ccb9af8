"""`add` and `remove`: edit `pyproject.toml` in its own style, then lock. Both happen, or neither."""

from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.locking import finish
from holdfast.cli.project import held, open_project
from holdfast.cli.wiring import Shop, open_shop, today
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.edit import add_requirements, remove_requirements
from holdfast.configuration.read import read_project
from holdfast.errors import UsageError
from holdfast.workflows.edit import Edit, edit_and_lock
from holdfast.workflows.lock import Locked, Order
from holdfast.workflows.market import Market
from holdfast.workflows.port import MANIFEST


def add(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Add requirements to the project, a group or an extra."""
    group, extra = _place(arguments)
    wanted = arguments.texts_of("requirements")

    def edit(text: str) -> str:
        return add_requirements(text, wanted, group=group, extra=extra, path=MANIFEST)

    return _edit(arguments, environment, console, edit)


def remove(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Remove requirements by their names."""
    group, extra = _place(arguments)
    names = arguments.texts_of("names")

    def edit(text: str) -> str:
        return remove_requirements(text, names, group=group, extra=extra, path=MANIFEST)

    return _edit(arguments, environment, console, edit)


def _edit(arguments: Arguments, environment: Mapping[str, str], console: Console, edit: Edit) -> int:
    project = open_project(arguments)
    order = Order(today(), dry_run=arguments.switch("dry-run"))
    with held(project, arguments, environment, console):
        shops: list[Shop] = []

        def market(configuration: Configuration) -> Market:
            shops.append(open_shop(project, configuration, arguments, environment, console))
            return shops[0].market

        edited = edit_and_lock(project, edit, read_project, market, order)
        if isinstance(edited.outcome, Locked):
            _tell(edited.manifest_changed, order, console)
        return finish(edited.outcome, order, shops[0], console)


def _tell(changed: bool, order: Order, console: Console) -> None:
    if not changed:
        console.line(f"{MANIFEST} asks for that already")
    else:
        console.line(f"{MANIFEST} {'would be edited' if order.dry_run else 'edited'}")


def _place(arguments: Arguments) -> tuple[str, str]:
    group, extra = arguments.text("group"), arguments.text("extra")
    if group and extra:
        raise UsageError("one of --group and --extra", "both")
    return group, extra
