"""Findings as JSON, in the schema that `docs/findings.md` documents ("The JSON form").

Values are exact: what is not ASCII stands as a JSON escape, so that the text is harmless on a terminal as
well.
"""

import json

from holdfast.findings.finding import Finding, fails
from holdfast.reports.port import SCHEMA, Summary, counts


def render(findings: tuple[Finding, ...], summary: Summary, colour: bool = False) -> str:
    """Return one JSON document, two spaces deep, with a final newline; `colour` has no meaning here."""
    return write(
        {
            "version": SCHEMA,
            "command": summary.command,
            "findings": [finding_value(finding) for finding in findings],
            "summary": {
                "sentence": summary.sentence,
                "fails": any(fails(finding) for finding in findings),
                "counts": counts(findings),
                "facts": dict(summary.facts),
            },
        }
    )


def finding_value(finding: Finding) -> dict[str, object]:
    """Return a finding as JSON values; every key is always there."""
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity,
        "subject": finding.subject,
        "expected": finding.expected,
        "found": finding.found,
        "facts": [{"name": name, "value": value} for name, value in finding.facts],
        "path": list(finding.path),
        "hints": list(finding.hints),
        "place": {"path": place.path, "line": place.line or None} if place.path else None,
    }


def write(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=True, indent=2) + "\n"
