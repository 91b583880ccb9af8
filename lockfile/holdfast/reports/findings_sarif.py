"""Findings as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for code scanning.

Rules are the rows of the table of codes, so a rule's id is a code and never changes its meaning. A finding without a
place is placed in the lock, since code scanning shows nothing without a place. Text is sanitised: viewers show it as it
is. The fingerprint stands twice: GitHub reads one of that name only. It refuses a log of more than 25,000 results, so
of more the gravest stand there, and a notification says how many do not.
"""

import re
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import quote

from holdfast.findings.codes import CODES
from holdfast.findings.finding import Finding
from holdfast.reports.findings_json import write
from holdfast.reports.plain import plain
from holdfast.reports.port import Summary, gravest_first

# 3.27.10: level of a result.
_LEVELS = {"note": "note", "warning": "warning", "error": "error", "alarm": "error"}
# What code scanning ranks by: none, low, medium, high, critical.
_SECURITY = {"note": "0.0", "warning": "3.0", "error": "6.0", "alarm": "9.5"}
_LOCK = "holdfast.lock"
SHOWN = 25_000  # results of one run; GitHub documentation, "SARIF support for code scanning"
_COMMIT = re.compile(r"\b[0-9a-f]{40}\b")


def render(findings: tuple[Finding, ...], summary: Summary, colour: bool = False) -> str:
    """Return one SARIF log with one run; `colour` has no meaning here."""
    shown = gravest_first(findings)[:SHOWN] if len(findings) > SHOWN else findings
    codes = sorted({finding.code for finding in shown})
    rules = {code: place for place, code in enumerate(codes)}
    prints = _fingerprints(shown)
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
                    "results": [
                        _result(finding, rules[finding.code], fingerprint)
                        for finding, fingerprint in zip(shown, prints, strict=True)
                    ],
                    **_left_out(len(findings) - len(shown)),
                }
            ],
        }
    )


def _left_out(more: int) -> dict[str, object]:
    """What a log says of results that it does not have (3.20.21); nothing where it has all."""
    if not more:
        return {}
    text = f"{more} more findings, none graver than those in this log: the text and JSON forms have them"
    notification = {"level": "warning", "message": {"text": text}}
    return {"invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [notification]}]}


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


def _result(finding: Finding, rule: int, fingerprint: str) -> dict[str, object]:
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
        "partialFingerprints": {"holdfast/v2": fingerprint, "primaryLocationLineHash": fingerprint},
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


def _fingerprints(findings: tuple[Finding, ...]) -> list[str]:
    """One for each finding, different ones in one log (3.27.17): the same code about the same subject, counted.

    A finding keeps its fingerprint when lines move, when another severity applies, and when the same is found against
    another base: what stands in brackets after `expected` says where that was read, and ids of commits say no more.
    """
    made: list[str] = []
    seen: dict[str, int] = {}
    for finding in findings:
        facts = dict(finding.facts)
        about = (facts.get("source", ""), facts.get("package", ""), finding.subject, _unplaced(finding.expected))
        text = "\0".join([finding.code, *about, finding.place.path])
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        seen[digest] = seen.get(digest, 0) + 1
        made.append(f"{digest}:{seen[digest]}")
    return made


def _unplaced(expected: str) -> str:
    """`sha256:63c1... (origin/main)` -> `sha256:63c1...`, and no id of a commit"""
    before, bracket, after = expected.rpartition(" (")
    return _COMMIT.sub("", before if bracket and after.endswith(")") else expected)


def _version() -> str:
    try:
        return version("holdfast")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0.0.0"
