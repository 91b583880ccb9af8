"""Links of index pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.registries.links import Links, clean_url

PAGE = "https://index.example/root/simple/foo/"

# (link, absolute URL)
TABLE = [
    ("https://files.example/a/foo-1.0.tar.gz", "https://files.example/a/foo-1.0.tar.gz"),
    ("http://files.example:8080/foo-1.0.tar.gz", "http://files.example:8080/foo-1.0.tar.gz"),
    ("https://user:secret@files.example/foo-1.0.tar.gz", "https://files.example/foo-1.0.tar.gz"),
    ("//files.example/foo-1.0.tar.gz", "https://files.example/foo-1.0.tar.gz"),
    ("//u:p@files.example/foo-1.0.tar.gz", "https://files.example/foo-1.0.tar.gz"),
    ("foo-1.0.tar.gz", "https://index.example/root/simple/foo/foo-1.0.tar.gz"),
    ("./foo-1.0.tar.gz", "https://index.example/root/simple/foo/foo-1.0.tar.gz"),
    ("../../files/foo-1.0.tar.gz", "https://index.example/root/files/foo-1.0.tar.gz"),
    ("../../../../../foo-1.0.tar.gz", "https://index.example/foo-1.0.tar.gz"),
    ("/files/foo-1.0.tar.gz", "https://index.example/files/foo-1.0.tar.gz"),
    ("/files/foo-1.0.tar.gz?token=1#sha256=00", "https://index.example/files/foo-1.0.tar.gz?token=1"),
    ("/files/a/../foo-1.0.tar.gz", "https://index.example/files/foo-1.0.tar.gz"),
    ("foo 1.0.tar.gz", "https://index.example/root/simple/foo/foo%201.0.tar.gz"),
    ("foo-\u00e9.tar.gz", "https://index.example/root/simple/foo/foo-%C3%A9.tar.gz"),
    ("https://[::1]:80/foo.whl", "https://[::1]:80/foo.whl"),
    ("https://[::1/foo.whl", ""),
    ("https://files.example:port/foo.whl", ""),
    ("https://files.example:99999/foo.whl", ""),
    ("ftp:///foo.whl", ""),
    ("https://a b.example/foo.whl", ""),
    ("https://\u00e9.example/foo.whl", ""),
    ("ftp://files.example/foo.whl", ""),
    ("javascript:alert(1)", ""),
    ("file:///etc/foo-1.0.tar.gz", ""),
    ("\ud800.whl", ""),
]


@pytest.mark.parametrize(("href", "url"), TABLE)
def test_links_become_absolute_or_are_refused(href: str, url: str) -> None:
    """A link is resolved against its page, loses credentials and fragment, and keeps to http and https."""
    assert Links(PAGE).absolute(href) == url


def test_base_href_moves_relative_links() -> None:
    """`<base href>` is itself relative to the page and loses its credentials."""
    assert Links(PAGE, "/other/").absolute("foo.whl") == "https://index.example/other/foo.whl"
    assert Links(PAGE, "https://u:p@b.example/x/y").absolute("../foo.whl") == "https://b.example/foo.whl"


def test_credentials_of_the_page_never_reach_a_link() -> None:
    """The page's own credentials are not inherited."""
    assert Links("https://u:p@index.example/simple/foo/").absolute("a.whl") == "https://index.example/simple/foo/a.whl"


def test_only_a_local_page_links_to_local_files() -> None:
    """`file:` links stand only on a page that is itself a local file."""
    links = Links("file:///srv/simple/foo/index.html")
    assert links.absolute("../../files/foo.whl") == "file:///srv/files/foo.whl"
    assert links.absolute("file://host.example/foo.whl") == ""


SEGMENTS = st.sampled_from(["a", "b.c", "..", ".", "", "~x", "1+2", "%20", ".hidden", "x:y", "é", "a b", "@"])


@given(st.sampled_from(["", "/", "//", "https://h.example/", "HTTP://h.example"]), st.lists(SEGMENTS, max_size=5))
def test_the_short_cut_for_plain_links_changes_nothing(start: str, segments: list[str]) -> None:
    """The quick way and `urllib.parse` give the same absolute URL."""
    from urllib.parse import urljoin

    href = start + "/".join(segments)
    assert Links(PAGE).absolute(href) == clean_url(urljoin(PAGE, href))
