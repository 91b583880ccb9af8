"""An audit as JSON, in the versioned schema `docs/audit.schema.json`.

Values are exact: what is not ASCII stands as a JSON escape. Every key is always there.
"""

from holdfast.findings.finding import fails
from holdfast.model.audit import Audit, Row
from holdfast.reports.audit_port import ChangedPackage, Context, sentence
from holdfast.reports.findings_json import finding_value, write
from holdfast.reports.port import counts

SCHEMA = 1  # grows when a key changes its meaning or goes


def render(audit: Audit, context: Context, colour: bool = False) -> str:
    """Return one JSON document with a final newline; `colour` has no meaning here."""
    whole = audit.whole
    return write(
        {
            "version": SCHEMA,
            "command": context.command,
            "project": context.project,
            "whole": {
                **{name: getattr(whole, name) for name in _FIGURES},
                "cycles": [list(cycle) for cycle in whole.cycles],
                "rows": _rows(whole.rows),
            },
            "packages": [
                {**package._asdict(), "rows": _rows(package.rows)} for package in audit.packages
            ],
            "edges": [edge._asdict() for edge in audit.edges],
            "signers": [signer._asdict() for signer in audit.signers],
            "reaches": [reach._asdict() for reach in audit.reaches],
            "changes": {
                "since": context.since,
                "packages": [_change(change) for change in context.changes],
            } if context.since else None,
            "findings": [finding_value(finding) for finding in audit.findings],
            "asked": list(audit.asked),
            "advisories-age": audit.advisories_age,
            "summary": {
                "sentence": sentence(audit),
                "fails": any(fails(finding) for finding in audit.findings),
                "counts": counts(audit.findings),
            },
        }
    )  # fmt: skip


_FIGURES = ("packages", "edges", "direct", "depth", "unsigned", "signers", "concentration", "score")


def _rows(rows: tuple[Row, ...]) -> list[dict[str, object]]:
    return [row._asdict() for row in rows]


def _change(change: ChangedPackage) -> dict[str, object]:
    return change._asdict()
