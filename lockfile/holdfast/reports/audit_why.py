"""Why a capability is in the project, and what one signer holds: answers of `why`, from an audit.

network reaches the project through 2 direct dependencies
  npm:a 1.0.0 -> npm:b 2.0.0            at call time

github:101/... signs 3 packages: 12 % of the graph runs their code, 0 % at install time
  npm:a 1.0.0  network
"""

from collections.abc import Iterable

from holdfast.model.audit import Audit, Reach, SignerRisk
from holdfast.reports.audit_port import count, percent
from holdfast.reports.findings_json import write
from holdfast.reports.plain import plain


def capability_text(audit: Audit, capability: str) -> str:
    """Return the shortest paths by which a capability reaches the project; "" where it does not."""
    reaches = sorted(_reaches(audit, capability), key=lambda one: (len(one.path), one.path))
    if not reaches:
        return ""
    hops = len({one.path[:1] for one in reaches})
    through = count(hops, "direct dependency", "direct dependencies")
    lines = [f"{plain(capability)} reaches the project through {through}"]
    paths = [" -> ".join(plain(step) for step in one.path) for one in reaches]
    width = max(map(len, paths))
    lines.extend(f"  {path:<{width}}  at {plain(one.moment)} time" for path, one in zip(paths, reaches, strict=True))
    return "\n".join(lines) + "\n"


def capability_json(audit: Audit, capability: str) -> str:
    """Return the same as one JSON document, with what was not asked."""
    return _json(audit, "capability", capability, "reaches", _reaches(audit, capability))


def signer_text(audit: Audit, signer: str) -> str:
    """Return what a signer holds, by its whole name or a part of it; "" where nobody is called so."""
    blocks = []
    for one in _signers(audit, signer):
        said = f"{percent(one.blast)} of the graph runs their code, {percent(one.install_blast)} at install time"
        lines = [f"{plain(one.signer)} signs {count(one.packages, 'package')}: {said}"]
        held = [package for package in audit.packages if one.signer in package.signers]
        lines.extend(f"  {plain(package.id)}  {plain(', '.join(package.capabilities))}".rstrip() for package in held)
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def signer_json(audit: Audit, signer: str) -> str:
    """Return the same as one JSON document, with what was not asked."""
    return _json(audit, "signer", signer, "signers", _signers(audit, signer))


def _reaches(audit: Audit, capability: str) -> list[Reach]:
    return [one for one in audit.reaches if one.capability == capability]


def _signers(audit: Audit, signer: str) -> list[SignerRisk]:
    return [one for one in audit.signers if signer in one.signer]


def _json(audit: Audit, flag: str, wanted: str, name: str, rows: Iterable[Reach | SignerRisk]) -> str:
    said = [row._asdict() for row in rows]
    return write({"version": 1, "command": "why", flag: wanted, name: said, "asked": audit.asked})
