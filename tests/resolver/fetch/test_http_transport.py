"""The network transport against a scripted server: statuses, retries, bounds, redirects, credentials."""

import contextlib
import gzip
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate

import pytest

from holdfast_resolver.clients.credentials import BoundCredentials, CredentialBook, Credentials
from holdfast_resolver.clients.proxies import Proxies
from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.clients.urls import origin_of
from holdfast_resolver.errors import (
    ClientSettingsError,
    RegistryAnswerInvalid,
    RegistryError,
    RegistryRefused,
    RegistryUnavailable,
)
from holdfast_resolver.fetch.http import HttpTransport
from holdfast_resolver.registries.port import Request
from tests.support.loopback import Asked, Loopback, Reply, loopback, raw_server

SECRET = "s3cret"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback() as running:
        yield running


@contextlib.contextmanager
def transport(
    settings: IndexSettings | None = None,
    credentials: CredentialBook | None = None,
    stop: threading.Event | None = None,
    first_delay: float = 0.001,
) -> Iterator[HttpTransport]:
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


def ask(url: str, **fields: object) -> Request:
    return Request("pypi", "click", url)._replace(**fields)


def series(*replies: Reply) -> Callable[[Asked], Reply]:
    """One reply after the other, the last one for ever."""
    left = list(replies)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


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
    ("status", "fields"),
    [
        (404, {}),
        (206, {"range": "bytes=-4"}),
        (416, {"range": "bytes=90-"}),
        (304, {"etag": '"1"'}),
        (304, {"last_modified": "Thu, 01 Jan 1970 00:00:00 GMT"}),
    ],
)
def test_statuses_that_the_protocol_reads(server: Loopback, status: int, fields: dict[str, object]) -> None:
    """404, 206, 416 and 304 reach the protocol when they answer what was asked."""
    server.routes["/x"] = Reply(status, b"" if status == 304 else b"body")
    with transport() as http:
        answer = http.send(ask(server.url + "/x", **fields))
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
def test_statuses_that_end_a_request(
    server: Loopback, status: int, error: type[RegistryError], attempts: int
) -> None:
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


def test_a_range_and_validators_are_passed_on(server: Loopback) -> None:
    """The server sees Range and validators as the request has them, and no compression with a range."""
    server.routes["/x"] = Reply(206, b"tail", {"Content-Range": "bytes 96-99/100"})
    with transport() as http:
        answer = http.send(ask(server.url + "/x", range="bytes=-4", etag='"e"', last_modified="when"))
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
    with (
        raw_server(lambda connection: [done.wait(5)] and None) as address,
        transport(IndexSettings(timeout=0.05)) as http,
    ):
        with pytest.raises(RegistryUnavailable) as caught:
            http.send(ask(f"http://{address}/x"))
        done.set()
    assert caught.value.detail == "no byte within 0.05 s, after 4 attempts"


def test_a_trickling_body_is_given_up() -> None:
    """A server that keeps a connection alive with a byte now and then does not hold us for ever."""

    def trickle(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b"x")
            time.sleep(0.02)

    with raw_server(trickle) as address, transport(IndexSettings(timeout=0.04)) as http:
        with pytest.raises(RegistryUnavailable) as caught:
            http.send(ask(f"http://{address}/x"))
    assert "bytes in" in caught.value.detail


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


def test_redirects_are_followed_to_the_end(server: Loopback) -> None:
    """Relative and absolute redirects lead to an answer that names the last address."""
    server.routes["/a"] = Reply(302, b"moved", {"Location": "b"})
    server.routes["/b"] = Reply(308, b"", {"Location": server.url + "/c#part"})
    server.routes["/c"] = Reply(200, b"here")
    with transport() as http:
        answer = http.send(ask(server.url + "/a"))
    assert (answer.body, answer.url) == (b"here", server.url + "/c#part")
    assert http.requests == 3


def test_redirects_in_a_circle_end(server: Loopback) -> None:
    """After ten redirects it is enough."""
    server.routes["/a"] = Reply(302, b"", {"Location": "/a"})
    with transport() as http, pytest.raises(RegistryRefused) as caught:
        http.send(ask(server.url + "/a"))
    assert caught.value.detail == "more than 10 redirects"
    assert len(server.asked) == 11


def test_a_redirect_to_a_file_is_refused(server: Loopback) -> None:
    """An index cannot make us read the disk."""
    server.routes["/a"] = Reply(302, b"", {"Location": "file:///etc/hostname"})
    with transport() as http, pytest.raises(RegistryRefused) as caught:
        http.send(ask(server.url + "/a"))
    assert "file:" in caught.value.detail


def test_cookies_are_not_kept(server: Loopback) -> None:
    """A cookie that is set is not sent back, not even to the same server."""
    server.routes["/a"] = Reply(302, b"", {"Location": "/b", "Set-Cookie": "session=1"})
    server.routes["/b"] = Reply(200, b"", {"Set-Cookie": "session=2"})
    with transport() as http:
        http.send(ask(server.url + "/a"))
        http.send(ask(server.url + "/b"))
    assert all("cookie" not in asked.headers for asked in server.asked)


def book(*urls: str) -> CredentialBook:
    return CredentialBook([BoundCredentials(origin_of(url), Credentials("us:er", SECRET)) for url in urls])


def test_credentials_go_to_their_origin_and_stay_on_it(server: Loopback) -> None:
    """They are sent to the origin that they are bound to, also after a redirect within it."""
    server.routes["/a"] = Reply(302, b"", {"Location": "/b"})
    server.routes["/b"] = Reply(200)
    with transport(credentials=book(server.url)) as http:
        http.send(ask(server.url + "/a"))
    assert [asked.headers["authorization"] for asked in server.asked] == ["Basic dXM6ZXI6czNjcmV0"] * 2


def test_credentials_are_dropped_on_the_way_to_another_origin(server: Loopback) -> None:
    """Another port is another origin, and the way back does not pick them up again."""
    with loopback() as other:
        server.routes["/a"] = Reply(302, b"", {"Location": other.url + "/b"})
        other.routes["/b"] = Reply(302, b"", {"Location": server.url + "/c"})
        server.routes["/c"] = Reply(200, b"end")
        with transport(credentials=book(server.url, other.url)) as http:
            assert http.send(ask(server.url + "/a")).body == b"end"
        assert "authorization" in server.asked[0].headers
        assert "authorization" not in other.asked[0].headers
        assert "authorization" not in server.asked[1].headers


def test_a_refusal_says_whether_credentials_were_sent_and_never_shows_them(server: Loopback) -> None:
    """401 without credentials names the places where they may stand; with them, that they were not accepted."""
    for path in ("/a", "/a?token=" + SECRET):
        server.routes[path] = Reply(401, headers={"WWW-Authenticate": "Basic"})
    with transport() as http, pytest.raises(RegistryRefused) as without:
        http.send(ask(server.url + "/a"))
    assert "no credentials were found" in without.value.detail
    with transport(credentials=book(server.url)) as http, pytest.raises(RegistryRefused) as refused:
        http.send(ask(server.url.replace("//", f"//me:{SECRET}@") + "/a?token=" + SECRET))
    assert "were not accepted" in refused.value.detail
    assert SECRET not in str(refused.value)
    assert refused.value.url.endswith("/a?...")


def test_a_plain_proxy_gets_the_absolute_address_and_its_own_credentials(server: Loopback) -> None:
    """A request through a proxy asks the proxy, with Proxy-Authorization and the target's Host."""
    server.routes["http://packages.example/simple/?page=1"] = Reply(200, b"through")
    proxies = Proxies(http=server.url.replace("//", f"//me:{SECRET}@"))
    with transport(IndexSettings(timeout=2.0, proxies=proxies)) as http:
        assert http.send(ask("http://packages.example/simple/?page=1")).body == b"through"
    sent = server.asked[0].headers
    assert sent["host"] == "packages.example"
    assert sent["proxy-authorization"].startswith("Basic ")


def test_a_proxy_that_is_away_is_named() -> None:
    """The message says that it was the proxy, without its credentials."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        proxy = f"http://me:{SECRET}@127.0.0.1:{taken.getsockname()[1]}"
        settings = IndexSettings(timeout=2.0, proxies=Proxies(proxy, proxy))
        for url in ("http://packages.example/", "https://packages.example/"):
            with transport(settings) as http, pytest.raises(RegistryUnavailable) as caught:
                http.send(ask(url))
            assert "Connection refused" in caught.value.detail
            assert SECRET not in str(caught.value)


def test_a_certificate_file_that_is_none_is_named() -> None:
    """A wrong `cert` setting is a settings error, not a network error."""
    with (
        transport(IndexSettings(ca_file="/no/such/file.pem")) as http,
        pytest.raises(ClientSettingsError) as caught,
    ):
        http.send(ask("https://127.0.0.1:9/"))
    assert caught.value.origin == "/no/such/file.pem"


def test_plain_text_where_tls_was_expected_is_an_error(server: Loopback) -> None:
    """https to a server that speaks http fails as a connection, and is not retried in the clear."""
    with transport() as http, pytest.raises(RegistryUnavailable) as caught:
        http.send(ask(server.url.replace("http:", "https:") + "/x"))
    assert "secure connection" in caught.value.detail
    assert server.asked == []


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
    server.routes["/x"] = Reply(
        200, b"1388\r\n" + b"x" * 5000 + b"\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"}
    )
    parts: list[bytes] = []
    with transport() as http, pytest.raises(RegistryAnswerInvalid):
        http.download(ask(server.url + "/x", max_bytes=100), parts.append)
    assert sum(map(len, parts)) <= 100


def test_many_threads_share_a_transport(server: Loopback) -> None:
    """Two hundred requests from twenty threads all get their own answers, and each is counted."""
    for number in range(200):
        server.routes[f"/{number}"] = Reply(200, str(number).encode())
    bad: list[int] = []
    with transport() as http:

        def work(start: int) -> None:
            for number in range(start, 200, 20):
                if http.send(ask(f"{server.url}/{number}")).body != str(number).encode():
                    bad.append(number)

        threads = [threading.Thread(target=work, args=(start,)) for start in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert http.requests == 200
    assert bad == []
