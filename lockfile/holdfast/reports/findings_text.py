"""Findings as text for people. Reads the same without colour.

    error[manifest-changed]: pypi:flask>=3.1
      expected: pypi:flask>=3.1 (pyproject.toml)
      found: pypi:flask>=3.0 (holdfast.lock)
      at: pyproject.toml:7
      next: holdfast lock

The labelled lines stand in one order (expected, found, facts, from, at, next); those without content are left
out.
"""

from holdfast.findings.finding import Finding, Place
from holdfast.reports.plain import plain
from holdfast.reports.port import Summary, counts

_COLOURS = {"note": "36", "warning": "33", "error": "31", "alarm": "1;97;41"}
_PLURALS = {"note": "notes", "warning": "warnings", "error": "errors", "alarm": "alarms"}


def render(findings: tuple[Finding, ...], summary: Summary, colour: bool = False) -> str:
    """Return one block per finding, blocks apart by a blank line, and a closing line."""
    parts = [part for part in (listing(findings, colour), closing_line(findings, summary)) if part]
    return "\n\n".join(parts) + "\n" if parts else ""


def listing(findings: tuple[Finding, ...], colour: bool = False) -> str:
    """Return one block per finding, blocks apart by a blank line, without a newline at the end."""
    return "\n\n".join(["\n".join(_block(finding, colour)) for finding in findings])


def closing_line(findings: tuple[Finding, ...], summary: Summary) -> str:
    """Return the last line: what the command did, and how many findings there are of each severity."""
    found = [
        f"{count} {severity if count == 1 else _PLURALS[severity]}"
        for severity, count in (counts(findings) if findings else {}).items()
        if count
    ]
    return ": ".join(part for part in (plain(summary.sentence), ", ".join(found)) if part)


def place_in_words(place: Place) -> str:
    """Return `pyproject.toml:7`, `pyproject.toml`, or ""."""
    return plain(f"{place.path}:{place.line}" if place.line else place.path)


def _block(finding: Finding, colour: bool) -> list[str]:
    head = f"{finding.severity}[{plain(finding.code)}]"
    if colour:
        head = f"\x1b[{_COLOURS[finding.severity]}m{head}\x1b[0m"
    rows = [("expected", finding.expected), ("found", finding.found), *finding.facts]
    lines = [f"{head}: {plain(finding.subject)}"]
    lines.extend(f"  {plain(label)}: {plain(value)}" for label, value in rows if value)
    if finding.path:
        lines.append("  from: " + " -> ".join([plain(step) for step in finding.path]))
    if finding.place.path:
        lines.append("  at: " + place_in_words(finding.place))
    lines.extend("  next: " + plain(hint) for hint in finding.hints)
    return lines
