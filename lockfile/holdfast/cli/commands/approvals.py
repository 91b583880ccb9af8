"""`approvals list` and `approvals verify`: who approved what, and whether every file of it holds and counts."""

from collections.abc import Mapping

from holdfast.cli.approval_reading import judge_project, note_moving_base, now_text, read_base
from holdfast.cli.console import Console
from holdfast.cli.exits import CLEAN, FOUND
from holdfast.cli.project import open_project
from holdfast.cli.words import Arguments
from holdfast.configuration.read import read_configuration
from holdfast.reports.approvals_list import NOTHING, render_json, render_text, verified_in_words
from holdfast.reports.status import BEGIN, NOT_IN_FORCE
from holdfast.workflows.approvals_list import Listed
from holdfast.workflows.approvals_list import list_approvals as listed_of
from holdfast.workflows.previous import read_lock
from holdfast_resolver.values.names import normalize_name


def list_approvals(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Show every act, the newest first, or those that speak of the named packages."""
    # names of npm packages are never normalised
    names = tuple(dict.fromkeys([one for name in arguments.texts_of("names") for one in (name, _spelled(name))]))
    listed = _listed(arguments, environment, console, names)
    if console.form == "json":
        console.result(render_json("approvals list", *(listed[:2] if listed else ((), ()))))
    elif listed is None:
        console.note(f"{NOT_IN_FORCE}; {BEGIN}")
    elif not listed.entries:
        console.note(f"{NOTHING} of {', '.join(arguments.texts_of('names'))}" if names else NOTHING)
    else:
        console.result(render_text(listed.entries))
    return CLEAN


def verify_approvals(arguments: Arguments, environment: Mapping[str, str], console: Console) -> int:
    """Verify every file; 1 when one is broken or does not count. Those that hold are shown with `-v`."""
    listed = _listed(arguments, environment, console, ())
    code = CLEAN if listed is None or listed.whole else FOUND
    if console.form == "json":
        console.result(render_json("approvals verify", *(listed[:2] if listed else ((), ())), fails=code != CLEAN))
        return code
    if listed is None:
        console.note(f"{NOT_IN_FORCE}; {BEGIN}")
        return code
    shown = [entry for entry in listed.entries if entry.reason or console.verbose]
    console.result(render_text(shown))
    if listed.findings:
        from holdfast.reports.findings_text import listing

        console.result(f"{listing(listed.findings, console.colour)}\n\n")
    if code != CLEAN:
        console.result(verified_in_words(listed.entries, listed.findings) + "\n")
    else:
        console.line(verified_in_words(listed.entries, listed.findings))
    return code


def _listed(
    arguments: Arguments, environment: Mapping[str, str], console: Console, names: tuple[str, ...]
) -> Listed | None:
    project, revision = open_project(arguments), arguments.text("base")
    lock, configuration = read_lock(project), read_configuration(project.read)
    base = read_base(project, revision) if revision else None
    if base is not None:
        note_moving_base(revision, base.commit, environment, console)
    now = now_text()
    judged = judge_project(project, lock, configuration, base, now)
    return None if judged is None else listed_of(judged, now, names)


def _spelled(name: str) -> str:
    """`Click` -> `click`, `pypi:Click` -> `pypi:click`; names of modules stay as they are."""
    source, colon, rest = name.rpartition(":")
    return source + colon + (rest if rest.startswith("@") else normalize_name(rest))
