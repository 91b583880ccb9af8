"""`policy explain`: which rules decide what of a package. Offline."""

import time
from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN
from holdfast.cli.members import member_of
from holdfast.cli.project import ProjectFolder, open_project
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import read_configuration
from holdfast.model.approval import FOLDER
from holdfast.model.lock import Lock
from holdfast.reports.policy_text import render_json, render_text
from holdfast.workflows.graph import locked_graph, locked_names
from holdfast.workflows.policy_explain import explain_package

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: only where approvals are in force
    from holdfast.approvals.judge import Judgement


def explain(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show what decides of a package, what is known of it, and what holds."""
    project = open_project(arguments)
    graph = locked_graph(project, (arguments.text("name"),), member_of(project))
    (name,) = locked_names(graph, (arguments.text("name"),))
    configuration = read_configuration(project.read)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    judgement = _judgement(project, graph.lock, configuration, now)
    explained = explain_package(graph, configuration, name, judgement, now)
    path = configuration.path
    console.result(render_json(explained, name, path) if console.form == "json" else render_text(explained, path))
    return CLEAN


def _judgement(project: ProjectFolder, lock: Lock, configuration: Configuration, now: str) -> "Judgement | None":
    if not configuration.approvers and not project.folder_of(FOLDER):
        return None
    from holdfast.cli.approval_reading import judge_project  # start-up: only where approvals are in force

    judged = judge_project(project, lock, configuration, None, now)
    return None if judged is None else judged.judgement
