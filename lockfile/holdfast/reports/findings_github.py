"""Findings as GitHub Actions workflow commands, so that they appear as annotations on the change.

    ::error file=pyproject.toml,line=7,title=manifest-changed::pypi:flask>=3.1%0Aexpected: ...
    ::group::all 12 findings
    error[manifest-changed]: pypi:flask>=3.1
    ...
    ::endgroup::

GitHub shows at most 10 annotations of a level for one step. So the gravest come first, and where there are more, the
tenth says how many and where they are: all of them stand in the group, as the text format has them.

GitHub documentation, "Workflow commands for GitHub Actions", and the escapes of its toolkit: `%`, CR and LF
in the message; `:` and `,` as well in a property.
"""

from holdfast.findings.finding import Finding
from holdfast.reports.findings_text import closing_line, listing
from holdfast.reports.plain import plain
from holdfast.reports.port import Summary, gravest_first

SHOWN = 10  # annotations of one level that GitHub shows of one step
_LEVELS = {"alarm": "error", "error": "error", "warning": "warning", "note": "notice"}
_MANY = {"error": "errors and alarms", "warning": "warnings", "notice": "notes"}
_LONGEST = 8_000  # characters of a message; GitHub takes 64 KB


def render(findings: tuple[Finding, ...], summary: Summary, colour: bool = False) -> str:
    """Return annotations, the full listing in a group, and a closing line; `colour` has no meaning here."""
    lines: list[str] = []
    for level in ("error", "warning", "notice"):
        lines += _annotations(level, [one for one in gravest_first(findings) if _LEVELS[one.severity] == level])
    if findings:
        lines.append(f"::group::all {len(findings)} findings" if len(findings) > 1 else "::group::the finding")
        lines += [_harmless(line) for line in listing(findings).split("\n")]
        lines.append("::endgroup::")
    closing = closing_line(findings, summary)
    if closing:
        lines.append(_harmless(closing))
    return "".join([line + "\n" for line in lines])


def annotation(level: str, properties: list[tuple[str, str]], message: str) -> str:
    """Return one workflow command; the lines of `message` are harmless already. `level`: error, warning or notice."""
    spelled = ",".join([f"{name}={_property(plain(value))}" for name, value in properties])
    return f"::{level} {spelled}::{_message(message)}"


def _annotations(level: str, findings: list[Finding]) -> list[str]:
    shown = findings if len(findings) <= SHOWN else findings[: SHOWN - 1]
    lines = [_command(level, finding) for finding in shown]
    more = len(findings) - len(shown)
    if more:
        title = f"{more} more {_MANY[level]}"
        where = "all findings are in this step's log, and the gravest in the job's summary"
        lines.append(annotation(level, [("title", title)], f"{title}: {where}"))
    return lines


def _command(level: str, finding: Finding) -> str:
    place = finding.place
    properties = [("file", place.path)] if place.path else []
    if place.path and place.line:
        properties.append(("line", str(place.line)))
    alarm = "alarm: " if finding.severity == "alarm" else ""
    properties.append(("title", f"{alarm}{finding.code}"))
    rows = [("expected", finding.expected), ("found", finding.found), *finding.facts]
    rows.append(("from", " -> ".join(finding.path)))
    rows.extend(("next", hint) for hint in finding.hints)
    message = "\n".join(
        [plain(finding.subject), *[f"{plain(label)}: {plain(value)}" for label, value in rows if value]]
    )
    return annotation(level, properties, message if len(message) <= _LONGEST else message[:_LONGEST] + " (cut)")


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _harmless(line: str) -> str:
    """A plain line that the runner can't take for a command: `::` begins one, and `##[` anywhere did in old runners."""
    if line.lstrip().startswith("::"):
        line = line.replace("::", ": :")
    return line.replace("##[", "# #[")
