"""Signs from what the code of a package can do, from what could not be read, and from how far it reaches.

Evidence that a rule found which well-meant code fires too ("low") is no sign of hiding: hidden text, payloads and
secrets count where a rule of at least medium severity found them; a rule that is not known counts. To load what a name
says that is made at import is not grave: packages do so to find their own parts and plug-ins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holdfast.model.scan import CAPABILITIES, Evidence
from holdfast.risk.graph import Package
from holdfast.risk.measures_capabilities import CALL, INSTALL_SCRIPT, capabilities_of, evidence_of, is_privileged
from holdfast.risk.score import Sign
from holdfast.risk.text_permissions import undeclared

HIDING = ("hidden-text", "encoded-payload", "secret")
_GRAVE = frozenset({"network", "subprocess", "dynamic-code", "credentials", "deserialisation", "deferred-dependency"})
_LOADS = frozenset({"python-computed-import", "javascript-computed-import"})
_PROSE = "text-address"  # the rule of addresses in prose
_TENTHS = 10


def code_signs(package: Package, severities: Mapping[str, str]) -> Iterator[Sign]:
    """Yield the signs of a package's code; none of a package that was not looked at but what the lock knows."""
    firsts = first_evidence(package, severities)
    grave = first_evidence(package, severities, _LOADS)
    for capability in capabilities_of(package):
        evidence = firsts.get(capability)
        if evidence is not None:
            yield Sign(capability, spelled(evidence))
            early = grave.get(capability)
            if capability in _GRAVE and early is not None and early.moment != CALL:
                yield Sign("runs-at-import", f"{capability} at {early.moment}: {spelled(early)}")
        elif capability == INSTALL_SCRIPT:
            yield Sign(capability, "the lock says so")
    for capability, found in undeclared_by_module(package).items():
        yield Sign("undeclared-capability", f"{capability}: {spelled(found[0])}")
    for unread in package.scan.unread if package.scan is not None else ():
        yield Sign("unread-code", f"{unread.path}: {unread.reason}")
    if is_privileged(package):
        yield Sign("privileged", "it exports what can raise trust")


def reach_signs(blast: float, is_capable: bool) -> Iterator[Sign]:
    """Yield the sign of a package that much of the graph runs, if its code can do anything worth a word."""
    tenths = int(blast * _TENTHS)
    if is_capable and tenths:
        yield Sign("reach", f"{blast:.0%} of the packages run its code", tenths)


def first_evidence(
    package: Package, severities: Mapping[str, str], without: frozenset[str] = frozenset()
) -> dict[str, Evidence]:
    """Return for each capability in `CAPABILITIES` the evidence at its earliest moment, the first by file and line.

    What the rules of `without` found is passed over.
    """
    found: dict[str, Evidence] = {}
    for evidence in sorted(evidence_of(package), key=lambda one: (_rank(one), one.path, one.line, one.rule)):
        if evidence.capability in HIDING and severities.get(evidence.rule, "high") == "low":
            continue
        if evidence.rule in without:
            continue
        found.setdefault(evidence.capability, evidence)
    return {capability: found[capability] for capability in CAPABILITIES if capability in found}


def undeclared_by_module(package: Package) -> dict[str, tuple[Evidence, ...]]:
    """Return what a module does and no permission of it declares, by capability; nothing of what is no module.

    An address in prose is no deed: it may be a link for people, or an example.
    """
    module = package.pin.module
    if module is None or package.scan is None:
        return {}
    deeds = [one for one in package.scan.evidence if one.rule != _PROSE]
    found: dict[str, list[Evidence]] = {}
    for evidence in undeclared(module.permissions, deeds):
        found.setdefault(evidence.capability, []).append(evidence)
    return {capability: tuple(found[capability]) for capability in CAPABILITIES if capability in found}


def spelled(evidence: Evidence) -> str:
    """`click/_compat.py:41 socket.create_connection`"""
    place = f"{evidence.path}:{evidence.line}" if evidence.line else evidence.path
    return f"{place} {evidence.found}".rstrip()


def _rank(evidence: Evidence) -> int:
    return {"install": 0, "import": 1}.get(evidence.moment, 2)
