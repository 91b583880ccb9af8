"""PubGrub over bitmasks: decisions, unit propagation, learned clauses, backjumps (docs/solver.md).

The search differs from the textbook in two ways that do not change what is true, only how much is done:

* **Requirements are tested when a candidate is considered.** A candidate whose requirement contradicts the domains is
  refused together with every opened candidate that has the same requirement, and only then does that requirement
  become a watched clause. A run without conflicts touches each edge once.
* **Candidates are opened in growing windows** (4, 8, ... 64): which requirements may be used to refuse many
  candidates at once depends on the search alone, never on what a cache happens to hold.

Decision order: nodes that conflicts called for, then those that some requirement pins to one version, then first
seen, then those that conflicts put back.
"""

from __future__ import annotations

from heapq import heappop, heappush

from holdfast_resolver.solver.analysis import analyse
from holdfast_resolver.solver.port import Clause, Edge, Leaf, NoSolution, Outcome, Solution, Waiting, World
from holdfast_resolver.solver.trail import Trail
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Generator, Sequence

_SWAP_AFTER = 5  # candidates of one package refused because of another before their order is swapped
_WINDOWS = (4, 8, 16, 32, 64)
_EARLY, _SINGLE, _NORMAL, _LATE = range(4)


class Assumption(NamedTuple):
    """A requirement of the project itself: `node` takes a value of `allowed`."""

    node: int
    allowed: int
    number: int


class Search:
    """One run for one target. `run` yields what it waits for and returns the outcome."""

    def __init__(self, world: World, wishes: Sequence[Assumption], *, lowest: bool = False) -> None:
        self._world = world
        self._wishes = wishes
        self._lowest = lowest
        self._trail = Trail(world)
        self._heap: list[tuple[int, int]] = []  # (rank, node)
        self._seen: dict[int, int] = {}
        self._class: dict[int, int] = {}
        self._ranks: dict[int, int] = {}  # of what waits in the heap; other entries are stale
        self._settled: dict[int, int] = {}  # package -> candidate; extra -> 0 once its edges are applied
        self._watches: dict[int, list[Clause]] = {}
        self._pending: list[int] = []
        self._opened: dict[int, int] = {}
        self._column_cache: dict[int, tuple[int, dict[int, dict[int, int]]]] = {}
        self._refusals: dict[int, int] = {}  # package -> windows opened
        self._blame: dict[tuple[int, int], int] = {}
        self._swapped: set[tuple[int, int]] = set()
        self._proof: dict[Clause, tuple[Clause, ...]] = {}
        self._leaves: dict[Clause, Leaf] = {}
        self._involved: set[int] = set()  # nodes whose whole domain mattered to a refusal or a conflict
        self._attempts = 0
        self._conflicts = 0

    def run(self) -> Generator[tuple[object, ...], None, Outcome]:
        """Yield needs (as the world names them) until the outcome is known; return it."""
        conflict = self._assume()
        while True:
            if conflict is not None:
                self._conflicts += 1
                if not self._learn(conflict):
                    return NoSolution(self._proof, self._leaves, self._attempts, self._conflicts)
                conflict = self._propagate()
                continue
            node = self._next()
            if node < 0:
                return self._solution()
            while True:
                try:
                    conflict = self._settle(node)
                    break
                except Waiting:
                    yield self._world.take_needs()
            if conflict is None and self._pending:
                conflict = self._propagate()

    def _assume(self) -> Clause | None:
        """Apply the project's own wishes at level 0."""
        for node, allowed, number in self._wishes:
            clause = ((node, self._trail.full(node) ^ allowed),)
            self._leaves.setdefault(clause, Leaf("wish", number))
            if not self._narrow(node, allowed, clause):
                return clause
        return self._propagate()

    def _next(self) -> int:
        """Return the next node to settle, -1 when all are."""
        heap, settled, ranks = self._heap, self._settled, self._ranks
        trail = self._trail
        while heap:
            rank, node = heap[0]
            if node in settled or ranks[node] != rank or not trail.selected(node):
                heappop(heap)
                continue
            owner = self._world.owner(node)
            if owner >= 0 and owner not in settled:
                heappop(heap)  # its edges are applied when its package is settled
                continue
            return node
        return -1

    def _settle(self, node: int) -> Clause | None:
        """Choose a candidate of a package, or apply the edges of an extra; return a clause that is broken."""
        owner = self._world.owner(node)
        if owner >= 0:
            edges = self._world.edges(node, self._settled[owner])
            if edges is None:
                return self._unusable(owner, self._settled[owner])
            self._settled[node] = 0
            self._trail.mark(node)
            return self._apply(edges)
        trail = self._trail
        while True:
            candidate = self._choose(node)
            edges = self._edges_with_extras(node, candidate)
            if edges is None:
                self._open(node, candidate)
                refused = self._unusable(node, candidate)
                affected = 1 << candidate
            else:
                blocked = self._blocked(edges)
                if blocked is None:
                    trail.decide(node, 1 << candidate)
                    self._settled[node] = candidate
                    self._attempts += 1
                    return self._apply(edges)
                self._open(node, candidate)
                refused, affected = self._widen(node, candidate, blocked)
            self._attempts += 1
            if not trail.domain(node) & ~affected:
                return refused
            self._narrow(node, trail.full(node) ^ affected, refused)
            if edges is not None and self._blames(node, refused, affected):
                return None

    def _choose(self, node: int) -> int:
        domain = self._trail.domain(node)
        preferred = domain & self._world.preferred(node)
        if preferred:
            return preferred.bit_length() - 1
        return (domain & -domain).bit_length() - 1 if self._lowest else domain.bit_length() - 1

    def _edges_with_extras(self, node: int, candidate: int) -> Sequence[Edge] | None:
        edges = self._world.edges(node, candidate)
        if edges is None:
            return None
        for extra in self._world.extras(node):
            if self._trail.selected(extra):
                more = self._world.edges(extra, candidate)
                if more:
                    edges = [*edges, *more]
        return edges

    def _blocked(self, edges: Sequence[Edge]) -> Edge | None:
        """Return the first edge that contradicts the domains."""
        domains = self._trail.domains
        for edge in edges:
            domain = domains.get(edge[0])
            if domain is None:
                domain = self._trail.touch(edge[0])
            if not domain & edge[1]:
                return edge
        return None

    def _apply(self, edges: Sequence[Edge]) -> Clause | None:
        """Take the edges of what was just settled into account; return one that leaves nothing.

        The same as `_narrow` for each edge, written out: this loop is where a run without conflicts spends its time.
        """
        trail, settled, watches = self._trail, self._settled, self._watches
        domains, entries, last, absents = trail.domains, trail.entries, trail.last, trail.absents
        level = trail.level
        for node, allowed, clause, _, _ in edges:
            before = domains.get(node)
            if before is None:
                before = trail.touch(node)
            after = before & allowed
            if after == before:
                continue
            if not after:
                return clause
            entries.append((node, before, clause, last[node], level))
            last[node] = len(entries) - 1
            domains[node] = after
            if node in watches:
                self._pending.append(node)
            if not allowed & (allowed - 1):
                self._class.setdefault(node, _SINGLE)
            elif not before & absents[node]:
                continue
            if node not in settled:
                self._push(node)
        return None

    def _narrow(self, node: int, allowed: int, clause: Clause) -> bool:
        """Take `allowed` into account, because of `clause`; return False when nothing would be left."""
        trail = self._trail
        before = trail.domain(node)
        after = before & allowed
        if not after:
            return False
        if after != before:
            trail.narrow(node, after, clause)
            if node in self._watches:
                self._pending.append(node)
            absent = trail.absent(node)
            if not after & absent and before & absent and node not in self._settled:
                self._push(node)
        return True

    def _push(self, node: int) -> None:
        """Put a node that became selected, or changed its rank, where its turn is."""
        seen = self._seen.setdefault(node, len(self._seen))
        rank = self._ranks[node] = self._class.get(node, _NORMAL) << 40 | seen
        heappush(self._heap, (rank, node))

    def _unusable(self, node: int, candidate: int) -> Clause:
        self._involved.add(node)
        clause = ((node, 1 << candidate),)
        self._leaves[clause] = Leaf("unusable")
        return clause

    def _open(self, node: int, candidate: int) -> None:
        """Open the next window of candidates below (or above) a refused one. Raises `Waiting`."""
        count = self._refusals.get(node, 0)
        domain = self._trail.domain(node) & ~self._opened.get(node, 0)
        window = 1 << candidate
        for _ in range(_WINDOWS[min(count, len(_WINDOWS) - 1)]):
            if not domain:
                break
            bit = domain & -domain if self._lowest else 1 << (domain.bit_length() - 1)
            window |= bit
            domain ^= bit
        if window & ~self._opened.get(node, 0) == 0:
            return
        self._world.open(node, window)
        self._opened[node] = self._opened.get(node, 0) | window
        self._refusals[node] = count + 1

    def _widen(self, node: int, candidate: int, blocked: Edge) -> tuple[Clause, int]:
        """Refuse, in one clause, every opened candidate whose requirement of the same package is contradicted too.

        a 1 requires b {1},  a 2 requires b {2},  b is {3}      ->  not all of: a in {1, 2}, b not in {1, 2}
        """
        terms = blocked.clause
        extra = terms[0][0] if len(terms) > 1 and self._world.owner(terms[0][0]) == node else -1
        domain = self._trail.domain(node)
        other = self._trail.domain(blocked.node)
        affected, allowed = 1 << candidate, blocked.allowed
        if blocked.node != node:
            for each, candidates in self._columns(node if extra < 0 else extra, node)[blocked.node].items():
                if not each & other and candidates & domain:
                    affected |= candidates & domain
                    allowed |= each
            forbidden = self._trail.full(blocked.node) ^ allowed
            terms = ((node, affected), (blocked.node, forbidden))
        else:
            terms = ((node, affected),)
        clause: Clause = terms if extra < 0 else ((extra, 1), *terms)
        self._involved.update(each for each, _ in clause)
        if clause not in self._leaves:
            self._leaves[clause] = Leaf("requires", blocked.requirement)
            self._watch(clause)
        return clause, affected

    def _columns(self, source: int, node: int) -> dict[int, dict[int, int]]:
        """Return, for the opened candidates of a package (or of its extra), required node -> allowed -> candidates."""
        covered, columns = self._column_cache.setdefault(source, (0, {}))
        rest = self._opened[node] & ~covered
        while rest:
            index = rest.bit_length() - 1
            rest ^= 1 << index
            for edge in self._world.edges(source, index) or ():
                column = columns.setdefault(edge.node, {})
                column[edge.allowed] = column.get(edge.allowed, 0) | 1 << index
        self._column_cache[source] = (self._opened[node], columns)
        return columns

    def _watch(self, clause: Clause) -> None:
        for node, _ in clause:
            self._watches.setdefault(node, []).append(clause)

    def _blames(self, node: int, clause: Clause, affected: int) -> bool:
        """Count a refusal; when one package keeps refusing another's candidates, swap their order.

        Returns True when the search went back, so that the next node must be chosen anew.
        """
        trail = self._trail
        other = clause[-1][0]
        level = max((trail.satisfied_at(n, mask)[1] for n, mask in clause if n != node), default=0)
        if level == 0:
            return False
        pair = (node, other)
        self._blame[pair] = self._blame.get(pair, 0) + affected.bit_count()
        if self._blame[pair] < _SWAP_AFTER or pair in self._swapped or (other, node) in self._swapped:
            return False
        self._swapped.add(pair)
        self._class[node] = _EARLY
        self._class[other] = _LATE
        self._back_to(level - 1)
        for moved in pair:
            if trail.selected(moved):
                self._push(moved)
        return True

    def _propagate(self) -> Clause | None:
        """Apply every watched clause that has become a unit; return one that is broken."""
        pending, trail = self._pending, self._trail
        while pending:
            for clause in self._watches.get(pending.pop(), ()):
                open_term = None
                for node, mask in clause:
                    domain = trail.domain(node)
                    if domain | mask == mask:
                        continue
                    if not domain & mask or open_term is not None:
                        break
                    open_term = (node, mask)
                else:
                    if open_term is None:
                        pending.clear()
                        return clause
                    node, mask = open_term
                    self._narrow(node, trail.full(node) ^ mask, clause)
        return None

    def _learn(self, conflict: Clause) -> bool:
        """Derive a clause from a conflict and go back to where it says something new; False = no solution."""
        learned, antecedents, level = analyse(self._trail, conflict, self._leaves)
        self._involved.update(node for clause in antecedents for node, _ in clause)
        if learned != conflict and learned not in self._leaves:
            self._proof.setdefault(learned, antecedents)
        if not learned:
            return False
        self._back_to(level)
        if learned not in self._leaves:
            self._watch(learned)
        self._pending.clear()
        for node, mask in learned:
            domain = self._trail.domain(node)
            if domain | mask != mask:
                self._narrow(node, self._trail.full(node) ^ mask, learned)
                break
        return True

    def _back_to(self, level: int) -> None:
        for node in self._trail.back_to(level):
            if node in self._settled:
                del self._settled[node]
            if self._trail.selected(node):
                self._push(node)
            for extra in self._world.extras(node):
                if self._trail.selected(extra):
                    self._push(extra)

    def _solution(self) -> Solution:
        chosen = {node: at for node, at in self._settled.items() if self._world.owner(node) < 0}
        extras = frozenset(node for node in self._trail.domains if self._is_extra(node))
        return Solution(chosen, extras, self._attempts, self._conflicts, self._looked(chosen))

    def _looked(self, chosen: dict[int, int]) -> dict[int, int]:
        """Of each package, the lowest candidate whose presence could have changed anything (docs/solver.md)."""
        looked = {}
        lows = self._trail.lows
        for node in self._trail.domains:
            if node in self._involved or self._lowest:
                looked[node] = 0
            else:
                size = self._world.size(node)
                looked[node] = min(chosen.get(node, size), lows.get(node, size))
        return looked

    def _is_extra(self, node: int) -> bool:
        return self._world.owner(node) >= 0 and self._trail.selected(node)
