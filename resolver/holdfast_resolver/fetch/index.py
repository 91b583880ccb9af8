"""What the sources answer: from memory, else from the cache, else over the network by a crew of threads.

`listing` and `facts` never block: they answer, or return None and the caller asks for a `Need` with `wait`. Answers
are kept for the run, so a run sees one state of every listing.
"""

from __future__ import annotations

from holdfast_resolver.errors import OfflineMiss, RegistryError
from holdfast_resolver.fetch import facts as journal
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.facts import Facts
from holdfast_resolver.fetch.records import Record
from holdfast_resolver.values.artifacts import Artifact
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import DeclaredMetadata, Source

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: the crew brings threads and the HTTP client
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from holdfast_resolver.fetch.crew import Crew
    from holdfast_resolver.fetch.cutoff import Withheld
    from holdfast_resolver.fetch.npm_records import NpmRecord


class ListingNeed(NamedTuple):
    """The listing of a package is wanted: an index page, or a packument."""

    source: Source
    name: str
    full: bool = False  # of npm: with times, licenses and libc, which the registry's short form leaves out


class FactsNeed(NamedTuple):
    """The core metadata of an artifact is wanted."""

    source: Source
    name: str
    artifact: Artifact


class Absent(NamedTuple):
    """The source does not have the package."""

    source: Source
    name: str


Need: TypeAlias = ListingNeed | FactsNeed
Answer: TypeAlias = "Record | NpmRecord | Absent | Facts | RegistryError"


class Freshness(NamedTuple):
    """When a cached listing serves: `now` in unix seconds; `refresh` asks for all anew; `until` cuts later uploads."""

    now: int
    offline: bool = False
    refresh: bool = False
    until: str = ""


class Desk:
    """Where needs are handed in and answers waited for. What is known already is the affair of those derived."""

    def __init__(self, cache: Cache, freshness: Freshness, hire: Callable[[], Crew] | None) -> None:
        self.cache = cache
        self.freshness = freshness
        self._hire = hire
        self._crew: Crew | None = None
        self._asked: set[object] = set()
        self._damaged: set[tuple[str, str]] = set()
        self.arrived: Callable[[Need, Answer], None] | None = None  # told of every answer
        self.hired: Callable[[], None] | None = None  # told when the first request is about to go out

    def ask(self, need: Need) -> None:
        """Have something fetched that is likely to be wanted; never blocks, never fails."""
        if need not in self._asked and not self.freshness.offline and self._hire is not None:
            self._asked.add(need)
            if self._crew is None:
                self._crew = self._hire()
                if self.hired is not None:
                    self.hired()
            self._crew.ask(need, self._stale(need))

    def wait(self, needs: Iterable[Need]) -> None:
        """Block until every need is answered. Raises the `RegistryError` of one that cannot be."""
        # a fork names a package twice: each need counts once
        missing = list(dict.fromkeys(need for need in needs if not self._answered(need)))
        for need in missing:
            self.ask(need)
        while missing:
            if self._crew is None:
                need = missing[0]
                subject = need.name if isinstance(need, ListingNeed) else need.artifact.file
                raise OfflineMiss(need.source.name, subject)
            need, answer = self._crew.next_answer()
            self._take(need, answer)
            if isinstance(answer, RegistryError):
                self._asked.discard(need)
            if self.arrived is not None:
                self.arrived(need, answer)
            if need in missing:
                if isinstance(answer, RegistryError):
                    raise answer
                missing.remove(need)

    def forget(self, source: str, name: str) -> None:
        """Drop a listing whose cached record is damaged, so that it is fetched anew."""
        self._damaged.add((source, name))
        self._asked = {need for need in self._asked if not _is_listing(need, source, name)}

    def close(self) -> None:
        """Let the crew go."""
        if self._crew is not None:
            self._crew.dismiss()

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return 0 if self._crew is None else self._crew.requests

    def _stale(self, need: Need) -> Record | NpmRecord | None:
        """The cached record that may only want confirming."""
        raise NotImplementedError

    def _answered(self, need: Need) -> bool:
        """Whether a need has its answer."""
        raise NotImplementedError

    def _take(self, need: Need, answer: Answer) -> None:
        """Keep an answer for the run; an error is not kept."""
        raise NotImplementedError


def _is_listing(need: object, source: str, name: str) -> bool:
    return isinstance(need, ListingNeed) and (need.source.name, need.name) == (source, name)


class Index(Desk):
    """The sources, seen through the cache. One per run; used from one thread."""

    def __init__(
        self,
        cache: Cache,
        freshness: Freshness,
        hire: Callable[[], Crew] | None,
        declared: Iterable[DeclaredMetadata] = (),
    ) -> None:
        super().__init__(cache, freshness, hire)
        self._declared = {(item.name, item.version): item for item in declared}
        self._listings: dict[tuple[str, str], Record | Absent] = {}
        self._journals: dict[tuple[str, str], bytes] = {}
        self._facts: dict[tuple[str, str], Facts] = {}
        # (source, name) -> the instant before which its artifacts must have been uploaded, "" = any; but for `kept`
        self.aged: Callable[[str, str], str] | None = None
        self.kept: frozenset[tuple[str, str, str]] = frozenset()  # releases (source, name, version)
        self.withheld: dict[tuple[str, str], tuple[Withheld, ...]] = {}  # what was left out, by (source, name)

    def listing(self, source: Source, name: str) -> Record | Absent | None:
        """Return the listing, `Absent`, or None when it must be waited for."""
        key = (source.name, name)
        known = self._listings.get(key)
        if known is None and not self.freshness.refresh and key not in self._damaged:
            record = self.cache.record(source, name)
            if record is not None and self._serves(record):
                known = self._listings[key] = self._cut(source, record)
        return known

    def facts(self, source: Source, name: str, version: str, artifact: Artifact) -> Facts | None:
        """Return what an artifact requires, or None when it must be waited for."""
        key = (name, artifact.hash)
        known = self._facts.get(key)
        if known is None:
            known = self._declared_facts(source, name, version)
            if known is None:
                data = self._journals.get((source.name, name))
                if data is None:
                    data = self._journals[source.name, name] = self.cache.journal(source, name)
                known = journal.find(data, artifact.hash) if data else None
            if known is not None:
                self._facts[key] = known
        return known

    def names_seen(self, source: Source) -> list[str]:
        """Return the packages that the source is known to have, from this run and from the cache, sorted."""
        here = [name for (where, name), known in self._listings.items() if where == source.name and known]
        return sorted({*here, *self.cache.names(source)} - self._absent())

    def _absent(self) -> set[str]:
        return {name for (_, name), known in self._listings.items() if isinstance(known, Absent)}

    def forget(self, source: str, name: str) -> None:
        """See `Desk.forget`."""
        self._listings.pop((source, name), None)
        super().forget(source, name)

    def _stale(self, need: Need) -> Record | None:
        if isinstance(need, ListingNeed) and (need.source.name, need.name) not in self._damaged:
            return self.cache.record(need.source, need.name)
        return None

    def _take(self, need: Need, answer: Answer) -> None:
        if isinstance(answer, Record | Absent):
            if isinstance(answer, Record):
                answer = self._cut(need.source, answer)
            self._listings[need.source.name, need.name] = answer
        elif isinstance(answer, Facts) and isinstance(need, FactsNeed):
            self._facts[need.name, need.artifact.hash] = answer

    def _answered(self, need: Need) -> bool:
        if isinstance(need, ListingNeed):
            return self.listing(need.source, need.name) is not None
        return self.facts(need.source, need.name, need.artifact.version, need.artifact) is not None

    def _serves(self, record: Record) -> bool:
        return self.freshness.offline or self.freshness.now - record.fetched <= record.fresh_for

    def _cut(self, source: Source, record: Record) -> Record:
        """Leave out of a record what was uploaded too late, and remember which releases are left out."""
        until = self.freshness.until
        aged = self.aged(source.name, record.name) if self.aged is not None else ""
        if not (until or aged):
            return record
        if record.newest and (not until or record.newest < until) and (not aged or record.newest < aged):
            return record
        from holdfast_resolver.fetch.cutoff import cut  # start-up: only where something may be too young

        kept = frozenset([version for where, name, version in self.kept if (where, name) == (source.name, record.name)])
        record, withheld = cut(record, until, aged, kept)
        if withheld:
            self.withheld[source.name, record.name] = withheld
        return record

    def _declared_facts(self, source: Source, name: str, version: str) -> Facts | None:
        if not self._declared:
            return None
        declared = self._declared.get((name, version)) or self._declared.get((name, ""))
        if declared is None:
            return None
        from holdfast_resolver.values.artifacts import ReleaseMetadata

        return journal.facts_of(
            ReleaseMetadata(name, version, declared.requires_python, declared.requires, declared.extras, True),
            source.name,
        )
