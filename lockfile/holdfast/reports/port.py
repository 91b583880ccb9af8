"""The port of the report formats, and their table: findings and a summary in, one text out.

A format knows neither disk nor terminal: whoever calls it prints. A new format is a new file and one row
here.
"""

from __future__ import annotations

from holdfast.findings.finding import SEVERITIES, Finding
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable
    from typing import TypeAlias

SCHEMA = 1  # the version of the JSON documents; it grows when a key changes its meaning or goes


class Summary(NamedTuple):
    """What a command did, besides its findings."""

    command: str  # "check"
    sentence: str = ""  # "377 pins hold on 20 targets"
    facts: tuple[tuple[str, str | int], ...] = ()  # for the JSON form: ("packages", 377)


Renderer: TypeAlias = "Callable[[tuple[Finding, ...], Summary, bool], str]"  # the last: whether to colour

FORMATS = {
    "text": "holdfast.reports.findings_text:render",
    "json": "holdfast.reports.findings_json:render",
    "sarif": "holdfast.reports.findings_sarif:render",
    "github": "holdfast.reports.findings_github:render",
}


def render(form: str, findings: tuple[Finding, ...], summary: Summary, colour: bool = False) -> str:
    """Return the report in a format of the table (`KeyError` for any other), with a final newline.

    Findings come in the given order. What was named outside (packages, files, reasons) is made harmless for
    the medium. Colour means ANSI sequences, and only the text form has any.
    """
    return renderer(form)(findings, summary, colour)


def renderer(form: str) -> Renderer:
    """Return the function of a format; start-up: only this format's module is imported."""
    from importlib import import_module

    module, _, function = FORMATS[form].partition(":")
    found: Renderer = getattr(import_module(module), function)
    return found


def counts(findings: tuple[Finding, ...]) -> dict[str, int]:
    """Return how many findings there are of each severity, gravest first, zeros included."""
    return {
        severity: sum(1 for finding in findings if finding.severity == severity) for severity in reversed(SEVERITIES)
    }


def gravest_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return alarms, then errors, warnings and notes, those of a severity in the given order."""
    return tuple(sorted(findings, key=lambda finding: -SEVERITIES.index(finding.severity)))
