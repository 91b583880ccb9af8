"""An audit of a lock from what is known: graph measures, signs, scores and findings in one value.

Law 1: the same lock, scans, facts and `now` give the same audit, byte for byte.
Law 2: what is not known gives no sign and no point; `asked` says what was not looked at.

Pure: no clock (`now` is given), no network, no file, no policy (`Limits` are its plain values).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holdfast.model.audit import Audit, Edge, PackageRisk, Whole
from holdfast.model.lock import Lock
from holdfast.model.scan import Scan
from holdfast.model.signed_files import files_by_signer
from holdfast.risk.assess_findings import findings_of
from holdfast.risk.facts import Known, Limits
from holdfast.risk.graph import ROOT, RiskGraph
from holdfast.risk.measured import Measured, measure
from holdfast.risk.measures_capabilities import capabilities_of
from holdfast.risk.score import PACKAGE_SIGNALS, WHOLE_SIGNALS, Sign, scored
from holdfast.risk.signals_licences import licence_of
from holdfast.risk.signals_package import NOTHING_KNOWN, all_signs
from holdfast.risk.signals_whole import whole_signs

_UNKNOWN, _LIMITS = Known(), Limits()


def assess(
    lock: Lock, scans: Mapping[str, Scan], known: Known = _UNKNOWN, limits: Limits = _LIMITS, *, now: str
) -> Audit:
    """Return the audit of a lock.

    `scans` are by id (`source:name version`), of what would be installed; a missing one is code not looked at. `now`
    is RFC 3339. Raises `InvalidMarker`, `InvalidRange` for a broken lock, `ValueError` for a `now` that is no time.
    """
    graph = RiskGraph.of(lock, scans)
    measured = measure(graph, known, limits)
    signs = all_signs(graph, measured, known, limits, now)
    packages = tuple([_package(graph, measured, place, known, signs[place]) for place in range(len(graph.packages))])
    score, rows = scored(whole_signs(packages, graph, measured, limits), WHOLE_SIGNALS)
    whole = Whole(
        len(packages),
        graph.edge_count,
        len(graph.direct),
        measured.paths.depth,
        len(measured.unsigned),
        len(measured.signers),
        measured.concentration[0],
        tuple([graph.named(cycle) for cycle in measured.cycles]),
        score,
        rows,
    )
    return Audit(
        whole,
        packages,
        tuple(_edges(graph, measured)),
        measured.signers,
        measured.reaches,
        tuple(sorted([*known.findings, *findings_of(graph, measured, signs, known)])),
        (*known.asked, *_not_looked_at(graph)),
        known.advisories_age,
    )


def _package(graph: RiskGraph, measured: Measured, place: int, known: Known, signs: tuple[Sign, ...]) -> PackageRisk:
    package = graph.packages[place]
    state = known.releases.get(package.id, NOTHING_KNOWN)
    score, rows = scored(signs, PACKAGE_SIGNALS)
    below = measured.inherited[place]
    above = measured.dominators.immediate.get(place, ROOT)
    return PackageRisk(
        id=package.id,
        source=package.pin.source,
        name=package.pin.name,
        version=package.pin.version,
        depth=measured.paths.depths.get(place, 0),
        path=graph.named(measured.paths.to(place)),
        dependents=(measured.closures.above[place] & ~(1 << place)).bit_count(),
        blast=measured.blasts[place].at_import,
        install_blast=measured.blasts[place].at_install,
        dominates=measured.dominators.counts[place],
        signers=tuple(sorted(files_by_signer(package.pin))),
        trust=measured.levels[place],
        capabilities=tuple(capabilities_of(package)),
        advisories=tuple(sorted({one.id for one in known.advisories.get(package.id, ())})),
        licence=licence_of(package, state),
        released=state.released,
        score=score,
        rows=rows,
        standing=known.standings.get(package.id, ""),
        inherited=below.level,
        inherited_path=graph.named(below.path) if len(below.path) > 1 else (),
        only_path=place in measured.on_one_path,
        dominator=graph.ids[above] if above != ROOT else "",
    )


def _edges(graph: RiskGraph, measured: Measured) -> Iterator[Edge]:
    for place in graph.direct:
        yield Edge("", graph.ids[place])
    for place, others in enumerate(graph.successors):
        for other in others:
            yield Edge(graph.ids[place], graph.ids[other], measured.imports.imported.get((place, other)))


def _not_looked_at(graph: RiskGraph) -> Iterator[str]:
    missing = sum([package.scan is None for package in graph.packages])
    if missing:
        yield f"the code of {missing} of {len(graph.packages)} packages was not looked at"
