"""Parsing and distilling pages on another core: a forked child does the work that would hold the interpreter's lock.

The child is born before the first thread, reads jobs from a pipe until it ends, and writes distilled listings to the
cache itself; only an acknowledgement comes back. Where there is nothing to fork (other systems, one core, threads
already running) or the child is gone, the same function runs in the thread that asks.
"""

import marshal
import os
import signal
import threading
from queue import SimpleQueue

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch import records
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.registries.table import registry
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source

_SMALL = 8 * 1024  # bytes: a page that is parsed faster than it is handed over
_PIPE = 1024 * 1024  # bytes
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


def press(page: Page) -> bytes:
    """Parse and distil a page. Raises `RegistryAnswerInvalid`."""
    protocol = registry(page.source.kind)
    listing = protocol.parse_listing(page.name, page.body, page.content_type, page.url, page.source.name)
    return records.distil(
        listing,
        fetched=page.fetched,
        fresh_for=page.fresh_for,
        etag=page.etag,
        last_modified=page.last_modified,
    )


class Press:
    """The children and the way to them. `make` may be called from many threads; a child does one page at a time."""

    def __init__(self, cache: Cache, children: int = 2) -> None:
        self._cache = cache
        self._desk = threading.Semaphore(_IN_THREADS)
        self._idle: SimpleQueue[_Child] = SimpleQueue()
        self._children: list[_Child] = []
        if hasattr(os, "fork") and (os.cpu_count() or 1) > 1 and threading.active_count() == 1:
            for _ in range(children):
                child = _fork(cache, self._children)
                self._children.append(child)
                self._idle.put(child)

    def make(self, page: Page) -> records.Record | None:
        """Return the record of a page. Raises `RegistryAnswerInvalid`."""
        if self._children and len(page.body) > _SMALL:
            child = self._idle.get()
            try:
                reply = child.ask(page)
            finally:
                self._idle.put(child)
            if reply is not None and len(reply) > 1:
                raise RegistryAnswerInvalid(*reply)
            record = self._cache.record(page.source, page.name) if reply == () else None
            if record is not None:
                return record
        with self._desk:
            return self._cache.keep_record(page.source, page.name, press(page))

    def close(self) -> None:
        """Let the children go."""
        while self._children:
            self._children.pop().close()


class _Child:
    """One child: its process, the end we write to, the end we read from."""

    __slots__ = ("_gone", "_process", "read", "write")

    def __init__(self, process: int, write: int, read: int) -> None:
        self._process = process
        self.write = write
        self.read = read
        self._gone = False

    def ask(self, page: Page) -> tuple[str, ...] | None:
        """Hand a page over; return () once its record is written, an error's fields, or None without a child."""
        if self._gone:
            return None
        try:
            _send(self.write, marshal.dumps((tuple(page.source), *page[1:])))
            reply: tuple[str, ...] = marshal.loads(_receive(self.read))
        except (OSError, EOFError, ValueError):
            self._gone = True
            return None
        return reply

    def close(self) -> None:
        """End the pipe, and with it the child."""
        self._gone = True
        os.close(self.write)
        os.close(self.read)
        os.waitpid(self._process, 0)


def _fork(cache: Cache, siblings: list[_Child]) -> _Child:
    jobs_read, jobs_write = os.pipe()
    replies_read, replies_write = os.pipe()
    _widen(jobs_write)
    process = os.fork()
    if process:
        os.close(jobs_read)
        os.close(replies_write)
        return _Child(process, jobs_write, replies_read)
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, and with it the pipe
        for pipe in (jobs_write, replies_read, *(end for other in siblings for end in (other.write, other.read))):
            os.close(pipe)  # a sibling's pipe that stayed open here would never end
        _serve(jobs_read, replies_write, cache)
    finally:
        os._exit(0)


def _widen(pipe: int) -> None:
    """Let the pipe hold a whole page: each time that a write must wait, the interpreter's lock is lost for a while."""
    try:
        from fcntl import F_SETPIPE_SZ, fcntl

        fcntl(pipe, F_SETPIPE_SZ, _PIPE)
    except (ImportError, OSError):
        return  # not Linux, or not allowed: a narrow pipe is only slower


def _serve(jobs: int, replies: int, cache: Cache) -> None:
    registry("pypi")  # imported while the parent makes its connections
    while True:
        try:
            source, *rest = marshal.loads(_receive(jobs))
        except (OSError, EOFError):
            return
        reply: tuple[str, ...] = ()
        try:
            page = Page(Source(*source), *rest)
            if not cache.write_record(page.source, page.name, press(page)):
                reply = ("unwritten",)
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
