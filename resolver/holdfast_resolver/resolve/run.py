"""`resolve`: wishes, targets and sources in, one resolution for all targets out. The room's one public function.

Each target is solved alone, with the same preferences; all share one universe. A target for which an earlier search
would have seen nothing different takes that search's answer.
"""

from __future__ import annotations

from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.fetch.index import Index, ListingNeed
from holdfast_resolver.resolve.request import Outcome, Request, Resolution
from holdfast_resolver.resolve.rows import RecordDamaged, settle_sdist
from holdfast_resolver.resolve.union import union
from holdfast_resolver.resolve.universe import Universe
from holdfast_resolver.resolve.view import View
from holdfast_resolver.solver.port import NoSolution, Solution
from holdfast_resolver.solver.search import Assumption, Search
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Wish
from holdfast_resolver.versions.grid import Grid
from holdfast_resolver.versions.prereleases import names_prerelease

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Generator


class Answers(NamedTuple):
    """One solution per target, in the solver's numbers; none for targets on trial that are not ready."""

    universe: Universe
    solutions: tuple[Solution, ...]
    searches: int
    not_ready: str = ""


class Refusal(NamedTuple):
    """The first target that has no solution, and its proof."""

    universe: Universe
    position: int
    proof: NoSolution
    wishes: tuple[Assumption, ...]


def make_universe(request: Request, index: Index) -> Universe:
    """Return an empty universe for a request. Raises `InvalidRange` for a wish that is no range."""
    overrides = {wish.requirement.name: wish.requirement for wish in request.wishes if wish.kind == "override"}
    named = []
    kept: dict[str, set[str]] = {}
    for wish in request.wishes:
        need = wish.requirement
        if need.range and names_prerelease(need.range):
            named.append(need.name)
        if need.range.startswith("==") and "," not in need.range:
            kept.setdefault(need.name, set()).add(need.range.lstrip("="))
    for pin in request.preferences:
        kept.setdefault(pin.name, set()).add(pin.version)
    return Universe(
        index,
        Grid(request.targets, request.requires_python),
        request.sources,
        prereleases=request.prereleases,
        named_prereleases=named,
        kept={name: frozenset(versions) for name, versions in kept.items()},
        overrides=overrides,
    )


def solve_all(request: Request, universe: Universe, index: Index) -> Answers | Refusal:
    """Solve every target, waiting for the index as needed. Raises `RegistryError`, `InvalidInput`."""
    solutions: dict[int, Solution] = {}
    searches = 0
    trial = len(request.targets) - request.on_trial
    preferred: dict[str, list[int]] | None = None
    for position in range(len(request.targets)):
        if position == trial:
            not_ready = _not_ready(request, universe, solutions, index)
            if not_ready:
                return Answers(universe, _in_order(solutions), searches, not_ready)
        if position in solutions:
            continue
        wishes = _numbered(request.wishes, universe, index, position)
        if preferred is None:
            preferred = _preferred(request, universe, index)
        view = View(universe, position, preferred)
        view.agreeing &= wishes.agreeing
        outcome = drive(Search(view, wishes.wishes, lowest=request.strategy == "lowest").run(), index)
        searches += 1
        if isinstance(outcome, NoSolution):
            if position >= trial:
                return Answers(universe, _in_order(solutions), searches, str(request.targets[position]))
            return Refusal(universe, position, outcome, wishes.wishes)
        if request.minimal:
            from holdfast_resolver.resolve.minimal import fewest_moves  # start-up: only with old pins

            outcome = fewest_moves(request, view, wishes.wishes, outcome, lambda run: drive(run, index))
        agreeing = view.agreed(outcome.looked)
        for other in range(position, len(request.targets)):
            if (agreeing >> other & 1 and other < trial) or other == position:
                solutions.setdefault(other, outcome)
    return Answers(universe, _in_order(solutions), searches)


def _in_order(solutions: dict[int, Solution]) -> tuple[Solution, ...]:
    return tuple(solutions[position] for position in sorted(solutions))


def _not_ready(request: Request, universe: Universe, solutions: dict[int, Solution], index: Index) -> str:
    """Return a release that the minor before chose and that does not serve the targets on trial yet; "" = none."""
    trial = len(request.targets) - request.on_trial
    for position in range(trial, len(request.targets)):
        platform = request.targets[position].platform
        before = max((i for i in range(trial) if request.targets[i].platform == platform), default=-1)
        if before < 0:
            continue
        for node, candidate in solutions[before].chosen.items():
            package = universe.by_node[node]
            row = package.rows[candidate]
            while package.starts[position] >> candidate & 1 and row.undecided >> position & 1:
                if settle_sdist(universe, package, candidate, row):
                    break
                index.wait(View(universe, position, {}).take_needs())  # type: ignore[arg-type]  # the world's own needs
            if not (package.starts[position] >> candidate & 1 and row.usable >> position & 1):
                return f"{package.name} {package.table.versions[candidate]}"
    return ""


def drive(run: Generator[tuple[object, ...], None, Solution | NoSolution], index: Index) -> Solution | NoSolution:
    """Run a search to its end, giving it what it waits for."""
    try:
        while True:
            index.wait(next(run))  # type: ignore[arg-type]  # the needs are those of the view
    except StopIteration as end:
        outcome: Solution | NoSolution = end.value
        return outcome


class _Wishes(NamedTuple):
    wishes: tuple[Assumption, ...]
    agreeing: int


def _numbered(wishes: tuple[Wish, ...], universe: Universe, index: Index, position: int) -> _Wishes:
    """Put the wishes that apply on a target into the solver's numbers."""
    numbered: list[Assumption] = []
    agreeing = universe.grid.everything
    while True:
        numbered.clear()
        for number, wish in enumerate(wishes):
            if wish.kind == "override":
                continue
            targets = universe.grid.condition(wish.requirement.marker)
            if not targets >> position & 1:
                agreeing &= ~targets
                continue
            agreeing &= targets
            found = universe.nodes(wish.requirement)
            for place, (node, allowed) in enumerate(found or ()):
                if wish.kind == "constraint":
                    if place == 0:
                        count = universe.by_node[node].table.count
                        numbered.append(Assumption(node, allowed | 1 << count, number))
                else:
                    numbered.append(Assumption(node, allowed, number))
        if not universe.needs:
            return _Wishes(tuple(numbered), agreeing)
        needs = tuple(dict.fromkeys(universe.needs))
        universe.needs.clear()
        index.wait(needs)


def _preferred(request: Request, universe: Universe, index: Index) -> dict[str, list[int]]:
    """Return for each preferred name, target by target, the candidates to keep (higher ones first are the solver's)."""
    size = len(request.targets)
    preferred: dict[str, list[int]] = {}
    pins = [pin for pin in request.preferences if pin.name not in request.freed]
    index.wait(ListingNeed(universe.source_of(pin.name), pin.name) for pin in pins)
    for pin in pins:
        package = universe.package(pin.name)
        if package is None:
            raise AssertionError("an awaited listing is at hand")
        place = package.table.index(pin.version)
        if place < 0:
            continue
        masks = preferred.setdefault(pin.name, [0] * size)
        try:
            targets = universe.grid.condition(pin.when)
        except InvalidInput:
            targets = universe.grid.everything
        for position in range(size):
            if targets >> position & 1:
                masks[position] |= 1 << place
    for masks in preferred.values():
        everywhere = 0
        for mask in masks:
            everywhere |= mask
        masks[:] = [mask or everywhere for mask in masks]
    return preferred


def resolve(request: Request, index: Index) -> Outcome:
    """Resolve a request against the index: the union over all targets, or why the first refusing target refuses.

    Raises `RegistryError` when a source gives no usable answer, `InvalidInput` for a wish that breaks its grammar.
    """
    while True:
        universe = make_universe(request, index)

        def send_scout(universe: Universe = universe) -> None:
            from holdfast_resolver.resolve.scout import Scout  # start-up: only when something must be fetched

            index.arrived = Scout(request, universe, index).arrived

        index.hired = send_scout
        try:
            answers = solve_all(request, universe, index)
            if isinstance(answers, Refusal):
                from holdfast_resolver.resolve.refusal import explain_refusal  # start-up: only when refusing

                return explain_refusal(request, answers, index)
            packages = union(universe, answers.solutions)
            universe.save()
        except RecordDamaged as damage:
            index.forget(damage.source, damage.name)
            continue
        solved = len(answers.solutions)
        return Resolution(
            request.targets[:solved],
            packages,
            tuple(universe.remarks),
            sum(solution.attempts for solution in answers.solutions),
            sum(solution.conflicts for solution in answers.solutions),
            answers.searches,
            request.targets[solved:],
            answers.not_ready,
        )
