"""The closure of a lock: every wish met, every pin reachable, every edge satisfied, on every target.

Judges the lock by itself: neither manifest nor index nor clock. Each finding names the entry, what was expected and
found, the shortest dependency path from the project on one of the targets concerned, those targets, and the command
that mends it.

A wrong edge still leads to the pin it met, so one wrong version is one complaint and not twenty unreachable pins
behind it.
"""

from holdfast.drift.words import facts_of, pinned, files_in_words
from holdfast.findings.finding import Finding, Place
from holdfast.model.graph import WISHING_KINDS, Edge, LockGraph, Walk
from holdfast.model.lock import Input, Lock
from holdfast.model.paths import shortest_path, spell_part, spell_pin
from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.grid import Grid
from holdfast_resolver.versions.pep440 import PEP440

_MEND = ("holdfast lock",)


def check_closure(lock: Lock, grid: Grid, lock_path: str = "holdfast.lock") -> tuple[Finding, ...]:
    """Return what is wrong with the closure, nothing when the lock is whole.

    `grid` is of the lock's own targets. Order: wishes, overlaps, edges and pins in the order of the lock, constraints.
    Raises `InvalidMarker` or `InvalidRange` for a lock that its reader should have refused.
    """
    closure = _Closure(lock, grid, lock_path)
    closure.wishes()
    closure.overlaps()
    closure.edges()
    closure.pins()
    closure.constraints()
    return tuple(closure.findings)


class _Closure:
    """One run: the walked lock, and the findings so far."""

    __slots__ = ("_overrides", "_tables", "findings", "graph", "grid", "lock", "place", "walk")

    def __init__(self, lock: Lock, grid: Grid, lock_path: str) -> None:
        self.lock = lock
        self.grid = grid
        self.graph = LockGraph(lock, grid)
        self.walk: Walk = self.graph.walk(lock.inputs)
        self.place = Place(lock_path)
        self.findings: list[Finding] = []
        self._overrides = {
            one.name: one.range for part in lock.inputs if part.kind == "override" for one in part.requires
        }
        self._tables: dict[int, Candidates] = {}

    def wishes(self) -> None:
        """Every wish is met by a pin wherever its marker may hold."""
        for part in self.lock.inputs:
            if part.kind in WISHING_KINDS:
                for edge in self.graph.wished((part,)):
                    for index, mask in self._unmet(edge):
                        self._wish_unmet(part, edge, index, mask)

    def overlaps(self) -> None:
        """The `when` markers of one package are disjoint."""
        when, packages = self.graph.when, self.lock.packages
        for indexes in self.graph.pins_by_name.values():
            if len(indexes) < 2:
                continue
            for position, low in enumerate(indexes):
                for high in indexes[position + 1 :]:
                    if when[low] & when[high]:
                        one, other = packages[low], packages[high]
                        expected = f"one version of {one.name} per target"
                        found = f"{spell_pin(one)} and {spell_pin(other)}"
                        self._say("pins-overlap", spell_pin(one), expected, found, when[low] & when[high])

    def edges(self) -> None:
        """Every edge of a reached pin leads to a pin, and its range admits that version."""
        graph, walk = self.graph, self.walk
        extras, placements, admits = walk.extras, graph.placements, self._admits
        for index in sorted(walk.pins):
            for edge in graph.edges(index, walk.pins[index], extras.get(index, {})):
                requirement, chosen, mask = edge
                found = placements(requirement, chosen)
                if len(found) == 1 and not mask & ~found[0][1] and not self._overrides:
                    if not requirement.range or admits(found[0][0], requirement.range):
                        continue  # nearly every edge: one version, wherever it is asked for, and it fits
                for met, on in self._unmet(edge):
                    self._edge_unmet(index, edge, met, on)

    def pins(self) -> None:
        """Every pin is needed, admits the Pythons it is needed on, and has files for those targets."""
        for index, pin in enumerate(self.lock.packages):
            reached = self.walk.pins.get(index, 0)
            if not reached:
                expected = f"a wish or a pin that requires {pin.name}"
                self._say("pin-unreachable", spell_pin(pin), expected, "none on any target", 0)
                continue
            wrong = reached & ~self.grid.requires_python(pin.requires_python) if pin.requires_python else 0
            if wrong:
                expected = "a pin whose requires-python admits every target that needs it"
                found = f"requires-python {pin.requires_python}"
                self._say("requires-python-unmet", spell_pin(pin), expected, found, wrong, self._path(index, wrong))
            unserved = reached & ~self._served(index, reached)
            if unserved:
                self._unserved(index, unserved)

    def constraints(self) -> None:
        """Every pin is inside of the constraints on its name."""
        for part in self.lock.inputs:
            for constraint in part.requires if part.kind == "constraint" else ():
                holds_on = self.grid.condition(constraint.marker)
                for index, mask in self.graph.placements(constraint):
                    wrong = self.walk.pins.get(index, 0) & mask & holds_on
                    if wrong and not self._admits(index, constraint.range):
                        name = spell_pin(self.lock.packages[index])
                        expected = f"{constraint.without_source()} (a constraint of {part.path})"
                        self._say("constraint-unmet", name, expected, name, wrong, self._path(index, wrong))

    def _unmet(self, edge: Edge) -> list[tuple[int, int]]:
        """Where an edge does not hold: (the pin it meets there or -1, on which targets)."""
        requirement, chosen, left = edge
        unmet = []
        wanted = self._range(edge)
        for index, when in self.graph.placements(requirement, chosen):
            on = left & when
            if on:
                left &= ~when
                if wanted and not self._admits(index, wanted):
                    unmet.append((index, on))
        if left and chosen:  # `=> 1.2`, and that version is not pinned there: which one is?
            for index, when in self.graph.placements(requirement):
                if left & when:
                    unmet.append((index, left & when))
                    left &= ~when
        if left:
            unmet.append((-1, left))
        return unmet

    def _range(self, edge: Edge) -> str:
        requirement = edge.requirement
        return self._overrides.get(requirement.name, requirement.range) if self._overrides else requirement.range

    def _admits(self, index: int, range_text: str) -> bool:
        """Whether a range admits a pin's version, pre-releases counted like any other."""
        table = self._tables.get(index)
        if table is None:
            version = self.lock.packages[index].version
            try:
                table = Candidates([PEP440.key(version)], [version])
            except InvalidVersion:
                table = Candidates([], [], 0)
            self._tables[index] = table
        return bool(table.mask(range_text))

    def _served(self, index: int, needed: int) -> int:
        """The targets on which a file of the pin can be installed: those of its wheels; every one with an sdist."""
        files = [artifact.file for artifact in self.lock.packages[index].artifacts]
        for file in files:
            if not file.endswith(".whl"):
                return needed
        served = 0
        for file in files:
            parts = file[:-4].rsplit("-", 3)
            if len(parts) == 4:
                served |= self.grid.wheel(f"{parts[1]}-{parts[2]}-{parts[3]}")
                if not needed & ~served:
                    break
        return served

    def _path(self, index: int, targets: int) -> tuple[str, ...]:
        return shortest_path(self.graph, index, targets)

    def _wanted(self, edge: Edge) -> str:
        wanted = self._range(edge)
        chosen = f" => {edge.chosen}" if edge.chosen else ""
        overridden = " (an override)" if wanted != edge.requirement.range else ""
        return f"{edge.requirement.name}{wanted}{chosen}{overridden}"

    def _wish_unmet(self, part: Input, edge: Edge, index: int, targets: int) -> None:
        self.findings.append(
            Finding(
                "wish-unmet",
                "error",
                str(edge.requirement),
                f"a pin of {self._wanted(edge)}",
                pinned(self.lock, index, edge.requirement),
                facts_of(self.grid, targets),
                (spell_part(part),),
                _MEND,
                Place(part.path),
            )
        )

    def _edge_unmet(self, owner: int, edge: Edge, index: int, targets: int) -> None:
        packages = self.lock.packages
        expected = f"{self._wanted(edge)} for {spell_pin(packages[owner])}"
        path = self._path(owner, targets)
        found = pinned(self.lock, index, edge.requirement)
        if index < 0:
            self._say("edge-missing", str(edge.requirement), expected, found, targets, path)
        else:
            self._say("edge-unsatisfied", found, expected, found, targets, (*path, found))

    def _unserved(self, index: int, targets: int) -> None:
        pin = self.lock.packages[index]
        self.findings.append(
            Finding(
                "target-unserved",
                "error",
                spell_pin(pin),
                "a wheel that serves every target that needs it, or an sdist",
                files_in_words(pin),
                facts_of(self.grid, targets),
                self._path(index, targets),
                (f"holdfast update {pin.name}",),
                self.place,
            )
        )

    def _say(
        self, code: str, subject: str, expected: str, found: str, targets: int, path: tuple[str, ...] = ()
    ) -> None:
        facts = facts_of(self.grid, targets)
        self.findings.append(Finding(code, "error", subject, expected, found, facts, path, _MEND, self.place))


