"""What npm registries answer: from memory, else from the cache, else over the network by a crew of threads.

As `index.Index`, but for packuments: one question per package, since a packument holds the requirements of all its
releases. Answers are kept for the run, so a run sees one state of every package.
"""

from __future__ import annotations

from holdfast_resolver.fetch.index import Absent, Answer, Desk, Freshness, ListingNeed, Need
from holdfast_resolver.fetch.npm_records import NpmRecord, milliseconds_of
from holdfast_resolver.values.npm_names import is_npm_name

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: the crew brings threads and the HTTP client
    from collections.abc import Callable, Iterable

    from holdfast_resolver.fetch.cache import Cache
    from holdfast_resolver.fetch.crew import Crew
    from holdfast_resolver.fetch.cutoff import Withheld
    from holdfast_resolver.values.wishes import Source


class NpmIndex(Desk):
    """The npm registries, seen through the cache. One per run; used from one thread.

    With `freshness.until` every record is cut to what was published before, with `aged` those of some packages; for
    these, registries are asked for full packuments, since only they tell times.
    """

    def __init__(self, cache: Cache, freshness: Freshness, hire: Callable[[], Crew] | None) -> None:
        super().__init__(cache, freshness, hire)
        self._until = milliseconds_of(freshness.until) if freshness.until else None
        self._known: dict[tuple[str, str, bool], NpmRecord | Absent] = {}  # by source, name and whether it is full
        self._awaited: set[tuple[str, str, bool]] = set()  # not in the cache: only an answer can bring them
        # as in `Index`: (source, name) -> the instant before which releases must have been published, "" = any
        self.aged: Callable[[str, str], str] | None = None
        self.kept: frozenset[tuple[str, str, str]] = frozenset()  # releases (source, name, version) of any age
        self.withheld: dict[tuple[str, str], tuple[Withheld, ...]] = {}

    def listing(self, source: Source, name: str, *, full: bool = False) -> NpmRecord | Absent | None:
        """Return the record, `Absent`, or None when it must be waited for.

        `full` wants times, licenses and libc of every release. A name that no registry can have is `Absent`.
        """
        full = full or self._is_cut(source.name, name)
        known = self._known.get((source.name, name, full))
        if known is None and not full:
            known = self._known.get((source.name, name, True))
        if known is None and (source.name, name, full) not in self._awaited:
            known = self._cached(source, name, full) if is_npm_name(name) else Absent(source, name)
            if known is not None:
                self._known[source.name, name, full] = known
            else:
                self._awaited.add((source.name, name, full))
        return known

    def ask(self, need: Need) -> None:
        """See `Desk.ask`."""
        super().ask(self._formed(need))

    def wait(self, needs: Iterable[Need]) -> None:
        """See `Desk.wait`."""
        super().wait([self._formed(need) for need in needs])

    def names_seen(self, source: Source) -> list[str]:
        """Return the packages that the source is known to have, from this run and from the cache, sorted."""
        here = {name: known for (where, name, _), known in self._known.items() if where == source.name}
        absent = {name for name, known in here.items() if isinstance(known, Absent)}
        return sorted({*here, *self.cache.names(source)} - absent)

    def forget(self, source: str, name: str) -> None:
        """See `Desk.forget`. A record that has a successor is not damaged: that one takes its place."""
        damaged = True
        for full in (False, True):
            known = self._known.pop((source, name, full), None)
            self._awaited.discard((source, name, full))
            if isinstance(known, NpmRecord) and known.successor is not None:
                self._known[source, name, full] = self._cut(source, known.successor)
                damaged = False
        if damaged:
            super().forget(source, name)

    def _formed(self, need: Need) -> Need:
        """What is cut is needed in the full form."""
        if isinstance(need, ListingNeed) and not need.full and self._is_cut(need.source.name, need.name):
            return need._replace(full=True)
        return need

    def _is_cut(self, source: str, name: str) -> bool:
        return self._until is not None or (self.aged is not None and bool(self.aged(source, name)))

    def _cached(self, source: Source, name: str, full: bool) -> NpmRecord | None:
        if self.freshness.refresh or (source.name, name) in self._damaged:
            return None
        record = self.cache.packument(source, name)
        if record is None or (full and not record.full) or not self._serves(record):
            return None
        return self._cut(source.name, record)

    def _serves(self, record: NpmRecord) -> bool:
        return self.freshness.offline or self.freshness.now - record.fetched <= record.fresh_for

    def _cut(self, source: str, record: NpmRecord) -> NpmRecord:
        """Leave out of a record what was published too late, and remember which releases are left out."""
        if not self._is_cut(source, record.name):
            return record
        aged = milliseconds_of(self.aged(source, record.name)) if self.aged is not None else None
        kept = frozenset([version for where, name, version in self.kept if (where, name) == (source, record.name)])
        cut, left_out = record, []
        if self._until is not None:
            cut = cut.before(self._until)
        if aged is not None:
            cut = cut.before(aged, kept)
        if cut.table.count < record.table.count:
            from holdfast_resolver.fetch.cutoff import Withheld  # start-up: only where something is left out

            there = set(cut.table.versions)
            left_out = [
                Withheld(version, record.published(place))
                for place, version in enumerate(record.table.versions)
                if version not in there
            ]
            self.withheld[source, record.name] = tuple(left_out)
        return cut

    def _stale(self, need: Need) -> NpmRecord | None:
        if not isinstance(need, ListingNeed) or (need.source.name, need.name) in self._damaged:
            return None
        record = self.cache.packument(need.source, need.name)
        return record if record is not None and (record.full or not need.full) else None

    def _answered(self, need: Need) -> bool:
        return isinstance(need, ListingNeed) and self.listing(need.source, need.name, full=need.full) is not None

    def _take(self, need: Need, answer: Answer) -> None:
        if isinstance(need, ListingNeed) and isinstance(answer, NpmRecord | Absent):
            kept = answer if isinstance(answer, Absent) else self._cut(need.source.name, answer)
            full = need.full or (isinstance(kept, NpmRecord) and kept.full)
            self._known[need.source.name, need.name, full] = kept
