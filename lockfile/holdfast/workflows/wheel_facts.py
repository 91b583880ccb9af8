"""What a wheel itself declares, against what the lock's edges say of its release.

The lock was made from the metadata that the index gave, often of one wheel for all. A wheel that declares something
else would install differently from what was locked. Knows values only; who reads METADATA is `fetch`.
"""

from collections.abc import Iterable

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.graph import LockGraph, Walk
from holdfast.model.lock import Pin
from holdfast.model.words import spell_pin
from holdfast.workflows.port import LOCK
from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.fetch.facts import facts_of
from holdfast_resolver.values.artifacts import ReleaseMetadata
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.pep440_keys import version_key

CODE = "metadata-differs"
_NAMED = 3


class Difference(NamedTuple):
    """How the metadata of one wheel differs from its pin, in words."""

    expected: str
    found: str


class Comparison:
    """Compares wheels with the pins of one lock. `declared` are names whose metadata the user declares."""

    def __init__(self, graph: LockGraph, declared: Iterable[str] = ()) -> None:
        self._graph = graph
        self._walk: Walk = graph.walk(graph.lock.inputs)
        self._declared = frozenset(declared)

    def compare(self, place: int, file: str, metadata: ReleaseMetadata) -> Difference | None:
        """Compare a wheel of the pin at `place`; None = it declares what the lock says."""
        pin = self._graph.lock.packages[place]
        if not _same_version(metadata.version, pin.version):
            return Difference(f"the version {pin.version}", f"METADATA of {metadata.version}")
        if pin.name in self._declared:
            return None
        facts = facts_of(metadata, pin.source)
        if facts.reason:
            return Difference("metadata that can be used", facts.reason)
        grid = self._graph.grid
        reached = self._walk.pins.get(place, 0) & self._graph.when[place]
        served = reached & grid.wheel("-".join(file[:-4].rsplit("-", 3)[1:]))
        targets = served or reached
        declares = self._applying(place, facts.requires, targets)
        locked = self._applying(place, tuple([need for need, _ in pin.dependencies]), targets)
        words = []
        if declares - locked:
            words.append(f"also requires {_listed(declares - locked)}")
        if locked - declares:
            words.append(f"does not require {_listed(locked - declares)}")
        if grid.requires_python(facts.requires_python) & targets != grid.requires_python(pin.requires_python) & targets:
            words.append(f"requires-python {facts.requires_python or 'any'} instead of {pin.requires_python or 'any'}")
        if not words:
            return None
        return Difference(f"what the lock records of {spell_pin(pin)}", "; ".join(words))

    def _applying(self, place: int, needs: tuple[Requirement, ...], targets: int) -> set[str]:
        """The requirements that apply on one of `targets`, also through an extra that is active there."""
        grid = self._graph.grid
        extras = self._walk.extras.get(place, {})
        return {
            need.without_source()
            for need in needs
            if grid.condition(need.marker) & targets
            or (
                "extra" in need.marker
                and any(grid.condition(need.marker, extra) & mask & targets for extra, mask in extras.items())
            )
        }


def finding_of(pin: Pin, difference: Difference, wheels: list[str]) -> Finding:
    """Return the finding for the wheels of a pin that differ in the same way."""
    more = f", +{len(wheels) - _NAMED}" if len(wheels) > _NAMED else ""
    named = ", ".join(wheels[:_NAMED]) + more
    return Finding(
        CODE,
        severity(CODE),
        wheels[0] if len(wheels) == 1 else spell_pin(pin),
        difference.expected,
        difference.found,
        (("package", spell_pin(pin)),) if len(wheels) == 1 else (("files", named),),
        place=Place(LOCK),
    )


def _listed(needs: set[str]) -> str:
    listed = sorted(needs)
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more


def _same_version(one: str, other: str) -> bool:
    try:
        return version_key(one) == version_key(other)
    except InvalidVersion:
        return one == other
