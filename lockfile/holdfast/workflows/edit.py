"""Add and remove: edit the manifest or the configuration, lock for it, and write all or nothing.

The edited files are written first: a process that is killed in between leaves an edited manifest with the old lock,
which `check` names and the next `lock` completes. A lock that cannot be written takes the edits back.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from holdfast.configuration.configuration import Project
from holdfast.errors import FileProblem, UsageError
from holdfast.workflows.lock import Locked, Order, Outcome, prepare
from holdfast.workflows.market import OpenMarket
from holdfast.workflows.port import LOCK, MANIFEST, Files
from holdfast.workflows.previous import read_previous
from holdfast_resolver.values.tuples import NamedTuple


class Edit(Protocol):
    """One of the edits of `configuration`, with what it is to add or remove."""

    def __call__(self, text: str) -> str:
        """Return the edited text of the file."""
        ...


class FileEdit(NamedTuple):
    """An edit and the name of the file that it is for; edits of one file follow each other."""

    path: str
    edit: Edit


# Reads a project through a function that gives its files.
ReadProject: TypeAlias = Callable[[Callable[[str], bytes | None]], Project]


class Edited(NamedTuple):
    """What came of it. `changed`: the files that were, or would be, edited."""

    outcome: Outcome
    changed: tuple[str, ...]


def edit_and_lock(
    files: Files, edits: Sequence[FileEdit], read_project: ReadProject, open_market: OpenMarket, order: Order
) -> Edited:
    """Edit, lock, and write both unless it is a dry run. The caller holds the project's lock.

    Raises what editing, reading, resolving and writing raise; then all files are as they were.
    """
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    for path, edit in edits:
        if path not in before:
            before[path] = after[path] = _data(files, path)
        after[path] = edit(_text(path, after[path])).encode()

    def read(name: str) -> bytes | None:
        return after[name] if name in after else files.read(name)

    project = read_project(read)
    outcome = prepare(project, read_previous(files), open_market(project.configuration), order)
    changed = tuple(path for path in after if after[path] != before[path])
    if isinstance(outcome, Locked) and not order.dry_run:
        _write_all(files, {path: before[path] for path in changed}, after, outcome.text)
    return Edited(outcome, changed)


def _data(files: Files, path: str) -> bytes:
    data = files.read(path)
    if data is None:
        hint = f"make a {MANIFEST} with a [project] table first" if path == MANIFEST else "holdfast init"
        raise UsageError(f"a {path} to edit", "none", hint)
    return data


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise FileProblem(path, "read", "it is not UTF-8 text") from None


def _write_all(files: Files, before: dict[str, bytes], after: dict[str, bytes], lock: str) -> None:
    # `before` are the contents of those that changed.
    written: list[str] = []
    try:
        for path in before:
            files.write(path, after[path])
            written.append(path)
        if lock:
            files.write(LOCK, lock.encode())
    except BaseException:
        for path in written:
            files.write(path, before[path])
        raise
