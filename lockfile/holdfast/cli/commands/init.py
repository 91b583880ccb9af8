"""`init`: a project's id, its targets, its first lock; from another tool's pins if asked; with a key, the baseline."""

from collections.abc import Mapping
from shlex import quote
from typing import TYPE_CHECKING
from uuid import uuid4

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.locking import finish
from holdfast.cli.project import ProjectFolder, held, open_project
from holdfast.cli.signers import named_signer
from holdfast.cli.wiring import open_shop, today
from holdfast.cli.words import Arguments
from holdfast.configuration.init_text import init_text
from holdfast.configuration.read import read_project
from holdfast.model.approval import FOLDER
from holdfast.workflows.init import init as begin
from holdfast.workflows.init import refuse_second
from holdfast.workflows.lock import Order
from holdfast.workflows.previous import read_previous
from holdfast_resolver.values.names import normalize_name

if TYPE_CHECKING:
    from holdfast.cli.beginning import Beginner

HOW = (
    "`holdfast approvals baseline --key FILE` begins approvals: from then on each change of the lock waits for a person"
)


def init(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Begin a project."""
    return _init(arguments, environment, console, arguments.text("from"))


def import_file(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Take the pins of another tool's lock, in a project that may be begun or not."""
    return _init(arguments, environment, console, arguments.text("file"))


def _init(arguments: Arguments, environment: Mapping[str, str], console: Console, path: str) -> int:
    project = open_project(arguments)
    order = _order(arguments)
    with held(project, arguments, environment, console):
        asked = read_project(project.read)
        foreign = None
        if not path:
            refuse_second(project, asked.configuration, _hint(project, arguments, environment))
        else:
            # start-up: only with another tool's file
            from holdfast.cli.foreign import other_lock, read_foreign_file

            foreign = other_lock(read_foreign_file(path))
        beginner = _beginner(project, arguments, environment)
        previous = read_previous(project)
        shop = open_shop(project, asked.configuration, arguments, environment, console)
        begun = begin(asked, previous, project, shop.market, order, str(uuid4()), init_text, foreign)
        for name in begun.written:
            console.line(f"{name} {'would be written' if order.dry_run else 'written'}")
        code = finish(begun.outcome, order, shop, console)
        _begin(project, beginner, console, code=code, dry_run=order.dry_run)
        return code


def _order(arguments: Arguments) -> Order:
    named = arguments.texts_of("accept-changed")
    return Order(
        today(),
        dry_run=arguments.switch("dry-run"),
        accepted=frozenset([normalize_name(name) for name in named]),
        accepted_npm=frozenset(named),
    )


def _hint(project: ProjectFolder, arguments: Arguments, environment: Mapping[str, str]) -> str:
    """What somebody means who begins with a key what is begun, and has no approvals: the baseline."""
    path, wanted = named_signer(arguments, environment)
    if not (path or wanted) or project.folder_of(FOLDER):
        return ""
    return f"holdfast approvals baseline {f'--key {quote(path)}' if path else f'--agent {quote(wanted)}'}"


def _beginner(project: ProjectFolder, arguments: Arguments, environment: Mapping[str, str]) -> "Beginner | None":
    """Who signs the baseline: asked before anything is fetched; None without a key, and where approvals are there."""
    if not any(named_signer(arguments, environment)) or project.folder_of(FOLDER):
        return None
    from holdfast.cli.beginning import open_beginner  # start-up: only with a key

    return open_beginner(project, arguments, environment)


def _begin(project: ProjectFolder, beginner: "Beginner | None", console: Console, *, code: int, dry_run: bool) -> None:
    """Sign the baseline of the lock that was written, or say how approvals begin."""
    if project.folder_of(FOLDER):
        return
    if beginner is None or code != CLEAN:
        console.note(HOW)
        return
    if dry_run:
        console.line(f"{beginner.name} would sign the baseline of approvals")
        return
    from holdfast.cli.beginning import begin  # start-up: only with a key

    begin(project, beginner, console)
