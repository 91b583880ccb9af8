"""The console: the only file that prints. Knows streams, colour and quiet; nothing of what commands mean.

Results go to stdout, everything else to stderr. What came from outside is made harmless before it is shown.
"""

from __future__ import annotations

import os

from holdfast.reports.plain import plain

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Mapping
    from typing import TextIO

    from holdfast.cli.project import ProjectFolder
    from holdfast.findings.finding import Finding
    from holdfast.reports.port import Summary

_PROGRESS_EVERY = 0.1  # seconds


class Console:
    """Two streams and how much to say. `form` is the format asked for: text, json, sarif or github."""

    def __init__(self, out: TextIO, err: TextIO, environment: Mapping[str, str] | None = None) -> None:
        self._out = out
        self._err = err
        self._environment = os.environ if environment is None else environment
        self.form = "text"
        self.command = ""
        self.quiet = False
        self.verbose = False
        self._color = "auto"
        self._progress = ""
        self._shown = 0.0

    def set_up(self, *, form: str, color: str, quiet: bool, verbose: bool) -> None:
        """Take what the command line asks for."""
        self.form = form
        self._color = color
        self.quiet = quiet
        self.verbose = verbose

    @property
    def colour(self) -> bool:
        """Whether results are coloured."""
        return self._coloured(self._out)

    def draws(self, characters: str) -> bool:
        """Whether results can show these characters: a Windows code page or the C locale may lack them."""
        try:
            characters.encode(self._out.encoding or "utf-8")
        except (LookupError, UnicodeEncodeError):
            return False
        return True

    def result(self, text: str) -> None:
        """Write a result, as it is."""
        self._clear()
        self._out.write(text)

    def report(self, findings: tuple[Finding, ...], summary: Summary, project: ProjectFolder | None = None) -> None:
        """Write a report of findings in the format asked for; `project` tells machines the lines of their places.

        For GitHub the summary of the step is written as well, where there is a file for it.
        """
        from holdfast.cli import reporting  # start-up: nothing to report, no report is loaded

        if project is not None and self.form != "text":
            findings = reporting.placed(findings, project, self.form, self._environment)
        self.result(reporting.render(self.form, findings, summary, self.colour))
        problem = reporting.add_step_summary(findings, summary, self._environment) if self.form == "github" else ""
        if problem:
            self.note(f"note: the summary of this step was not written: {problem}")

    def line(self, text: str) -> None:
        """Write one line for people to stdout; nothing when quiet, or when a machine reads."""
        if not self.quiet and self.form == "text":
            self.result(plain(text) + "\n")

    def note(self, text: str) -> None:
        """Write one line to stderr; nothing when quiet."""
        if not self.quiet:
            self._clear()
            self._err.write(plain(text) + "\n")

    def progress(self, text: str, now: float) -> None:
        """Show a line that is written over; only on a terminal, and not in CI. `now` is in seconds."""
        if self.quiet or now - self._shown < _PROGRESS_EVERY or not self._interactive():
            return
        self._shown = now
        self._err.write(f"\r\x1b[K{text}")
        self._err.flush()
        self._progress = text

    def fail(self, error: BaseException, code: int) -> None:
        """Say what went wrong, in the format asked for; a text goes to stderr, a document to stdout."""
        # start-up: only when something went wrong
        from holdfast.cli.failure import document
        from holdfast.cli.messages import message

        self._clear()
        said = message(error)
        if self.form != "text" and not isinstance(error, KeyboardInterrupt):
            self._out.write(document(self.form, self.command, error, said, code))
            return
        red = "\x1b[31merror\x1b[0m" if self._coloured(self._err) else "error"
        head = "" if isinstance(error, KeyboardInterrupt) else f"{red}: "
        self._err.write(f"{head}{plain(said.sentence)}\n")
        if said.hint:
            self._err.write(f"hint: {plain(said.hint)}\n")
        if self.verbose and not isinstance(error, KeyboardInterrupt):
            self.trace(error)

    def trace(self, error: BaseException) -> None:
        """Write where an error came from."""
        import traceback  # start-up: only for -v

        self._err.write("".join(traceback.format_exception(error)))

    def flush(self) -> None:
        """Write out what is buffered."""
        self._clear()
        self._out.flush()
        self._err.flush()

    def _clear(self) -> None:
        if self._progress:
            self._err.write("\r\x1b[K")
            self._err.flush()
            self._progress = ""

    def _interactive(self) -> bool:
        return self._err.isatty() and not self._environment.get("CI") and self._terminal() != "dumb"

    def _coloured(self, stream: TextIO) -> bool:
        if self._color != "auto":
            return self._color == "always"
        if self._environment.get("NO_COLOR") or self._terminal() == "dumb":  # no-color.org
            return False
        return stream.isatty()

    def _terminal(self) -> str:
        return self._environment.get("TERM", "")
