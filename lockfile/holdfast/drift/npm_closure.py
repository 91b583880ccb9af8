"""The closure of a lock's npm packages: every wish met, every edge satisfied by SemVer, every pin reachable.

What is reached over optional edges alone says so (`optional`), and nothing else does: an installer may leave it out.

The counterpart of `closure.py`, which judges everything else. There are no targets: what is of npm is locked for all
systems. Where one release stands in several contexts, each of them is walked.

Knows the lock alone. How a problem is said stands in `npm_closure_findings.py`, which is loaded only for one.
"""

from __future__ import annotations

from holdfast.findings.finding import Finding
from holdfast.model.graph import WISHING_KINDS
from holdfast.model.instances import Instances, edges_of, faults, reference
from holdfast.model.lock import ABSENT, Input, Instance, Lock, Pin
from holdfast.model.npm_graph import MeantVersions, may_lack
from holdfast.model.npm_pins import NOWHERE, NpmPins
from holdfast_resolver.values.npm import PEER, PEER_OPTIONAL, NpmRequirement
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterator

    from holdfast.model.instances import InstanceFault


class NpmProblem(NamedTuple):
    code: str
    pin: int = NOWHERE  # the wrong one, or what an edge met
    other: int = NOWHERE  # the pin whose edge it is
    part: Input | None = None  # of a wish
    requirement: Requirement | None = None
    chosen: str = ""
    fault: InstanceFault | None = None


def check_npm_closure(lock: Lock, lock_path: str = "holdfast.lock") -> tuple[Finding, ...]:
    """Return what is wrong with the npm packages of a lock, nothing when they are whole.

    Order: wishes, edges as they are reached, instances, pins that nothing needs.
    """
    problems = find_npm_problems(lock)
    if not problems:
        return ()
    from holdfast.drift.npm_closure_findings import spelled  # start-up: only when something is wrong

    return spelled(lock, problems, lock_path)


def find_npm_problems(lock: Lock) -> list[NpmProblem]:
    """Return what is wrong, as values."""
    return list(_Closure(lock).problems())


class _Closure:
    """One run over a lock."""

    __slots__ = ("contexts", "instances", "lock", "loose", "meant", "pins", "queue", "reached")

    def __init__(self, lock: Lock) -> None:
        self.lock = lock
        self.pins = NpmPins(lock.packages)
        self.meant = MeantVersions.in_lock(lock, self.pins)
        self.instances = Instances(lock) if lock.instances else None
        self.reached: set[int] = set()
        self.contexts: set[tuple[int, int]] = set()  # (place of a pin, number of an instance)
        self.queue: list[tuple[int, Instance | None]] = []
        self.loose: list[tuple[str, int]] = []  # (who, place of a pin) of edges that are optional

    def problems(self) -> Iterator[NpmProblem]:
        yield from self._wishes()
        yield from self._reach()
        firm = frozenset(self.reached)
        while self.loose:
            self._go(*self.loose.pop())
            yield from self._reach()
        wrong = [
            place
            for place, pin in enumerate(self.lock.packages)
            if pin.npm is not None and place in self.reached and pin.npm.optional == (place in firm)
        ]
        if wrong and not self._has_borrowed_names():
            for place in wrong:
                yield NpmProblem("facts-differ", place)
        for fault in faults(self.lock):
            yield NpmProblem("instance-unfounded", fault=fault)
        for place, pin in enumerate(self.lock.packages):
            if pin.npm is not None and place not in self.reached:
                yield NpmProblem("pin-unreachable", place)

    def _reach(self) -> Iterator[NpmProblem]:
        while self.queue:
            place, instance = self.queue.pop()
            yield from self._edges(place, self.lock.packages[place], instance)

    def _wishes(self) -> Iterator[NpmProblem]:
        for part in self.lock.inputs:
            if part.kind not in WISHING_KINDS:
                continue
            for wish in part.requires:
                if not isinstance(wish, NpmRequirement):
                    continue
                place = self.meant.of(part.path, wish)
                if place != NOWHERE:
                    self._come(part.path, place, wish)
                elif not may_lack(wish) and not self._is_borrowed(wish):
                    near = self._near(wish)
                    code = "peer-unmet" if wish.kind == PEER else "wish-unmet"
                    yield NpmProblem(code, near, part=part, requirement=wish)
                    if near != NOWHERE:
                        self._come(part.path, near, wish)

    def _edges(self, owner: int, pin: Pin, instance: Instance | None) -> Iterator[NpmProblem]:
        edges = pin.dependencies if instance is None else edges_of(pin, instance)
        who = ""
        if self.instances is not None:
            who = reference(pin.source, pin.name, pin.version, 1 if instance is None else instance.number)
        for requirement, chosen in edges:
            if chosen == ABSENT:
                if not may_lack(requirement):
                    yield NpmProblem("peer-unmet", NOWHERE, owner, None, requirement, chosen)
                continue
            if chosen:
                place = self.pins.exactly(requirement.source, requirement.name, chosen)
                wrong = place == NOWHERE or not self.meant.admits(requirement, chosen)
            else:
                place = self.meant.highest(requirement)
                wrong = place == NOWHERE
            if wrong:
                place = self._near(requirement) if place == NOWHERE else place
                code = "edge-missing" if place == NOWHERE else _unsatisfied(requirement, chosen)
                yield NpmProblem(code, place, owner, None, requirement, chosen)
            if place != NOWHERE:
                self._come(who, place, requirement)

    def _come(self, who: str, place: int, requirement: Requirement) -> None:
        """Arrive at a pin, by what is not optional first."""
        if may_lack(requirement):
            self.loose.append((who, place))
        else:
            self._go(who, place)

    def _go(self, who: str, place: int) -> None:
        """Arrive at a pin, in the context in which somebody sees it."""
        instance = None
        if self.instances is not None:
            pin = self.lock.packages[place]
            instance = self.instances.seen_by(who, (pin.source, pin.name, pin.version))
        elif place in self.reached:
            return
        context = (place, 1 if instance is None else instance.number)
        if context not in self.contexts:
            self.contexts.add(context)
            self.reached.add(place)
            self.queue.append((place, instance))

    def _has_borrowed_names(self) -> bool:
        """Whether an alias is the name of another package: then a name alone does not say which of them is met."""
        needs = [need for pin in self.lock.packages for need, _ in pin.dependencies]
        needs += [need for part in self.lock.inputs for need in part.requires]
        names = {pin.name for pin in self.lock.packages} | {need.name for need in needs}
        aliases = {need.alias for need in needs if isinstance(need, NpmRequirement) and need.alias != need.name}
        return bool(aliases & names)

    def _is_borrowed(self, wish: NpmRequirement) -> bool:
        """Whether another package answers a wish: one that stands under the wanted name, in the wanted range.

        `"a": "npm:e@^2"` of the project, or of what it depends on, is what a workspace gets for its `a ^2`.
        """
        needs = [(need, chosen) for pin in self.lock.packages for need, chosen in pin.dependencies]
        needs += [(need, "") for part in self.lock.inputs if part.kind in WISHING_KINDS for need in part.requires]
        for need, chosen in needs:
            if isinstance(need, NpmRequirement) and need.alias == wish.alias and need.name != wish.name:
                place = self.meant.highest(need)
                version = chosen or (self.lock.packages[place].version if place != NOWHERE else ABSENT)
                if version != ABSENT and self.pins.admits(need._replace(range=wish.range), version):
                    return True
        return False

    def _near(self, requirement: Requirement) -> int:
        """The version that is told of where none fits: the highest."""
        places = self.pins.places(requirement.source, requirement.name)
        return places[-1] if places else NOWHERE


def _unsatisfied(requirement: Requirement, chosen: str) -> str:
    """npm installs over peers that do not fit, so a lock may say so; that it does is told all the same."""
    is_peer = isinstance(requirement, NpmRequirement) and requirement.kind in (PEER, PEER_OPTIONAL)
    return "peer-unmet" if is_peer and chosen else "edge-unsatisfied"
