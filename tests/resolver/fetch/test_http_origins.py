"""Redirects, credentials, proxies and certificates over the network."""

import socket

import pytest

from holdfast_resolver.clients.credentials import BoundCredentials, CredentialBook, Credentials
from holdfast_resolver.clients.npm_credentials import Bearer, NpmCredentialBook, NpmCredentials
from holdfast_resolver.clients.proxies import Proxies
from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.clients.urls import origin_of
from holdfast_resolver.errors import (
    ClientSettingsError,
    RegistryRefused,
    RegistryUnavailable,
)
from tests.support.http_client import ask, transport
from tests.support.loopback import Loopback, Reply, loopback

SECRET = "s3cret"


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


def test_credentials_of_a_path_are_not_those_of_another(server: Loopback) -> None:
    """On the same host a redirect is followed with what is for the place that it leads to, or with nothing."""
    place = server.url.partition(":")[2]
    entries = [NpmCredentials(f"{place}/{name}/", Bearer(name), "here") for name in ("a", "b")]
    server.routes["/a/x"] = Reply(302, b"", {"Location": "/b/x"})
    server.routes["/b/x"] = Reply(302, b"", {"Location": "/c/x"})
    server.routes["/c/x"] = Reply(302, b"", {"Location": "/a/y"})
    server.routes["/a/y"] = Reply(200, b"here")
    with transport(credentials=NpmCredentialBook(entries, [server.url])) as http:
        assert http.send(ask(server.url + "/a/x")).body == b"here"
    sent = [asked.headers.get("authorization") for asked in server.asked]
    assert sent == ["Bearer a", "Bearer b", None, None]


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
            assert caught.value.detail.startswith("no connection through the proxy: Connection refused")
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
