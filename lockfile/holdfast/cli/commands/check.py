"""`check`: the gate for CI. Offline; fails when a finding is an error or an alarm.

No variable of the environment is asked for anything that decides.
"""

from __future__ import annotations

from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.project import ProjectFolder, open_project
from holdfast.cli.sizes import size_of
from holdfast.cli.words import Arguments
from holdfast.configuration.read import read_project
from holdfast.findings.finding import fails
from holdfast.model.lock import without_modules
from holdfast.workflows.check import Checked, is_silent
from holdfast.workflows.check import check as check_lock
from holdfast.workflows.port import LOCK

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping

    from holdfast.configuration.configuration import Configuration
    from holdfast.imports.npm_compare import Registries

APPROVALS = ".holdfast/approvals"  # `model.approval.FOLDER`: that module is loaded only where there are any


def check(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Check the lock, its approvals, and compare it with a base or another tool's file where that is asked for."""
    project = open_project(arguments)
    asked = read_project(project.read)
    checked = check_lock(asked, project)
    configuration, revision = asked.configuration, arguments.text("base")
    if revision or configuration.approvers or project.has(APPROVALS) or not is_silent(configuration.policy):
        checked = _judged(checked, configuration, project, revision, environment, console)
    foreign = arguments.text("against")
    if foreign:
        from holdfast.cli.foreign import read_foreign_file
        from holdfast.imports.compare import compare

        theirs, ours = read_foreign_file(foreign), without_modules(checked.lock)
        known = _registries(theirs.tool, project, configuration, arguments, environment, console)
        differences = compare(ours, theirs, lock_path=LOCK, registries=known)
        checked = checked._replace(findings=checked.findings + differences)
    return _finish(checked, configuration.unread, project, console)


def _registries(
    tool: str,
    project: ProjectFolder,
    configuration: Configuration,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
) -> Registries | None:
    """From where the tarballs of npm packages may come, by the settings of npm; None for any other tool's file."""
    from holdfast.imports.compare import NPM_TOOLS

    if tool not in NPM_TOOLS:
        return None
    from holdfast.cli.npm_exporting import registries
    from holdfast.cli.wiring import open_shop

    return registries(open_shop(project, configuration, arguments, environment, console).market.npm)


def _judged(
    checked: Checked,
    configuration: Configuration,
    project: ProjectFolder,
    revision: str,
    environment: Mapping[str, str],
    console: Console,
) -> Checked:
    """Add what approvals and policy have against the lock, by a base where one is named."""
    # start-up: approvals bring signatures, a base brings git
    from holdfast.cli.approval_reading import judge_project, note_moving_base, now_text, read_base
    from holdfast.workflows.check_approvals import check_policy, with_base, with_judgement

    base, now = read_base(project, revision) if revision else None, now_text()
    if base is not None:
        note_moving_base(revision, base.commit, environment, console)
        if base.lock is None:
            console.note(f"note: {revision} has no {LOCK} to compare with")
    judged = judge_project(project, checked.lock, configuration, base, now)
    if judged is None:
        findings = checked.findings + check_policy(checked.lock, configuration, None, now)
        return with_base(checked._replace(findings=findings), base)
    return with_judgement(checked, judged, base)


def _finish(checked: Checked, unread: tuple[str, ...], project: ProjectFolder, console: Console) -> int:
    findings = checked.findings
    failed = any(fails(finding) for finding in findings)
    what = size_of(checked.lock)
    if unread and console.form == "text":
        console.note(f"note: this version does not act on {', '.join(unread)} yet")
    if not findings and console.form == "text":
        # start-up: nothing to report, no report is loaded
        console.line(f"{LOCK} holds: {what}{checked.approved}")
        return CLEAN
    from holdfast.reports.port import Summary
    from holdfast.workflows.finding_paths import CODES, with_paths

    if any(finding.code in CODES for finding in findings):
        findings = with_paths(findings, checked.lock)
    facts = (("packages", len(checked.lock.packages)), ("targets", len(checked.lock.scope.targets)), *checked.facts)
    sentence = f"{LOCK} {'does not hold' if failed else 'holds'} ({what}{checked.approved})"
    if not (console.quiet and console.form == "text" and not failed):
        console.report(findings, Summary("check", sentence, facts), project)
    return FOUND if failed else CLEAN
