"""`add` and `remove`: edit the project's files in their own style, then lock. All of it happens, or nothing.

A word that begins with "@" is a module and concerns `[modules]` of the configuration; every other one is a Python
requirement and concerns `pyproject.toml`. Where there is a `package.json`, words that begin with "npm:" concern it,
names with "@" that no source of modules claims, and without a `pyproject.toml` every name.
"""

from collections.abc import Callable, Mapping

from holdfast.cli.console import Console
from holdfast.cli.exits import NO_SOLUTION
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
from holdfast.workflows.port import MANIFEST, NPM_MANIFEST
from holdfast_resolver.values.tuples import NamedTuple


def add(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Add requirements to the project, a group or an extra, modules to the configuration, packages to package.json."""
    group, extra = _place(arguments)
    project = open_project(arguments)
    words = _sorted(arguments, "requirements", project)
    pairs = [_split(module, project) for module in words.modules]

    def edit(text: str) -> str:
        return add_requirements(text, words.python, group=group, extra=extra, path=MANIFEST)

    def edit_modules(text: str, path: str) -> str:
        for name, version_range in pairs:
            text = add_module(text, name, version_range, path)
        return text

    edits = [FileEdit(MANIFEST, edit)] if words.python else []
    edits += _module_edits(project, words.modules, edit_modules)
    if words.npm:
        # start-up: only where there is npm
        from holdfast.cli.npm_editing import adding, manifest_here, read_words, table_for
        from holdfast.workflows.npm_latest import latest_spec

        def latest(name: str) -> str:
            configuration = read_configuration(project.read)
            shop = open_shop(project, configuration, arguments, environment, console)
            if configuration.policy.asks_for_ages:
                from holdfast.workflows.release_ages import withhold  # start-up: as in `lock`

                withhold(shop.market, configuration, (), npm=True)
            spec = latest_spec(name, shop.market.npm)
            shop.market.close()
            return spec

        path = manifest_here(project, named=bool(arguments.text("project")))
        table = table_for(group, extra) if group or extra else ""
        edits.append(adding(read_words(words.npm), table, path, project, latest))
    return _edit(project, arguments, environment, console, edits)


def remove(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Remove requirements, modules and npm packages by their names."""
    group, extra = _place(arguments)
    project = open_project(arguments)
    words = _sorted(arguments, "names", project)

    def edit(text: str) -> str:
        try:
            return remove_requirements(text, words.python, group=group, extra=extra, path=MANIFEST)
        except UsageError as error:
            raise _with_prefix(error, project) from None

    def edit_modules(text: str, path: str) -> str:
        for name in words.modules:
            text = remove_module(text, name, path)
        return text

    edits = [FileEdit(MANIFEST, edit)] if words.python else []
    edits += _module_edits(project, words.modules, edit_modules)
    if words.npm:
        from holdfast.cli.npm_editing import manifest_here, read_words, removing, table_for  # start-up: see above

        table = table_for(group, extra) if group or extra else ""
        path = manifest_here(project, named=bool(arguments.text("project")))
        edits.append(removing(read_words(words.npm), table, path))
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
        code = finish(edited.outcome, order, shops[0], console)
        if code == NO_SOLUTION and project.has(NPM_MANIFEST):
            from holdfast_resolver.resolve.modules import ModulesImpossible  # start-up: only where there is none

            if isinstance(edited.outcome, ModulesImpossible):
                console.note("a source of modules claims that name; write npm:@scope/name for an npm package")
        return code


def _tell(edits: list[FileEdit], changed: tuple[str, ...], order: Order, console: Console) -> None:
    for path in dict.fromkeys(one.path for one in edits):
        if path not in changed:
            console.line(f"{path} asks for that already")
        else:
            console.line(f"{path} {'would be edited' if order.dry_run else 'edited'}")


def _place(arguments: Arguments) -> tuple[str, str]:
    group, extra = arguments.text("group"), arguments.text("extra")
    if sum(map(bool, (group, extra, arguments.switch("dev")))) > 1:
        raise UsageError("one of --group, --extra and --dev", "more than one")
    return "dev" if arguments.switch("dev") else group, extra


class _Words(NamedTuple):
    """The words of a command, by what they mean."""

    python: list[str]
    modules: list[str]
    npm: list[str]


def _sorted(arguments: Arguments, parameter: str, project: ProjectFolder) -> _Words:
    """Return the words by what they mean. Raises `UsageError`."""
    words = arguments.texts_of(parameter)
    npm: list[str] = []
    if project.has(NPM_MANIFEST):
        from holdfast.cli.npm_editing import is_npm, manifest_here  # start-up: only where there is npm

        configuration = read_configuration(project.read)
        inside = manifest_here(project, named=bool(arguments.text("project"))) != NPM_MANIFEST
        npm = [word for word in words if is_npm(word, project, configuration, inside=inside)]
    elif any(word.startswith("npm:") for word in words):
        raise UsageError(f"a {NPM_MANIFEST} to edit", "none", "make one with `npm init`, or write {} into it")
    modules = [word for word in words if word.startswith("@") and word not in npm]
    if modules and any(_place(arguments)):
        raise UsageError("no modules in a group or an extra", modules[0], "a module is wanted by the whole project")
    return _Words([word for word in words if word not in modules and word not in npm], modules, npm)


def _with_prefix(error: UsageError, project: ProjectFolder) -> UsageError:
    """The refusal of a name, with the way to write it where the package.json has it."""
    if not error.hint and project.has(NPM_MANIFEST):
        from holdfast.cli.npm_editing import in_manifest  # start-up: only where there is npm

        if in_manifest(error.found, project, NPM_MANIFEST):
            return UsageError(error.expected, error.found, f"holdfast remove npm:{error.found}")
    return error


def _split(word: str, project: ProjectFolder) -> tuple[str, str]:
    """`@acme/guards@^2.1` -> its name and its range."""
    name, _, version_range = word[1:].partition("@")
    if not version_range.strip():
        hint = f"holdfast add '@{name}@^1'"
        if project.has(NPM_MANIFEST):
            hint += f", or holdfast add 'npm:@{name}' for the npm package"
        raise UsageError("a version range behind the module's name", word, hint)
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
