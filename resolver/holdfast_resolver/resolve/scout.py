"""The scout: runs ahead of the search over the network, so that the search seldom waits.

It walks greedily, the newest candidate of each package, through listings and metadata as they arrive. It only asks;
nothing it does changes an answer, so it may guess. Made when the first request goes out, never on a warm run.
"""

from holdfast_resolver.errors import InvalidInput, RegistryError
from holdfast_resolver.fetch.facts import Facts
from holdfast_resolver.fetch.index import Answer, FactsNeed, Index, ListingNeed, Need
from holdfast_resolver.resolve.request import Request
from holdfast_resolver.resolve.rows import RecordDamaged, metadata_artifacts
from holdfast_resolver.resolve.universe import Package, Universe
from holdfast_resolver.values.artifacts import Artifact
from holdfast_resolver.values.requirements import Requirement


class Scout:
    """One per run. `arrived` is called for each answer, in the thread of the search."""

    def __init__(self, request: Request, universe: Universe, index: Index) -> None:
        self._universe = universe
        self._index = index
        self._preferred = {pin.name: pin.version for pin in request.preferences if pin.name not in request.freed}
        self._lowest = request.strategy == "lowest"
        self._wanted: dict[str, list[Requirement]] = {}
        self._seen: set[tuple[str, str, tuple[str, ...]]] = set()
        self._looked: dict[tuple[str, int], set[str]] = {}  # (name, candidate) -> extras followed
        self._awaited: dict[str, list[tuple[Package, int]]] = {}  # artifact hash -> candidates it stands for
        self._queue: list[Requirement] = []
        for wish in request.wishes:
            if wish.kind != "override" and universe.grid.condition(wish.requirement.marker):
                self._want(wish.requirement)
        self._walk()

    def arrived(self, need: Need, answer: Answer) -> None:
        """Follow an answer."""
        if isinstance(answer, RegistryError):
            return
        if isinstance(need, ListingNeed):
            self._queue.extend(self._wanted.get(need.name, ())[-1:])
        elif isinstance(need, FactsNeed):
            for package, candidate in self._awaited.pop(need.artifact.hash, ()):
                self._follow(package, candidate)
        self._walk()

    def _want(self, need: Requirement) -> None:
        key = (need.name, need.range, need.extras)
        if key not in self._seen:
            self._seen.add(key)
            self._wanted.setdefault(need.name, []).append(need)
            self._queue.append(need)

    def _walk(self) -> None:
        while self._queue:
            name = self._queue.pop().name
            source = self._universe.source_of(name)
            if name not in self._universe.packages and self._index.listing(source, name) is None:
                self._index.ask(ListingNeed(source, name))
                continue
            package = self._universe.package(name)
            if package is not None and package.record is not None:
                for candidate in self._likely(package):
                    self._look(package, candidate)

    def _likely(self, package: Package) -> set[int]:
        """The candidates that the search will probably consider first, over all targets."""
        mask = package.table.everything
        for need in self._wanted[package.name]:
            try:
                allowed = package.table.mask(need.range)
            except InvalidInput:
                continue
            mask = mask & allowed or allowed
        pinned = package.table.index(self._preferred.get(package.name, ""))
        if pinned >= 0 and mask >> pinned & 1:
            return {pinned}
        if self._lowest:
            return {(mask & s & -(mask & s)).bit_length() - 1 for s in package.groups if mask & s}
        return {(mask & start).bit_length() - 1 for start in package.groups if mask & start}

    def _look(self, package: Package, candidate: int) -> None:
        """Have the metadata of a candidate fetched, and follow it when it is there."""
        try:
            artifacts: list[Artifact] = metadata_artifacts(self._universe, package, candidate)
        except RecordDamaged:
            return
        waiting = False
        for artifact in artifacts:
            version = package.table.versions[candidate]
            if self._index.facts(package.source, package.name, version, artifact) is None:
                self._awaited.setdefault(artifact.hash, []).append((package, candidate))
                self._index.ask(FactsNeed(package.source, package.name, artifact))
                waiting = True
        if not waiting:
            self._follow(package, candidate)

    def _follow(self, package: Package, candidate: int) -> None:
        extras = {extra for need in self._wanted[package.name] for extra in need.extras}
        followed = self._looked.setdefault((package.name, candidate), set())
        if followed and extras <= followed:
            return
        followed.update(extras, ("",))
        grid = self._universe.grid
        for artifact in metadata_artifacts(self._universe, package, candidate):
            version = package.table.versions[candidate]
            facts = self._index.facts(package.source, package.name, version, artifact)
            for need in facts.requires if isinstance(facts, Facts) else ():
                try:
                    holds = any(grid.condition(need.marker, extra) for extra in ("", *extras))
                except InvalidInput:
                    continue
                if holds:
                    self._want(need)
