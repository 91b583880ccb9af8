"""The findings of an audit in the formats of findings: SARIF for code scanning, annotations for GitHub Actions."""

from holdfast.model.audit import Audit
from holdfast.reports import findings_github, findings_sarif
from holdfast.reports.audit_port import Context, summary


def render_sarif(audit: Audit, context: Context, colour: bool = False) -> str:
    """Return one SARIF 2.1.0 log; `colour` has no meaning here."""
    return findings_sarif.render(audit.findings, summary(audit, context))


def render_github(audit: Audit, context: Context, colour: bool = False) -> str:
    """Return annotations, the full listing in a group, and what was not asked; `colour` has no meaning here."""
    text = findings_github.render(audit.findings, summary(audit, context))
    notes = [findings_github.annotation("notice", [("title", "not asked")], line) for line in _harmless(audit.asked)]
    return text + "".join(f"{note}\n" for note in notes)


def _harmless(lines: tuple[str, ...]) -> list[str]:
    """One message for all: GitHub shows few annotations of a step."""
    from holdfast.reports.plain import plain

    return ["; ".join(plain(line) for line in lines)] if lines else []
