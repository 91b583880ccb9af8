"""From a proof to what a person can use: short sentences, and single changes that were tried and work.

Reads only the leaves of the proof: the project's wishes, what releases require, and what policy and target exclude.
Leaves that say the same of several releases are merged, and steps of a chain are joined, so that a refusal stays
within six sentences.
"""

from holdfast_resolver.errors import RegistryError
from holdfast_resolver.fetch.index import Index
from holdfast_resolver.resolve.exclusions import exclusion
from holdfast_resolver.resolve.request import Impossible, Request, Suggestion
from holdfast_resolver.resolve.run import Answers, Refusal, make_universe, solve_all
from holdfast_resolver.resolve.universe import Package, Universe
from holdfast_resolver.solver.port import Clause, Leaf
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.wishes import Wish
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.intervals import describe

MOST_SENTENCES = 6
LONGEST = 160
_MOST_SUGGESTIONS = 3


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


class _Story:
    """The leaves of one proof, grouped by what they speak of."""

    def __init__(self, request: Request, refusal: Refusal, index: Index) -> None:
        self._universe = refusal.universe
        self._position = refusal.position
        self._target = request.targets[refusal.position]
        self.wishes: list[Wish] = []
        self._index = index
        self._needs: dict[tuple[int, int], tuple[int, int]] = {}  # (package or extra, to) -> (candidates, allowed)
        self._excluded: dict[int, int] = {}
        numbers = set()
        for clause, leaf in _leaves(refusal):
            if leaf.kind == "wish":
                numbers.add(leaf.number)
            elif leaf.kind == "requires":
                self._add_need(clause)
            else:
                ((node, mask),) = clause
                self._excluded[node] = self._excluded.get(node, 0) | mask
        self.wishes = [request.wishes[number] for number in sorted(numbers)]
        self.only_wheels = bool(self._excluded) and all(
            exclusion(self._universe, self._universe.by_node[node], self._visible(node, mask), self._position).kind
            in ("wheels", "nothing")
            for node, mask in self._excluded.items()
        )

    def sentences(self) -> tuple[str, ...]:
        """The story: what is asked for, what follows, what is not there, and that these exclude each other."""
        asked = self._asked()
        facts = self._chains() + self._exclusions()
        room = MOST_SENTENCES - 1 - len(asked)
        if len(facts) > room:
            left = len(facts) - room + 1
            facts = [*facts[: room - 1], f"and {left} more facts of this kind rule out every other release"]
        names = _listed(list(dict.fromkeys(wish.requirement.name for wish in self.wishes)))
        wishes = "this wish" if len(self.wishes) == 1 else "these wishes"
        end = f"so {wishes} cannot be met on {self._target}"
        if len(self.wishes) > 1 and len(end) + len(names) < LONGEST - 10:
            end = f"so the wishes for {names} cannot be met together on {self._target}"
        return tuple(_cut(sentence) for sentence in [*asked, *facts, end])

    def _asked(self) -> list[str]:
        """One sentence while it fits: `pyproject.toml:4 asks for django<3, and pyproject.toml:5 for b>=2`."""
        phrases = [f"{_place(wish)} {_verb(wish)} {wish.requirement.without_source()}" for wish in self.wishes]
        sentences: list[str] = []
        for phrase in phrases:
            if sentences and len(sentences[-1]) + len(phrase) + 6 <= LONGEST:
                sentences[-1] += f", and {phrase}"
            else:
                sentences.append(phrase)
        if len(sentences) > 2:
            sentences = [sentences[0], f"and {len(phrases) - 2} more wishes of the project take part"]
        return sentences

    def _chains(self) -> list[str]:
        """Requirement sentences; a requirement whose package is the last one's target continues its sentence."""
        sentences: list[str] = []
        last = -1
        for (source, node), (candidates, allowed) in self._ordered():
            wanted = self._wanted(source, candidates, node, allowed)
            if source == last and len(sentences[-1]) + len(wanted) + 20 <= LONGEST:
                sentences[-1] += f", which requires {wanted}"
            else:
                sentences.append(f"{self._spelled(source, candidates)} requires {wanted}")
            last = node
        return sentences

    def _wanted(self, source: int, candidates: int, node: int, allowed: int) -> str:
        """What the candidates require of a package: in their own words where these are the same for all."""
        package, name = self._universe.by_node[source], self._universe.by_node[node].name
        texts: set[str] = set()
        for candidate, row in package.rows.items():
            if candidates >> candidate & 1:
                texts.update(need.range for need in row.facts.requires if need.name == name)
        return name + texts.pop() if len(texts) == 1 else self._spelled(node, allowed)

    def _ordered(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Needs, walked depth first from the packages that are wished for."""
        left = dict(self._needs)
        names = {wish.requirement.name for wish in self.wishes}
        start = [key for key in left if self._universe.by_node[key[0]].name in names]
        ordered = []
        stack = list(reversed(start)) or list(reversed(left))
        while stack or left:
            key = stack.pop() if stack else next(iter(left))
            if key not in left:
                continue
            ordered.append((key, left.pop(key)))
            stack.extend(other for other in reversed(list(left)) if other[0] == key[1])
        return ordered

    def _exclusions(self) -> list[str]:
        """What is not there: unknown packages, empty ranges, and candidates that policy or target exclude."""
        sentences: dict[str, None] = {}
        for node in dict.fromkeys([*self._excluded, *(to for _, to in self._needs), *self._wished()]):
            package = self._universe.by_node[node]
            if package.record is None:
                sentences[self._unknown(package)] = None
            elif node in self._excluded:
                found = exclusion(self._universe, package, self._visible(node, self._excluded[node]), self._position)
                if found.kind != "nothing":
                    sentences[found.sentence(package.name, str(self._target))] = None
        for wish in self.wishes:
            wished = self._universe.packages.get(wish.requirement.name)
            if wished is not None and wished.record is not None and not self._allowed(wished, wish.requirement):
                sentences[f"{wished.name} has no release in {wish.requirement.range}: {_newest(wished)}"] = None
        return list(sentences)

    def _wished(self) -> list[int]:
        packages = [self._universe.packages.get(wish.requirement.name) for wish in self.wishes]
        return [package.node for package in packages if package is not None]

    def _unknown(self, package: Package) -> str:
        from difflib import get_close_matches  # start-up: only for an unknown name

        near = get_close_matches(package.name, self._index.names_seen(package.source), 1, 0.75)
        hint = f"; did you mean {near[0]}" if near else ""
        return f"{package.source.name} has no package named {package.name}{hint}"

    def prereleases(self) -> list[Requirement]:
        """Requirements that would admit the pre-releases whose exclusion the refusal rests on."""
        found = []
        for node, mask in self._excluded.items():
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
        for (_, target), (_, allowed) in self._needs.items():
            if target == node:
                mask &= allowed
        for wish in self.wishes:
            if wish.requirement.name == package.name:
                mask &= package.table.mask(wish.requirement.range)
        return mask

    def _add_need(self, clause: Clause) -> None:
        universe = self._universe
        node, forbidden = clause[-1]
        if len(clause) == 1 or universe.extra_of[node]:
            return
        package, candidates = clause[-2]
        source = clause[0][0] if len(clause) == 3 else package
        table = universe.by_node[node].table
        allowed = table.everything & ~forbidden
        known = self._needs.get((source, node), (0, 0))
        self._needs[source, node] = (known[0] | candidates, known[1] | allowed)

    def _spelled(self, node: int, mask: int) -> str:
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


def _leaves(refusal: Refusal) -> list[tuple[Clause, Leaf]]:
    """The leaves that the empty clause rests on, in the order of a depth-first walk."""
    proof, leaves = refusal.proof.proof, refusal.proof.leaves
    found: dict[Clause, Leaf] = {}
    seen: set[Clause] = set()
    stack: list[Clause] = [()]
    while stack:
        clause = stack.pop()
        if clause in seen:
            continue
        seen.add(clause)
        if clause in proof:
            stack.extend(reversed(proof[clause]))
        else:
            found[clause] = leaves.get(clause, Leaf("requires"))
    return list(found.items())


def suggestions(
    request: Request, wishes: list[Wish], prereleases: list[Requirement], index: Index
) -> tuple[Suggestion, ...]:
    """Return up to three single changes that make the whole set solvable on every target, as tried.

    A wish gets another range, or a pre-release that something needs is named by the project itself.
    """
    found: list[Suggestion] = []
    for wish in wishes:
        need = wish.requirement
        if not need.range or len(found) == _MOST_SUGGESTIONS:
            continue
        loose = wish._replace(requirement=need._replace(range=""))
        answers = _tried(request, tuple(loose if other is wish else other for other in request.wishes), index)
        lowest = _lowest_chosen(answers.universe, answers, need.name) if answers is not None else ""
        if lowest:
            new = need._replace(range=f">={lowest}").without_source()
            text = f"ask for {new} instead of {need.without_source()} in {_place(wish)}"
            found.append(Suggestion(text, wish, new))
    for need in prereleases[: _MOST_SUGGESTIONS - len(found)]:
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


def _newest(package: Package) -> str:
    if not package.table.count:
        return "it has none"
    kind = ", a pre-release" if package.table.prereleases >> (package.table.count - 1) & 1 else ""
    return f"its newest is {package.table.versions[-1]}{kind}"


def _place(wish: Wish) -> str:
    return f"{wish.path}:{wish.line}" if wish.line else wish.path


def _verb(wish: Wish) -> str:
    return {"constraint": "constrains", "override": "overrides with"}.get(wish.kind, "asks for")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 3].rstrip() + "..."
