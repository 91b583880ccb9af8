"""All measures of one graph, taken once: what findings, rows and figures are made of."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.model.audit import Reach, SignerRisk
from holdfast.risk.facts import Known, Limits, ReleaseState
from holdfast.risk.graph import RiskGraph
from holdfast.risk.measures_blast import Blast, blasts, concentration, packages_of_signers, signer_blasts
from holdfast.risk.measures_capabilities import PrivilegedReach, privileged_reaches, reaches
from holdfast.risk.measures_closures import Closures
from holdfast.risk.measures_cycles import cycles
from holdfast.risk.measures_dominators import Dominators
from holdfast.risk.measures_imports import Imports, imports
from holdfast.risk.measures_paths import Paths
from holdfast.risk.measures_trust import UNSIGNED, Inherited, inherited, level_of
from holdfast.risk.signals_names import Alike, elsewhere, look_alikes
from holdfast_resolver.values.tuples import NamedTuple


class Measured(NamedTuple):
    """Tuples are by place, mappings by place where a package has it."""

    paths: Paths
    closures: Closures
    dominators: Dominators
    on_one_path: frozenset[int]
    blasts: tuple[Blast, ...]
    levels: tuple[str, ...]
    inherited: tuple[Inherited, ...]
    imports: Imports
    reaches: tuple[Reach, ...]
    privileged: tuple[PrivilegedReach, ...]
    cycles: tuple[tuple[int, ...], ...]
    signers: tuple[SignerRisk, ...]
    concentration: tuple[float, str]  # the share of the strongest publisher, and who it is
    alikes: Mapping[int, Alike]
    elsewhere: Mapping[int, tuple[str, ...]]

    @property
    def unsigned(self) -> tuple[int, ...]:
        """The places of packages of which a file has no signature."""
        return tuple([place for place, level in enumerate(self.levels) if level == UNSIGNED])


def measure(graph: RiskGraph, known: Known, limits: Limits) -> Measured:
    """Take all measures of a graph."""
    closures = Closures(graph)
    paths = Paths(graph, graph.direct)
    dominators = Dominators(graph)
    levels = tuple([level_of(package.pin) for package in graph.packages])
    states: list[ReleaseState | None] = [known.releases.get(id_) for id_ in graph.ids]
    return Measured(
        paths,
        closures,
        dominators,
        frozenset(dominators.on_one_path()),
        blasts(graph, closures),
        levels,
        inherited(graph, levels),
        imports(graph, closures.below),
        reaches(graph, paths),
        privileged_reaches(graph, closures.below),
        cycles(graph, closures.components),
        signer_blasts(graph, closures),
        concentration(packages_of_signers(graph.packages), len(graph.packages)),
        look_alikes(graph, limits.own_names),
        elsewhere(graph, states),
    )
