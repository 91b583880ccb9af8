"""`--output FILE`: a report goes to a file, or to the terminal."""

import os

from holdfast.cli.auditing import Made
from holdfast.cli.console import Console
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.files import write_atomic
from holdfast.reports.audit_port import sentence
from holdfast.workflows.port import CONFIGURATION, LOCK, MANIFEST, NPM_MANIFEST


def output_path(arguments: Arguments) -> str:
    """Return the file to write, "" for the terminal. Raises `UsageError` for one that a project lives by."""
    text = arguments.text("output")
    if text in ("", "-"):
        return ""
    path = os.path.abspath(text)
    if os.path.basename(os.path.realpath(path)) in (LOCK, MANIFEST, NPM_MANIFEST, CONFIGURATION):
        raise UsageError("another file than a project's own after --output", text)
    return path


def deliver(text: str, arguments: Arguments, made: Made, console: Console) -> None:
    """Write a report to where it was asked for. Raises `UsageError`, `FileProblem`."""
    path = output_path(arguments)
    if not path:
        console.result(text)
        return
    write_atomic(path, text.encode("utf-8", "backslashreplace"))
    console.note(f"{arguments.text('output')} written: {sentence(made.audited.audit)}")
