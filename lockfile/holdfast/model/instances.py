"""Instances: the places of one npm release where its edges lead elsewhere than its pin says.

    a 1.0.0 -> react 18       b 1.0.0 -> react 17      both need  use-it 1.0.0 -> react (a peer)

`use-it` stands in two places: beside react 18, as its pin says, and beside react 17. The second is an instance:

    [[instance]] use-it 1.0.0, number 2, for b 1.0.0, dependencies: react >=16 ; peer => 17.0.2

What `b` needs of `use-it` is this instance, what anybody else needs is the pin itself. An instance needs instances by
the same rule: it stands among the dependents as `npm:use-it 1.0.0#2`. Edges that it does not list are its pin's.

Knows a lock; no tree of folders, no file.
"""

from __future__ import annotations

from holdfast.model.lock import ABSENT, Instance, Lock, Pin
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

Release = tuple[str, str, str]  # source, name, version


class InstanceFault(NamedTuple):
    """An instance that says what the rest of its lock does not bear out."""

    instance: Instance
    key: str  # of the block: "version", "for", "dependencies"
    expected: str
    found: str


def reference(source: str, name: str, version: str, number: int = 1) -> str:
    """Return how a release, or one of its instances, stands among dependents.

    >>> reference("npm", "@acme/core", "1.0.0"), reference("npm", "react", "17.0.2", 2)
    ('npm:@acme/core 1.0.0', 'npm:react 17.0.2#2')
    """
    return f"{source}:{name} {version}#{number}" if number > 1 else f"{source}:{name} {version}"


class Instances:
    """The instances of a lock, found by who sees them."""

    __slots__ = ("_seen",)

    def __init__(self, lock: Lock) -> None:
        self._seen: dict[tuple[str, Release], Instance] = {}
        for instance in lock.instances:
            for dependent in instance.dependents:
                self._seen.setdefault((dependent, release_of(instance)), instance)

    def seen_by(self, dependent: str, release: Release) -> Instance | None:
        """Return the instance of a release that a dependent sees; None for the pin itself."""
        return self._seen.get((dependent, release))


def release_of(instance: Instance) -> Release:
    """Return what the instance is one of."""
    return instance.source, instance.name, instance.version


def edges_of(pin: Pin, instance: Instance | None) -> tuple[tuple[Requirement, str], ...]:
    """Return the edges of a pin in one place: the pin's own, and the instance's in the place of those it lists."""
    if instance is None or not instance.dependencies:
        return pin.dependencies
    other = {str(requirement): chosen for requirement, chosen in instance.dependencies}
    return tuple([(one, other.get(str(one), chosen)) for one, chosen in pin.dependencies])


def faults(lock: Lock) -> Iterator[InstanceFault]:
    """Yield what is wrong with the instances of a lock, in their order.

    An instance is one of a locked release; its dependents exist, need the package, and see no second instance of the
    release; its edges are edges of the pin and lead to locked versions.
    """
    if not lock.instances:
        return
    pins = {(pin.source, pin.name, pin.version): pin for pin in lock.packages}
    needs = _needs(lock, pins)
    seen: set[tuple[str, Release]] = set()
    for instance in lock.instances:
        release = release_of(instance)
        pin = pins.get(release)
        if pin is None:
            yield InstanceFault(instance, "version", "a locked release", reference(*release))
            continue
        for dependent in instance.dependents:
            if dependent not in needs:
                yield InstanceFault(instance, "for", "a manifest, a locked release or an instance", dependent)
            elif release[:2] not in needs[dependent]:
                yield InstanceFault(instance, "for", f"one that needs {instance.name}", dependent)
            elif (dependent, release) in seen:
                yield InstanceFault(instance, "for", "one that sees no other instance of the release", dependent)
            seen.add((dependent, release))
        own = {str(requirement) for requirement, _ in pin.dependencies}
        for requirement, chosen in instance.dependencies:
            if str(requirement) not in own:
                yield InstanceFault(instance, "dependencies", "an edge of the release", str(requirement))
            elif chosen != ABSENT and (requirement.source, requirement.name, chosen) not in pins:
                yield InstanceFault(instance, "dependencies", "a locked version", f"{requirement} => {chosen}")


def _needs(lock: Lock, pins: dict[Release, Pin]) -> dict[str, set[tuple[str, str]]]:
    """Who may stand among the dependents -> what it needs: (source, name)."""
    found: dict[str, set[tuple[str, str]]] = {}
    for part in lock.inputs:
        found.setdefault(part.path, set()).update([(wish.source, wish.name) for wish in part.requires])
    for release, pin in pins.items():
        found[reference(*release)] = {(requirement.source, requirement.name) for requirement, _ in pin.dependencies}
    for instance in lock.instances:
        pin_of = found.get(reference(*release_of(instance)))
        if pin_of is not None:
            found[reference(*release_of(instance), instance.number)] = pin_of
    return found
