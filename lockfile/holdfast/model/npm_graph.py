"""The npm part of a lock spelled out, so that a graph can be walked by names and versions alone.

    [[package]] use-it 1.0.0            use-it 1.0.0      -> react 18.3.1
    [[instance]] number 2, for b   ->   use-it 1.0.0#2    -> react 17.0.2        a pin of its own
                                        b 1.0.0           -> use-it 1.0.0#2

Every edge gets its version, or its instance, after `=>`; an optional edge that leads nowhere is left out. What a wish
means stands beside, since an input has no `=>`. Knows a lock; no target and no judgement.
"""

from __future__ import annotations

from holdfast.model.instances import Instances, edges_of, reference
from holdfast.model.lock import ABSENT, Instance, Lock, Pin
from holdfast.model.npm_pins import NOWHERE, NpmPins
from holdfast_resolver.values.npm import OPTIONAL, PEER_OPTIONAL, NpmRequirement
from holdfast_resolver.values.npm_entries import parse_condition
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable, Sequence


class Spread(NamedTuple):
    """A lock whose npm edges all say what they lead to; `wishes` are (path, wish) -> version or instance."""

    lock: Lock
    wishes: dict[tuple[str, Requirement], str]


def spread(lock: Lock) -> Spread:
    """Return the lock with a pin for each instance, behind its own, and with every npm edge's version."""
    return _Spreader(lock).run()


class MeantVersions:
    """What the wishes of manifests mean: the version whose instance a manifest sees, else the highest that fits.

    Where none fits and an override names the package, what the override says counts in the place of the range.
    """

    __slots__ = ("_of_manifests", "_overrides", "_pins")

    def __init__(self, pins: NpmPins, instances: tuple[Instance, ...], overrides: Iterable[Requirement]) -> None:
        self._pins = pins
        self._of_manifests = _of_manifests(instances)
        self._overrides = _by_name(overrides)

    @classmethod
    def in_lock(cls, lock: Lock, pins: NpmPins) -> MeantVersions:
        """Take instances and overrides from a lock."""
        overrides = [one for part in lock.inputs if part.kind == "override" for one in part.requires]
        return cls(pins, lock.instances, overrides)

    def of(self, path: str, wish: Requirement) -> int:
        """Return the place of the pin that a wish of a manifest means; `NOWHERE` where there is none."""
        pins = self._pins
        if self._of_manifests:
            for version in self._of_manifests.get((path, wish.source, wish.name), ()):
                if self.admits(wish, version):
                    return pins.exactly(wish.source, wish.name, version)
        return self.highest(wish)

    def highest(self, requirement: Requirement) -> int:
        """Return the place of the highest version that fits a requirement, or what an override says of it."""
        place = self._pins.highest(requirement)
        if place == NOWHERE:
            for override in self._of(requirement):
                place = max(place, self._pins.highest(override))
        return place

    def admits(self, requirement: Requirement, version: str) -> bool:
        """Whether a locked version fits a requirement, or what an override says of it."""
        if self._pins.admits(requirement, version):
            return True
        return any(self._pins.admits(override, version) for override in self._of(requirement))

    def _of(self, requirement: Requirement) -> Sequence[NpmRequirement]:
        """The overrides that may be for a requirement."""
        if not self._overrides:
            return ()
        alias = requirement.alias if isinstance(requirement, NpmRequirement) else requirement.name
        return self._overrides.get(alias, ())


class _Spreader:
    def __init__(self, lock: Lock) -> None:
        self.lock = lock
        self.pins = NpmPins(lock.packages)
        self.instances = Instances(lock)
        self.meant = MeantVersions.in_lock(lock, self.pins)
        self.same = {one for one in lock.instances if _is_alone(lock, one)}

    def run(self) -> Spread:
        packages = [self._spelled(pin) if pin.npm is not None else pin for pin in self.lock.packages]
        others = [one for one in self.lock.instances if one not in self.same]
        packages += [pin for pin in map(self._instance, others) if pin is not None]
        wishes: dict[tuple[str, Requirement], str] = {
            (part.path, wish): self._wish(part.path, wish)
            for part in self.lock.inputs
            for wish in part.requires
            if isinstance(wish, NpmRequirement)
        }
        return Spread(self.lock._replace(packages=tuple(packages)), wishes)

    def _spelled(self, pin: Pin, instance: Instance | None = None) -> Pin:
        number = 1 if instance is None else instance.number
        who = reference(pin.source, pin.name, pin.version, number)
        found = []
        for requirement, chosen in edges_of(pin, instance):
            if chosen != ABSENT:
                place = self.meant.highest(requirement) if not chosen else NOWHERE
                version = self.lock.packages[place].version if place != NOWHERE else chosen
                if version or not may_lack(requirement):
                    found.append((requirement, self._seen(who, requirement, version)))
        version = pin.version if instance is None else f"{pin.version}#{number}"
        return pin._replace(version=version, dependencies=tuple(found))

    def _instance(self, instance: Instance) -> Pin | None:
        place = self.pins.exactly(instance.source, instance.name, instance.version)
        return None if place == NOWHERE else self._spelled(self.lock.packages[place], instance)

    def _wish(self, path: str, wish: Requirement) -> str:
        place = self.meant.of(path, wish)
        return "" if place == NOWHERE else self._seen(path, wish, self.lock.packages[place].version)

    def _seen(self, who: str, requirement: Requirement, version: str) -> str:
        """The version, or the instance of it that somebody sees."""
        seen = self.instances.seen_by(who, (requirement.source, requirement.name, version))
        return version if seen is None or seen in self.same else f"{version}#{seen.number}"


def _is_alone(lock: Lock, instance: Instance) -> bool:
    """Whether an instance is no other than its pin: it leads to the same, and nobody sees either as a dependent."""
    if instance.dependencies:
        return False
    both = {reference(instance.source, instance.name, instance.version, number) for number in (1, instance.number)}
    return not any(both.intersection(one.dependents) for one in lock.instances)


def may_lack(requirement: Requirement) -> bool:
    """Whether a requirement may lead nowhere."""
    return isinstance(requirement, NpmRequirement) and requirement.kind in (OPTIONAL, PEER_OPTIONAL)


def _of_manifests(instances: tuple[Instance, ...]) -> dict[tuple[str, str, str], list[str]]:
    """(manifest, source, name) -> the versions whose instances it sees."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for instance in instances:
        for dependent in instance.dependents:
            if ":" not in dependent.partition("/")[0]:
                found.setdefault((dependent, instance.source, instance.name), []).append(instance.version)
    return found


def _by_name(overrides: Iterable[Requirement]) -> dict[str, list[NpmRequirement]]:
    """Overrides by the name that they are for."""
    found: dict[str, list[NpmRequirement]] = {}
    for one in overrides:
        if isinstance(one, NpmRequirement):
            alias = parse_condition(one.marker).alias if one.marker else ""
            found.setdefault(alias or one.name, []).append(one)
    return found
