"""A toy world for the solver: packages, versions 1..n, requirements as sets of versions; and a brute-force oracle.

Written to be read, not to be fast. A toy universe knows everything, or answers late (`late`), one thing at a time.
"""

import itertools
import random
from collections.abc import Sequence
from typing import NamedTuple

from holdfast_resolver.solver.port import Clause, Edge, Waiting

Need = tuple[str, tuple[str, ...], frozenset[int]]  # (package, extras, versions that are allowed)


class Toy(NamedTuple):
    """`releases[package][version][extra]` are the needs of that version for that extra ("" = always)."""

    releases: dict[str, dict[int, dict[str, tuple[Need, ...]]]]
    wishes: tuple[Need, ...]
    unusable: frozenset[tuple[str, int]] = frozenset()


class ToyWorld:
    """A `World` over a toy. With `late`, every first question waits."""

    def __init__(self, toy: Toy, preferred: dict[str, int] | None = None, late: bool = False) -> None:
        self.toy = toy
        self.names: list[tuple[str, str]] = []
        self.numbers: dict[tuple[str, str], int] = {}
        self._preferred = preferred or {}
        self._late = late
        self._asked: set[tuple[int, int]] = set()
        self._needs: list[object] = []
        self.requirements: list[tuple[str, int, Need]] = []
        for name in sorted(toy.releases):
            self.number(name)

    def number(self, name: str, extra: str = "") -> int:
        key = (name, extra)
        if key not in self.numbers:
            self.numbers[key] = len(self.names)
            self.names.append(key)
        return self.numbers[key]

    def size(self, node: int) -> int:
        name, extra = self.names[node]
        return 1 if extra else len(self.toy.releases[name])

    def start(self, node: int) -> int:
        name, extra = self.names[node]
        return 3 if extra else (2 << len(self.toy.releases[name])) - 1

    def owner(self, node: int) -> int:
        name, extra = self.names[node]
        return self.number(name) if extra else -1

    def extras(self, node: int) -> Sequence[int]:
        name = self.names[node][0]
        return [number for (other, extra), number in self.numbers.items() if other == name and extra]

    def edges(self, node: int, candidate: int) -> Sequence[Edge] | None:
        if self._late and (node, candidate) not in self._asked:
            self._needs.append((node, candidate))
            raise Waiting
        name, extra = self.names[node]
        if (name, candidate + 1) in self.toy.unusable:
            return None
        term = (self.number(name), 1 << candidate)
        before: Clause = ((node, 1), term) if extra else (term,)
        edges = []
        for need in self.toy.releases[name][candidate + 1].get(extra, ()):
            self.requirements.append((name, candidate + 1, need))
            for target, allowed in self.allowed(need):
                forbidden = ((2 << self.size(target)) - 1) ^ allowed
                edges.append(Edge(target, allowed, (*before, (target, forbidden)), 1, len(self.requirements) - 1))
        return edges

    def allowed(self, need: Need) -> list[tuple[int, int]]:
        name, extras, versions = need
        mask = sum(1 << (version - 1) for version in versions)
        return [(self.number(name), mask), *((self.number(name, extra), 1) for extra in extras)]

    def open(self, node: int, candidates: int) -> None:
        if self._late:
            wanted = [(node, i) for i in range(self.size(node)) if candidates >> i & 1 and (node, i) not in self._asked]
            if wanted:
                self._needs.extend(wanted)
                raise Waiting

    def preferred(self, node: int) -> int:
        version = self._preferred.get(self.names[node][0], 0)
        return 1 << (version - 1) if version else 0

    def take_needs(self) -> tuple[object, ...]:
        needs = tuple(self._needs)
        self._asked.update(need for need in needs if isinstance(need, tuple))
        self._needs.clear()
        return needs


def random_toy(seed: int) -> Toy:
    """Make a small universe: dense enough that a third or so has no solution."""
    rng = random.Random(seed)
    names = [f"p{i}" for i in range(rng.randint(2, 6))]
    counts = {name: rng.randint(1, 4) for name in names}
    extras = {name: ["x", "y"][: rng.choice((0, 0, 1, 2))] for name in names}

    def need(owner: str) -> Need:
        other = rng.choice([name for name in names if name != owner])
        versions = range(1, counts[other] + 1)
        style = rng.random()
        if style < 0.4:
            pivot = rng.choice(versions)
            allowed = [v for v in versions if v >= pivot]
        elif style < 0.7:
            pivot = rng.choice(versions)
            allowed = [v for v in versions if v <= pivot]
        else:
            allowed = rng.sample(list(versions), rng.randint(0 if rng.random() < 0.1 else 1, counts[other]))
        wanted = (
            tuple(sorted(rng.sample(extras[other], rng.randint(0, len(extras[other]))))) if rng.random() < 0.4 else ()
        )
        return other, wanted, frozenset(allowed)

    releases = {
        name: {
            version: {
                part: tuple(need(name) for _ in range(rng.choice((0, 0, 1, 1, 2)))) for part in ["", *extras[name]]
            }
            for version in range(1, counts[name] + 1)
        }
        for name in names
    }
    unusable = frozenset(
        (name, version) for name in names for version in range(1, counts[name] + 1) if rng.random() < 0.04
    )
    return Toy(releases, tuple(need("") for _ in range(rng.randint(1, 3))), unusable)


Answer = tuple[dict[str, int], frozenset[tuple[str, str]]]


def closure(toy: Toy, versions: dict[str, int]) -> Answer | None:
    """Given a version for every package, return what is selected, or None if a requirement is broken."""
    selected: dict[str, int] = {}
    extras: set[tuple[str, str]] = set()
    todo: list[tuple[str, str]] = []

    def take(need: Need) -> bool:
        name, wanted, allowed = need
        if versions[name] not in allowed or (name, versions[name]) in toy.unusable:
            return False
        for part in ("", *wanted):
            if part == "" and name not in selected:
                selected[name] = versions[name]
                todo.append((name, ""))
            elif part and (name, part) not in extras:
                extras.add((name, part))
                todo.append((name, part))
        return True

    if not all(take(need) for need in toy.wishes):
        return None
    while todo:
        name, part = todo.pop()
        if not all(take(need) for need in toy.releases[name][versions[name]].get(part, ())):
            return None
    return selected, frozenset(extras)


def all_answers(toy: Toy) -> list[Answer]:
    """Return every solution: try all combinations of versions."""
    names = sorted(toy.releases)
    found: dict[tuple[tuple[str, int], ...], Answer] = {}
    for combination in itertools.product(*(sorted(toy.releases[name]) for name in names)):
        answer = closure(toy, dict(zip(names, combination)))
        if answer is not None:
            found[tuple(sorted(answer[0].items()))] = answer
    return list(found.values())
