"""What the solver needs to know of the world, and the values it speaks in. No I/O, no clock, no ecosystem.

A *node* is a package or an extra of a package, numbered from 0. The *domain* of a node is an int, a set of bits:

    package with n candidates   bit i (0 <= i < n) = candidate i, ascending;  bit n = "not selected"
    extra of a package          bit 0 = asked for;                            bit 1 = "not asked for"

A *term* (node, mask) says that the node's value lies in the mask. A *clause* is a tuple of terms that must not all
hold at once:

    a 2.0 requires b>=3     ((a, {2.0}), (b, {1, 2, not selected}))
"""

from __future__ import annotations

from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Sequence
    from typing import Protocol, TypeAlias
else:
    Protocol = object

Term: TypeAlias = tuple[int, int]
Clause: TypeAlias = tuple[Term, ...]


class Edge(NamedTuple):
    """One requirement of one candidate: if the candidate is chosen, `node` takes a value of `allowed`."""

    node: int
    allowed: int
    clause: Clause
    targets: int  # bitmask of the targets where it may apply; the solver does not read it
    requirement: int  # the world's number of the requirement, for explanations


class Waiting(Exception):
    """Raised by a world that cannot answer yet; what it lacks is in `World.take_needs`."""


class World(Protocol):
    """What is true of the candidates, for one target. Answers never change during a run."""

    def size(self, node: int) -> int:
        """Return n, the number of candidates of a package (1 for an extra)."""

    def start(self, node: int) -> int:
        """Return the first domain: the candidates that policy and target let in, and "not selected"."""

    def owner(self, node: int) -> int:
        """Return the package of an extra, -1 for a package."""

    def extras(self, node: int) -> Sequence[int]:
        """Return the extras of a package that anything has named so far."""

    def edges(self, node: int, candidate: int) -> Sequence[Edge] | None:
        """Return what a candidate requires (of an extra: what its package's candidate requires for it).

        None when the candidate turned out to be unusable. Raises `Waiting`.
        """

    def open(self, node: int, candidates: int) -> None:
        """Ask for what all these candidates require, since one may soon be wanted. Raises `Waiting`."""

    def preferred(self, node: int) -> int:
        """Return the candidates to take first where the domain has them, as a mask; 0 = none."""

    def take_needs(self) -> tuple[object, ...]:
        """Return what the world waits for, and forget it."""


class Solution(NamedTuple):
    """Every requirement is met: the chosen candidate of each package that is selected, and the extras asked for."""

    chosen: dict[int, int]  # package node -> candidate index
    extras: frozenset[int]  # extra nodes
    attempts: int  # candidates considered
    conflicts: int
    looked: dict[int, int] = {}  # noqa: RUF012  # package node -> the lowest candidate that mattered; below, none did


class NoSolution(NamedTuple):
    """No choice meets all requirements. `proof` maps each derived clause to the clauses it follows from.

    The empty clause is derived; clauses that are not keys are leaves, and `leaves` tells what each says.
    """

    proof: dict[Clause, tuple[Clause, ...]]
    leaves: dict[Clause, Leaf]
    attempts: int
    conflicts: int


class Leaf(NamedTuple):
    """Why a clause holds without proof."""

    kind: str  # "wish" | "requires" | "excluded" | "unusable" | "belongs"
    number: int = -1  # of the wish or the requirement


Outcome: TypeAlias = Solution | NoSolution
