"""An index in memory that implements the same port as the network: for tests and for replays.

Answers may come late and in any order, as a seed decides; every request is kept for the test to look at.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping

from holdfast_resolver.errors import RegistryAnswerInvalid, ResolverError
from holdfast_resolver.fetch.folders import chosen_part
from holdfast_resolver.registries.port import Request, Response

Answer = bytes | Response | ResolverError | Callable[[Request], Response]


class MemoryTransport:
    """Implements `transport.Transport` over a mapping of URLs.

    An answer is the body of a 200 (ranges are honoured), a whole `Response`, an error to raise, or a function
    of the request. A URL that isn't there is a 404. With a `seed`, each answer waits up to `longest_delay`
    seconds.
    """

    def __init__(self, answers: Mapping[str, Answer], *, seed: int | None = None, longest_delay: float = 0.01) -> None:
        self.requests = 0
        self.asked: list[Request] = []
        self.closed = False
        self._answers = answers
        self._random = None if seed is None else random.Random(seed)
        self._longest_delay = longest_delay
        self._lock = threading.Lock()

    def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        with self._lock:
            self.requests += 1
            self.asked.append(request)
            wait = self._random.random() * self._longest_delay if self._random else 0.0
        if wait:
            time.sleep(wait)
        answer = self._answers.get(request.url.partition("#")[0])
        if answer is None:
            return Response(404, request.url, {}, b"")
        if isinstance(answer, ResolverError):
            raise answer
        if isinstance(answer, bytes):
            answer = _part(answer, request)
        elif not isinstance(answer, Response):
            answer = answer(request)
        if len(answer.body) > request.max_bytes:
            raise RegistryAnswerInvalid(
                request.source, request.subject, request.url, f"longer than {request.max_bytes} bytes"
            )
        return answer

    def download(self, request: Request, sink: Callable[[bytes], object]) -> Response:
        """See `Transport.download`."""
        response = self.send(request)
        if response.status in (200, 206) and response.body:
            sink(response.body)
        return response._replace(body=b"")

    def close(self) -> None:
        """Remember that it was called."""
        self.closed = True


def _part(body: bytes, request: Request) -> Response:
    status, start, end = chosen_part(request.range, len(body))
    headers = {"content-length": str(end - start)}
    if status == 206:
        headers["content-range"] = f"bytes {start}-{end - 1}/{len(body)}"
    elif status == 416:
        headers["content-range"] = f"bytes */{len(body)}"
    return Response(status, request.url, headers, body[start:end])
