"""Which pins a record speaks of: ecosystems and names on one side, sources and names on the other.

    PyPI jinja2              every Python package called jinja2, from whichever source (a mirror serves the same)
    npm @babel/core          every npm package of that name
    holdfast @acme/guards    a module; from its own registry's records only a module of that registry
    holdfast:acme NAME       a package of the source `acme`, of any kind: our extension, for what is not public

Specification: OSV schema 1.7, "affected[].package field"; its list of ecosystems is closed, ours is an addition to it.
"""

from collections.abc import Iterable, Iterator

from holdfast.advisories.ranges import Key, pep440_order, semver_order
from holdfast.advisories.values import Advisory, Affected
from holdfast.model.lock import Pin
from holdfast_resolver.values.names import normalize_name

OWN = "holdfast"
PYPI, NPM = "pypi", "npm"
ECOSYSTEMS = {PYPI: "PyPI", NPM: "npm"}  # as the schema spells them

Wanted = frozenset[str]


def pin_id(pin: Pin) -> str:
    """`pypi:jinja2 2.4.1`"""
    return f"{pin.source}:{pin.name} {pin.version}"


def ecosystem_of(pin: Pin) -> str:
    """Return the ecosystem that a pin belongs to: "PyPI", "npm", or "holdfast" for a module."""
    return OWN if pin.module is not None else ECOSYSTEMS[NPM if pin.npm is not None else PYPI]


def order_of(pin: Pin) -> Key:
    """Return the order of a pin's versions."""
    return pep440_order if pin.module is None and pin.npm is None else semver_order


def names_wanted(pins: Iterable[Pin]) -> Wanted:
    """Return the names that a record must have one of to speak of any of these pins (`select.may_concern`)."""
    return frozenset(pin.name for pin in pins)


def questions(pins: Iterable[Pin], sources: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    """Return (ecosystem, name, version) of what a service is asked: the pins of `sources`, never modules. Sorted."""
    asked = frozenset(sources)
    return tuple(
        sorted(
            {(ecosystem_of(pin), pin.name, pin.version) for pin in pins if pin.module is None and pin.source in asked}
        )
    )


class Pins:
    """The pins of a lock by what records call them."""

    __slots__ = ("_all", "_by_name")

    def __init__(self, pins: Iterable[Pin]) -> None:
        self._all = tuple(pins)
        self._by_name: dict[tuple[str, str], list[int]] = {}
        for place, pin in enumerate(self._all):
            for ecosystem in (ecosystem_of(pin).lower(), f"{OWN}:{pin.source}"):
                self._by_name.setdefault((ecosystem, pin.name), []).append(place)

    def of(self, advisory: Advisory) -> Iterator[tuple[int, list[Affected]]]:
        """Yield the place of each pin that a record speaks of, with what it says of it."""
        found: dict[int, list[Affected]] = {}
        for row in advisory.affected:
            for place in self._called(row.ecosystem, row.name):
                if advisory.registry in ("", self._all[place].source):
                    found.setdefault(place, []).append(row)
        yield from found.items()

    def _called(self, ecosystem: str, name: str) -> list[int]:
        kind, colon, source = ecosystem.partition(":")
        folded = kind.lower() + colon + source
        if folded == PYPI:
            return self._by_name.get((folded, normalize_name(name)), [])
        found = self._by_name.get((folded, name), [])
        if not found and colon and name[:1] != "@":
            found = self._by_name.get((folded, normalize_name(name)), [])
        return found
