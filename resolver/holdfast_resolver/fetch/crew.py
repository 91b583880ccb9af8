"""The crew: threads that carry needs to a transport and bring distilled answers back.

A thread fetches, parses, distils and writes to the cache; the thread that owns the `Index` only takes answers. Every
failure comes back as an answer, and is raised only if somebody waits for it.
"""

import threading
from collections.abc import Callable, Generator
from queue import Empty, SimpleQueue
from typing import Literal, TypeAlias

from holdfast_resolver.errors import RegistryAnswerInvalid, RegistryError
from holdfast_resolver.fetch import facts as journal
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.facts import Facts
from holdfast_resolver.fetch.index import Absent, Answer, FactsNeed, ListingNeed, Need
from holdfast_resolver.fetch.press import Press, fresh_for, page_of
from holdfast_resolver.fetch.records import Record
from holdfast_resolver.registries.port import MIB, Request, Response
from holdfast_resolver.registries.table import registry
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.fetch.npm_records import NpmRecord
    from holdfast_resolver.fetch.transport import Transport

_Reading: TypeAlias = Generator[Request, Response, bytes | None] | Generator[Request, Response, bytes]
_SIZE = 32
_WHOLE = 256 * MIB  # bytes of an artifact that are read to tell a bad artifact from a bad answer


class Crew:
    """`size` threads over one transport. `url_of` gives the base URL of a source's index."""

    def __init__(
        self,
        transport: "Transport",
        cache: Cache,
        url_of: Callable[[Source], str],
        now: int,
        size: int = _SIZE,
        press: Press | None = None,
    ) -> None:
        self._transport = transport
        self._cache = cache
        self._url_of = url_of
        self._now = now
        self._size = size
        self._threads: list[threading.Thread] = []
        self._jobs: SimpleQueue[tuple[Need, Record | NpmRecord | None] | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[Need, Answer | BaseException]] = SimpleQueue()
        self._waiting = 0
        self._without_ranges: set[str] = set()
        self._press = press or Press(cache)

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._transport.requests

    def ask(self, need: Need, stale: "Record | NpmRecord | None") -> None:
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
                answer: Answer | BaseException = self._answer(need, stale)
            except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
                answer = error
            self._answers.put((need, answer))

    def _answer(self, need: Need, stale: "Record | NpmRecord | None") -> Answer:
        if not isinstance(need, ListingNeed):
            return self._facts(need)
        if need.source.kind != "npm":
            return self._listing(need, stale)
        from holdfast_resolver.fetch.npm_packuments import fetch_packument  # start-up: only where there is npm

        base_url = self._url_of(need.source)
        return fetch_packument(need, stale, base_url, self._transport, self._cache, self._press, self._now)

    def _listing(self, need: ListingNeed, stale: "Record | NpmRecord | None") -> Record | Absent:
        source, name = need.source, need.name
        request = registry(source.kind).listing_request(source, self._url_of(source), name)
        if stale is not None:
            request = request._replace(etag=stale.etag, last_modified=stale.last_modified)
        response = self._transport.send(request)
        if response.status == 404:
            return Absent(source, name)
        if response.status == 304:
            data = self._cache.confirmed(source, name, self._now, fresh_for(response))
            if data is None:  # the record was damaged meanwhile: ask without validators
                return self._listing(need, None)
            record = self._cache.keep_record(source, name, data)
        else:
            record = self._press.make(page_of(source, name, response, self._now))
        if record is None:
            raise RegistryAnswerInvalid(source.name, name, request.url, "the listing could not be distilled")
        return record

    def _facts(self, need: FactsNeed) -> Facts:
        source, name, artifact = need
        sidecar = bool(artifact.metadata) or source.name in self._without_ranges
        try:
            facts = self._read(need, lambda protocol: self._carry(protocol, source), sidecar)
        except RegistryAnswerInvalid as fault:
            facts = self._from_the_whole(need, fault)
        self._cache.keep_facts(source, name, journal.spell(artifact.hash, facts))
        return facts

    def _read(self, need: FactsNeed, carry: "Callable[[_Reading], bytes | None]", sidecar: bool) -> Facts:
        """Read an artifact's metadata; `carry` takes a protocol's requests to their answers."""
        source, name, artifact = need
        protocol = registry(source.kind)
        wheel = artifact.file.endswith(".whl")
        reading: _Reading = (
            protocol.wheel_metadata(source, artifact, name, sidecar)
            if wheel
            else protocol.sdist_metadata(source, artifact, name)
        )
        body = carry(reading)
        if body is None:
            return Facts(False, "", (), (), "its sdist has no PKG-INFO")
        kind: Literal["wheel", "sdist"] = "wheel" if wheel else "sdist"
        metadata = protocol.parse_core_metadata(body, kind, source.name, artifact.file, artifact.url)
        return journal.facts_of(metadata, source.name)

    def _from_the_whole(self, need: FactsNeed, fault: RegistryAnswerInvalid) -> Facts:
        """Read the metadata from the artifact's own bytes, as the listing's hash pins them; raise `fault` without them.

        An answer that was damaged on its way must not make a release look unusable: another would be chosen, and
        nobody told. Only an artifact that is itself at fault makes its release unusable.
        """
        from hashlib import new  # start-up: only when metadata could not be read

        artifact = need.artifact
        response = self._transport.send(Request(need.source.name, artifact.file, artifact.url, max_bytes=_WHOLE))
        algorithm, _, value = artifact.hash.partition(":")
        if response.status != 200 or new(algorithm, response.body).hexdigest() != value:
            raise fault
        try:
            return self._read(need, lambda reading: _answered(reading, response), sidecar=False)
        except RegistryAnswerInvalid as own_fault:
            return Facts(False, "", (), (), own_fault.detail)

    def _carry(self, protocol: "_Reading", source: Source) -> bytes | None:
        """Send each request of a protocol until it returns."""
        try:
            request = next(protocol)
            while True:
                response = self._transport.send(request)
                if request.range and response.status == 200:
                    self._without_ranges.add(source.name)
                request = protocol.send(response)
        except StopIteration as end:
            body: bytes | None = end.value
            return body


def _answered(protocol: "_Reading", response: Response) -> bytes | None:
    """Answer each request of a protocol with the same whole file."""
    try:
        next(protocol)
        while True:
            protocol.send(response)
    except StopIteration as end:
        body: bytes | None = end.value
        return body
