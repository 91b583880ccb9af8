"""The crew: threads that carry needs to a transport and bring distilled answers back.

A thread fetches, parses, distils and writes to the cache; the thread that owns the `Index` only takes answers. Every
failure comes back as an answer, and is raised only if somebody waits for it.
"""

import threading
from collections.abc import Callable, Generator
from queue import Empty, SimpleQueue
from typing import TypeVar

from holdfast_resolver.errors import PackageNotFound, RegistryAnswerInvalid, RegistryError
from holdfast_resolver.fetch import facts as journal
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.facts import Facts
from holdfast_resolver.fetch.index import Absent, Answer, FactsNeed, ListingNeed, Need
from holdfast_resolver.fetch.press import Page, Press
from holdfast_resolver.fetch.records import Record
from holdfast_resolver.registries.port import Request, Response
from holdfast_resolver.registries.table import registry
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.fetch.transport import Transport

_Result = TypeVar("_Result")
_SIZE = 32
_FRESH_FOR = 600  # seconds, where the index states no age


class Crew:
    """`size` threads over one transport. `url_of` gives the base URL of a source's index."""

    def __init__(
        self,
        transport: "Transport",
        cache: Cache,
        url_of: Callable[[Source], str],
        now: int,
        size: int = _SIZE,
    ) -> None:
        self._transport = transport
        self._cache = cache
        self._url_of = url_of
        self._now = now
        self._size = size
        self._threads: list[threading.Thread] = []
        self._jobs: SimpleQueue[tuple[Need, Record | None] | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[Need, Answer | BaseException]] = SimpleQueue()
        self._waiting = 0
        self._without_ranges: set[str] = set()
        self._press = Press(cache)

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._transport.requests

    def ask(self, need: Need, stale: Record | None) -> None:
        """Queue a need; `stale` is the cached record that may only want confirming."""
        self._jobs.put((need, stale))
        self._waiting += 1
        if len(self._threads) < self._size and len(self._threads) < self._waiting:
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def next_answer(self) -> tuple[Need, Answer]:
        """Block for the next answer, in whatever order they arrive."""
        while True:
            try:
                need, answer = self._answers.get(timeout=0.5)  # woken now and then, so that Ctrl-C is heard
            except Empty:
                continue
            self._waiting -= 1
            if isinstance(answer, RegistryError) or not isinstance(answer, BaseException):
                return need, answer
            raise answer

    def dismiss(self) -> None:
        """Stop; running requests are abandoned."""
        for _ in self._threads:
            self._jobs.put(None)
        self._transport.close()
        self._press.close()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            need, stale = job
            try:
                answer: Answer | BaseException = (
                    self._listing(need, stale) if isinstance(need, ListingNeed) else self._facts(need)
                )
            except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
                answer = error
            self._answers.put((need, answer))

    def _listing(self, need: ListingNeed, stale: Record | None) -> Record | Absent:
        source, name = need
        request = registry(source.kind).listing_request(source, self._url_of(source), name)
        if stale is not None:
            request = request._replace(etag=stale.etag, last_modified=stale.last_modified)
        response = self._transport.send(request)
        if response.status == 404:
            return Absent(source, name)
        if response.status == 304:
            data = self._cache.confirmed(source, name, self._now, _fresh_for(response))
            if data is None:  # the record was damaged meanwhile: ask without validators
                return self._listing(need, None)
            record = self._cache.keep_record(source, name, data)
        else:
            headers = response.headers
            page = Page(
                source,
                name,
                headers.get("content-type", ""),
                response.url,
                response.body,
                self._now,
                _fresh_for(response),
                headers.get("etag", ""),
                headers.get("last-modified", ""),
            )
            record = self._press.make(page)
        if record is None:
            raise RegistryAnswerInvalid(source.name, name, request.url, "the listing could not be distilled")
        return record

    def _facts(self, need: FactsNeed) -> Facts:
        source, name, artifact = need
        wheel = artifact.file.endswith(".whl")
        protocol = registry(source.kind)
        try:
            if wheel:
                sidecar = bool(artifact.metadata) or source.name in self._without_ranges
                body: bytes | None = self._carry(protocol.wheel_metadata(source, artifact, name, sidecar), source)
            else:
                body = self._carry(protocol.sdist_metadata(source, artifact, name), source)
            if body is None:
                return Facts(False, "", (), (), "its sdist has no PKG-INFO")
            metadata = protocol.parse_core_metadata(body, "wheel" if wheel else "sdist")
        except RegistryAnswerInvalid as error:
            return Facts(False, "", (), (), error.detail)
        except PackageNotFound:
            return Facts(False, "", (), (), f"the index lists {artifact.file} and does not have it")
        facts = journal.facts_of(metadata, source.name)
        self._cache.keep_facts(source, name, journal.spell(artifact.hash, facts))
        return facts

    def _carry(self, protocol: Generator[Request, Response, _Result], source: Source) -> _Result:
        """Send each request of a protocol until it returns."""
        try:
            request = next(protocol)
            while True:
                response = self._transport.send(request)
                if request.range and response.status == 200:
                    self._without_ranges.add(source.name)
                request = protocol.send(response)
        except StopIteration as end:
            result: _Result = end.value
            return result


def _fresh_for(response: Response) -> int:
    """Seconds that a listing serves: `max-age` of Cache-Control (RFC 9111, 5.2.2.1), else ten minutes."""
    for directive in response.headers.get("cache-control", "").split(","):
        name, _, value = directive.strip().partition("=")
        if name.lower() in ("no-cache", "no-store"):
            return 0
        if name.lower() == "max-age" and value.isdigit():
            return min(int(value), 86_400)
    return _FRESH_FOR
