"""`add` and `remove`: edit the project's files in their own style, then lock. All of it happens, or nothing.

A word that begins with "@" is a module and concerns `[modules]` of the configuration; every other one is a Python
requirement and concerns `pyproject.toml`.
"""

from collections.abc import Callable, Mapping

from holdfast.cli.console import Console
from holdfast.cli.locking import finish
from holdfast.cli.project import ProjectFolder, held, open_project
from holdfast.cli.wiring import Shop, open_shop, today
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.edit import add_requirements, remove_requirements
from holdfast.configuration.edit_modules import add_module, remove_module
from holdfast.configuration.read import read_configuration, read_project
from holdfast.errors import UsageError
from holdfast.workflows.edit import FileEdit, edit_and_lock
from holdfast.workflows.lock import Locked, Order
from holdfast.workflows.market import Market
from holdfast.workflows.port import MANIFEST


def add(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Add requirements to the project, a group or an extra, and modules to the configuration."""
    group, extra = _place(arguments)
    modules, wanted = _parted(arguments, "requirements")
    pairs = [_split(module) for module in modules]

    def edit(text: str) -> str:
        return add_requirements(text, wanted, group=group, extra=extra, path=MANIFEST)

    def edit_modules(text: str, path: str) -> str:
        for name, version_range in pairs:
            text = add_module(text, name, version_range, path)
        return text

    project = open_project(arguments)
    edits = [FileEdit(MANIFEST, edit)] if wanted else []
    edits += _module_edits(project, modules, edit_modules)
    return _edit(project, arguments, environment, console, edits)


def remove(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Remove requirements and modules by their names."""
    group, extra = _place(arguments)
    modules, names = _parted(arguments, "names")

    def edit(text: str) -> str:
        return remove_requirements(text, names, group=group, extra=extra, path=MANIFEST)

    def edit_modules(text: str, path: str) -> str:
        for name in modules:
            text = remove_module(text, name, path)
        return text

    project = open_project(arguments)
    edits = [FileEdit(MANIFEST, edit)] if names else []
    edits += _module_edits(project, modules, edit_modules)
    return _edit(project, arguments, environment, console, edits)


def _edit(
    project: ProjectFolder,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
    edits: list[FileEdit],
) -> int:
    order = Order(today(), dry_run=arguments.switch("dry-run"))
    with held(project, arguments, environment, console):
        shops: list[Shop] = []

        def market(configuration: Configuration) -> Market:
            shops.append(open_shop(project, configuration, arguments, environment, console))
            return shops[0].market

        edited = edit_and_lock(project, edits, read_project, market, order)
        if isinstance(edited.outcome, Locked):
            _tell(edits, edited.changed, order, console)
        return finish(edited.outcome, order, shops[0], console)


def _tell(edits: list[FileEdit], changed: tuple[str, ...], order: Order, console: Console) -> None:
    for path in dict.fromkeys(one.path for one in edits):
        if path not in changed:
            console.line(f"{path} asks for that already")
        else:
            console.line(f"{path} {'would be edited' if order.dry_run else 'edited'}")


def _place(arguments: Arguments) -> tuple[str, str]:
    group, extra = arguments.text("group"), arguments.text("extra")
    if group and extra:
        raise UsageError("one of --group and --extra", "both")
    return group, extra


def _parted(arguments: Arguments, parameter: str) -> tuple[list[str], list[str]]:
    """Return the words that are modules, and the others."""
    words = arguments.texts_of(parameter)
    modules = [word for word in words if word.startswith("@")]
    if modules and any(_place(arguments)):
        raise UsageError("no modules in a group or an extra", modules[0], "a module is wanted by the whole project")
    return modules, [word for word in words if not word.startswith("@")]


def _split(word: str) -> tuple[str, str]:
    """`@acme/guards@^2.1` -> its name and its range."""
    name, _, version_range = word[1:].partition("@")
    if not version_range.strip():
        raise UsageError("a version range behind the module's name", word, f"holdfast add '@{name}@^1'")
    return "@" + name, version_range.strip()


def _module_edits(project: ProjectFolder, modules: list[str], edit: Callable[[str, str], str]) -> list[FileEdit]:
    """The edit of the file that has the configuration: without one there is no source that a module comes from."""
    if not modules:
        return []
    path = read_configuration(project.read).path
    if not path:
        own = modules[0].partition("/")[0][1:]
        hint = f'write [sources.{own}] with kind = "modules", url = "https://..." and root = "sha256:..."'
        raise UsageError(f"a source of modules for {modules[0]} in holdfast.toml", "no configuration", hint)
    return [FileEdit(path, lambda text: edit(text, path))]
