"""`check`: the gate for CI. Offline; fails when a finding is an error or an alarm."""

from __future__ import annotations

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.project import open_project
from holdfast.cli.sizes import size_of
from holdfast.cli.words import Arguments
from holdfast.configuration.read import read_project
from holdfast.findings.finding import Finding, fails
from holdfast.model.lock import without_modules
from holdfast.workflows.check import Checked
from holdfast.workflows.check import check as check_lock
from holdfast.workflows.port import LOCK

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping


def check(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Check the lock, and compare it with a base or another tool's file where that is asked for."""
    project = open_project(arguments)
    asked = read_project(project.read)
    checked = check_lock(asked, project)
    revision = arguments.text("base")
    if revision:
        # start-up: these comparisons bring git and foreign formats
        from holdfast.revisions import file_at
        from holdfast.workflows.check import check_base

        checked = check_base(checked, file_at(project.folder, revision, LOCK), revision)
        if checked.base_missing:
            console.note(f"note: {revision} has no {LOCK} to compare with")
    foreign = arguments.text("against")
    if foreign:
        from holdfast.cli.foreign import read_foreign_file
        from holdfast.imports.compare import compare

        differences = compare(without_modules(checked.lock), read_foreign_file(foreign), lock_path=LOCK)
        checked = checked._replace(findings=checked.findings + differences)
    return _finish(checked, asked.configuration.unread, console)


def _finish(checked: Checked, unread: tuple[str, ...], console: Console) -> int:
    lock, findings = checked.lock, checked.findings
    failed = any(fails(finding) for finding in findings)
    what = size_of(lock)
    if unread and console.form == "text":
        console.note(f"note: this version does not act on {', '.join(unread)} yet")
    if not findings and console.form == "text":
        console.line(f"{LOCK} holds: {what}")  # start-up: nothing to report, no report is loaded
        return CLEAN
    return _report(findings, failed, what, checked, console)


def _report(findings: tuple[Finding, ...], failed: bool, what: str, checked: Checked, console: Console) -> int:
    from holdfast.reports.port import Summary, render

    facts = (("packages", len(checked.lock.packages)), ("targets", len(checked.lock.scope.targets)))
    sentence = f"{LOCK} {'does not hold' if failed else 'holds'} ({what})"
    if not (console.quiet and console.form == "text" and not failed):
        console.result(render(console.form, findings, Summary("check", sentence, facts), console.colour))
    return FOUND if failed else CLEAN
