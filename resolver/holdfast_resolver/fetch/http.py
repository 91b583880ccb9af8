"""The network: `Transport` over HTTP(S), and over `file:` for folders that the user named as an index.

Knows retries, redirects, credentials and bounds. Never keeps a cookie, never sends credentials to an origin
they were not given for, never hands on a body that is longer than asked for.
"""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from holdfast_resolver.clients.credentials import CredentialBook
from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.clients.urls import Origin, origin_of, redacted, split_url, without_userinfo
from holdfast_resolver.errors import RegistryAnswerInvalid, RegistryRefused, RegistryUnavailable
from holdfast_resolver.fetch.bodies import BLOCK, bounded, inflated, too_long
from holdfast_resolver.fetch.folders import FolderTransport
from holdfast_resolver.fetch.pools import Pools, failure_of, lower_names
from holdfast_resolver.fetch.redirects import LIMIT, STATUSES, next_step, private_literal
from holdfast_resolver.fetch.retries import FIRST_DELAY, Failure, delay
from holdfast_resolver.fetch.statuses import judge
from holdfast_resolver.registries.port import Request, Response
from holdfast_resolver.values.tuples import NamedTuple

GRACE = 10  # times the time-out, before a trickling body is given up
DRAINED = 64 * 1024  # bytes of an unwanted body that are read so that its connection can be used again
PROGRESS = 1024 * 1024  # bytes that a download must gain for its retries to start anew


class _Opened(NamedTuple):
    """A response whose status is accepted and whose body is unread."""

    raw: BaseHTTPResponse
    status: int
    url: str
    headers: dict[str, str]


class HttpTransport:
    """Implements `transport.Transport`.

    `stop` ends all waiting promptly when it is set: every open call then raises `RegistryUnavailable`.
    `first_delay` is in seconds; `jitter` gives random numbers in [0, 1).
    """

    def __init__(
        self,
        settings: IndexSettings,
        credentials: CredentialBook | None = None,
        *,
        stop: threading.Event | None = None,
        user_agent: str = "holdfast",
        connections: int = 50,
        retries: int = 3,
        first_delay: float = FIRST_DELAY,
        jitter: Callable[[], float] = random.random,
        folders: Iterable[str] = (),
    ) -> None:
        self.requests = 0
        self._settings = settings
        self._book = credentials or CredentialBook(settings.credentials, [settings.index_url])
        self._stop = stop or threading.Event()
        self._user_agent = user_agent
        self._retries = retries
        self._first_delay = first_delay
        self._jitter = jitter
        self._pools = Pools(settings, connections)
        self._folders = FolderTransport([settings.index_url, *folders])
        self._lock = threading.Lock()
        self._quiet_until: dict[Origin, float] = {}  # monotonic seconds, after a 429 or 503 with Retry-After
        self._private: dict[str, bool] = {}

    def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        if request.url.startswith("file:"):
            self._count()
            return self._folders.send(request)

        def attempt() -> Response:
            opened = self._open(request, decode=not request.range)
            if opened.status not in (200, 206):
                return Response(opened.status, opened.url, opened.headers, b"")
            body, packed = self._whole_body(opened, request)
            return Response(opened.status, opened.url, opened.headers, body, packed)

        return self._persist(request, attempt, lambda: 0)

    def download(self, request: Request, sink: Callable[[bytes], object]) -> Response:
        """See `Transport.download`."""
        if request.url.startswith("file:"):
            self._count()
            return self._folders.download(request, sink)
        received = 0

        def attempt() -> Response:
            nonlocal received
            resumed = request
            if received and not request.range:
                resumed = request._replace(range=f"bytes={received}-")
            opened = self._open(resumed, decode=False)
            if opened.status not in (200, 206):
                return Response(opened.status, opened.url, opened.headers, b"")
            skip = _already_received(opened, received)
            left = request.max_bytes - received + skip
            for block in self._blocks(opened, left):
                new = block[skip:] if skip else block
                skip = max(0, skip - len(block))
                if new:
                    received += len(new)
                    sink(new)
            return Response(opened.status if not received else 200, opened.url, opened.headers, b"")

        return self._persist(request, attempt, lambda: received)

    def close(self) -> None:
        """See `Transport.close`."""
        self._pools.close()

    def _persist(self, request: Request, attempt: Callable[[], Response], received: Callable[[], int]) -> Response:
        """Try until it works, retries are used up, or another attempt would not help."""
        number = 0
        mark = received()
        while True:
            self._check_stop(request)
            self._keep_quiet(request)
            try:
                return attempt()
            except Failure as failure:
                if received() >= mark + PROGRESS:
                    number, mark = 0, received()
                if not failure.again or number >= self._retries:
                    tried = f", after {number + 1} attempts" if number else ""
                    raise failure.error(
                        request.source, request.subject, redacted(request.url), failure.detail + tried
                    ) from None
                if failure.after > 0:
                    self._quiet_until[origin_of(request.url)] = time.monotonic() + delay(0, failure.after, 0)
                self._wait(request, delay(number, failure.after, self._jitter(), self._first_delay))
                number += 1

    def _open(self, request: Request, decode: bool) -> _Opened:
        """One request with its redirects, up to an accepted status. Raises `Failure`."""
        url = without_userinfo(request.url)
        parts = split_url(url)
        if (
            parts.scheme not in ("http", "https")
            or not parts.host
            or parts.port < 0
            or not url.isprintable()
            or " " in url
            or "\\" in url
        ):
            raise Failure("not an address with http or https", again=False, error=RegistryAnswerInvalid)
        headers = self._headers(request, decode)
        found = self._book.find(request.url)
        if found is not None:
            headers["Authorization"] = found.authorization()
        for _ in range(LIMIT + 1):
            self._check_stop(request)
            self._count()
            raw = self._pools.open(url, headers, request.body)
            status = raw.status
            if status in STATUSES and raw.headers.get("location"):
                self._drain(raw)
                if request.body:  # what is asked goes to whom it was meant for, and to nobody else
                    detail = f"a redirect of a question, status {status}"
                    raise Failure(detail, again=False, error=RegistryRefused)
                step = next_step(request.url, url, raw.headers["location"], self._is_private)
                if step.refused:
                    raise Failure(step.refused, again=False, error=RegistryRefused)
                url = step.url
                found = self._book.find(url) if step.same_origin and "Authorization" in headers else None
                headers.pop("Authorization", None)
                if found is not None:  # those of where it leads: other folders of a registry may have others
                    headers["Authorization"] = found.authorization()
                continue
            answer = lower_names(raw.headers)
            if status not in (200, 206):
                self._drain(raw)
            try:
                judge(status, answer, request, "Authorization" in headers, time.time(), self._book.places)
            except Failure:
                raw.close()
                raise
            return _Opened(raw, status, url, answer)
        raise Failure(f"more than {LIMIT} redirects", again=False, error=RegistryRefused)

    def _headers(self, request: Request, decode: bool) -> dict[str, str]:
        headers = {
            "User-Agent": self._user_agent,
            "Accept": request.accept or "*/*",
            "Accept-Encoding": "gzip" if decode else "identity",
        }
        optional = (
            ("Range", request.range),
            ("If-None-Match", request.etag),
            ("If-Modified-Since", request.last_modified),
            ("Content-Type", "application/json" if request.body else ""),
        )
        # Validators come from a cache, which may be damaged: what could not stand in a header is left out.
        return headers | {name: value for name, value in optional if value and value.isascii() and value.isprintable()}

    def _whole_body(self, opened: _Opened, request: Request) -> tuple[bytes, bool]:
        """The body, and whether it is still gzip."""
        encoding = opened.headers.get("content-encoding", "identity").strip().lower()
        limit = request.max_bytes
        if request.range or encoding in ("identity", ""):
            return b"".join(self._blocks(opened, limit)), False
        if encoding not in ("gzip", "x-gzip"):
            opened.raw.close()
            raise Failure(
                f"a body encoded as {encoding[:40]!r} where gzip was asked for",
                again=False,
                error=RegistryAnswerInvalid,
            )
        # What cannot be compressed grows a little: 18 bytes and 5 for each 64 KiB.
        blocks = self._blocks(opened, limit, limit // 1024 + 1024)
        return (b"".join(blocks), True) if request.packed else (inflated(blocks, limit), False)

    def _blocks(self, opened: _Opened, limit: int, slack: int = 0) -> Iterator[bytes]:
        """The raw body in blocks, at most `limit` + `slack` bytes.

        The connection is kept only when the body was read to its end.
        """
        raw = opened.raw
        announced = opened.headers.get("content-length", "")
        try:
            if announced.isascii() and announced.isdigit() and int(announced[:18]) > limit + slack:
                raise too_long(limit)
            yield from bounded(self._read(raw), limit, slack, GRACE * self._settings.timeout, time.monotonic)
        except HTTPError as error:
            raise failure_of(error, self._settings.timeout) from None
        except BaseException:
            raw.close()
            raise
        raw.release_conn()

    def _read(self, raw: BaseHTTPResponse) -> Iterator[bytes]:
        while block := raw.read1(BLOCK, decode_content=False):
            if self._stop.is_set():
                raise Failure("stopped", again=False)
            yield block

    def _drain(self, raw: BaseHTTPResponse) -> None:
        """Read a short body that nobody wants; drop the connection instead when it is long or slow."""
        try:
            left = DRAINED
            while left > 0:
                block = raw.read1(BLOCK, decode_content=False)
                if not block:
                    raw.release_conn()
                    return
                left -= len(block)
        except HTTPError:
            pass  # only the connection is lost
        raw.close()

    def _is_private(self, host: str) -> bool:
        """Does the host lead to an address that is not public? A name that cannot be resolved does not."""
        literal = private_literal(host)
        if literal is not None:
            return literal
        if self._pools.proxied(f"https://{host}/"):  # the proxy resolves it, and guards its own network
            return False
        if host not in self._private:
            try:
                answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            except OSError:
                return False
            self._private[host] = any(private_literal(str(answer[4][0])) for answer in answers)
        return self._private[host]

    def _count(self) -> None:
        with self._lock:
            self.requests += 1

    def _check_stop(self, request: Request) -> None:
        if self._stop.is_set():
            raise RegistryUnavailable(request.source, request.subject, redacted(request.url), "stopped")

    def _keep_quiet(self, request: Request) -> None:
        """After one request was told to wait, the others to that origin wait too."""
        if self._quiet_until:
            left = self._quiet_until.get(origin_of(request.url), 0.0) - time.monotonic()
            if left > 0:
                self._wait(request, left)

    def _wait(self, request: Request, seconds: float) -> None:
        if self._stop.wait(seconds):
            self._check_stop(request)


def _already_received(opened: _Opened, received: int) -> int:
    """How many bytes of this body were received before. Raises `Failure` when it starts somewhere else."""
    if not received or opened.status == 200:
        return received
    # content-range: bytes 1000-4999/5000
    start = opened.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
    if start != str(received):
        opened.raw.close()
        raise Failure("another part than the one asked for", again=False, error=RegistryAnswerInvalid)
    return 0
