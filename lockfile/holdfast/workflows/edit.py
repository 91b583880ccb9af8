"""Add and remove: edit the manifest, lock for it, and write both or neither.

The manifest is written first: a process that is killed in between leaves an edited manifest with the old lock,
which `check` names and the next `lock` completes. A lock that cannot be written takes the edit back.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from holdfast.configuration.configuration import Project
from holdfast.errors import FileProblem, UsageError
from holdfast.workflows.lock import Locked, Order, Outcome, prepare
from holdfast.workflows.market import OpenMarket
from holdfast.workflows.port import LOCK, MANIFEST, Files
from holdfast.workflows.previous import read_previous
from holdfast_resolver.values.tuples import NamedTuple


class Edit(Protocol):
    """One of `configuration.edit`'s functions, with what it is to add or remove."""

    def __call__(self, text: str) -> str:
        """Return the edited text of the manifest."""
        ...


# Reads a project through a function that gives its files.
ReadProject: TypeAlias = Callable[[Callable[[str], bytes | None]], Project]


class Edited(NamedTuple):
    """What came of it. `manifest_changed`: the manifest was, or would be, edited."""

    outcome: Outcome
    manifest_changed: bool


def edit_and_lock(files: Files, edit: Edit, read_project: ReadProject, open_market: OpenMarket, order: Order) -> Edited:
    """Edit the manifest, lock, and write both unless it is a dry run. The caller holds the project's lock.

    Raises what editing, reading, resolving and writing raise; then both files are as they were.
    """
    data = files.read(MANIFEST)
    if data is None:
        raise UsageError(f"a {MANIFEST} to edit", "none", f"make a {MANIFEST} with a [project] table first")
    try:
        before = data.decode()
    except UnicodeDecodeError:
        raise FileProblem(MANIFEST, "read", "it is not UTF-8 text") from None
    after = edit(before).encode()

    def read(name: str) -> bytes | None:
        return after if name == MANIFEST else files.read(name)

    project = read_project(read)
    outcome = prepare(project, read_previous(files), open_market(project.configuration), order)
    if isinstance(outcome, Locked) and not order.dry_run:
        _write_both(files, data, after, outcome.text)
    return Edited(outcome, after != data)


def _write_both(files: Files, before: bytes, after: bytes, lock: str) -> None:
    if after != before:
        files.write(MANIFEST, after)
    if not lock:
        return
    try:
        files.write(LOCK, lock.encode())
    except BaseException:
        if after != before:
            files.write(MANIFEST, before)
        raise
