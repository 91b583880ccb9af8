"""Where a redirect may lead: one table."""

import pytest

from holdfast_resolver.fetch.redirects import next_step, private_literal

PRIVATE_NAMES = {"inside.example", "other-inside.example"}


def is_private(host: str) -> bool:
    """As a resolver would answer: two names lead inside, all others to the public network."""
    literal = private_literal(host)
    return host in PRIVATE_NAMES if literal is None else literal


@pytest.mark.parametrize(
    ("current", "location", "target", "same_origin"),
    [
        ("https://a.example/simple/x", "/simple/y/", "https://a.example/simple/y/", True),
        ("https://a.example/simple/x", "y/?z=1#f", "https://a.example/simple/y/?z=1#f", True),
        ("https://a.example/x", "https://A.example:443/y", "https://A.example:443/y", True),
        ("https://a.example/x", "//a.example/y", "https://a.example/y", True),
        ("https://a.example/x", "https://b.example/y", "https://b.example/y", False),
        ("https://a.example/x", "https://a.example:8443/y", "https://a.example:8443/y", False),
        ("https://a.example/x", "https://me:pw@a.example/y", "https://a.example/y", True),
        ("http://a.example/x", "https://a.example/y", "https://a.example/y", False),
        ("http://a.example/x", "http://b.example/y", "http://b.example/y", False),
        ("https://a.example/x", "https://8.8.8.8/y", "https://8.8.8.8/y", False),
        ("https://inside.example/x", "https://other-inside.example/", "https://other-inside.example/", False),
        ("https://inside.example/x", "https://10.0.0.7/", "https://10.0.0.7/", False),
        ("http://127.0.0.1:1/x", "http://127.0.0.1:2/y", "http://127.0.0.1:2/y", False),
        ("http://localhost/x", "http://[::1]/y", "http://[::1]/y", False),
    ],
)
def test_redirects_that_are_followed(current: str, location: str, target: str, same_origin: bool) -> None:
    """Within an origin with credentials, to another one without, and never with those of the new address."""
    step = next_step(current, current, location, is_private)
    assert step == (target, same_origin, "")


@pytest.mark.parametrize(
    ("current", "location", "reason"),
    [
        ("https://a.example/x", "http://a.example/y", "from https to http"),
        ("https://a.example/x", "http://b.example/y", "from https to http"),
        ("https://127.0.0.1/x", "http://127.0.0.1/y", "from https to http"),
        ("https://a.example/x", "file:///etc/passwd", "to file:"),
        ("https://a.example/x", "ftp://b.example/", "to ftp:"),
        ("https://a.example/x", "data:text/html,x", "to nowhere:"),
        ("https://a.example/x", "https://b.example:99999/", "no address"),
        ("https://a.example/x", "https://b.example\\@a.example/", "no address"),
        ("https://a.example/x", "https://b.example/a b", "no address"),
        ("https://a.example/x", "https://[::1/y", "no address"),
        ("https://a.example/x", "https://inside.example/", "not public"),
        ("https://a.example/x", "https://localhost/", "not public"),
        ("https://a.example/x", "https://foo.localhost./", "not public"),
        ("https://a.example/x", "https://127.0.0.1/", "not public"),
        ("https://a.example/x", "https://127.1/", "not public"),
        ("https://a.example/x", "https://0x7f000001/", "not public"),
        ("https://a.example/x", "https://2130706433/", "not public"),
        ("https://a.example/x", "https://10.1.2.3/", "not public"),
        ("https://a.example/x", "https://192.168.0.1/", "not public"),
        ("https://a.example/x", "https://172.16.0.1/", "not public"),
        ("https://a.example/x", "https://169.254.169.254/latest/", "not public"),
        ("https://a.example/x", "https://100.64.0.1/", "not public"),
        ("https://a.example/x", "https://0.0.0.0/", "not public"),
        ("https://a.example/x", "https://[::1]/", "not public"),
        ("https://a.example/x", "https://[::ffff:127.0.0.1]/", "not public"),
        ("https://a.example/x", "https://[fe80::1%25eth0]/", "not public"),
        ("https://a.example/x", "https://[fd00::1]/", "not public"),
        ("https://a.example/x", "https://[64:ff9b::7f00:1]/", "not public"),
        ("https://a.example/x", "https://[2002:7f00:1::]/", "not public"),
        ("http://a.example/x", "http://127.0.0.1:8080/", "not public"),
    ],
)
def test_redirects_that_are_refused(current: str, location: str, reason: str) -> None:
    """Not to another scheme, not from outside to inside, and the reason says which."""
    step = next_step(current, current, location, is_private)
    assert step.url == ""
    assert reason in step.refused


def test_a_chain_is_judged_by_where_it_began() -> None:
    """A public index cannot reach a private address by way of another public host."""
    step = next_step("https://a.example/", "https://b.example/", "https://127.0.0.1/", is_private)
    assert "not public" in step.refused


def test_a_refusal_shows_no_credentials() -> None:
    """A signed address is cut before its query."""
    step = next_step("https://a.example/", "https://a.example/", "http://b.example/?sig=s3cret", is_private)
    assert "s3cret" not in step.refused


def test_a_name_alone_tells_nothing_of_its_address() -> None:
    """A name must be resolved before it can be judged."""
    assert private_literal("packages.example") is None
    assert private_literal("8.8.8.8") is False
    assert private_literal("2606:4700::1111") is False
