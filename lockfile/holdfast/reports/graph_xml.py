"""The graph of an audit as GraphML, which Gephi, yEd and networkx read (GraphML 1.0)."""

from holdfast.model.audit import Audit, PackageRisk
from holdfast.reports.audit_escapes import for_html
from holdfast.reports.audit_port import Context, level_of

_KEYS = (  # name, type
    ("label", "string"), ("source", "string"), ("name", "string"), ("version", "string"), ("depth", "int"),
    ("dependents", "int"), ("dominates", "int"), ("blast", "double"), ("install_blast", "double"), ("score", "int"),
    ("level", "string"), ("trust", "string"), ("signers", "string"), ("capabilities", "string"),
    ("advisories", "string"), ("licence", "string"),
)  # fmt: skip


def render(audit: Audit, context: Context) -> str:
    """Return one document; the project is the node `project`."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        *(f'  <key id="{name}" for="node" attr.name="{name}" attr.type="{kind}"/>' for name, kind in _KEYS),
        '  <key id="imported" for="edge" attr.name="imported" attr.type="boolean"/>',
        '  <graph id="audit" edgedefault="directed">',
        f'    <node id="project"><data key="label">{for_html(context.project or "this project")}</data></node>',
    ]
    numbers = {package.id: f"n{number}" for number, package in enumerate(audit.packages)}
    for package in audit.packages:
        values = _values(package)
        data = "".join(f'<data key="{name}">{for_html(str(values[name]))}</data>' for name, _ in _KEYS)
        lines.append(f'    <node id="{numbers[package.id]}">{data}</node>')
    for edge in audit.edges:
        origin = numbers.get(edge.origin, "") if edge.origin else "project"
        if origin and edge.target in numbers:
            known = "" if edge.is_imported is None else f'<data key="imported">{str(edge.is_imported).lower()}</data>'
            lines.append(f'    <edge source="{origin}" target="{numbers[edge.target]}">{known}</edge>')
    return "\n".join([*lines, "  </graph>", "</graphml>"]) + "\n"


def _values(package: PackageRisk) -> dict[str, object]:
    return {
        **package._asdict(),
        "label": f"{package.name} {package.version}",
        "level": level_of(package.score),
        **{name: ", ".join(getattr(package, name)) for name in ("signers", "capabilities", "advisories")},
    }
