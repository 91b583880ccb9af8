"""A file on an index, read in parts through range requests (RFC 9110, section 14), each byte asked for once.

Knows statuses and Content-Range; nothing of what the file holds. A server without ranges costs one whole
download.
"""

import re
from collections.abc import Generator

from holdfast_resolver.registries.faults import AnswerFaultError
from holdfast_resolver.registries.port import MIB, Request, Response

WHOLE_BYTES = 256 * MIB  # of a file that can only be had whole

_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})", re.ASCII)

Reading = Generator[Request, Response, bytes]


class RemoteFile:
    """Bytes of one file: what has come so far, and its size once anything has."""

    def __init__(self, source: str, file: str, url: str, max_bytes: int = WHOLE_BYTES) -> None:
        """`max_bytes` bounds each answer: one part, or the whole file where there are no ranges."""
        self._request = Request(source, file, url, max_bytes=max_bytes)
        self._spans: list[tuple[int, bytes]] = []  # (position of the first byte, bytes)
        self.size = -1  # in bytes; -1 before the first answer

    def load_tail(self, count: int) -> Generator[Request, Response, None]:
        """Fetch the last `count` bytes (all of a shorter file) and learn the size."""
        yield from self._ask(f"bytes=-{count}", -1, -1)

    def load_head(self, count: int) -> Generator[Request, Response, None]:
        """Fetch the first `count` bytes (all of a shorter file) and learn the size."""
        yield from self._ask(f"bytes=0-{count - 1}", 0, count)

    def known_tail(self) -> tuple[int, bytes]:
        """(position, bytes) of what is known of the file's end."""
        for start, data in self._spans:
            if start + len(data) == self.size:
                return start, data
        return self.size, b""

    def read(self, start: int, end: int) -> Reading:
        """Return the bytes from `start` up to `end`, and ask for those that are missing."""
        if not 0 <= start <= end <= self.size:
            raise AnswerFaultError(f"expected bytes {start}-{end} inside the file, found {self.size} bytes in all")
        known = b"" if start == end else self._known(start, end)
        if known is not None:
            return known
        first, last = self._missing(start, end)
        yield from self._ask(f"bytes={first}-{last - 1}", first, last)
        known = self._known(start, end)
        if known is None:
            raise AnswerFaultError(f"expected bytes {start}-{end} of the file, found fewer")
        return known

    def _known(self, start: int, end: int) -> bytes | None:
        for at, data in self._spans:
            if at <= start and end <= at + len(data):
                return data[start - at : end - at]
        return None

    def _missing(self, start: int, end: int) -> tuple[int, int]:
        for at, data in self._spans:
            if at <= start < at + len(data):
                start = at + len(data)
            elif at < end <= at + len(data):
                end = at
        return start, end

    def _ask(self, byte_range: str, start: int, end: int) -> Generator[Request, Response, None]:
        """Ask for `start` up to `end`; -1, -1 stands for a suffix, whose place the answer tells."""
        response = yield self._request._replace(range=byte_range)
        if response.status == 416:  # some servers say so of a range longer than the file
            response = yield self._request
        if response.status == 200:
            self._keep_whole(response.body)
        elif response.status == 206:
            self._keep_part(response, start, end)
        elif response.status == 404:
            raise AnswerFaultError("the index lists this file but answers 404 (not found) for it")
        else:
            raise AnswerFaultError(f"expected status 200 or 206, found {response.status}")

    def _keep_whole(self, body: bytes) -> None:
        if self.size not in (-1, len(body)):
            raise AnswerFaultError(f"the file changed between two requests: {self.size} bytes, then {len(body)}")
        self.size = len(body)
        self._spans = [(0, body)]

    def _keep_part(self, response: Response, start: int, end: int) -> None:
        told = response.headers.get("content-range", "")
        match = _CONTENT_RANGE.fullmatch(told.strip())
        if match is None:
            raise AnswerFaultError(f"expected Content-Range bytes <first>-<last>/<size>, found {told[:80]!r}")
        first, last, size = map(int, match.groups())
        if self.size not in (-1, size):
            raise AnswerFaultError(f"the file changed between two requests: {self.size} bytes, then {size}")
        expected_end = size if end < 0 else min(end, size)
        is_asked = last + 1 == expected_end and (start < 0 or first == start)
        if not is_asked or last + 1 - first != len(response.body):
            raise AnswerFaultError(f"asked for other bytes than Content-Range {told[:80]!r}, or not so many")
        self.size = size
        # Neighbouring parts become one, so that a later read finds its bytes in one piece.
        joined = response.body
        others: list[tuple[int, bytes]] = []
        for at, data in self._spans:
            if at + len(data) == first:
                first, joined = at, data + joined
            elif at == first + len(joined):
                joined += data
            else:
                others.append((at, data))
        self._spans = [*others, (first, joined)]
