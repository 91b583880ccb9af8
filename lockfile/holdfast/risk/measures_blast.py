"""What a compromise of one package, or of one signer, would cost: the share of the graph that runs the code.

At import a package's code runs with everything that needs it, at any distance. At install time it runs where
everything is installed: then its share is the whole, if it has code that runs then, and nothing otherwise.

    project -> flask -> click     click: 2 of 3 at import (itself and flask), nothing at install time
            -> esbuild            esbuild: 1 of 3 at import, all at install time: it has an install script
"""

from collections.abc import Iterable, Mapping

from holdfast.model.audit import SignerRisk
from holdfast.model.scan import CAPABILITIES
from holdfast.model.signed_files import files_by_signer
from holdfast.model.signers import is_registry
from holdfast.risk.graph import Package, RiskGraph
from holdfast.risk.measures_capabilities import capabilities_of, runs_at_install
from holdfast.risk.measures_closures import Closures
from holdfast_resolver.values.tuples import NamedTuple

DIGITS = 6  # of shares: enough for a graph of a million packages, and the same text everywhere


class Blast(NamedTuple):
    """Shares of the graph, 0 to 1."""

    at_import: float
    at_install: float


def share(count: int, every: int) -> float:
    """Return a share of the graph, rounded."""
    return round(count / every, DIGITS) if every else 0.0


def blasts(graph: RiskGraph, closures: Closures) -> tuple[Blast, ...]:
    """Return the blast radius of each package, by place."""
    every = len(graph.packages)
    return tuple(
        [
            Blast(share(mask.bit_count(), every), float(runs_at_install(package)))
            for mask, package in zip(closures.above, graph.packages)
        ]
    )


def signer_blasts(graph: RiskGraph, closures: Closures) -> tuple[SignerRisk, ...]:
    """Return what a compromise of each signer would cost, sorted by id: all packages of which it signed a file.

    Registries, which sign what they serve, are among the signers.
    """
    theirs = packages_of_signers(graph.packages)
    every = len(graph.packages)
    found = []
    for signer, places in sorted(theirs.items()):
        mask = 0
        for place in places:
            mask |= closures.above[place]
        packages = [graph.packages[place] for place in places]
        held = {capability for package in packages for capability in capabilities_of(package)}
        found.append(
            SignerRisk(
                signer,
                len(places),
                share(mask.bit_count(), every),
                float(any(map(runs_at_install, packages))),
                tuple([capability for capability in CAPABILITIES if capability in held]),
            )
        )
    return tuple(found)


def packages_of_signers(packages: Iterable[Package]) -> dict[str, list[int]]:
    """Return the places of the packages of which each signer (a canonical id) signed a file."""
    found: dict[str, list[int]] = {}
    for place, package in enumerate(packages):
        for signer, files in files_by_signer(package.pin).items():
            if files:
                found.setdefault(signer, []).append(place)
    return found


def concentration(theirs: Mapping[str, Iterable[int]], every: int) -> tuple[float, str]:
    """Return the share of packages of the publisher with most of them, and who it is; (0.0, "") without any.

    A registry is no publisher: that it signed everything it serves says nothing of who could change what.
    """
    counts = {signer: len(tuple(places)) for signer, places in theirs.items() if not is_registry(signer)}
    if not counts:
        return 0.0, ""
    strongest = min(counts, key=lambda signer: (-counts[signer], signer))
    return share(counts[strongest], every), strongest
