"""From a proof to what a person can use: short sentences, and single changes that were tried and work.

How it is told is the business of `story.py`; here are the words for Python packages, and the suggestions.
"""

from holdfast_resolver.errors import RegistryError
from holdfast_resolver.fetch.index import Index
from holdfast_resolver.resolve.exclusions import exclusion
from holdfast_resolver.resolve.request import Impossible, Request, Suggestion
from holdfast_resolver.resolve.run import Answers, Refusal, make_universe, solve_all
from holdfast_resolver.resolve.story import MOST_SUGGESTIONS, Story, place_of, unknown
from holdfast_resolver.resolve.universe import Package, Universe
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.wishes import Wish
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.intervals import describe


def explain_refusal(request: Request, refusal: Refusal, index: Index, *, suggest: bool = True) -> Impossible:
    """Explain a refusal. Suggestions are found by solving again; what cannot be fetched for that is not suggested."""
    story = _Story(request, refusal, index)
    target = request.targets[refusal.position]
    return Impossible(
        target,
        story.sentences(),
        suggestions(request, story.wishes, story.prereleases(), index) if suggest else (),
        story.only_wheels,
    )


class _Story(Story):
    """The leaves of one proof, in the words of Python packages."""

    def __init__(self, request: Request, refusal: Refusal, index: Index) -> None:
        self._universe = refusal.universe
        self._position = refusal.position
        self._target = request.targets[refusal.position]
        self._index = index
        super().__init__(refusal.proof, request.wishes)
        self.only_wheels = bool(self.excluded) and all(
            exclusion(self._universe, self._universe.by_node[node], self._visible(node, mask), self._position).kind
            in ("wheels", "nothing")
            for node, mask in self.excluded.items()
        )

    def name(self, node: int) -> str:
        return self._universe.by_node[node].name

    def is_extra(self, node: int) -> bool:
        return bool(self._universe.extra_of[node])

    def everything(self, node: int) -> int:
        return self._universe.by_node[node].table.everything

    def asked(self, wish: Wish) -> str:
        return wish.requirement.without_source()

    def where(self) -> str:
        return f" on {self._target}"

    def wanted(self, source: int, candidates: int, node: int, allowed: int) -> str:
        """What the candidates require of a package: in their own words where these are the same for all."""
        package, name = self._universe.by_node[source], self.name(node)
        texts: set[str] = set()
        for candidate, row in package.rows.items():
            if candidates >> candidate & 1:
                texts.update(need.range for need in row.facts.requires if need.name == name)
        return name + texts.pop() if len(texts) == 1 else self.spelled(node, allowed)

    def exclusions(self) -> list[str]:
        """What is not there: unknown packages, empty ranges, and candidates that policy or target exclude."""
        sentences: dict[str, None] = {}
        for node in dict.fromkeys([*self.excluded, *(to for _, to in self.needs), *self._wished()]):
            package = self._universe.by_node[node]
            if package.record is None:
                names = self._index.names_seen(package.source)
                sentences[unknown(package.source.name, "package", package.name, names)] = None
            elif node in self.excluded:
                found = exclusion(self._universe, package, self._visible(node, self.excluded[node]), self._position)
                if found.kind != "nothing":
                    sentences[found.sentence(package.name, str(self._target))] = None
        for wish in self.wishes:
            wished = self._universe.packages.get(wish.requirement.name)
            if wished is not None and wished.record is not None and not self._allowed(wished, wish.requirement):
                sentences[_nothing_in(wished, wish.requirement.range)] = None
        return list(sentences)

    def _wished(self) -> list[int]:
        packages = [self._universe.packages.get(wish.requirement.name) for wish in self.wishes]
        return [package.node for package in packages if package is not None]

    def prereleases(self) -> list[Requirement]:
        """Requirements that would admit the pre-releases whose exclusion the refusal rests on."""
        found = []
        for node, mask in self.excluded.items():
            package = self._universe.by_node[node]
            excluded = exclusion(self._universe, package, self._visible(node, mask), self._position)
            if excluded.kind == "pre-release":
                found.append(Requirement(package.source.name, package.name, (), f">={excluded.version}"))
        return found

    def _allowed(self, package: Package, need: Requirement) -> int:
        return package.table.mask(need.range)

    def _visible(self, node: int, mask: int) -> int:
        """Without "not selected"; only what the story's wishes and needs still allow of the package."""
        package = self._universe.by_node[node]
        mask &= package.table.everything
        for (_, target), (_, allowed) in self.needs.items():
            if target == node:
                mask &= allowed
        for wish in self.wishes:
            if wish.requirement.name == package.name:
                mask &= package.table.mask(wish.requirement.range)
        return mask

    def spelled(self, node: int, mask: int) -> str:
        """`django>=4.2`, over the releases that may be chosen at all where that says as much."""
        package = self._universe.by_node[node]
        extra = self._universe.extra_of[node]
        name = f"{package.name}[{extra}]" if extra else package.name
        table = package.table
        mask &= table.everything
        start = package.starts[self._position]
        kept = [i for i in range(table.count) if start >> i & 1]
        if kept and mask & start:
            small = Candidates([table.keys[i] for i in kept], [table.versions[i] for i in kept])
            text = describe(small, sum(1 << place for place, i in enumerate(kept) if mask >> i & 1))
        else:
            text = describe(table, mask)
        if not mask:
            return f"a release of {name} that does not exist"
        return name + text if len(text) < 60 else f"{name} ({mask.bit_count()} releases)"


def suggestions(
    request: Request, wishes: list[Wish], prereleases: list[Requirement], index: Index
) -> tuple[Suggestion, ...]:
    """Return up to three single changes that make the whole set solvable on every target, as tried.

    A wish gets another range, or a pre-release that something needs is named by the project itself.
    """
    found: list[Suggestion] = []
    for wish in wishes:
        need = wish.requirement
        if not need.range or len(found) == MOST_SUGGESTIONS:
            continue
        loose = wish._replace(requirement=need._replace(range=""))
        answers = _tried(request, tuple(loose if other is wish else other for other in request.wishes), index)
        lowest = _lowest_chosen(answers.universe, answers, need.name) if answers is not None else ""
        if lowest:
            new = need._replace(range=f">={lowest}").without_source()
            text = f"ask for {new} instead of {need.without_source()} in {place_of(wish)}"
            found.append(Suggestion(text, wish, new))
    for need in prereleases[: MOST_SUGGESTIONS - len(found)]:
        added = Wish(need, "project", "", wishes[0].path if wishes else "")
        if _tried(request, (*request.wishes, added), index) is not None:
            found.append(Suggestion(f"name the pre-release: add {need.without_source()}", None, need.without_source()))
    return tuple(found)


def _tried(request: Request, wishes: tuple[Wish, ...], index: Index) -> Answers | None:
    """Solve with other wishes; None when there is no solution, or when it cannot be found out."""
    changed = request._replace(wishes=wishes)
    try:
        answers = solve_all(changed, make_universe(changed, index), index)
    except RegistryError:
        return None
    return answers if isinstance(answers, Answers) else None


def _lowest_chosen(universe: Universe, answers: Answers, name: str) -> str:
    package = universe.packages[name]
    chosen = [solution.chosen[package.node] for solution in answers.solutions if package.node in solution.chosen]
    return package.table.versions[min(chosen)] if chosen else ""


def _nothing_in(package: Package, range_text: str) -> str:
    if not package.table.count:
        return f"{package.name} has no release"
    where = f" in {range_text}" if range_text else ""
    return f"{package.name} has no release{where}: {_newest(package)}"


def _newest(package: Package) -> str:
    kind = ", a pre-release" if package.table.prereleases >> (package.table.count - 1) & 1 else ""
    return f"its newest is {package.table.versions[-1]}{kind}"
