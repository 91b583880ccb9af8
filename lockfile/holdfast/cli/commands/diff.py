"""`diff`: what changed in the lock since a git revision."""

from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.project import open_project
from holdfast.cli.words import Arguments
from holdfast.reports.differences import render_json, render_text
from holdfast.revisions import file_at
from holdfast.workflows.diff import diff as compare
from holdfast.workflows.port import LOCK


def diff(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Compare the lock on the disk with the lock at a revision, HEAD unless another is named."""
    project = open_project(arguments)
    revision = arguments.text("revision", "HEAD")

    def at(revision: str, name: str) -> bytes | None:
        return file_at(project.folder, revision, name)

    compared = compare(project, at, revision)
    if compared.before_missing:
        console.note(f"note: {revision} has no {LOCK}, so everything is new")
    if console.form == "json":
        console.result(render_json(compared.difference, compared.paths))
    else:
        console.result(render_text(compared.difference, console.colour, compared.paths))
    return CLEAN
