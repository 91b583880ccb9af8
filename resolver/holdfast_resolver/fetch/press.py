"""Parsing and distilling pages on another core: a forked child does the work that would hold the interpreter's lock.

The child is born before the first thread, reads jobs from a pipe until it ends, and writes distilled listings to the
cache itself; only an acknowledgement comes back. Where there is nothing to fork (other systems, one core, threads
already running) or the child is gone, the same function runs in the thread that asks.
"""

import marshal
import os
import signal
import sys
import threading
from queue import SimpleQueue
from zlib import crc32

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch import records
from holdfast_resolver.fetch.bodies import inflated
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.retries import Failure
from holdfast_resolver.registries.port import MIB, Response
from holdfast_resolver.registries.table import registry
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: npm's records are for projects that have a package.json
    from collections.abc import Iterable

    from holdfast_resolver.fetch.npm_records import NpmRecord

_SMALL = 8 * 1024  # bytes: a page that is parsed faster than it is handed over
_LARGE = MIB  # bytes: a packument that is worth loading a faster reader for
_SMALL_PACKED = 1024
_PIPE = 1024 * 1024  # bytes
_BEGINNING = 24 * 1024  # bytes of a record that are handed back: the head and the newest releases of nearly all
LARGEST_PAGE = 128 * MIB  # decoded; what registries ask for has bounds of its own, which are not above this
_FRESH_FOR = 600  # seconds, where the index states no age
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
    full: bool = False  # a packument that was asked for in its full form
    packed: bool = False  # the body is gzip


def page_of(source: Source, name: str, response: Response, now: int, *, full: bool = False) -> Page:
    """Return the page that a response holds, fetched `now`."""
    headers = response.headers
    return Page(
        source,
        name,
        headers.get("content-type", ""),
        response.url,
        response.body,
        now,
        fresh_for(response),
        headers.get("etag", ""),
        headers.get("last-modified", ""),
        full,
        response.packed,
    )


def fresh_for(response: Response) -> int:
    """Seconds that a listing serves: `max-age` of Cache-Control (RFC 9111, 5.2.2.1), else ten minutes."""
    for directive in response.headers.get("cache-control", "").split(","):
        name, _, value = directive.strip().partition("=")
        if name.lower() in ("no-cache", "no-store"):
            return 0
        if name.lower() == "max-age" and value.isdigit():
            return min(int(value), 86_400)
    return _FRESH_FOR


class Pressed(NamedTuple):
    """What is to be kept of a page."""

    record: bytes
    rest: bytes = b""  # the answer as it arrived, where the record of a packument has not all of it


def press(page: Page, *, whole: bool = True) -> Pressed:
    """Parse and distil a page or a packument, of which the record may have a part only unless it must be `whole`.

    Raises `RegistryAnswerInvalid`; `Failure` for a body that is no gzip.
    """
    arrived = page.body
    if page.packed:
        page = page._replace(body=inflated([page.body], LARGEST_PAGE), packed=False)
    if page.source.kind == "npm":
        return _press_packument(page, b"" if whole else arrived)
    protocol = registry(page.source.kind)
    listing = protocol.parse_listing(page.name, page.body, page.content_type, page.url, page.source.name)
    record = records.distil(
        listing,
        fetched=page.fetched,
        fresh_for=page.fresh_for,
        etag=page.etag,
        last_modified=page.last_modified,
    )
    return Pressed(record)


def _press_packument(page: Page, arrived: bytes) -> Pressed:
    """With the answer as it `arrived`, the record may be one of a part."""
    if len(page.body) > _LARGE or "msgspec" in sys.modules:
        from holdfast_resolver.fetch.npm_press import quick_record  # start-up: 20 ms, for what takes longer without
        from holdfast_resolver.fetch.npm_sketch import sketched_record

        validity = page.fetched, page.fresh_for, page.etag, page.last_modified
        data = sketched_record(page.body, page.name, validity, page.full, crc32(arrived)) if arrived else None
        if data is not None:
            return Pressed(data, arrived)
        data = quick_record(page.body, page.name, validity, page.full)
        if data is not None:
            return Pressed(data)
    from holdfast_resolver.fetch.npm_distil import distil_npm  # start-up: only where there is npm
    from holdfast_resolver.registries.npm_packument import read_keyed

    keys, listing = read_keyed(page.body, page.name, page.source.name, page.url)
    record = distil_npm(
        listing,
        keys,
        fetched=page.fetched,
        fresh_for=page.fresh_for,
        etag=page.etag,
        last_modified=page.last_modified,
        # some registries know one form only, whatever they are asked for; times are in the full one alone
        full=page.full or any(release.published for release in listing.releases),
    )
    return Pressed(record)


class Press:
    """The children and the way to them. `make` may be called from many threads; a child does one page at a time.

    `kinds` are the registry kinds whose readers the children load before they are asked.
    """

    def __init__(self, cache: Cache, children: int = 2, kinds: "Iterable[str]" = ("pypi",)) -> None:
        self._cache = cache
        self._desk = threading.Semaphore(_IN_THREADS)
        self._idle: SimpleQueue[_Child] = SimpleQueue()
        self._children: list[_Child] = []
        if hasattr(os, "fork") and (os.cpu_count() or 1) > 1 and threading.active_count() == 1:
            for _ in range(children):
                child = _fork(cache, self._children, kinds)
                self._children.append(child)
                self._idle.put(child)

    def make(self, page: Page) -> records.Record | None:
        """Return the record of a page. Raises `RegistryAnswerInvalid`."""
        made = self._made_by_child(page)
        record = self._cache.record(page.source, page.name) if made is not None else None
        if record is not None:
            return record
        with self._desk:
            return self._cache.keep_record(page.source, page.name, press(page).record)

    @property
    def unpacks(self) -> bool:
        """Whether there are children: they decode bodies as well."""
        return bool(self._children)

    def make_packument(self, page: Page) -> "NpmRecord | None":
        """Return the record of a packument. Raises `RegistryAnswerInvalid`; `Failure` as `press` does."""
        made = self._made_by_child(page)
        record = self._cache.packument(page.source, page.name, made) if made is not None else None
        if record is not None:
            return record
        with self._desk:
            return self._cache.keep_packument(page.source, page.name, *press(page, whole=False))

    def _made_by_child(self, page: Page) -> bytes | None:
        """Have a child write the record, and return its beginning; None where there is no child, or it could not."""
        if not self._children or len(page.body) <= (_SMALL_PACKED if page.packed else _SMALL):
            return None
        child = self._idle.get()
        try:
            reply = child.ask(page)
        finally:
            self._idle.put(child)
        if isinstance(reply, tuple):
            raise RegistryAnswerInvalid(*reply)
        return reply

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

    def ask(self, page: Page) -> bytes | tuple[str, ...] | None:
        """Hand a page over; return the beginning of its record once that is written, or an error's fields.

        None without a child, or where the record could not be made or written.
        """
        if self._gone:
            return None
        try:
            told = page._replace(body=b"")
            _send(self.write, marshal.dumps((tuple(told.source), *told[1:])))
            _send(self.write, page.body)
            reply: bytes | tuple[str, ...] | None = marshal.loads(_receive(self.read))
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


def _fork(cache: Cache, siblings: list[_Child], kinds: "Iterable[str]") -> _Child:
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
        _serve(jobs_read, replies_write, cache, kinds)
    finally:
        os._exit(0)


def _widen(pipe: int) -> None:
    """Let the pipe hold a whole page: each time that a write must wait, the interpreter's lock is lost for a while."""
    try:
        from fcntl import F_SETPIPE_SZ, fcntl

        fcntl(pipe, F_SETPIPE_SZ, _PIPE)
    except (ImportError, OSError):
        return  # not Linux, or not allowed: a narrow pipe is only slower


def _serve(jobs: int, replies: int, cache: Cache, kinds: "Iterable[str]") -> None:
    for kind in kinds:  # imported while the parent makes its connections
        _load(kind)
    while True:
        try:
            source, *rest = marshal.loads(_receive(jobs))
            page = Page(Source(*source), *rest)._replace(body=_receive(jobs))
        except (OSError, EOFError):
            return
        reply: bytes | tuple[str, ...] | None = None
        try:
            pressed = press(page, whole=False)
            if cache.write_record(page.source, page.name, *pressed):
                reply = pressed.record[:_BEGINNING]
        except Failure:
            pass  # no gzip: the parent has the words
        except RegistryAnswerInvalid as error:
            reply = (error.source, error.subject, error.url, error.detail)
        _send(replies, marshal.dumps(reply))


def _load(kind: str) -> None:
    if kind != "npm":
        registry(kind)
        return
    from importlib import import_module

    for reader in ("fetch.npm_distil", "registries.npm_packument"):
        import_module(f"holdfast_resolver.{reader}")


def _send(pipe: int, data: bytes) -> None:
    for part in (len(data).to_bytes(8, "big"), data):  # apart: a packument has tens of megabytes
        view = memoryview(part)
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
