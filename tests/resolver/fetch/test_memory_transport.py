"""The in-memory transport behaves as the network would."""

import threading

import pytest

from holdfast_resolver.errors import RegistryAnswerInvalid, RegistryUnavailable
from holdfast_resolver.fetch.memory import MemoryTransport
from holdfast_resolver.fetch.transport import Transport
from holdfast_resolver.registries.port import Response
from tests.support.http_client import ask

URL = "https://index.example/simple/click/"


def test_bodies_responses_errors_and_functions_are_answers() -> None:
    """Each kind of answer does what it says, and each request is kept."""
    error = RegistryUnavailable("pypi", "b")
    transport: Transport = MemoryTransport(
        {
            URL: b"page",
            "https://index.example/304": Response(304, "", {}, b""),
            "https://index.example/error": error,
            "https://index.example/echo": lambda request: Response(200, request.url, {}, request.etag.encode()),
        }
    )
    assert transport.send(ask(URL)).body == b"page"
    assert transport.send(ask("https://index.example/304")).status == 304
    assert transport.send(ask("https://index.example/none")).status == 404
    assert transport.send(ask("https://index.example/echo", etag="e")).body == b"e"
    with pytest.raises(RegistryUnavailable):
        transport.send(ask("https://index.example/error"))
    assert transport.requests == 5


def test_ranges_and_bounds_are_honoured() -> None:
    """A suffix range gives the tail; a body over the limit is refused; a download goes to the sink."""
    transport = MemoryTransport({URL: b"0123456789"})
    tail = transport.send(ask(URL, part="bytes=-3"))
    assert (tail.status, tail.body, tail.headers["content-range"]) == (206, b"789", "bytes 7-9/10")
    assert transport.send(ask(URL, part="bytes=10-")).status == 416
    with pytest.raises(RegistryAnswerInvalid):
        transport.send(ask(URL, max_bytes=9))
    parts: list[bytes] = []
    assert transport.download(ask(URL), parts.append).body == b""
    assert parts == [b"0123456789"]


def test_a_seed_makes_answers_arrive_in_another_order() -> None:
    """With a seed and threads, the order of arrival is not the order of asking."""
    transport = MemoryTransport({f"{URL}{number}": b"x" for number in range(20)}, seed=1, longest_delay=0.05)
    arrived: list[int] = []

    def work(number: int) -> None:
        transport.send(ask(f"{URL}{number}"))
        arrived.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(arrived) == list(range(20))
    assert arrived != list(range(20))
