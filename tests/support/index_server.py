"""A package index on loopback: real files, real HTTP, as poor, slow or broken as a test wants it.

    with serving(read_releases("flask 3.0.0")) as server:
        ...                                             # server.url is the simple index's URL
        server.faults["/simple/flask/"] = [status(500, times=2)]
        server.add(wheel("flask", "3.1.0"))
        assert server.count("/simple/") == 3

Pages are at `/simple/<name>/`, files at `/files/<file>`, sidecars at `/files/<file>.metadata`.
"""

import contextlib
import hashlib
import html
import json
import random
import threading
import time
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from tests.support.packages import File

_JSON = "application/vnd.pypi.simple.v1+json"
_HTML = "text/html; charset=utf-8"


class Habits(NamedTuple):
    """What the index can do."""

    form: str = "json"  # PEP 691, or "html" (PEP 503)
    sidecars: str = "hashes"  # PEP 658: "hashes" (told with digests), "told" (true), "silent" (there, not told), "none"
    hashes: bool = True  # whether pages tell sha256
    etags: bool = True  # ETag on pages, 304 for If-None-Match
    ranges: bool = True  # 206 for Range; else the whole file with 200
    max_age: int | None = None  # Cache-Control of pages, in seconds
    seed: int | None = None  # answers wait a random time, the same for the same seed and path
    delay: float = 0.0  # the longest wait in seconds


class Fault(NamedTuple):
    """What goes wrong at a path, `times` times (-1 = for ever). Made by the functions below."""

    kind: str
    times: int = -1
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def status(code: int, times: int = -1, retry_after: str = "") -> Fault:
    """A bare status: 404, 500, 429 ..."""
    return Fault("status", times, code, (("Retry-After", retry_after),) if retry_after else ())


def redirect(url: str, times: int = -1) -> Fault:
    """302 to another address."""
    return Fault("status", times, 302, (("Location", url),))


def truncated(times: int = -1) -> Fault:
    """Half of the body that Content-Length promises, then the connection ends."""
    return Fault("truncated", times)


def garbage(times: int = -1) -> Fault:
    """2 MB of noise with the right content type."""
    return Fault("garbage", times)


def html_for_json(times: int = -1) -> Fault:
    """A page of HTML that is called JSON."""
    return Fault("html-for-json", times)


def hanging(times: int = -1) -> Fault:
    """Headers, and then nothing until the client gives up or the server stops."""
    return Fault("hanging", times)


class IndexServer(ThreadingHTTPServer):
    """The index. Files, habits and faults may be changed while it runs."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, files: Iterable[File], habits: Habits) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.habits = habits
        self.files: dict[str, File] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.asked: list[tuple[str, str]] = []  # (path, Range header), in order of arrival
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self.add(*files)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """The URL of the simple index, as a client is configured with it."""
        return f"{self.origin}/simple/"

    def add(self, *files: File) -> None:
        """Put files on the index, in place of files of the same name."""
        self.files.update((file.file, file) for file in files)

    def remove(self, *names: str) -> None:
        """Take files off the index."""
        for name in names:
            del self.files[name]

    def count(self, prefix: str = "/") -> int:
        """Requests so far whose path begins with `prefix`."""
        return sum(path.startswith(prefix) for path, _ in self.asked)

    def next_fault(self, path: str) -> Fault | None:
        """Take the fault that is due at a path."""
        with self._lock:
            due = self.faults.get(path)
            if not due:
                return None
            fault = due[0]
            if fault.times == 1:
                due.pop(0)
            elif fault.times > 1:
                due[0] = fault._replace(times=fault.times - 1)
            return fault

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up is part of the tests."""


@contextlib.contextmanager
def serving(files: Iterable[File], habits: Habits | None = None) -> Iterator[IndexServer]:
    """A running index; afterwards it is down and its socket closed."""
    server = IndexServer(files, habits or Habits())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Answer(NamedTuple):
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: IndexServer

    def do_GET(self) -> None:
        server, path = self.server, self.path
        byte_range = self.headers.get("Range", "")
        server.asked.append((path, byte_range))
        habits = server.habits
        if habits.delay:
            time.sleep(random.Random(f"{habits.seed} {path} {byte_range}").random() * habits.delay)
        fault = server.next_fault(path)
        answer = _route(server, path, self.headers.get("If-None-Match", ""), byte_range)
        cut = 0
        if fault is not None:
            answer, cut = _spoilt(answer, fault)
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if fault is not None and fault.kind == "hanging":
            self.wfile.flush()
            server.stopping.wait(60)
            self.close_connection = True
            return
        self.wfile.write(answer.body[: len(answer.body) - cut])
        if cut:
            self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def _spoilt(answer: _Answer, fault: Fault) -> tuple[_Answer, int]:
    """The answer with its fault, and how many bytes to leave off."""
    match fault.kind:
        case "status":
            return _Answer(fault.status, b"", fault.headers), 0
        case "truncated":
            return answer, len(answer.body) - len(answer.body) // 2
        case "garbage":
            return answer._replace(status=200, body=random.Random(0).randbytes(2_000_000)), 0
        case "html-for-json":
            return _Answer(200, b"<!DOCTYPE html><html><body>hello</body></html>", (("Content-Type", _JSON),)), 0
    return answer, 0


def _route(server: IndexServer, path: str, etag: str, byte_range: str) -> _Answer:
    place = path.split("?")[0]
    if place.startswith("/simple/") and place.endswith("/"):
        return _page(server, place.removeprefix("/simple/").strip("/"), etag)
    name = place.removeprefix("/files/")
    file = server.files.get(name)
    if file is not None:
        return _part(file.data, byte_range if server.habits.ranges else "")
    file = server.files.get(name.removesuffix(".metadata"))
    if file is not None and file.is_wheel and server.habits.sidecars != "none":
        return _Answer(200, file.metadata, (("Content-Type", "application/octet-stream"),))
    return _Answer(404)


def _page(server: IndexServer, package: str, etag: str) -> _Answer:
    files = [file for file in server.files.values() if file.package == package]
    if not files:
        return _Answer(404)
    body = (_json_page if server.habits.form == "json" else _html_page)(package, files, server.habits)
    headers = [("Content-Type", _JSON if server.habits.form == "json" else _HTML)]
    if server.habits.max_age is not None:
        headers.append(("Cache-Control", f"max-age={server.habits.max_age}"))
    if server.habits.etags:
        own = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers.append(("ETag", own))
        if etag == own:
            return _Answer(304, b"", tuple(headers))
    return _Answer(200, body, tuple(headers))


def _json_page(package: str, files: list[File], habits: Habits) -> bytes:
    entries = []
    for file in files:
        entry: dict[str, object] = {
            "filename": file.file,
            "url": f"/files/{file.file}",
            "hashes": {"sha256": file.sha256} if habits.hashes else {},
            "size": len(file.data),
            "yanked": file.yanked or file.yanked is not None,
        }
        if file.requires_python:
            entry["requires-python"] = file.requires_python
        if file.uploaded:
            entry["upload-time"] = file.uploaded
        if file.is_wheel and habits.sidecars in ("hashes", "told"):
            digest = {"sha256": hashlib.sha256(file.metadata).hexdigest()}
            entry["core-metadata"] = digest if habits.sidecars == "hashes" else True
        entries.append(entry)
    versions = sorted({file.version for file in files})
    page = {"meta": {"api-version": "1.1"}, "name": package, "versions": versions, "files": entries}
    return json.dumps(page).encode()


def _html_page(package: str, files: list[File], habits: Habits) -> bytes:
    lines = [f"<!DOCTYPE html><html><head><title>Links for {package}</title></head><body>"]
    for file in files:
        attributes = f' href="/files/{file.file}{"#sha256=" + file.sha256 if habits.hashes else ""}"'
        if file.requires_python:
            attributes += f' data-requires-python="{html.escape(file.requires_python)}"'
        if file.yanked is not None:
            attributes += f' data-yanked="{html.escape(file.yanked)}"'
        if file.is_wheel and habits.sidecars in ("hashes", "told"):
            digest = hashlib.sha256(file.metadata).hexdigest()
            attributes += f' data-core-metadata="{"sha256=" + digest if habits.sidecars == "hashes" else "true"}"'
        lines.append(f"<a{attributes}>{file.file}</a><br/>")
    return "\n".join([*lines, "</body></html>"]).encode()


def _part(data: bytes, byte_range: str) -> _Answer:
    """The whole, or the one range that is asked for (RFC 9110, section 14)."""
    if not byte_range.startswith("bytes="):
        return _Answer(200, data, (("Accept-Ranges", "bytes"),))
    first, _, last = byte_range.removeprefix("bytes=").partition("-")
    start = int(first) if first else max(0, len(data) - int(last))
    end = min(int(last), len(data) - 1) if first and last else len(data) - 1
    if start > end:
        return _Answer(416, b"", (("Content-Range", f"bytes */{len(data)}"),))
    return _Answer(206, data[start : end + 1], (("Content-Range", f"bytes {start}-{end}/{len(data)}"),))
