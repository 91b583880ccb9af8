"""`resolve_modules`: wishes for signed modules in, one release of each module out, or why there is none.

The search is that of every other package (`solver/`); ranges are npm's, and one version of a module serves all. What
a registry says comes from `listings`, which the caller has verified: nothing here knows signatures or the network.
"""

from __future__ import annotations

from holdfast_resolver.resolve.modules_offers import Listings, Offers
from holdfast_resolver.resolve.modules_world import LongWay, ModuleWorld
from holdfast_resolver.resolve.request import Suggestion
from holdfast_resolver.solver.port import NoSolution, Solution
from holdfast_resolver.solver.search import Assumption, Search
from holdfast_resolver.values.modules import ModuleListing, ModuleRelease
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Wish
from holdfast_resolver.versions.semver import SEMVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from typing import TypeAlias


_PATIENCE = 2_000, 4  # questions of the search before a solution is guessed: at least, and more for each module


class ModuleRequest(NamedTuple):
    """Everything that the answer depends on, besides the listings."""

    wishes: tuple[Wish, ...]
    source_of: Callable[[str], str]  # name -> the source in which it resolves
    strategy: str = "highest"  # or "lowest"
    preferences: tuple[tuple[str, str], ...] = ()  # (name, version): the old pins; moved only where they must be
    freed: frozenset[str] = frozenset()  # names whose preferences were withdrawn on purpose


class ChosenModule(NamedTuple):
    """One release that was chosen."""

    source: str
    name: str
    release: ModuleRelease
    dependencies: tuple[Requirement, ...]  # sorted by name, with canonical ranges


class ModuleResolution(NamedTuple):
    """What was chosen: every requirement is met by the one release of its module."""

    modules: tuple[ChosenModule, ...]  # sorted by (source, name)
    attempts: int
    conflicts: int


class ModulesImpossible(NamedTuple):
    """No solution: `sentences` say why, `suggestions` are single changes that were tried and work."""

    sentences: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]


class Solved(NamedTuple):
    """A solution in the solver's numbers."""

    world: ModuleWorld
    solution: Solution


class Refused(NamedTuple):
    """A proof in the solver's numbers."""

    world: ModuleWorld
    proof: NoSolution


ModuleOutcome: TypeAlias = ModuleResolution | ModulesImpossible


def resolve_modules(request: ModuleRequest, listings: Listings) -> ModuleOutcome:
    """Resolve a request.

    `listings` is asked for all names that are wanted at one time, in sorted order, each name at most once; it answers
    None for a module that does not exist. Raises `InvalidRange` for a wish, and whatever `listings` raises.
    """
    known: dict[str, ModuleListing | None] = {}

    def ask(names: tuple[str, ...]) -> Mapping[str, ModuleListing | None]:
        missing = tuple(name for name in names if name not in known)
        if missing:
            answers = listings(missing)
            known.update((name, answers.get(name)) for name in missing)
        return known

    outcome = solve(request, ask)
    if isinstance(outcome, Solved):
        return _resolution(request, outcome)
    from holdfast_resolver.resolve.modules_refusal import explain_refusal  # start-up: only when refusing

    return explain_refusal(request, outcome, ask)


def solve(request: ModuleRequest, listings: Listings) -> Solved | Refused:
    """Search for a solution; where old pins moved, put back those that need not have. Errors as `resolve_modules`."""
    pins = {name: version for name, version in request.preferences if name not in request.freed}
    lowest = request.strategy == "lowest"
    offers = Offers(listings, pins, lowest=lowest)
    offers.expect((wish.requirement.name, wish.requirement.range) for wish in request.wishes)
    world = ModuleWorld(offers, pins)
    wishes = []
    for number, wish in enumerate(request.wishes):
        offer = offers.by_name[wish.requirement.name]
        wishes.append(Assumption(offer.node, offer.mask(wish.requirement.range), number))
    outcome = _search(world, wishes, lowest)
    if isinstance(outcome, NoSolution):
        return Refused(world, outcome)
    if pins:
        from holdfast_resolver.solver.moves import fewest_moves  # start-up: only with old pins

        freed = [node for node in outcome.chosen if offers.by_node[node].name in request.freed]
        fewer = _drive(fewest_moves(world, wishes, outcome, world.pins(), freed, lowest=lowest), offers)
        if isinstance(fewer, NoSolution):
            raise AssertionError("a solution is never taken back")
        outcome = fewer
    return Solved(world, outcome)


def _search(world: ModuleWorld, wishes: list[Assumption], lowest: bool) -> Solution | NoSolution:
    """Search; where that takes long, guess at a solution, and search again from there."""
    least, each = _PATIENCE
    world.patience = least + each * len(world.offers.by_node)
    try:
        return _drive(Search(world, wishes, lowest=lowest).run(), world.offers)
    except LongWay:
        from holdfast_resolver.resolve.modules_hints import guess  # start-up: only after many conflicts

        world.patience = -1
        world.hints = guess(world, wishes, lowest=lowest)
        return _drive(Search(world, wishes, lowest=lowest).run(), world.offers)
    finally:
        world.patience = -1


def _drive(run: Generator[tuple[object, ...], None, Solution | NoSolution], offers: Offers) -> Solution | NoSolution:
    """Run a search to its end, giving it what it waits for."""
    try:
        while True:
            offers.fetch(next(run))  # type: ignore[arg-type]  # the needs are names: the world's own
    except StopIteration as end:
        outcome: Solution | NoSolution = end.value
        return outcome


def _resolution(request: ModuleRequest, solved: Solved) -> ModuleResolution:
    canonical: dict[str, str] = {}
    chosen = []
    for node, at in solved.solution.chosen.items():
        offer = solved.world.offers.by_node[node]
        release = offer.releases[at]
        needs = []
        for name, range_text in release.dependencies:
            if range_text not in canonical:
                canonical[range_text] = SEMVER.canonical_range(range_text)
            needs.append(Requirement(request.source_of(name), name, (), canonical[range_text]))
        chosen.append(ChosenModule(request.source_of(offer.name), offer.name, release, tuple(needs)))
    chosen.sort(key=lambda each: (each.source, each.name))
    return ModuleResolution(tuple(chosen), solved.solution.attempts, solved.solution.conflicts)
