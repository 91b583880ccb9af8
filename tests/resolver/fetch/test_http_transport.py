"""The network transport against a scripted server: statuses, retries, waiting, stopping."""

import socket
import threading
import time
from email.utils import formatdate

import pytest

from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.errors import (
    RegistryAnswerInvalid,
    RegistryError,
    RegistryRefused,
    RegistryUnavailable,
)
from tests.support.http_client import ask, series, transport
from tests.support.loopback import Loopback, Reply, raw_server


def test_an_answer_arrives_whole_with_its_headers_in_lower_case(server: Loopback) -> None:
    """A 200 gives status, address, headers and body."""
    server.routes["/simple/click/"] = Reply(200, b"page", {"ETag": '"1"', "Content-Type": "text/html"})
    with transport() as http:
        answer = http.send(ask(server.url + "/simple/click/", accept="text/html"))
    assert (answer.status, answer.body, answer.url) == (200, b"page", server.url + "/simple/click/")
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["content-type"] == "text/html"
    sent = server.asked[0].headers
    assert (sent["accept"], sent["accept-encoding"], sent["user-agent"]) == ("text/html", "gzip", "holdfast")
    assert "cookie" not in sent
    assert "authorization" not in sent


@pytest.mark.parametrize(
    ("status", "part", "etag", "last_modified"),
    [
        (404, "", "", ""),
        (206, "bytes=-4", "", ""),
        (416, "bytes=90-", "", ""),
        (304, "", '"1"', ""),
        (304, "", "", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ],
)
def test_statuses_that_the_protocol_reads(
    server: Loopback, status: int, part: str, etag: str, last_modified: str
) -> None:
    """404, 206, 416 and 304 reach the protocol when they answer what was asked."""
    server.routes["/x"] = Reply(status, b"" if status == 304 else b"body")
    with transport() as http:
        answer = http.send(ask(server.url + "/x", part=part, etag=etag, last_modified=last_modified))
    assert answer.status == status
    assert answer.body == (b"body" if status == 206 else b"")
    assert http.requests == 1


@pytest.mark.parametrize(
    ("status", "error", "attempts"),
    [
        (206, RegistryAnswerInvalid, 1),
        (304, RegistryAnswerInvalid, 1),
        (416, RegistryAnswerInvalid, 1),
        (204, RegistryAnswerInvalid, 1),
        (300, RegistryAnswerInvalid, 1),
        (302, RegistryAnswerInvalid, 1),
        (400, RegistryAnswerInvalid, 1),
        (401, RegistryRefused, 1),
        (403, RegistryRefused, 1),
        (429, RegistryUnavailable, 4),
        (500, RegistryUnavailable, 4),
        (501, RegistryUnavailable, 1),
        (502, RegistryUnavailable, 4),
        (503, RegistryUnavailable, 4),
        (504, RegistryUnavailable, 4),
    ],
)
def test_statuses_that_end_a_request(server: Loopback, status: int, error: type[RegistryError], attempts: int) -> None:
    """Every other status is raised as its kind of error, after three retries where they may help."""
    server.routes["/x"] = Reply(status)
    with transport() as http, pytest.raises(error) as caught:
        http.send(ask(server.url + "/x"))
    assert type(caught.value) is error
    assert f"status {status}" in caught.value.detail
    assert (caught.value.source, caught.value.subject, caught.value.url) == (
        "pypi",
        "click",
        server.url + "/x",
    )
    assert len(server.asked) == attempts == http.requests


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_flaky_server_is_asked_again(server: Loopback, status: int) -> None:
    """Two bad answers and then a good one are a good one."""
    server.routes["/x"] = series(Reply(status), Reply(status), Reply(200, b"good"))
    with transport() as http:
        assert http.send(ask(server.url + "/x")).body == b"good"
    assert len(server.asked) == 3


def test_retry_after_in_seconds_is_waited_for(server: Loopback) -> None:
    """The server's wish replaces our own delay."""
    server.routes["/x"] = series(Reply(429, headers={"Retry-After": "1"}), Reply(200, b"good"))
    with transport() as http:
        begun = time.monotonic()
        http.send(ask(server.url + "/x"))
    assert 0.95 < time.monotonic() - begun < 2.5


def test_retry_after_as_a_date_in_the_past_means_now(server: Loopback) -> None:
    """A date that is over is no reason to wait."""
    past = formatdate(time.time() - 60, usegmt=True)
    server.routes["/x"] = series(Reply(503, headers={"Retry-After": past}), Reply(200, b"good"))
    with transport(first_delay=30.0) as http:
        begun = time.monotonic()
        http.send(ask(server.url + "/x"))
    assert time.monotonic() - begun < 1.0


def test_a_wish_to_wait_holds_for_the_other_requests_too(server: Loopback) -> None:
    """After one request was told to wait, another to the same server does not go out before that."""
    server.routes["/a"] = series(Reply(429, headers={"Retry-After": "1"}), Reply(200))
    server.routes["/b"] = Reply(200)
    with transport() as http:
        first = threading.Thread(target=http.send, args=(ask(server.url + "/a"),))
        first.start()
        time.sleep(0.2)
        begun = time.monotonic()
        http.send(ask(server.url + "/b"))
        first.join()
    assert time.monotonic() - begun > 0.5


def test_stop_ends_a_waiting_retry_promptly(server: Loopback) -> None:
    """Ctrl-C sets the event, and nobody sits out the delay."""
    server.routes["/x"] = Reply(503, headers={"Retry-After": "20"})
    stop = threading.Event()
    timer = threading.Timer(0.1, stop.set)
    timer.start()
    begun = time.monotonic()
    with transport(stop=stop) as http, pytest.raises(RegistryUnavailable) as caught:
        http.send(ask(server.url + "/x"))
    assert time.monotonic() - begun < 2.0
    assert caught.value.detail == "stopped"
    with transport(stop=stop) as http, pytest.raises(RegistryUnavailable):
        http.send(ask(server.url + "/x"))
    timer.join()


def test_a_range_and_validators_are_passed_on(server: Loopback) -> None:
    """The server sees Range and validators as the request has them, and no compression with a range."""
    server.routes["/x"] = Reply(206, b"tail", {"Content-Range": "bytes 96-99/100"})
    with transport() as http:
        answer = http.send(ask(server.url + "/x", part="bytes=-4", etag='"e"', last_modified="when"))
    sent = server.asked[0].headers
    assert (sent["range"], sent["if-none-match"], sent["if-modified-since"]) == ("bytes=-4", '"e"', "when")
    assert sent["accept-encoding"] == "identity"
    assert (answer.status, answer.headers["content-range"]) == (206, "bytes 96-99/100")


def test_a_validator_from_a_damaged_cache_cannot_inject_a_header(server: Loopback) -> None:
    """A validator with a line end is left out."""
    server.routes["/x"] = Reply(200)
    with transport() as http:
        http.send(ask(server.url + "/x", etag='"e"\r\nX-Evil: 1', last_modified="caf\xe9"))
    assert not {"if-none-match", "if-modified-since", "x-evil"} & set(server.asked[0].headers)


def test_no_server_is_an_error_after_retries() -> None:
    """A refused connection is tried four times and named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/simple/"
        with transport() as http, pytest.raises(RegistryUnavailable) as caught:
            http.send(ask(url))
    assert caught.value.detail == "no connection: Connection refused, after 4 attempts"
    assert http.requests == 4


def test_a_name_that_does_not_exist_is_named() -> None:
    """No network, or a typing error: the message says which."""
    with transport() as http, pytest.raises(RegistryUnavailable) as caught:
        http.send(ask("http://no-such-host.invalid/simple/"))
    assert "cannot be resolved" in caught.value.detail


def test_a_silent_server_times_out() -> None:
    """A server that accepts and says nothing costs one time-out for each attempt."""
    done = threading.Event()

    def be_silent(connection: socket.socket) -> None:
        done.wait(5)

    with (
        raw_server(be_silent) as address,
        transport(IndexSettings(timeout=0.05)) as http,
    ):
        with pytest.raises(RegistryUnavailable) as caught:
            http.send(ask(f"http://{address}/x"))
        done.set()
    assert caught.value.detail == "no byte within 0.05 s, after 4 attempts"


@pytest.mark.parametrize("answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000])
def test_an_answer_that_is_not_http_is_an_error(answer: bytes) -> None:
    """A closed connection, garbage, and a header without end are broken connections."""

    def speak(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    with raw_server(speak) as address, transport() as http, pytest.raises(RegistryUnavailable) as caught:
        http.send(ask(f"http://{address}/x"))
    assert "connection" in caught.value.detail


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/x",
        "/simple/click/",
        "http:///x",
        "http://a.example:x/",
        "http://a b.example/",
        "http://a\\b/",
    ],
)
def test_what_is_not_an_address_is_not_asked_for(url: str) -> None:
    """Only absolute http(s) addresses without blanks and backslashes go out."""
    with transport() as http, pytest.raises(RegistryAnswerInvalid):
        http.send(ask(url))
    assert http.requests == 0


def test_many_threads_share_a_transport(server: Loopback) -> None:
    """Two hundred requests from twenty threads all get their own answers, and each is counted."""
    for number in range(200):
        server.routes[f"/{number}"] = Reply(200, str(number).encode())
    answers: dict[int, str] = {}
    with transport() as http:

        def work(start: int) -> None:
            for number in range(start, 200, 20):
                body = http.send(ask(f"{server.url}/{number}")).body
                answers[number] = body.decode()

        threads = [threading.Thread(target=work, args=(start,)) for start in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert http.requests == 200
    assert answers == {number: str(number) for number in range(200)}
