"""`file:` indexes: a folder of folders, served as an index would.

    file:///srv/index/simple/click/     ->  simple/click/index.html, or a page made from the files in
    simple/click file:///srv/index/packages/c.whl    ->  the file, where /srv/index/simple/ is the index

Knows disks, no sockets. Nothing outside the folder that holds a named index is served, whatever a page says.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from html import escape
from urllib.parse import quote, unquote

from holdfast_resolver.clients.urls import redacted, split_url
from holdfast_resolver.errors import AnswerTooLong, RegistryRefused, RegistryUnavailable
from holdfast_resolver.registries.port import Request, Response

BLOCK = 1024 * 1024


class FolderTransport:
    """Implements `transport.Transport` for `file:` URLs; other schemes among `indexes` are passed over."""

    def __init__(self, indexes: Iterable[str]) -> None:
        self.requests = 0
        # Artifacts often lie beside the index, as in ../../packages/; hence the folder above it.
        self._roots = [
            os.path.realpath(os.path.join(_local_path(url), os.pardir)) for url in indexes if url.startswith("file:")
        ]

    def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        parts: list[bytes] = []
        response = self.download(request, parts.append)
        return response._replace(body=b"".join(parts))

    def download(self, request: Request, sink: Callable[[bytes], object]) -> Response:
        """See `Transport.download`."""
        self.requests += 1
        path = self._path(request)
        try:
            if os.path.isdir(path):
                page = os.path.join(path, "index.html")
                if not os.path.isfile(page):
                    return self._made_page(request, path, sink)
                path = page
            return self._file(request, path, sink)
        except (FileNotFoundError, NotADirectoryError):
            return Response(404, request.url, {}, b"")
        except OSError as error:
            raise RegistryUnavailable(
                request.source, request.subject, request.url, error.strerror or type(error).__name__
            ) from None

    def close(self) -> None:
        """Nothing is open."""

    def _path(self, request: Request) -> str:
        path = os.path.realpath(_local_path(request.url))
        if not any(os.path.commonpath([root, path]) == root for root in self._roots):
            raise RegistryRefused(
                request.source, request.subject, redacted(request.url), "outside the folder of the index"
            )
        return path

    def _file(self, request: Request, path: str, sink: Callable[[bytes], object]) -> Response:
        with open(path, "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            headers = {"content-length": str(size)}
            if path.endswith(".html"):
                headers["content-type"] = "text/html"
            status, start, end = chosen_part(request.range, size)
            if status == 416:
                return Response(416, request.url, {"content-range": f"bytes */{size}"}, b"")
            if end - start > request.max_bytes:
                raise _too_long(request)
            if status == 206:
                headers["content-length"] = str(end - start)
                headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
            stream.seek(start)
            for block in _blocks(stream.read, end - start):
                sink(block)
        return Response(status, request.url, headers, b"")

    def _made_page(self, request: Request, path: str, sink: Callable[[bytes], object]) -> Response:
        """A PEP 503 page of the files in a folder, with their sha256."""
        lines = ["<!DOCTYPE html>"]
        for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
            if entry.is_dir():
                lines.append(f'<a href="{quote(entry.name)}/">{escape(entry.name)}</a>')
            elif entry.is_file():
                with open(entry.path, "rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256").hexdigest()
                lines.append(f'<a href="{quote(entry.name)}#sha256={digest}">{escape(entry.name)}</a>')
        body = "\n".join(lines).encode()
        if len(body) > request.max_bytes:
            raise _too_long(request)
        sink(body)
        return Response(200, request.url, {"content-type": "text/html", "content-length": str(len(body))}, b"")


def _local_path(url: str) -> str:
    """The path of a `file:` URL (RFC 8089): `file:///srv/a%20b/` is `/srv/a b/`, `file:///C:/x` is `C:/x`."""
    rest = split_url(url).rest.partition("#")[0].partition("?")[0]
    path = unquote(rest).replace("\0", "")
    return path[1:] if os.name == "nt" and path[2:3] == ":" else path


def chosen_part(text: str, size: int) -> tuple[int, int, int]:
    """(status, start, end) of a Range header with one part (RFC 9110, section 14.1.2)."""
    first, dash, last = text.removeprefix("bytes=").partition("-")
    if not dash:
        return 200, 0, size
    if not first:  # bytes=-500: the last 500
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
    return (206, start, end) if start < end else (416, 0, 0)


def _blocks(read: Callable[[int], bytes], left: int) -> Iterator[bytes]:
    while left > 0:
        block = read(min(BLOCK, left))
        if not block:
            return
        left -= len(block)
        yield block


def _too_long(request: Request) -> AnswerTooLong:
    return AnswerTooLong(request.source, request.subject, request.url, f"longer than {request.max_bytes} bytes")
