"""A small HTTP server of a registry's folder, for development and tests: on loopback, read-only.

Serves `metadata/`, `targets/` and `blobs/` and nothing else: no listings, no hidden files, no links. GET and HEAD,
whole or one range (RFC 9110, section 14). In production any web server or object store serves the folder.
"""

import os
import re
import stat
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO
from urllib.parse import unquote

from holdfast.publish.registry.folder import SERVED

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_PART = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9._-]*")
_CHUNK = 1024 * 1024


class RegistryServer(ThreadingHTTPServer):
    """Serves one folder. `said` is called with a line for each request. Port 0 takes a free one."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, folder: str, port: int = 0, said: Callable[[str], None] | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.folder = folder
        self.said = said

    @property
    def url(self) -> str:
        """Where a source finds the registry."""
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "holdfast-registry"
    sys_version = ""
    server: RegistryServer

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        if self.server.said:
            self.server.said(format % args)

    def _answer(self, *, with_body: bool) -> None:
        descriptor = self._open()
        if descriptor is None:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        with open(descriptor, "rb") as file:
            size = os.fstat(descriptor).st_size
            asked = _RANGE.fullmatch(self.headers.get("Range", ""))
            part = _part_of(asked, size) if asked else None
            if asked and part is None:
                self._refuse(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{size}"})
                return
            first, last = part or (0, size - 1)
            self.send_response(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK)
            if part:
                self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Type", _type_of(self.path))
            self.send_header("Content-Length", str(last - first + 1))
            fresh = self.path.split("?")[0].endswith("/timestamp.json")
            self.send_header("Cache-Control", "no-cache" if fresh else "public, max-age=31536000, immutable")
            self.end_headers()
            if with_body:
                self._send(file, first, last - first + 1)

    def _open(self) -> int | None:
        parts = unquote(self.path.split("?")[0]).lstrip("/").split("/")
        if parts[0] not in SERVED or not all(_PART.fullmatch(part) for part in parts):
            return None
        path = os.path.join(self.server.folder, *parts)
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except OSError:
            return None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            return None
        return descriptor

    def _send(self, file: BinaryIO, first: int, left: int) -> None:
        file.seek(first)
        while left and (data := file.read(min(left, _CHUNK))):
            self.wfile.write(data)
            left -= len(data)
        if left:  # it became shorter meanwhile: the client must not wait
            self.close_connection = True

    def _refuse(self, status: HTTPStatus, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _part_of(asked: re.Match[str], size: int) -> tuple[int, int] | None:
    """Return the first and the last byte of a range, None for one that the file does not have."""
    first, last = asked[1], asked[2]
    if not first:
        count = min(int(last or 0), size)
        return (size - count, size - 1) if count else None
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    return (start, end) if start <= end else None


def _type_of(path: str) -> str:
    return "application/octet-stream" if path.startswith("/blobs/") else "application/json"
