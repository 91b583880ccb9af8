"""Parsing and distilling pages on another core: a forked child does the work that would hold the interpreter's lock.

The child is born before the first thread, reads jobs from a pipe until it ends, and writes distilled listings to the
cache itself; only an acknowledgement comes back. Where there is nothing to fork (other systems, one core, threads
already running) or the child is gone, the same function runs in the thread that asks.
"""

import marshal
import os
import signal
import threading

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch import records
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.registries.table import registry
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source

_SMALL = 48 * 1024  # bytes: a page that is parsed faster than it is handed over
_IN_THREADS = 2  # threads that parse at once: more would only take memory from each other


class Page(NamedTuple):
    """An index page as it arrived."""

    source: Source
    name: str
    content_type: str
    url: str
    body: bytes
    fetched: int  # unix seconds
    fresh_for: int  # seconds
    etag: str
    last_modified: str


def press(page: Page, cache: Cache) -> records.Record | None:
    """Parse and distil a page, keep it in the cache, and return the record. Raises `RegistryAnswerInvalid`."""
    protocol = registry(page.source.kind)
    listing = protocol.parse_listing(page.name, page.body, page.content_type, page.url, page.source.name)
    data = records.distil(
        listing,
        fetched=page.fetched,
        fresh_for=page.fresh_for,
        etag=page.etag,
        last_modified=page.last_modified,
    )
    return cache.keep_record(page.source, page.name, data)


class Press:
    """The child and the way to it. `make` may be called from many threads; the child does one page at a time."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._turn = threading.Lock()
        self._desk = threading.Semaphore(_IN_THREADS)
        self._child = 0
        self._write = self._read = -1
        if hasattr(os, "fork") and (os.cpu_count() or 1) > 1 and threading.active_count() == 1:
            self._fork()

    def make(self, page: Page) -> records.Record | None:
        """Return the record of a page. Raises `RegistryAnswerInvalid`."""
        if self._child and len(page.body) > _SMALL:
            with self._turn:
                reply = self._ask(page)
            if reply is not None:
                if reply:
                    raise RegistryAnswerInvalid(*reply)
                record = self._cache.record(page.source, page.name)
                if record is not None:
                    return record
        with self._desk:
            return press(page, self._cache)

    def close(self) -> None:
        """Let the child go."""
        if self._child:
            child, self._child = self._child, 0
            os.close(self._write)
            os.close(self._read)
            os.waitpid(child, 0)

    def _ask(self, page: Page) -> tuple[str, ...] | None:
        """Hand a page over; return () or the fields of the error, or None when the child is gone."""
        if not self._child:
            return None
        try:
            _send(self._write, marshal.dumps((tuple(page.source), *page[1:])))
            reply: tuple[str, ...] = marshal.loads(_receive(self._read))
        except (OSError, EOFError, ValueError):
            self._child = 0
            return None
        return reply

    def _fork(self) -> None:
        jobs_read, self._write = os.pipe()
        self._read, replies_write = os.pipe()
        self._child = os.fork()
        if self._child:
            os.close(jobs_read)
            os.close(replies_write)
            return
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, and with it the pipe
            os.close(self._write)
            os.close(self._read)
            _serve(jobs_read, replies_write, self._cache)
        finally:
            os._exit(0)


def _serve(jobs: int, replies: int, cache: Cache) -> None:
    registry("pypi")  # imported while the parent makes its connections
    while True:
        try:
            source, *rest = marshal.loads(_receive(jobs))
        except (OSError, EOFError):
            return
        reply: tuple[str, ...] = ()
        try:
            press(Page(Source(*source), *rest), cache)
        except RegistryAnswerInvalid as error:
            reply = (error.source, error.subject, error.url, error.detail)
        _send(replies, marshal.dumps(reply))


def _send(pipe: int, data: bytes) -> None:
    view = memoryview(len(data).to_bytes(8, "big") + data)
    while view:
        view = view[os.write(pipe, view) :]


def _receive(pipe: int) -> bytes:
    size = int.from_bytes(_exactly(pipe, 8), "big")
    return _exactly(pipe, size)


def _exactly(pipe: int, size: int) -> bytes:
    blocks = []
    while size:
        block = os.read(pipe, min(size, 1 << 20))
        if not block:
            raise EOFError
        blocks.append(block)
        size -= len(block)
    return b"".join(blocks)
