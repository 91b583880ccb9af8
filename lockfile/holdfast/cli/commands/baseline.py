"""`approvals baseline`: everything as it is now is signed once, and from then on only changes need a person."""

from collections.abc import Mapping

from holdfast.cli.beginning import begin, begun, open_beginner
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.project import held, open_project
from holdfast.cli.words import Arguments
from holdfast.configuration.read import read_project
from holdfast.findings.finding import fails
from holdfast.reports.port import Summary
from holdfast.workflows.baseline import refuse_begun
from holdfast.workflows.check import check


def baseline(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Begin approvals in a project whose lock holds."""
    project = open_project(arguments)
    refuse_begun(begun(project))
    who = open_beginner(project, arguments, environment)
    with held(project, arguments, environment, console):
        findings = check(read_project(project.read), project).findings
        if any(fails(one) for one in findings):
            sentence = "nothing was signed: a baseline is of a lock that holds"
            console.report(findings, Summary(console.command, sentence), project)
            return FOUND
        begin(project, who, console, dry_run=arguments.switch("dry-run"))
    return CLEAN
