"""Everything known of packages in one run, in the solver's numbers; shared by all targets.

A package's candidate table, where its candidates may be chosen (target by target), and what each candidate requires,
each worked out once. What is not known yet is collected as needs. Nothing here searches.
"""

from __future__ import annotations

from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.fetch.facts import Facts
from holdfast_resolver.fetch.index import Absent, Index, ListingNeed, Need
from holdfast_resolver.fetch.records import Record, is_yanked
from holdfast_resolver.resolve.coverage import Coverage
from holdfast_resolver.resolve.request import Remark
from holdfast_resolver.resolve.rows import read_row
from holdfast_resolver.solver.port import Clause, Edge
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.wishes import Source
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.grid import Grid
from holdfast_resolver.versions.prereleases import admitted

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable


class Row:
    """What one candidate requires, by extra ("" = always).

    `usable` are the targets on which it can be chosen; `undecided` those that only its sdist may serve, while nobody
    has asked whether that is static; `reason` says why where it cannot be chosen.
    """

    __slots__ = ("edges", "facts", "reason", "undecided", "uniform", "usable")

    def __init__(self, facts: Facts, usable: int, undecided: int, reason: str) -> None:
        self.facts = facts
        self.usable = usable
        self.undecided = undecided
        self.reason = reason
        self.edges: dict[str, list[Edge]] = {}
        self.uniform: set[str] = set()  # extras whose edges apply on every target


class Package:
    """One package: its candidates and where they may be chosen."""

    __slots__ = (
        "extras",
        "groups",
        "lines",
        "name",
        "node",
        "record",
        "rows",
        "sdists",
        "source",
        "starts",
        "table",
        "wheels",
    )

    def __init__(self, node: int, source: Source, name: str, record: Record | None) -> None:
        self.node = node
        self.source = source
        self.name = name
        self.record = record
        self.table = record.table if record is not None else Candidates([], [], 0)
        self.extras: dict[str, int] = {}
        self.rows: dict[int, Row] = {}
        self.lines: dict[int, list[str]] = {}
        self.starts: list[int] = []  # per target: the candidates that may be chosen there
        self.groups: dict[int, int] = {}  # candidates that may be chosen -> the targets where just these may
        self.wheels: list[tuple[int, int]] = []  # (targets, candidates with a wheel that serves them)
        self.sdists: list[tuple[int, int]] = []


class Universe:
    """The packages met so far. `source_of` tells where a name resolves."""

    def __init__(
        self,
        index: Index,
        grid: Grid,
        sources: tuple[Source, ...],
        *,
        prereleases: str,
        named_prereleases: Iterable[str],
        kept: dict[str, frozenset[str]],
        overrides: dict[str, Requirement],
    ) -> None:
        self.index = index
        self.grid = grid
        self.packages: dict[str, Package] = {}
        self.by_node: list[Package] = []  # of an extra: its package
        self.extra_of: list[str] = []  # "" for a package
        self.requirements: list[tuple[Package | None, Requirement]] = []
        self.needs: list[Need] = []
        self.remarks: dict[Remark, None] = {}
        self._sources = sources
        self._prereleases = prereleases
        self._named = frozenset(named_prereleases)
        self._kept = kept  # versions that stay candidates although yanked, or pre-releases: name -> versions
        self._overrides = overrides
        self._source_of: dict[str, Source] = {}
        self._coverage = Coverage(index.cache, grid)

    def save(self) -> None:
        """Keep in the cache what was worked out of the targets' coverage."""
        self._coverage.save()

    def source_of(self, name: str) -> Source:
        """Return the one source in which a name resolves: the first whose patterns match, else the main index."""
        known = self._source_of.get(name)
        if known is None:
            known = self._sources[0]
            for source in self._sources[1:]:
                if any(_matches(name, pattern) for pattern in source.packages):
                    known = source
                    break
            self._source_of[name] = known
        return known

    def package(self, name: str) -> Package | None:
        """Return a package, or None when its listing must be waited for (then it is among the needs)."""
        known = self.packages.get(name)
        if known is None:
            source = self.source_of(name)
            record = self.index.listing(source, name)
            if record is None:
                self.needs.append(ListingNeed(source, name))
                return None
            known = Package(len(self.by_node), source, name, None if isinstance(record, Absent) else record)
            self.packages[name] = known
            self.by_node.append(known)
            self.extra_of.append("")
            self._start(known)
        return known

    def extra(self, package: Package, name: str) -> int:
        """Return the node of an extra."""
        node = package.extras.get(name)
        if node is None:
            node = package.extras[name] = len(self.by_node)
            self.by_node.append(package)
            self.extra_of.append(name)
        return node

    def nodes(self, requirement: Requirement) -> list[tuple[int, int]] | None:
        """Return (node, allowed) for a requirement and its extras; None when a listing must be waited for.

        Raises `InvalidRange`.
        """
        package = self.package(requirement.name)
        if package is None:
            return None
        override = self._overrides.get(requirement.name)
        allowed = package.table.mask(requirement.range if override is None else override.range)
        return [(package.node, allowed), *[(self.extra(package, extra), 1) for extra in requirement.extras]]

    def row(self, package: Package, candidate: int) -> Row | None:
        """Return what a candidate requires, or None when something must be waited for (then it is among the needs)."""
        known = package.rows.get(candidate)
        if known is not None:
            return known
        read = read_row(self, package, candidate)
        if read is None:
            return None
        facts, usable, undecided = read
        row = Row(facts, usable, undecided, facts.reason)
        package.rows[candidate] = row
        return row

    def edges(self, package: Package, candidate: int, row: Row, extra: str) -> list[Edge] | None:
        """Return the edges of a candidate for an extra ("" = its own), on any target; None = wait."""
        known = row.edges.get(extra)
        if known is not None:
            return known
        edges: list[Edge] = []
        grid = self.grid
        everything = grid.everything
        term = (package.node, 1 << candidate)
        before: Clause = ((package.extras[extra], 1), term) if extra else (term,)
        for need in row.facts.requires:
            marker = need.marker
            if extra and "extra" not in marker:
                continue
            try:
                targets = grid.condition(marker, extra) if marker else everything
                if extra and targets == grid.condition(marker):
                    continue  # it holds without the extra
                if not targets:
                    continue
                found = self.nodes(need)
            except InvalidInput as error:
                row.reason = f"its metadata has {need.without_source()!r}: expected {error.expected}"
                row.usable = 0
                return []
            if found is None:
                continue
            number = len(self.requirements)
            self.requirements.append((package, need))
            for node, allowed in found:
                edge = self._edge(node, allowed, before, targets, number)
                if edge is not None:
                    edges.append(edge)
        if self.needs:
            return None
        if extra and extra not in row.facts.extras:
            self.remarks[Remark("extra-unknown", f"{package.name} {package.table.versions[candidate]}", extra)] = None
        row.edges[extra] = edges
        if all(edge.targets == everything for edge in edges):
            row.uniform.add(extra)
        return edges

    def _edge(self, node: int, allowed: int, before: Clause, targets: int, number: int) -> Edge | None:
        """Make an edge; None for a requirement of the candidate's own package that the candidate meets itself."""
        own, bit = before[-1]
        if node == own:
            return None if allowed & bit else Edge(node, allowed, before, targets, number)
        count = 1 if self.extra_of[node] else self.by_node[node].table.count
        return Edge(node, allowed, (*before, (node, ((2 << count) - 1) ^ allowed)), targets, number)

    def _start(self, package: Package) -> None:
        """Work out where the candidates may be chosen: coverage, requires-python, yanks, pre-releases."""
        grid = self.grid
        record = package.record
        size = len(grid.targets)
        if record is None:
            package.starts, package.groups = [0] * size, {0: grid.everything}
            return
        package.wheels, package.sdists = self._coverage.of(package.source, package.name, record)
        allowed = admitted(package.table, self._prereleases, package.name in self._named) & ~record.yanked
        for version in self._kept.get(package.name, ()):
            place = package.table.index(version)
            if place >= 0:
                allowed |= 1 << place
        columns = package.wheels + package.sdists
        if all(targets == grid.everything for targets, _ in columns):
            reachable = 0
            for _, mask in columns:
                reachable |= mask
            package.starts, package.groups = (
                [reachable & allowed] * size,
                {reachable & allowed: grid.everything},
            )
            return
        for position in range(size):
            reachable = 0
            for targets, mask in columns:
                if targets >> position & 1:
                    reachable |= mask
            package.starts.append(reachable & allowed)
        for position, start in enumerate(package.starts):
            package.groups[start] = package.groups.get(start, 0) | 1 << position

    def wheel_targets(self, package: Package, candidate: int) -> int:
        """Return the targets that a wheel of the candidate serves."""
        served = 0
        for targets, mask in package.wheels:
            if mask >> candidate & 1:
                served |= targets
        return served

    def sdist_targets(self, package: Package, candidate: int) -> int:
        """Return the targets whose Python the candidate's sdist admits."""
        served = 0
        for targets, mask in package.sdists:
            if mask >> candidate & 1:
                served |= targets
        return served

    def lines(self, package: Package, candidate: int) -> list[str]:
        """Return the candidate's artifacts undecoded, yanked ones only where all are; [] = its record is damaged."""
        known = package.lines.get(candidate)
        if known is None:
            record = package.record
            lines = (record.lines(candidate) if record is not None else None) or []
            known = package.lines[candidate] = [line for line in lines if not is_yanked(line)] or lines
        return known


def _matches(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
