"""Findings as GitHub Actions workflow commands, so that they appear as annotations on the change.

    ::error file=pyproject.toml,line=7,title=manifest-changed::pypi:flask>=3.1%0Aexpected: ...

GitHub documentation, "Workflow commands for GitHub Actions", and the escapes of its toolkit: `%`, CR and LF
in the message; `:` and `,` as well in a property.
"""

from holdfast.findings.finding import Finding
from holdfast.reports.findings_text import closing_line
from holdfast.reports.plain import plain
from holdfast.reports.port import Summary

_COMMANDS = {"note": "notice", "warning": "warning", "error": "error", "alarm": "error"}


def render(findings: tuple[Finding, ...], summary: Summary, colour: bool = False) -> str:
    """Return one workflow command per finding and a closing line; `colour` has no meaning here."""
    lines = [_command(finding) for finding in findings]
    closing = closing_line(findings, summary)
    if closing:
        lines.append(_closed(closing))
    return "".join([line + "\n" for line in lines])


def _command(finding: Finding) -> str:
    place = finding.place
    properties = [("file", place.path)] if place.path else []
    if place.path and place.line:
        properties.append(("line", str(place.line)))
    alarm = "alarm: " if finding.severity == "alarm" else ""
    properties.append(("title", f"{alarm}{finding.code}"))
    rows = [("expected", finding.expected), ("found", finding.found), *finding.facts]
    rows.append(("from", " -> ".join(finding.path)))
    rows.extend(("next", hint) for hint in finding.hints)
    message = [plain(finding.subject), *[f"{plain(label)}: {plain(value)}" for label, value in rows if value]]
    spelled = ",".join([f"{name}={_property(plain(value))}" for name, value in properties])
    return f"::{_COMMANDS[finding.severity]} {spelled}::{_message(chr(10).join(message))}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _closed(line: str) -> str:
    """A plain line that the runner can't take for a command."""
    return line.replace("::", ": :").replace("##[", "# #[")
