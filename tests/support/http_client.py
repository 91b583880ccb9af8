"""The network transport as tests use it: short time-outs, nearly no delay, closed at the end."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from holdfast_resolver.clients.credentials import CredentialBook
from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.fetch.http import HttpTransport
from holdfast_resolver.registries.port import MIB, Request
from tests.support.loopback import Asked, Reply


@contextlib.contextmanager
def transport(
    settings: IndexSettings | None = None,
    credentials: CredentialBook | None = None,
    stop: threading.Event | None = None,
    first_delay: float = 0.001,
) -> Iterator[HttpTransport]:
    """A transport that is closed afterwards."""
    opened = HttpTransport(
        settings or IndexSettings(timeout=2.0),
        credentials,
        stop=stop,
        first_delay=first_delay,
        jitter=lambda: 0.5,
    )
    try:
        yield opened
    finally:
        opened.close()


def ask(
    url: str, part: str = "", max_bytes: int = MIB, etag: str = "", last_modified: str = "", accept: str = ""
) -> Request:
    """A request for the listing of click."""
    return Request("pypi", "click", url, accept, part, max_bytes, etag, last_modified)


def series(*replies: Reply) -> Callable[[Asked], Reply]:
    """One reply after the other, the last one for ever."""
    left = list(replies)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]
