"""The graph of an audit in the DOT language, for Graphviz: boxes by risk, from the project to the right.

Graphviz, "The DOT Language". Strings are quoted; a backslash in a name starts no escape.
"""

from holdfast.model.audit import Audit
from holdfast.reports.audit_escapes import for_dot
from holdfast.reports.audit_port import Context, level_of

_COLOURS = {"none": "#8791a0", "low": "#3d7cc9", "medium": "#a86f00", "high": "#d1480a", "severe": "#b0103f"}


def render(audit: Audit, context: Context) -> str:
    """Return one digraph."""
    lines = [
        "digraph audit {",
        "  rankdir=LR;",
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
        f"  project [label={for_dot(context.project or 'this project')}, penwidth=2];",
    ]
    numbers = {package.id: f"n{number}" for number, package in enumerate(audit.packages)}
    for package in audit.packages:
        level = level_of(package.score)
        tip = for_dot(f"score {package.score}, {package.trust}, {', '.join(package.capabilities)}".rstrip(", "))
        lines.append(
            f"  {numbers[package.id]} [label={for_dot(f'{package.name} {package.version}')}, "
            f"color={for_dot(_COLOURS[level])}, tooltip={tip}];"
        )
    for edge in audit.edges:
        origin = numbers.get(edge.origin, "") if edge.origin else "project"
        if origin and edge.target in numbers:
            style = " [style=dashed]" if edge.is_imported is False else ""
            lines.append(f"  {origin} -> {numbers[edge.target]}{style};")
    return "\n".join([*lines, "}"]) + "\n"
