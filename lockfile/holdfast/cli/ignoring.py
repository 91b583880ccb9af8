"""`audit --ignore`: an advisory that does not count here is written into the policy, with a reason and an end."""

from collections.abc import Mapping

from holdfast.cli.approval_reading import now_text
from holdfast.cli.console import Console
from holdfast.cli.project import held, open_project
from holdfast.cli.words import Arguments
from holdfast.configuration.edit_ignores import add_ignore
from holdfast.configuration.instants import parse_second
from holdfast.configuration.read import read_configuration
from holdfast.errors import UsageError
from holdfast.model.policy import Ignore
from holdfast.workflows.trusting import edit_trust


def ignore(arguments: Arguments, environment: Mapping[str, str], console: Console) -> None:
    """Write the ignore that the flags describe. Raises `UsageError`, and what editing raises."""
    once, until_fixed = arguments.text("ignore"), arguments.text("ignore-until-fixed")
    if once and until_fixed:
        raise UsageError("one of --ignore and --ignore-until-fixed", "both")
    if once and not arguments.text("until"):
        raise UsageError("an end: --until DATE with --ignore", "none", "or --ignore-until-fixed ID")
    if not arguments.text("reason"):
        raise UsageError("--reason TEXT: why the advisory does not count here", "none")
    until = parse_second(arguments.text("until"))
    if until and until <= now_text():
        raise UsageError("an end that is still to come: --until DATE", arguments.text("until"))
    if until_fixed.upper().startswith("MAL-"):
        hint = f"holdfast audit --ignore {until_fixed} --reason TEXT --until DATE"
        raise UsageError("an end by date: a malicious release is never ignored until it is fixed", until_fixed, hint)
    one = Ignore(once or until_fixed, arguments.text("reason"), arguments.text("until"), until_fixed=bool(until_fixed))
    project = open_project(arguments)
    with held(project, arguments, environment, console):
        edited = edit_trust(project, read_configuration, lambda text, path: add_ignore(text, one, path))
    console.note(f"{edited.path}: {one.advisory} is ignored{'' if edited.changed else ' as before'}")
    if edited.changed and edited.configuration.approvers:
        console.note("it counts where others look once the configuration is approved: holdfast approve --configuration")
