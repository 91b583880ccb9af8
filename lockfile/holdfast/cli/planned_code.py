"""What a change of the lock lets code do, before it is made: for `lock --dry-run` and `update --dry-run`.

What is missing is fetched, since these commands ask the network anyway: unasked only where it is not much. For people
it stands with each package; for machines it is findings.
"""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.fetched_changes import fetched_deltas, note_absent
from holdfast.cli.project import ProjectFolder
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.model.release_facts import ReleaseFacts
from holdfast.reports.differences import NOTHING, Known
from holdfast.workflows.diff import Compared, changed_pairs, changed_paths, signing_sources
from holdfast.workflows.gained import gained_finding
from holdfast.workflows.lock import Locked, Outcome


def planned(
    outcome: Outcome,
    project: ProjectFolder,
    configuration: Configuration,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
) -> tuple[Outcome, Known]:
    """Return the outcome, for machines with a finding for each gain; and for people what is known of each package.

    Raises `UsageError`, `ClientSettingsError`.
    """
    if not isinstance(outcome, Locked) or outcome.difference is None or outcome.difference.empty:
        return outcome, NOTHING
    compared = Compared(outcome.difference, changed_paths(outcome.difference, outcome.lock), before_missing=False)
    pairs = changed_pairs(compared)
    deltas = fetched_deltas(pairs, outcome.lock, project, configuration, arguments, environment, console)
    codes = [(before, after, deltas(before, after)) for before, after in pairs]
    note_absent(
        deltas, f"holdfast {console.command}{' --dry-run' if arguments.switch('dry-run') else ''} --fetch", console
    )
    facts = {after[:3]: ReleaseFacts(code=code) for _, after, code in codes}
    if console.form != "text":
        found = [
            gained_finding(before.version, after, code.lines, compared.paths.get(after[:3], ()), "why")
            for before, after, code in codes
            if before is not None and code.lines
        ]
        outcome = outcome._replace(findings=(*outcome.findings, *[one for one in found if one is not None]))
    return outcome, Known(compared.paths, facts, signing=signing_sources(outcome.lock))
