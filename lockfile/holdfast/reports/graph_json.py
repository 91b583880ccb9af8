"""The graph of an audit as JSON: nodes and edges, by the ids of packages; the origin "" is the project.

The shape is that of `packages` and `edges` in `docs/audit.schema.json`.
"""

from holdfast.model.audit import Audit
from holdfast.reports.audit_json import SCHEMA
from holdfast.reports.audit_port import Context
from holdfast.reports.findings_json import write


def render(audit: Audit, context: Context) -> str:
    """Return one JSON document with a final newline."""
    return write(
        {
            "version": SCHEMA,
            "command": "graph",
            "project": context.project,
            "packages": [
                {**package._asdict(), "rows": [row._asdict() for row in package.rows]} for package in audit.packages
            ],
            "edges": [edge._asdict() for edge in audit.edges],
        }
    )
