"""Bodies over the network: whole, bounded, decoded, and downloads that go on after a break."""

import gzip
import hashlib
import socket
import time

import pytest

from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.errors import (
    RegistryAnswerInvalid,
    RegistryError,
    RegistryUnavailable,
)
from tests.support.http_client import ask, series, transport
from tests.support.loopback import Asked, Loopback, Reply, raw_server


def test_a_truncated_body_is_fetched_again(server: Loopback) -> None:
    """Fewer bytes than announced are never an answer."""
    server.routes["/x"] = series(Reply(200, b"0123456789", cut=4), Reply(200, b"0123456789"))
    with transport() as http:
        assert http.send(ask(server.url + "/x")).body == b"0123456789"
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("reply", "detail"),
    [
        (Reply(200, b"0123456789", cut=4), "broke off after 6 of 10 bytes"),
        (Reply(200, b"5\r\nabc", {"Transfer-Encoding": "chunked", "Connection": "close"}), "broke off"),
        (Reply(200, b"zz\r\nabc", {"Transfer-Encoding": "chunked", "Connection": "close"}), "connection"),
        (Reply(200, gzip.compress(b"page" * 99)[:-20], {"Content-Encoding": "gzip"}), "ends too early"),
        (Reply(200, b"no gzip at all", {"Content-Encoding": "gzip"}), "not the gzip"),
    ],
)
def test_a_body_that_stays_damaged_is_an_error(server: Loopback, reply: Reply, detail: str) -> None:
    """After three retries the damage is named."""
    server.routes["/x"] = reply
    with transport() as http, pytest.raises(RegistryError) as caught:
        http.send(ask(server.url + "/x"))
    assert detail in caught.value.detail
    assert caught.value.detail.endswith("after 4 attempts")
    assert len(server.asked) == 4


def test_gzip_is_decoded_also_in_several_members(server: Loopback) -> None:
    """What the server compressed is given decoded."""
    body = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0"
    server.routes["/x"] = Reply(200, body, {"Content-Encoding": "gzip"})
    with transport() as http:
        assert http.send(ask(server.url + "/x")).body == b"one two"


def test_gzip_is_handed_on_as_it_is_to_who_decodes_it(server: Loopback) -> None:
    """Only what is gzip is told to be; the bound then holds for what came over the wire."""
    packed = gzip.compress(b"one")
    server.routes["/x"] = Reply(200, packed, {"Content-Encoding": "gzip"})
    server.routes["/y"] = Reply(200, b"one")
    with transport() as http:
        assert http.send(ask(server.url + "/x")._replace(packed=True))[3:] == (packed, True)
        assert http.send(ask(server.url + "/y")._replace(packed=True))[3:] == (b"one", False)
        assert http.send(ask(server.url + "/x"))[3:] == (b"one", False)
        server.routes["/x"] = Reply(200, b"x" * 5000, {"Content-Encoding": "gzip"})
        with pytest.raises(RegistryAnswerInvalid):
            http.send(ask(server.url + "/x")._replace(packed=True, max_bytes=10))


def test_an_encoding_that_was_not_asked_for_is_refused(server: Loopback) -> None:
    """Only gzip was offered."""
    server.routes["/x"] = Reply(200, b"?", {"Content-Encoding": "br"})
    with transport() as http, pytest.raises(RegistryAnswerInvalid) as caught:
        http.send(ask(server.url + "/x"))
    assert "'br'" in caught.value.detail


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"x" * 5000),
        Reply(200, b"1388\r\n" + b"x" * 5000 + b"\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"}),
        Reply(200, gzip.compress(b"\0" * 50_000_000), {"Content-Encoding": "gzip"}),
        Reply(200, gzip.compress(b"\0" * 3000) * 2, {"Content-Encoding": "gzip"}),
    ],
    ids=["announced", "chunked", "bomb", "two members"],
)
def test_a_body_is_bounded(server: Loopback, reply: Reply) -> None:
    """A body of more decoded bytes than allowed is refused at once, and not asked for again."""
    server.routes["/x"] = reply
    with transport() as http:
        with pytest.raises(RegistryAnswerInvalid) as caught:
            http.send(ask(server.url + "/x", max_bytes=4096))
        assert caught.value.detail == "longer than 4096 bytes"
        assert http.requests == 1
        server.routes["/y"] = Reply(200, b"fine")
        assert http.send(ask(server.url + "/y")).body == b"fine"


def test_a_body_of_exactly_the_limit_passes(server: Loopback) -> None:
    """The bound is inclusive."""
    server.routes["/x"] = Reply(200, gzip.compress(b"x" * 4096), {"Content-Encoding": "gzip"})
    with transport() as http:
        assert len(http.send(ask(server.url + "/x", max_bytes=4096)).body) == 4096


def test_a_trickling_body_is_given_up() -> None:
    """A server that keeps a connection alive with a byte now and then does not hold us for ever."""

    def trickle(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b"x")
            time.sleep(0.02)

    with (
        raw_server(trickle) as address,
        transport(IndexSettings(timeout=0.04)) as http,
        pytest.raises(RegistryUnavailable) as caught,
    ):
        http.send(ask(f"http://{address}/x"))
    assert "bytes in" in caught.value.detail


def test_a_download_streams_raw_bytes(server: Loopback) -> None:
    """The sink gets what the server stores, even where it is labelled as gzip; the response has no body."""
    body = gzip.compress(b"sdist" * 1000)
    server.routes["/x.tar.gz"] = Reply(200, body, {"Content-Encoding": "gzip"})
    parts: list[bytes] = []
    with transport() as http:
        answer = http.download(ask(server.url + "/x.tar.gz"), parts.append)
    assert b"".join(parts) == body
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("ranges", [True, False], ids=["server with ranges", "server without"])
def test_a_broken_download_goes_on_where_it_stopped(server: Loopback, ranges: bool) -> None:
    """The sink sees each byte once, whether the server continues or begins anew."""
    body = bytes(range(256)) * 40
    asked: list[str] = []

    def route(request: Asked) -> Reply:
        wanted = request.headers.get("range", "")
        asked.append(wanted)
        cut = 2000 if len(asked) < 4 else 0
        if ranges and wanted:
            start = int(wanted[6:-1])
            label = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
            return Reply(206, body[start:], label, cut=min(cut, len(body) - start - 1))
        return Reply(200, body, cut=cut - 10 * len(asked) if cut else 0)

    server.routes["/x"] = route
    parts: list[bytes] = []
    with transport() as http:
        answer = http.download(ask(server.url + "/x"), parts.append)
    assert hashlib.sha256(b"".join(parts)).digest() == hashlib.sha256(body).digest()
    assert (answer.status, len(asked)) == (200, 4)


def test_a_download_that_continues_elsewhere_is_refused(server: Loopback) -> None:
    """A part that does not begin where the first one ended is not glued on."""
    first = Reply(200, b"0123456789", cut=5)
    server.routes["/x"] = series(first, Reply(206, b"789", {"Content-Range": "bytes 7-9/10"}))
    with transport() as http, pytest.raises(RegistryAnswerInvalid) as caught:
        http.download(ask(server.url + "/x"), lambda block: None)
    assert "another part" in caught.value.detail


def test_a_download_is_bounded(server: Loopback) -> None:
    """More bytes than allowed never reach the sink."""
    server.routes["/x"] = Reply(200, b"1388\r\n" + b"x" * 5000 + b"\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"})
    parts: list[bytes] = []
    with transport() as http, pytest.raises(RegistryAnswerInvalid):
        http.download(ask(server.url + "/x", max_bytes=100), parts.append)
    assert sum(map(len, parts)) <= 100
