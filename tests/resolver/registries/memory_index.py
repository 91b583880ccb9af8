"""An index in memory that answers the requests of a protocol generator, ranges included."""

from collections.abc import Callable, Generator
from typing import TypeVar

from holdfast_resolver.registries.port import Request, Response

T = TypeVar("T")


class MemoryIndex:
    """Files by URL; `ranges` says how a Range header is treated: "yes", "ignored" or "refused" (416)."""

    def __init__(self, files: dict[str, bytes], ranges: str = "yes") -> None:
        self.files = files
        self.ranges = ranges
        self.requests: list[Request] = []
        self.spoil: Callable[[Response], Response] = lambda response: response

    def answer(self, request: Request) -> Response:
        self.requests.append(request)
        body = self.files.get(request.url)
        if body is None:
            return Response(404, request.url, {}, b"not found")
        if not request.range or self.ranges == "ignored":
            return Response(200, request.url, {}, body)
        if self.ranges == "refused":
            return Response(416, request.url, {}, b"")
        first, _, last = request.range.removeprefix("bytes=").partition("-")
        start = int(first) if first else max(0, len(body) - int(last))
        end = min(len(body), int(last) + 1) if first and last else len(body)
        if start >= end:
            return Response(416, request.url, {"content-range": f"bytes */{len(body)}"}, b"")
        headers = {"content-range": f"bytes {start}-{end - 1}/{len(body)}"}
        return Response(206, request.url, headers, body[start:end])

    def drive(self, protocol: Generator[Request, Response, T]) -> T:
        """Run the protocol to its end and return its result."""
        try:
            request = next(protocol)
            while True:
                request = protocol.send(self.spoil(self.answer(request)))
        except StopIteration as stop:
            result: T = stop.value
            return result

    @property
    def ranges_asked(self) -> list[str]:
        return [request.range for request in self.requests]
