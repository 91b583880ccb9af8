"""Proxies and the default index."""

import pytest

from holdfast_resolver.clients.defaults import default_index_url, is_default_index
from holdfast_resolver.clients.proxies import Proxies, proxies_of


@pytest.mark.parametrize(
    ("environment", "http", "https"),
    [
        ({}, "", ""),
        ({"HTTP_PROXY": "http://h:1", "HTTPS_PROXY": "http://s:1"}, "http://h:1", "http://s:1"),
        ({"http_proxy": "http://low:1", "HTTP_PROXY": "http://up:1"}, "http://low:1", ""),
        ({"ALL_PROXY": "all:1", "HTTPS_PROXY": "s:1"}, "http://all:1", "http://s:1"),
        ({"HTTP_PROXY": "http://h:1", "REQUEST_METHOD": "GET"}, "", ""),
        ({"http_proxy": "http://h:1", "REQUEST_METHOD": "GET"}, "http://h:1", ""),
        ({"HTTP_PROXY": " "}, "", ""),
    ],
)
def test_proxies_of_an_environment(environment: dict[str, str], http: str, https: str) -> None:
    """Lower case first, ALL_PROXY last, and no HTTP_PROXY from a CGI request."""
    found = proxies_of(environment)
    assert (found.http, found.https) == (http, https)


def test_pips_proxy_replaces_the_others() -> None:
    """But the hosts that bypass a proxy still do."""
    found = proxies_of({"HTTPS_PROXY": "http://s:1", "no_proxy": "A.example, b.example"}, "p:3128")
    assert found == Proxies("http://p:3128", "http://p:3128", ("a.example", "b.example"))


@pytest.mark.parametrize(
    ("bypass", "url", "direct"),
    [
        ("*", "https://a.example/", True),
        ("a.example", "https://a.example/", True),
        ("a.example", "https://x.a.example/", True),
        ("a.example", "https://xa.example/", False),
        (".a.example", "https://x.a.example/", True),
        ("*.a.example", "https://x.a.example/", True),
        ("a.example:443", "https://a.example/", True),
        ("a.example:8443", "https://a.example/", False),
        ("127.0.0.0/8", "http://127.0.0.1:8080/", True),
        ("127.0.0.0/8", "http://128.0.0.1/", False),
        ("127.0.0.0/8", "http://a.example/", False),
        ("not/anything", "http://a.example/", False),
        ("::1", "http://[::1]/", True),
        ("[::1]:80", "http://[::1]/", True),
        ("", "https://a.example/", False),
    ],
)
def test_hosts_that_bypass_the_proxy(bypass: str, url: str, direct: bool) -> None:
    """Names with their subdomains, ports, networks, and everything."""
    proxies = proxies_of({"ALL_PROXY": "http://p:1", "NO_PROXY": bypass})
    assert proxies.choose(url) == ("" if direct else "http://p:1")


def test_a_proxy_is_shown_without_its_credentials() -> None:
    """`repr` is what ends up in a traceback."""
    assert "pw" not in repr(Proxies("http://me:pw@p:1", "http://me:pw@p:1"))


def test_the_default_index_comes_from_the_package_url_types() -> None:
    """An https URL that ends in /simple/, and that recognises itself in every spelling."""
    url = default_index_url()
    assert url.startswith("https://")
    assert url.endswith("/simple/")
    assert is_default_index(url)
    assert is_default_index(url.rstrip("/"))
    assert is_default_index(url.replace("/simple", ":443/simple"))
    assert not is_default_index("https://packages.acme.example/simple/")
    assert not is_default_index(url.replace("https", "http"))
    assert not is_default_index(url.replace("/simple", ":8443/simple"))
    assert not is_default_index("https://acme.example/simple/")
