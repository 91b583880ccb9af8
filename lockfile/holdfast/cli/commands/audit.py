"""`audit`: what the locked packages can do, what is known to be bad, and what a compromise would cost."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.cli.auditing import Made, make_audit
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND, UNDECIDED
from holdfast.cli.outputs import deliver, output_path
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.findings.finding import fails

_IGNORING = ("ignore", "ignore-until-fixed")


def audit(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Audit the lock; with `--ignore`, first write down an advisory that does not count here."""
    form, names = arguments.text("format", "text"), arguments.texts_of("explain")
    if names and form != "text":
        raise UsageError("--format text with --explain", form, "every other form has the rows of all scores")
    path = output_path(arguments)
    if any(arguments.text(one) for one in _IGNORING):
        from holdfast.cli.ignoring import ignore  # start-up: only where one is ignored

        ignore(arguments, environment, console)
    elif arguments.text("reason") or arguments.text("until"):
        raise UsageError("--ignore ID before --reason and --until", "neither --ignore nor --ignore-until-fixed")
    made = make_audit(arguments, environment, console)
    if names:
        console.result(_explained(made, names))
        return _code(made)
    text = _rendered(made, form, console, environment, plain=bool(path))
    deliver(text, arguments, made, console)
    if form == "github":
        _summarise(made, environment, console)
    return _code(made)


def _summarise(made: Made, environment: Mapping[str, str], console: Console) -> None:
    from holdfast.cli.reporting import add_step_summary
    from holdfast.reports.audit_port import summary

    audit = made.audited.audit
    problem = add_step_summary(audit.findings, summary(audit, made.context), environment)
    if problem:
        console.note(f"note: the summary of this step was not written: {problem}")


def _code(made: Made) -> int:
    if any(fails(finding) for finding in made.audited.audit.findings):
        return FOUND
    return UNDECIDED if made.undecided else CLEAN


def _explained(made: Made, names: tuple[str, ...]) -> str:
    from holdfast.reports.audit_text import explain  # start-up: only with --explain
    from holdfast.workflows.names import locked_words

    locked_words(names, made.lock.packages)
    return explain(made.audited.audit, names)


def _rendered(made: Made, form: str, console: Console, environment: Mapping[str, str], *, plain: bool) -> str:
    if form == "cyclonedx":
        from holdfast.cli.bill import bill  # start-up: its library takes long to load

        return bill(made)
    from holdfast.cli.reporting import placed
    from holdfast.reports.audit_port import render

    found = made.audited.audit
    if form in ("json", "sarif", "github"):
        found = found._replace(findings=placed(found.findings, made.project, form, environment))
    return render(form, found, made.context._replace(notes=console.verbose), console.colour and not plain)
