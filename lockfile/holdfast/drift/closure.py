"""The closure of a lock: every wish met, every pin reachable, every edge satisfied, on every target.

Judges the lock by itself: neither manifest nor index nor clock. Here is what is wrong, as values; how it is
said stands in `closure_findings.py`, which is loaded only when there is something to say.

A wrong edge still leads to the pin it met, so one wrong version is one complaint and not twenty unreachable
pins behind it.
"""

from holdfast.findings.finding import Finding
from holdfast.model.graph import WISHING_KINDS, Edge, LockGraph, Walk
from holdfast.model.lock import Input, Lock, has_npm, without_npm
from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.grid import Grid
from holdfast_resolver.versions.schemes import scheme_of

NO_PIN = -1


class Problem(NamedTuple):
    code: str
    pin: int  # the wrong one, or what an edge met; NO_PIN when it met none
    targets: int
    other: int = NO_PIN  # the pin whose edge it is; of an overlap, the second pin
    part: Input | None = None  # of a wish or constraint
    edge: Edge | None = None  # of a wish, an edge or a constraint
    wanted: str = ""  # the range that counts for the edge: its own, or that of an override


def check_closure(lock: Lock, grid: Grid, lock_path: str = "holdfast.lock") -> tuple[Finding, ...]:
    """Return what is wrong with the closure, nothing when the lock is whole.

    `grid` is of the lock's own targets. Order: wishes, overlaps, edges and pins as in the lock, constraints.
    Raises `InvalidMarker` or `InvalidRange` for a lock that its reader should have refused.
    """
    npm: tuple[Finding, ...] = ()
    if has_npm(lock):
        from holdfast.drift.npm_closure import check_npm_closure  # start-up: only where there is npm

        npm = check_npm_closure(lock, lock_path)
        lock = without_npm(lock)
    graph = LockGraph(lock, grid)
    problems = find_problems(graph)
    if not problems:
        return npm
    from holdfast.drift.closure_findings import spelled  # start-up: only when something is wrong

    return spelled(graph, problems, lock_path) + npm


def find_problems(graph: LockGraph) -> list[Problem]:
    """Return what is wrong with the closure of a lock, as values."""
    closure = _Closure(graph)
    closure.wishes()
    closure.overlaps()
    closure.edges()
    closure.pins()
    closure.constraints()
    return closure.problems


class _Closure:
    """One run: the walked lock, and the problems so far."""

    __slots__ = ("_overrides", "_tables", "graph", "grid", "lock", "problems", "walk")

    def __init__(self, graph: LockGraph) -> None:
        self.graph = graph
        self.grid = graph.grid
        self.lock = graph.lock
        self.walk: Walk = graph.walk(graph.lock.inputs)
        self.problems: list[Problem] = []
        self._overrides = {
            one.name: one.range for part in self.lock.inputs if part.kind == "override" for one in part.requires
        }
        self._tables: dict[int, Candidates] = {}

    def wishes(self) -> None:
        """Every wish is met by a pin wherever its marker may hold."""
        for part in self.lock.inputs:
            if part.kind in WISHING_KINDS:
                for edge in self.graph.wished((part,)):
                    wanted = self._range(edge.requirement)
                    for met, on in self._unmet(edge, wanted):
                        self.problems.append(Problem("wish-unmet", met, on, NO_PIN, part, edge, wanted))

    def overlaps(self) -> None:
        """The `when` markers of one package are disjoint."""
        when = self.graph.when
        for places in self.graph.pins_by_name.values():
            for position, high in enumerate(places):
                for low in places[:position]:
                    if when[low] & when[high]:
                        self.problems.append(Problem("pins-overlap", low, when[low] & when[high], high))

    def edges(self) -> None:
        """Every edge of a reached pin leads to a pin, and its range admits that version."""
        graph, pins, extras, overrides = self.graph, self.walk.pins, self.walk.extras, self._overrides
        placements, admits = graph.placements, self._admits
        for owner in sorted(pins):
            for edge in graph.edges(owner, pins[owner], extras.get(owner, {})):
                requirement, chosen, mask = edge
                found = placements(requirement, chosen)
                if (
                    len(found) == 1
                    and not mask & ~found[0][1]
                    and not overrides
                    and (not requirement.range or admits(found[0][0], requirement.range))
                ):
                    continue  # nearly every edge: one version, wherever it is asked for, and it fits
                wanted = self._range(requirement)
                for met, on in self._unmet(edge, wanted):
                    code = "edge-missing" if met == NO_PIN else "edge-unsatisfied"
                    self.problems.append(Problem(code, met, on, owner, None, edge, wanted))

    def pins(self) -> None:
        """Every pin is needed, admits the Pythons it is needed on, and has files for those targets."""
        for place, pin in enumerate(self.lock.packages):
            reached = self.walk.pins.get(place, 0)
            if not reached:
                self.problems.append(Problem("pin-unreachable", place, 0))
                continue
            refused = reached & ~self.grid.requires_python(pin.requires_python) if pin.requires_python else 0
            if refused:
                self.problems.append(Problem("requires-python-unmet", place, refused))
            unserved = reached & ~self._served(place, reached)
            if unserved:
                self.problems.append(Problem("target-unserved", place, unserved))

    def constraints(self) -> None:
        """Every pin is inside of the constraints on its name, an override aside."""
        for part in self.lock.inputs:
            for constraint in part.requires if part.kind == "constraint" else ():
                if constraint.name in self._overrides:
                    continue
                edge = Edge(constraint, "", self.grid.condition(constraint.marker))
                for place, when in self.graph.placements(constraint):
                    wrong = self.walk.pins.get(place, 0) & when & edge.mask
                    if wrong and not self._admits(place, constraint.range):
                        wanted = constraint.range
                        self.problems.append(Problem("constraint-unmet", place, wrong, NO_PIN, part, edge, wanted))

    def _unmet(self, edge: Edge, wanted: str) -> list[tuple[int, int]]:
        """Where an edge does not hold: (the pin it meets there or NO_PIN, on which targets)."""
        requirement, chosen, left = edge
        unmet = []
        for place, when in self.graph.placements(requirement, chosen):
            on = left & when
            if on:
                left &= ~when
                if wanted and not self._admits(place, wanted):
                    unmet.append((place, on))
        if left and chosen:  # `=> 1.2`, and that version is not pinned there: which one is?
            for place, when in self.graph.placements(requirement):
                if left & when:
                    unmet.append((place, left & when))
                    left &= ~when
        if left:
            unmet.append((NO_PIN, left))
        return unmet

    def _range(self, requirement: Requirement) -> str:
        """The range that counts for a requirement: an override of a package replaces every range on it."""
        return self._overrides.get(requirement.name, requirement.range)

    def _admits(self, place: int, range_text: str) -> bool:
        """Whether a range admits a pin's version, pre-releases counted like any other."""
        table = self._tables.get(place)
        if table is None:
            pin = self.lock.packages[place]
            scheme = scheme_of(pin.name)
            try:
                table = Candidates([scheme.key(pin.version)], [pin.version], scheme=scheme)
            except InvalidVersion:  # in no range
                table = Candidates([], [], 0)
            self._tables[place] = table
        return bool(table.mask(range_text))

    def _served(self, place: int, needed: int) -> int:
        """The targets on which a file of the pin can be installed: those of its wheels; all with an sdist."""
        files = [artifact.file for artifact in self.lock.packages[place].artifacts]
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
