"""The port of the network: whoever fetches knows this protocol, the console chooses what stands behind it.

Implementations: `http.HttpTransport` (the network), `memory.MemoryTransport` (tests).
"""

from collections.abc import Callable
from typing import Protocol

from holdfast_resolver.registries.port import Request, Response


class Transport(Protocol):
    """Sends requests. Every method may be called from many threads at once.

    Statuses 200, 206, 304, 404 and 416 come back as a `Response`; everything else is raised as
    `RegistryUnavailable` (after retries), `RegistryRefused` or `RegistryAnswerInvalid`.
    """

    requests: int  # sent so far: retries and redirects count, answers from a cache do not

    def send(self, request: Request) -> Response:
        """The answer, its body whole, decoded and at most `request.max_bytes` long."""
        ...

    def download(self, request: Request, sink: Callable[[bytes], object]) -> Response:
        """The answer with an empty body: the bytes, as the server stores them, went to `sink` in order.

        An interrupted download goes on where it stopped, so `sink` sees each byte once. A status other than
        200 and 206 gives `sink` nothing.
        """
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
