"""The graph of an audit as a Mermaid flowchart, which forges show inside Markdown.

Labels are quoted, and all but harmless characters stand as entity codes (Mermaid, "Entity codes to escape characters").
"""

from holdfast.model.audit import Audit
from holdfast.reports.audit_escapes import for_mermaid
from holdfast.reports.audit_port import LEVELS, Context, level_of

_STYLES = {
    "none": "stroke:#8791a0",
    "low": "stroke:#3d7cc9",
    "medium": "stroke:#a86f00,stroke-width:2px",
    "high": "stroke:#d1480a,stroke-width:3px",
    "severe": "stroke:#b0103f,stroke-width:4px",
}


def render(audit: Audit, context: Context) -> str:
    """Return one flowchart."""
    lines = ["flowchart LR", f"  project([{for_mermaid(context.project or 'this project')}])"]
    numbers = {package.id: f"n{number}" for number, package in enumerate(audit.packages)}
    for package in audit.packages:
        label = for_mermaid(f"{package.name} {package.version}")
        lines.append(f"  {numbers[package.id]}[{label}]:::{level_of(package.score)}")
    for edge in audit.edges:
        origin = numbers.get(edge.origin, "") if edge.origin else "project"
        if origin and edge.target in numbers:
            lines.append(f"  {origin} {'-.->' if edge.is_imported is False else '-->'} {numbers[edge.target]}")
    lines.extend(f"  classDef {level} {_STYLES[level]}" for level, _ in LEVELS)
    return "\n".join(lines) + "\n"
