"""A first guess at a solution, for graphs with so many conflicts that the search would go back again and again.

Every module takes the highest candidate that all its dependents admit. Where they contradict each other, the version
that fewest of them must be walked back for is taken, and those are. Changes go on until nothing contradicts, or for
long enough. The search then takes what was guessed first; what is true, and what is not, it finds out by itself.
"""

from __future__ import annotations

from collections import deque

from holdfast_resolver.resolve.modules_offers import Offer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from holdfast_resolver.resolve.modules_world import ModuleWorld
    from holdfast_resolver.solver.search import Assumption

_LOOKS = 60  # how often a module is looked at before its choice is left as it is
_CANNOT = 1_000  # a dependent that has no candidate to be walked back to weighs as much as so many that have
_FAR = 3  # one that can be walked back only if its own dependents are, as so many
_PROJECT = -1  # a dependent below this is a wish


def guess(world: ModuleWorld, wishes: Sequence[Assumption], *, lowest: bool) -> dict[int, int]:
    """Return a candidate for each module that the guess selects: node -> its mask."""
    guesses = _Guesses(world, lowest)
    for place, wish in enumerate(wishes):
        guesses.want(_PROJECT - 1 - place, wish.node, wish.allowed)
    guesses.settle()
    guesses.improve()
    return {node: 1 << at for node, at in enumerate(guesses.chosen) if at >= 0}


class _Guesses:
    """Each module's choice, what its dependents want of it, and the candidates that it was walked back from."""

    def __init__(self, world: ModuleWorld, lowest: bool) -> None:
        self._offers = world.offers
        self._lowest = lowest
        nodes = range(len(world.offers.by_node))
        self._starts = [world.start(node) & world.offers.by_node[node].table.everything for node in nodes]
        self._pins = [world.preferred(node) for node in nodes]
        self._wants: list[dict[int, int]] = [{} for _ in nodes]  # by dependent
        self._banned = [0 for _ in nodes]
        self._weights = [1 for _ in nodes]  # doubled each time that it could not be walked back
        self.chosen = [-1 for _ in nodes]
        self._queue: deque[int] = deque()
        self._queued = [False for _ in nodes]
        self._looks = [0 for _ in nodes]

    def want(self, dependent: int, node: int, allowed: int) -> None:
        """Note what a dependent wants of a module."""
        if self._wants[node].get(dependent) != allowed:
            self._wants[node][dependent] = allowed
            self._later(node)

    def settle(self) -> None:
        """Look at every module whose wants have changed, until none has."""
        while self._queue:
            node = self._queue.popleft()
            self._queued[node] = False
            if self._wants[node]:
                self._look(node)
            else:
                self._choose(node, -1)

    def improve(self) -> None:
        """Undo what was walked back in vain: take a better candidate where all that it requires is chosen already."""
        for node, at in enumerate(self.chosen):
            better = self._better(node, at) if at >= 0 and not self._pins[node] >> at & 1 else 0
            while better:
                candidate = (better & -better if self._lowest else better).bit_length() - 1
                better ^= 1 << candidate
                needs = self._needed(self._offers.by_node[node], candidate)
                if all(
                    self.chosen[other] >= 0 and allowed >> self.chosen[other] & 1 for other, allowed in needs.items()
                ):
                    self._choose(node, candidate)
                    break

    def _better(self, node: int, at: int) -> int:
        return self._admitted(node) & ((1 << at) - 1 if self._lowest else -2 << at)

    def _later(self, node: int) -> None:
        if not self._queued[node] and self._looks[node] < _LOOKS:
            self._looks[node] += 1
            self._queued[node] = True
            self._queue.append(node)

    def _look(self, node: int) -> None:
        domain = self._starts[node]
        if not domain:
            return
        domain = self._admitted(node) & ~self._banned[node] or self._least_harm(node)
        domain = domain & self._pins[node] or domain
        self._choose(node, (domain & -domain if self._lowest else domain).bit_length() - 1)

    def _admitted(self, node: int) -> int:
        domain = self._starts[node]
        for allowed in self._wants[node].values():
            domain &= allowed
        return domain

    def _least_harm(self, node: int) -> int:
        """Choose the candidate that fewest dependents speak against; walk those back, and return it as a mask."""
        best, harm = self._weighed(node, self._starts[node] & ~self._banned[node])
        if harm >= _CANNOT and self._banned[node]:  # it cannot be walked back: what asked for that must give way
            self._banned[node] = 0
            self._weights[node] *= 2
            if self.chosen[node] >= 0:
                for other in self._needed(self._offers.by_node[node], self.chosen[node]):
                    self._later(other)
            if admitted := self._admitted(node):
                return admitted
            best, _ = self._weighed(node, self._starts[node])
        for each, allowed in self._wants[node].items():
            if each >= 0 and not allowed >> best & 1:
                self._banned[each] |= self._against(each, node, best)
                self._later(each)
        return 1 << best

    def _weighed(self, node: int, among: int) -> tuple[int, int]:
        """Return the candidate that does the least harm, and how much; (-1, too much) if there is none."""
        wants = self._wants[node]
        reach = {each: self._reach(each, node) if each >= 0 else (0, 0) for each in wants}
        best, least = -1, _CANNOT
        order = range(among.bit_length())
        for at in order if self._lowest else reversed(order):
            if not among >> at & 1:
                continue
            harm = 0
            for each, allowed in wants.items():
                if not allowed >> at & 1:
                    near, far = reach[each]
                    weight = self._weights[each] if each >= 0 else _CANNOT
                    harm += weight if near >> at & 1 else weight * _FAR if far >> at & 1 else _CANNOT
            if best < 0 or harm < least:
                best, least = at, harm
        return best, least

    def _reach(self, dependent: int, node: int) -> tuple[int, int]:
        """Return the candidates of a module that its dependent could do with, as it is wanted now, and at all."""
        near = far = 0
        admitted, start = self._admitted(dependent), self._starts[dependent]
        for at, needs in enumerate(self._needs(dependent)):
            if start >> at & 1:
                allowed = needs.get(node, -1)
                far |= allowed
                near |= allowed if admitted >> at & 1 else 0
        return near, far

    def _against(self, dependent: int, node: int, best: int) -> int:
        return sum([1 << at for at, needs in enumerate(self._needs(dependent)) if not needs.get(node, -1) >> best & 1])

    def _needs(self, node: int) -> list[Mapping[int, int]]:
        return [self._needed(self._offers.by_node[node], at) for at in range(self._offers.by_node[node].table.count)]

    def _needed(self, offer: Offer, at: int) -> dict[int, int]:
        """Return what a candidate requires, of modules that are at hand: node -> allowed."""
        by_name = self._offers.by_name
        found = {}
        for name, range_text in offer.releases[at].dependencies:
            other = by_name.get(name)
            if other is not None and other.node != offer.node:
                found[other.node] = other.term(range_text)[0]
        return found

    def _choose(self, node: int, at: int) -> None:
        before = self.chosen[node]
        if at == before:
            return
        self.chosen[node] = at
        offer = self._offers.by_node[node]
        needs = self._needed(offer, at) if at >= 0 else {}
        for other in self._needed(offer, before) if before >= 0 else ():
            if other not in needs:
                del self._wants[other][node]
                self._later(other)
        for other, allowed in needs.items():
            self.want(node, other, allowed)
