"""The domains of all nodes, and every narrowing in order, so that any of it can be taken back and asked for its reason.

An entry is (node, domain before, clause or None for a decision, previous entry of the node, level).
"""

from holdfast_resolver.solver.port import Clause, World

_Entry = tuple[int, int, Clause | None, int, int]


class Trail:
    """The search reads all of it; it writes only in `Search._apply`, where the work of `narrow` is written out."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.domains: dict[int, int] = {}
        self.entries: list[_Entry] = []
        self.lows: dict[int, int] = {}  # the lowest of the highest candidates that taken-back domains had
        self.level = 0
        self.last: dict[int, int] = {}
        self._level_starts: list[int] = [0]
        self.absents: dict[int, int] = {}

    def touch(self, node: int) -> int:
        """Give a node that nothing has named yet its first domain; return it."""
        domain = self.domains[node] = self._world.start(node)
        self.absents[node] = 1 << self._world.size(node)
        self.last[node] = -1
        return domain

    def domain(self, node: int) -> int:
        """Return the node's domain."""
        known = self.domains.get(node)
        return self.touch(node) if known is None else known

    def absent(self, node: int) -> int:
        """Return the bit that means "not selected"."""
        if node not in self.absents:
            self.touch(node)
        return self.absents[node]

    def full(self, node: int) -> int:
        """Return every bit of the node, "not selected" included."""
        return self.absent(node) * 2 - 1

    def selected(self, node: int) -> bool:
        """Whether the node must take a value other than "not selected"."""
        domain = self.domains.get(node)
        return domain is not None and not domain & self.absents[node]

    def narrow(self, node: int, after: int, clause: Clause | None) -> None:
        """Record that the domain of `node` became `after` because of `clause`."""
        entries = self.entries
        entries.append((node, self.domains[node], clause, self.last[node], self.level))
        self.last[node] = len(entries) - 1
        self.domains[node] = after

    def decide(self, node: int, value: int) -> None:
        """Open a level by choosing a value."""
        self.level += 1
        self._level_starts.append(len(self.entries))
        self.narrow(node, value, None)

    def mark(self, node: int) -> None:
        """Record that a node was settled at this level, without narrowing it."""
        self.narrow(node, self.domains[node], ())

    def back_to(self, level: int) -> list[int]:
        """Take back every entry above `level`; return the nodes concerned, latest first."""
        if level >= self.level:
            return []
        start = self._level_starts[level + 1]
        del self._level_starts[level + 1 :]
        entries, lows = self.entries, self.lows
        nodes = []
        while len(entries) > start:
            node, before, _, previous, _ = entries.pop()
            top = (self.domains[node] & ~self.absents[node]).bit_length() - 1
            if top < lows.get(node, top + 1):
                lows[node] = top
            self.domains[node] = before
            self.last[node] = previous
            nodes.append(node)
        self.level = level
        return list(dict.fromkeys(nodes))

    def satisfied_at(self, node: int, mask: int) -> tuple[int, int]:
        """Return (entry, level) since which the domain lies in `mask`; (-1, 0) when it always did."""
        index = self.last[node]
        entries = self.entries
        while index >= 0:
            _, before, _, previous, level = entries[index]
            if before & ~mask:
                return index, level
            index = previous
        return -1, 0
