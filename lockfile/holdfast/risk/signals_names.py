"""Signs from names: look-alikes of well-known names and of the project's own, and names that two sources have.

A direct dependency is compared with the well-known names; what comes through others also with the names that the
project chose itself. Names that many know are never look-alikes (`well_known_names.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.model.lock import Pin
from holdfast.risk.facts import ReleaseState
from holdfast.risk.graph import Package, RiskGraph
from holdfast.risk.look_alikes import LookAlikes
from holdfast.risk.score import Sign
from holdfast.risk.well_known_names import HONEST, WELL_KNOWN
from holdfast_resolver.values.tuples import NamedTuple

MODULES = "modules"


class Alike(NamedTuple):
    """A name that can be taken for another."""

    name: str  # the other: well known, or the project's own
    way: str  # "two neighbours swapped"


def ecosystem_of(pin: Pin) -> str:
    """Return "npm", "modules" or "pypi": whose rules for names hold, whatever the source is called."""
    if pin.npm is not None:
        return "npm"
    return MODULES if pin.module is not None else "pypi"


def look_alikes(graph: RiskGraph, own_names: Iterable[str] = ()) -> dict[int, Alike]:
    """Return the packages whose names can be taken for others, by place."""
    direct = frozenset(graph.direct)
    chosen: dict[str, set[str]] = {}
    for place in direct:
        pin = graph.packages[place].pin
        chosen.setdefault(ecosystem_of(pin), set()).add(pin.name)
    own = frozenset(own_names)
    found: dict[int, Alike] = {}
    tables: dict[tuple[str, bool], LookAlikes] = {}
    for place, package in enumerate(graph.packages):
        ecosystem, is_direct = ecosystem_of(package.pin), place in direct
        table = tables.get((ecosystem, is_direct))
        if table is None:
            names = WELL_KNOWN.get(ecosystem, frozenset()) | own
            if not is_direct or ecosystem == MODULES:
                names |= chosen.get(ecosystem, set())
            table = tables[ecosystem, is_direct] = LookAlikes(names)
        if package.pin.name not in HONEST.get(ecosystem, ()):
            name, way = table.of(package.pin.name)
            if name:
                found[place] = Alike(name, way)
    return found


def elsewhere(graph: RiskGraph, releases: Iterable[ReleaseState | None]) -> dict[int, tuple[str, ...]]:
    """Return the other sources that have each package's name: as told, and as the lock itself pins it; by place."""
    sources: dict[tuple[str, str], set[str]] = {}
    for package in graph.packages:
        sources.setdefault(_named(package), set()).add(package.pin.source)
    found: dict[int, tuple[str, ...]] = {}
    for place, (package, state) in enumerate(zip(graph.packages, releases)):
        told = state.elsewhere if state is not None else ()
        others = (sources[_named(package)] | set(told)) - {package.pin.source}
        if others:
            found[place] = tuple(sorted(others))
    return found


def alike_sign(alike: Alike) -> Sign:
    """Return the sign of a look-alike."""
    return Sign("look-alike", f"{alike.name}: {alike.way}")


def elsewhere_sign(sources: tuple[str, ...]) -> Sign:
    """Return the sign of a name that other sources have too."""
    return Sign("name-elsewhere", f"also in {', '.join(sources)}")


def _named(package: Package) -> tuple[str, str]:
    return ecosystem_of(package.pin), package.pin.name
