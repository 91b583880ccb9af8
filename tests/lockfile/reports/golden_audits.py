"""The golden reports of an audit: what each form prints for one small world, kept in `fixtures/golden/audit/`.

Make them anew, after a wanted change, with

    python -m tests.lockfile.reports.golden_audits

and read the difference before committing it. Never run by CI. The page is not among them: it is read in a browser.
"""

from importlib.metadata import version
from pathlib import Path

from holdfast.model.audit import Audit
from holdfast.reports import audit_port, audit_text, audit_why, graph_port
from holdfast.reports.audit_port import ChangedPackage, Context
from tests.support.audit_worlds import audit_world

FOLDER = Path(__file__).parents[3] / "fixtures" / "golden" / "audit"
ENDINGS = {"text": "txt", "json": "json", "sarif": "sarif", "github": "github.txt", "markdown": "md"}
GRAPHS = {"dot": "dot", "mermaid": "mmd", "graphml": "graphml", "json": "json"}


def context_of(audit: Audit) -> Context:
    """Two changes since an approved state."""
    one, two = audit.packages[3], audit.packages[-1]
    changes = (
        ChangedPackage("new-package", one.id, "", one.version, ("gains network: lib/send.py:41 via socket",)),
        ChangedPackage("signer-changed", two.id, "1.0.0", two.version, (), ("loses subprocess: lib/run.py:7",)),
    )
    return Context("storefront", "the state that anna approved on 2026-11-03", changes)


def reports() -> dict[str, str]:
    """Every golden report by its file name."""
    audit = audit_world(12, 3)
    context = context_of(audit)
    made = {f"audit.{ending}": audit_port.render(form, audit, context) for form, ending in ENDINGS.items()}
    made |= {f"graph.{ending}": graph_port.render(form, audit, context) for form, ending in GRAPHS.items()}
    first = audit_port.riskiest(audit.packages)[0]
    made["explain.txt"] = audit_text.explain(audit, (first.name,)) + "\n" + audit_text.explain(audit)
    made["why-capability.txt"] = audit_why.capability_text(audit, audit.reaches[0].capability)
    made["why-capability.json"] = audit_why.capability_json(audit, audit.reaches[0].capability)
    made["why-signer.json"] = audit_why.signer_json(audit, audit.signers[-1].signer)
    made["why-signer.txt"] = audit_why.signer_text(audit, audit.signers[-1].signer)
    ours = f'"semanticVersion": "{version("holdfast")}"'
    return {name: text.replace(ours, '"semanticVersion": "<version>"') for name, text in made.items()}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = reports()
    for stale in {path.name for path in FOLDER.iterdir()} - made.keys():
        (FOLDER / stale).unlink()
    for name, text in made.items():
        (FOLDER / name).write_bytes(text.encode())
