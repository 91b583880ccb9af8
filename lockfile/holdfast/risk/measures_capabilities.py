"""What the packages can do, and by which path that reaches the project, or a module that can raise trust.

The path is the shortest; its first package, the first hop, is the one that the project chose itself.
"""

from collections.abc import Sequence

from holdfast.model.audit import Reach
from holdfast.model.scan import CAPABILITIES, MOMENTS, Evidence
from holdfast.risk.graph import Package, RiskGraph
from holdfast.risk.measures_paths import Paths
from holdfast_resolver.values.tuples import NamedTuple

INSTALL, IMPORT, CALL = MOMENTS
INSTALL_SCRIPT = "install-script"
PRIVILEGED = "privileged"  # in the place of a capability: a module that exports what can raise trust


class PrivilegedReach(NamedTuple):
    """What a privileged module runs with: `path` leads from it to the nearest package that has it, both included."""

    module: str  # ids
    capability: str  # of `CAPABILITIES`, or `PRIVILEGED`
    path: tuple[str, ...]
    moment: str
    packages: int  # how many below the module have it


def capabilities_of(package: Package) -> dict[str, str]:
    """Return each capability of a package with the earliest moment that is known, in the order of `CAPABILITIES`.

    That a release of npm has an install script is known from the lock, also where its code was not looked at.
    """
    found: dict[str, str] = {}
    for evidence in evidence_of(package):
        known = found.get(evidence.capability, CALL)
        found[evidence.capability] = min(known, evidence.moment, key=MOMENTS.index)
    if package.pin.npm is not None and package.pin.npm.install_script:
        found[INSTALL_SCRIPT] = INSTALL
    return {capability: found[capability] for capability in CAPABILITIES if capability in found}


def evidence_of(package: Package) -> tuple[Evidence, ...]:
    """Return the evidence of a package; () where its code was not looked at."""
    return package.scan.evidence if package.scan is not None else ()


def runs_at_install(package: Package) -> bool:
    """Whether code of a package runs when it is installed: then it runs beside everything that is installed there."""
    return INSTALL in capabilities_of(package).values()


def reaches(graph: RiskGraph, paths: Paths) -> tuple[Reach, ...]:
    """Return how each capability of each package reaches the project, sorted. `paths` are from the project."""
    return tuple(
        sorted(
            [
                Reach(capability, package.id, graph.named(paths.to(place)), moment)
                for place, package in enumerate(graph.packages)
                if place in paths.depths
                for capability, moment in capabilities_of(package).items()
            ]
        )
    )


def privileged_reaches(graph: RiskGraph, below: Sequence[int]) -> tuple[PrivilegedReach, ...]:
    """Return by which nearest package each capability, or another privileged module, reaches a privileged module.

    Sorted. `below` are the packages that each leads to, as bitmasks (`Closures.below`). A module's own capabilities
    are no reach: they are its own.
    """
    privileged = [place for place, package in enumerate(graph.packages) if is_privileged(package)]
    if not privileged:
        return ()
    held = [_held(package) for package in graph.packages]
    masks: dict[str, int] = {}
    for place, capabilities in enumerate(held):
        for capability in capabilities:
            masks[capability] = masks.get(capability, 0) | 1 << place
    found = []
    for module in privileged:
        others = below[module] & ~(1 << module)
        counts = {capability: (mask & others).bit_count() for capability, mask in masks.items() if mask & others}
        paths = Paths(graph, (module,)) if counts else None
        # Places stand in the order in which they were found: the nearest first, of equals the first by alphabet.
        for place in paths.depths if paths is not None else ():
            if place == module or paths is None:
                continue
            for capability in [one for one in held[place] if one in counts]:
                path, moment = graph.named(paths.to(place)), held[place][capability]
                found.append(PrivilegedReach(graph.ids[module], capability, path, moment, counts.pop(capability)))
            if not counts:
                break
    return tuple(sorted(found))


def is_privileged(package: Package) -> bool:
    """Whether a package is a module that exports what can raise trust."""
    return package.pin.module is not None and package.pin.module.privileged


def _held(package: Package) -> dict[str, str]:
    held = capabilities_of(package)
    if is_privileged(package):
        held[PRIVILEGED] = CALL
    return held
