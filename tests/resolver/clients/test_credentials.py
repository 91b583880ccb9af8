"""Credentials, netrc and URLs: who gets what, and what is never shown."""

import netrc as standard
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.clients.credentials import (
    BoundCredentials,
    CredentialBook,
    Credentials,
    named_credentials,
    netrc_path,
    userinfo_credentials,
)
from holdfast_resolver.clients.netrc import parse_netrc
from holdfast_resolver.clients.urls import Origin, origin_of, redacted, split_url, without_userinfo
from holdfast_resolver.errors import ClientSettingsError

NETRC = b"machine a.example login me password pw\ndefault login anybody password guest\n"


def book(configured: str = "", netrc: bytes | None = NETRC) -> CredentialBook:
    return CredentialBook([], [configured] if configured else [], lambda: netrc)


@pytest.mark.parametrize(
    ("url", "configured", "user"),
    [
        ("https://a.example/x", "", "me"),
        ("https://A.example:8443/x", "", "me"),
        ("http://a.example/x", "", None),
        ("http://a.example/x", "http://a.example/simple/", "me"),
        ("http://a.example:81/x", "http://a.example/simple/", None),
        ("https://b.example/x", "", None),
        ("https://b.example/x", "https://b.example/simple/", "anybody"),
        ("https://b.example:444/x", "https://b.example/simple/", None),
        ("file:///x", "", None),
    ],
)
def test_netrc_serves_https_and_configured_origins(url: str, configured: str, user: str | None) -> None:
    """In the clear only where the user chose it, and `default` only for a configured index."""
    found = book(configured).find(url)
    assert (found and found.user) == user


def test_bound_credentials_win_over_netrc_and_the_first_over_the_second() -> None:
    """What stands in the index URL is stronger."""
    origin = origin_of("https://a.example/")
    both = [BoundCredentials(origin, Credentials("one", "")), BoundCredentials(origin, Credentials("two", ""))]
    found = CredentialBook(both, [], lambda: NETRC).find("https://a.example/y")
    assert found == Credentials("one", "")


def test_netrc_is_read_only_when_asked_for() -> None:
    """No file is opened until a request is about to be made, and then once."""
    reads: list[int] = []

    def read() -> bytes | None:
        reads.append(1)
        return None

    lazy = CredentialBook([], [], read)
    assert reads == []
    assert lazy.find("https://a.example/") is None
    assert lazy.find("https://b.example/") is None
    assert reads == [1]


def test_the_place_of_the_netrc_file() -> None:
    """`NETRC`, else the home folder."""
    assert netrc_path({"NETRC": "/x"}, "/h", "linux") == "/x"
    assert netrc_path({}, "/h", "linux") == "/h/.netrc"
    assert netrc_path({}, "/h", "win32") == "/h/_netrc"


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("", {}),
        ("machine a login u password p", {"a": ("u", "p")}),
        ("machine A.Example\n\tlogin u\n\taccount x\n\tpassword p\n", {"a.example": ("u", "p")}),
        ("machine a login u password p machine a login v password q", {"a": ("u", "p")}),
        ("machine a user u password p", {"a": ("u", "p")}),
        ("# comment\nmachine a login u password p # more words\n", {"a": ("u", "p")}),
        ("machine a login u password #p", {"a": ("u", "#p")}),
        ('machine a login "u v" password "p\\"q"', {"a": ("u v", 'p"q')}),
        ("macdef init\nmachine evil login x password y\n\nmachine a login u password p", {"a": ("u", "p")}),
        ("machine a\nmachine b login u password p", {"b": ("u", "p")}),
        ("machine a password token", {"a": ("", "token")}),
        ("machine a login u password p\ndefault login d password e", {"a": ("u", "p"), "": ("d", "e")}),
    ],
)
def test_netrc_files(text: str, hosts: dict[str, tuple[str, str]]) -> None:
    """Words, quotes, comments, macros and the default entry."""
    found = parse_netrc(text)
    assert {host: (entry.user, entry.password) for host, entry in found.items()} == hosts


@pytest.mark.parametrize(
    ("text", "place"), [("machine a\nlogin", "line 2"), ("\nlogin x", "line 2"), ("machine a s3cret", "line 1")]
)
def test_a_broken_netrc_is_named_by_line_and_shows_nothing(text: str, place: str) -> None:
    """A word that stands wrong may be a password."""
    with pytest.raises(ClientSettingsError) as caught:
        parse_netrc(text)
    assert place in caught.value.origin
    assert "s3cret" not in str(caught.value)


_WORD = st.text(st.sampled_from("abcXYZ0189-_.@:/+=%!"), min_size=1, max_size=12)


@given(st.dictionaries(st.text(st.sampled_from("abc.-"), min_size=1), st.tuples(_WORD, _WORD), max_size=4))
def test_netrc_agrees_with_the_standard_library(entries: dict[str, tuple[str, str]]) -> None:
    """For machines with login and password both readers find the same."""
    text = "".join(f"machine {host}\n login {user}\n password {pw}\n" for host, (user, pw) in entries.items())
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "netrc"
        path.write_text(text)
        theirs = standard.netrc(str(path)).hosts
    ours = parse_netrc(text)
    assert {host: (entry.user, entry.password) for host, entry in ours.items()} == {
        host: (login, password) for host, (login, _, password) in theirs.items()
    }


def test_userinfo_is_decoded_and_bound() -> None:
    """Percent escapes are undone; a token may stand alone as the user."""
    assert userinfo_credentials("https://u%3Ax:p%40@a.example/") == BoundCredentials(
        Origin("https", "a.example", 443), Credentials("u:x", "p@")
    )
    alone = userinfo_credentials("https://token@a.example:8443/")
    assert alone is not None
    assert alone.credentials == Credentials("token", "")
    assert userinfo_credentials("https://a.example/@x") is None


def test_named_credentials_are_bound_to_the_named_url() -> None:
    """A source of ours uses the same variables as uv's index of that name."""
    found = named_credentials("my.index", "https://a.example/simple/", {"UV_INDEX_MY_INDEX_PASSWORD": "pw"})
    assert found == BoundCredentials(Origin("https", "a.example", 443), Credentials("", "pw"))
    assert named_credentials("my.index", "https://a.example/", {}) is None


def test_credentials_are_never_shown() -> None:
    """Not in `repr`, not in an f-string."""
    assert "pw" not in f"{Credentials('me', 'pw')} {Credentials('me', 'pw')!r}"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/simple/", "https://a.example/simple/"),
        ("https://me:pw@a.example/x", "https://****@a.example/x"),
        ("https://me@pw@a.example/x", "https://****@a.example/x"),
        ("https://a.example/x?sig=1#y", "https://a.example/x?..."),
        ("https://a.example/x#y", "https://a.example/x?..."),
        ("https://a.example/@x", "https://a.example/@x"),
        ("file:///srv/index/", "file:///srv/index/"),
        ("no url", "no url"),
    ],
)
def test_urls_are_shown_without_secrets(url: str, shown: str) -> None:
    """User information and queries are cut."""
    assert redacted(url) == shown


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTPS://A.Example/x", ("https", "a.example", 443)),
        ("http://a.example:8080", ("http", "a.example", 8080)),
        ("http://u:p@[::1]:81/x", ("http", "::1", 81)),
        ("https://[2001:db8::1]/", ("https", "2001:db8::1", 443)),
        ("https://a.example:99999/", ("https", "a.example", -1)),
        ("https://a.example:8a/", ("https", "a.example", -1)),
        ("https://good.example\\@evil.example/", ("https", "good.example", 443)),
        ("https://a.example?x@b.example", ("https", "a.example", 443)),
        ("file:///x", ("file", "", 0)),
        ("/x", ("", "", 0)),
    ],
)
def test_origins(url: str, origin: tuple[str, str, int]) -> None:
    """Scheme, host and port, with the scheme's default port."""
    assert origin_of(url) == origin


@given(st.text(max_size=40))
def test_any_text_can_be_split(text: str) -> None:
    """Splitting never raises, and what is left without user information has none."""
    split_url("https://" + text)
    assert split_url(without_userinfo("https://" + text)).userinfo == ""
