"""All signs of each package, from every kind of signal, with the evidence in words."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.model.signed_files import files_by_signer, unsigned_files
from holdfast.risk.facts import Known, KnownAdvisory, Limits, ReleaseState
from holdfast.risk.graph import RiskGraph
from holdfast.risk.measured import Measured
from holdfast.risk.measures_capabilities import capabilities_of
from holdfast.risk.measures_imports import Undeclared
from holdfast.risk.measures_trust import REGISTRY, UNSIGNED
from holdfast.risk.score import Sign
from holdfast.risk.signals_archives import archive_signs
from holdfast.risk.signals_code import code_signs, reach_signs
from holdfast.risk.signals_licences import licence_signs
from holdfast.risk.signals_names import alike_sign, elsewhere_sign
from holdfast.risk.signals_releases import release_signs

NOTHING_KNOWN = ReleaseState()
_SEVERITIES = ("critical", "high", "medium", "low")


def all_signs(
    graph: RiskGraph, measured: Measured, known: Known, limits: Limits, now: str
) -> tuple[tuple[Sign, ...], ...]:
    """Return the signs of each package, by place. Raises `ValueError` for a `now` that is no time."""
    undeclared = measured.imports.undeclared_by()
    return tuple(
        [
            (
                *_of_registries(graph, place, known, limits, now),
                *_of_graph(graph, measured, place, undeclared.get(place, ())),
                *code_signs(graph.packages[place], known.severities),
                *archive_signs(known.archives.get(id_, ())),
            )
            for place, id_ in enumerate(graph.ids)
        ]
    )


def _of_registries(graph: RiskGraph, place: int, known: Known, limits: Limits, now: str) -> Iterator[Sign]:
    package = graph.packages[place]
    state = known.releases.get(package.id, NOTHING_KNOWN)
    for advisory in sorted(set(known.advisories.get(package.id, ()))):
        yield _advisory_sign(advisory)
    yield from release_signs(state, limits, now)
    yield from licence_signs(package, state, limits)


def _of_graph(graph: RiskGraph, measured: Measured, place: int, undeclared: tuple[Undeclared, ...]) -> Iterator[Sign]:
    package = graph.packages[place]
    if measured.levels[place] == UNSIGNED:
        yield Sign("unsigned", _unsigned(unsigned_files(package.pin)))
    elif measured.levels[place] == REGISTRY:
        yield Sign("registry-only", ", ".join(sorted(files_by_signer(package.pin))))
    if place in measured.alikes:
        yield alike_sign(measured.alikes[place])
    if place in measured.elsewhere:
        yield elsewhere_sign(measured.elsewhere[place])
    for one in undeclared:
        yield Sign("undeclared-import", f"{one.name}: {one.path}:{one.line}")
    yield from reach_signs(measured.blasts[place].at_import, bool(capabilities_of(package)))


def _unsigned(files: tuple[str, ...]) -> str:
    if not files:
        return "it has no files"
    return files[0] if len(files) == 1 else f"{files[0]}, +{len(files) - 1} more"


def _advisory_sign(advisory: KnownAdvisory) -> Sign:
    if advisory.is_malware:
        return Sign("malware", advisory.id)
    severity = advisory.severity if advisory.severity in _SEVERITIES else "medium"
    return Sign(f"advisory-{severity}", advisory.id)
