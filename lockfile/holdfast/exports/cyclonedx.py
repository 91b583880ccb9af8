"""A lock, and an audit of it, as a CycloneDX 1.6 bill of materials in JSON (ECMA-424).

    component             a pin: package URL, licence, and the hash of its file, or its files with their hashes
    dependencies          the edges of the lock; those of the project are its wishes
    vulnerabilities       the advisories that the audit knows, on the pins that they affect
    properties            what CycloneDX has no word for, in the namespace `holdfast:`: signers, trust, approvals,
                          capabilities, score

The same lock and audit always give the same bytes: there is no time in it, and the serial number is made of the
content. Needs neither index nor clock. The library is imported inside functions, since it takes long to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.exports.cyclonedx_parts import BomFacts, Parts, writable
from holdfast.model.audit import Audit
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock
from holdfast.model.paths import outgoing
from holdfast_resolver.versions.grid import Grid

if TYPE_CHECKING:
    from cyclonedx.model.bom import Bom

_PROJECT = "project"


def cyclonedx(lock: Lock, audit: Audit | None = None, facts: BomFacts | None = None) -> str:
    """Return the document with a final newline. Raises `InvalidMarker`."""
    import json
    from hashlib import sha256
    from uuid import NAMESPACE_URL, uuid5

    from cyclonedx.output.json import JsonV1Dot6

    document = json.loads(JsonV1Dot6(_bom(lock, audit, facts or BomFacts())).output_as_string())
    document.pop("serialNumber", None)
    document.get("metadata", {}).pop("timestamp", None)
    document.get("metadata", {}).pop("tools", None)
    digest = sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    serial = uuid5(NAMESPACE_URL, f"urn:holdfast:cyclonedx:{digest}")
    ordered = {"$schema": document.pop("$schema"), "serialNumber": f"urn:uuid:{serial}", **document}
    return json.dumps(ordered, ensure_ascii=True, indent=2) + "\n"


def _bom(lock: Lock, audit: Audit | None, facts: BomFacts) -> Bom:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType

    parts = Parts(lock, audit, facts)
    project = Component(
        name=writable(facts.project) or "project",
        version=writable(facts.version) or None,
        type=ComponentType.APPLICATION,
        bom_ref=_PROJECT,
    )
    bom = Bom()
    bom.metadata.component = project
    components: dict[tuple[str, ...], Component] = {
        (pin.source, pin.name, pin.version): parts.component(pin) for pin in lock.packages
    }
    for component in components.values():
        bom.components.add(component)
    for origin, targets in _edges(lock).items():
        bom.register_dependency(
            components[origin] if origin else project, [components[target] for target in sorted(targets)]
        )
    for vulnerability in parts.vulnerabilities():
        bom.vulnerabilities.add(vulnerability)
    return bom


def _edges(lock: Lock) -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """{pin: what it leads to}, by (source, name, version); () is the project. Instances of npm count as their pin."""
    graph = LockGraph(lock, Grid(lock.scope.targets, lock.scope.requires_python))
    walk = graph.walk(graph.lock.inputs)

    def key(index: int) -> tuple[str, ...]:
        pin = graph.lock.packages[index]
        return pin.source, pin.name, pin.version.partition("#")[0]

    found: dict[tuple[str, ...], set[tuple[str, ...]]] = {(): set()}
    for edge in graph.wished(graph.lock.inputs):
        found[()].update(key(index) for index, when in graph.placements(edge.requirement, edge.chosen)
                         if when & edge.mask)  # fmt: skip
    for index in walk.pins:
        mine = found.setdefault(key(index), set())
        for edge in outgoing(graph, walk, index):
            mine.update(key(other) for other, when in graph.placements(edge.requirement, edge.chosen)
                        if when & edge.mask)  # fmt: skip
    return found
