"""Findings as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for code scanning.

Rules are the rows of the table of codes. A finding without a place is placed in the lock, since code scanning
shows nothing without a place. Text is sanitised: viewers show it as it is.
"""

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import quote

from holdfast.findings.codes import CODES
from holdfast.findings.finding import Finding
from holdfast.reports.findings_json import write
from holdfast.reports.plain import plain
from holdfast.reports.port import Summary

# 3.27.10: level of a result.
_LEVELS = {"note": "note", "warning": "warning", "error": "error", "alarm": "error"}
# What code scanning ranks by: none, low, medium, high, critical.
_SECURITY = {"note": "0.0", "warning": "3.0", "error": "6.0", "alarm": "9.5"}
_LOCK = "holdfast.lock"


def render(findings: tuple[Finding, ...], summary: Summary, colour: bool = False) -> str:
    """Return one SARIF log with one run; `colour` has no meaning here."""
    codes = sorted({finding.code for finding in findings})
    rules = {code: place for place, code in enumerate(codes)}
    return write(
        {
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "holdfast",
                            "semanticVersion": _version(),
                            "rules": [_rule(code) for code in codes],
                        }
                    },
                    "automationDetails": {"id": f"holdfast/{summary.command}/"},
                    "columnKind": "unicodeCodePoints",
                    "results": [_result(finding, rules[finding.code]) for finding in findings],
                }
            ],
        }
    )


def _rule(code: str) -> dict[str, object]:
    row = CODES.get(code)
    if row is None:  # a code that the table lacks is a fault of ours, and no reason to lose the finding
        return {"id": plain(code)}
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in code.split("-")),
        "shortDescription": {"text": row.meaning.partition(". ")[0].rstrip(".") + "."},
        "fullDescription": {"text": row.meaning},
        "help": {"text": row.remedy},
        "defaultConfiguration": {"level": _LEVELS[row.severity]},
        "properties": {"security-severity": _SECURITY[row.severity], "tags": ["security", "dependencies"]},
    }


def _result(finding: Finding, rule: int) -> dict[str, object]:
    location: dict[str, object] = {"artifactLocation": {"uri": _uri(finding.place.path or _LOCK)}}
    if finding.place.line > 0:
        location["region"] = {"startLine": finding.place.line}
    rows = [("expected", finding.expected), ("found", finding.found), *finding.facts]
    rows.append(("from", " -> ".join(finding.path)))
    rows.extend(("next", hint) for hint in finding.hints)
    lines = [plain(finding.subject), *[f"{plain(label)}: {plain(value)}" for label, value in rows if value]]
    return {
        "ruleId": plain(finding.code),
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(lines)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"holdfast/v1": _fingerprint(finding)},
        "properties": {
            "severity": finding.severity,
            "subject": plain(finding.subject),
            "expected": plain(finding.expected),
            "found": plain(finding.found),
            "path": [plain(step) for step in finding.path],
            "hints": [plain(hint) for hint in finding.hints],
        },
    }


def _uri(path: str) -> str:
    """A relative URI reference (3.4.3): all outside of the unreserved set is percent-encoded."""
    encoded = quote(path.encode("utf-8", "surrogatepass"), safe="/")
    return f"./{encoded}" if ":" in encoded.partition("/")[0] else encoded


def _fingerprint(finding: Finding) -> str:
    """The same finding keeps its fingerprint when lines move or another severity applies (3.27.17)."""
    text = "\0".join([finding.code, finding.subject, finding.expected, finding.place.path])
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _version() -> str:
    try:
        return version("holdfast")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0.0.0"
