"""`status`: what waits for approval, and what was never reviewed. Never fails for what it shows."""

from collections.abc import Mapping

from holdfast.cli.approval_reading import judge_project, note_moving_base, now_text, read_base
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.project import open_project
from holdfast.cli.words import Arguments
from holdfast.configuration.read import read_configuration
from holdfast.reports.status import render_json, render_nothing, render_text
from holdfast.workflows.previous import read_lock
from holdfast.workflows.status import status as status_of


def status(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show what `check` would say of approvals, in short."""
    project, revision, now = open_project(arguments), arguments.text("base"), now_text()
    lock, configuration = read_lock(project), read_configuration(project.read)
    base = read_base(project, revision) if revision else None
    if base is not None:
        note_moving_base(revision, base.commit, environment, console)
    judged = judge_project(project, lock, configuration, base, now)
    if judged is None:
        console.result(render_nothing(console.form))
        return CLEAN
    told = status_of(judged, base, now)
    console.result(render_json(told) if console.form == "json" else render_text(told, console.colour, console.verbose))
    return CLEAN
