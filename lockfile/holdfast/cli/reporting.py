"""Reports for machines: findings get their lines and the paths that the machine knows, GitHub its step summary.

Knows files and the environment of a GitHub runner; judges nothing, and nothing here changes an exit code.
"""

import os
import stat
from collections.abc import Mapping

from holdfast.cli.project import ProjectFolder
from holdfast.errors import FileProblem
from holdfast.findings.finding import Finding, Place
from holdfast.reports.port import Summary, render

__all__ = ["add_step_summary", "placed", "render"]
_FILES = ("holdfast.lock", "holdfast.toml", "pyproject.toml")  # those in which lines are looked for
_WORKSPACE = "GITHUB_WORKSPACE"
_SUMMARY = "GITHUB_STEP_SUMMARY"


def placed(
    findings: tuple[Finding, ...], project: ProjectFolder, form: str, environment: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Return the findings with lines; for SARIF and GitHub with paths from the root of the repository."""
    from holdfast.reports.lines import with_lines  # start-up: not for a report without findings

    texts = {}
    for path in {one.place.path for one in findings if one.place.line == 0} & set(_FILES):
        try:
            data = project.read(path)
        except FileProblem:  # a check that needed the file has said so
            continue
        if data is not None:
            texts[path] = data.decode("utf-8", "replace")
    found = with_lines(findings, texts) if texts else findings
    prefix = _prefix(project.folder, environment.get(_WORKSPACE, "")) if form != "json" else ""
    if not prefix:
        return found
    return tuple(
        [
            one._replace(place=Place(f"{prefix}/{one.place.path}", one.place.line))
            if one.place.path and not os.path.isabs(one.place.path)
            else one
            for one in found
        ]
    )


def add_step_summary(findings: tuple[Finding, ...], summary: Summary, environment: Mapping[str, str]) -> str:
    """Append the summary to the file that the runner names for it; return why that was not possible, else ""."""
    path = environment.get(_SUMMARY, "")
    if not path:
        return ""
    from holdfast.reports.github_summary import LIMIT, render_summary  # start-up: only on a runner

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o666)
    except (OSError, ValueError) as error:
        return _reason(error)
    try:
        with open(descriptor, "ab") as file:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                return "it is no file"
            text = render_summary(findings, summary, LIMIT - facts.st_size)
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        return _reason(error)
    return "" if text else "no room is left in it"


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or "it cannot be opened").lower() if isinstance(error, OSError) else "its name is no path"


def _prefix(folder: str, workspace: str) -> str:
    """`services/web`: the project's folder as the repository has it, "" where it is its root or outside."""
    if not workspace:
        return ""
    try:
        path = os.path.relpath(os.path.realpath(folder), os.path.realpath(workspace))
    except ValueError:  # another drive, or a name that is none
        return ""
    path = path.replace(os.sep, "/")
    return "" if path == "." or path == ".." or path.startswith("../") else path
