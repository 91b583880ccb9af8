"""Simple index pages, JSON and HTML, turned into listings."""

import random
import time
from contextlib import suppress

import pytest

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries import html_anchors, pypi_listing
from holdfast_resolver.registries.pypi_listing import ACCEPT, listing_request, parse_listing
from holdfast_resolver.values.artifacts import Artifact, Listing
from holdfast_resolver.values.wishes import Source
from tests.resolver.registries.pages import FILE, HASH, JSON, SHA512, URL, A, html_page, json_page


def one(listing: Listing) -> Artifact:
    (artifact,) = listing.artifacts
    return artifact


def from_html(anchor: str) -> Artifact:
    return one(parse_listing("foo", html_page(anchor), "text/html", URL))


def from_json(**entry: object) -> Artifact:
    return one(
        parse_listing("foo", json_page({"filename": "foo-1.0.tar.gz", "url": FILE, "hashes": {}} | entry), JSON, URL)
    )


def detail_of(body: bytes, content_type: str, name: str = "foo") -> str:
    with pytest.raises(RegistryAnswerInvalid) as caught:
        parse_listing(name, body, content_type, URL, "acme")
    assert (caught.value.source, caught.value.subject, caught.value.url) == ("acme", name, URL)
    return caught.value.detail


def test_the_request_asks_for_json_first(source: Source) -> None:
    """The page of a package stands under its normalised name, with or without a final slash on the base."""
    request = listing_request(source, "https://index.example/simple", "foo-bar")
    assert request.url == "https://index.example/simple/foo-bar/"
    assert request.accept == ACCEPT
    assert (request.source, request.subject) == ("pypi", "foo-bar")
    assert listing_request(source, source.url, "foo-bar") == request


# Attributes of an anchor, keys of a JSON file, and the field of the artifact that both give.
FIELDS: list[tuple[str, dict[str, object], str, object]] = [
    ("", {}, "requires_python", ""),
    ('data-requires-python="&gt;=3.8,&lt;4"', {"requires-python": ">=3.8,<4"}, "requires_python", ">=3.8,<4"),
    ("data-requires-python='>=3.8'", {"requires-python": " >=3.8 "}, "requires_python", ">=3.8"),
    ('data-requires-python="&#62;=3"', {"requires-python": ">=3"}, "requires_python", ">=3"),
    ("data-requires-python=&gt;=3", {"requires-python": ">=3"}, "requires_python", ">=3"),
    ('DATA-REQUIRES-PYTHON="&gt;=3"', {"requires-python": ">=3"}, "requires_python", ">=3"),
    ('data-requires-python=""', {"requires-python": None}, "requires_python", ""),
    ("", {}, "yanked", None),
    ("", {"yanked": False}, "yanked", None),
    ("", {"yanked": None}, "yanked", None),
    ("", {"yanked": ""}, "yanked", None),
    ("data-yanked", {"yanked": True}, "yanked", ""),
    ('data-yanked=""', {"yanked": True}, "yanked", ""),
    ('data-yanked="is &quot;broken&quot;"', {"yanked": 'is "broken"'}, "yanked", 'is "broken"'),
    ("", {}, "metadata", ""),
    ("", {"core-metadata": None}, "metadata", ""),
    ('data-core-metadata="false"', {"core-metadata": False}, "metadata", ""),
    ('data-core-metadata="true"', {"core-metadata": True}, "metadata", "unhashed"),
    (
        f'data-core-metadata="sha256={HASH}"',
        {"core-metadata": {"sha256": HASH}},
        "metadata",
        f"sha256:{HASH}",
    ),
    (
        f'data-dist-info-metadata="sha256={HASH}"',
        {"dist-info-metadata": {"sha256": HASH}},
        "metadata",
        f"sha256:{HASH}",
    ),
    ('data-dist-info-metadata="true"', {"data-dist-info-metadata": True}, "metadata", "unhashed"),
    (
        'data-core-metadata="true" data-dist-info-metadata="false"',
        {"core-metadata": True, "dist-info-metadata": False},
        "metadata",
        "unhashed",
    ),
    ('data-core-metadata="md5=00"', {"core-metadata": {"md5": "00"}}, "metadata", "unhashed"),
    ('data-core-metadata="yes"', {"core-metadata": {}}, "metadata", "unhashed"),
    (
        'data-upload-time="2024-01-02T03:04:05.678Z"',
        {"upload-time": "2024-01-02T03:04:05.678Z"},
        "upload_time",
        "2024-01-02T03:04:05.678Z",
    ),
    (
        'data-upload-time="2024-01-02T03:04:05+02:00"',
        {"upload-time": "2024-01-02T03:04:05+02:00"},
        "upload_time",
        "2024-01-02T01:04:05Z",
    ),
    ('data-upload-time="2024-01-02T03:04:05"', {"upload-time": "2024-01-02T03:04:05"}, "upload_time", ""),
    ('data-upload-time="yesterday"', {"upload-time": "yesterday"}, "upload_time", ""),
    ('data-upload-time="2024-13-02T03:04:05Z"', {"upload-time": "2024-13-02T03:04:05Z"}, "upload_time", ""),
    ('data-upload-time="0001-01-01T00:00:00+23:59"', {"upload-time": None}, "upload_time", ""),
    (
        'data-provenance="https://u:p@index.example/prov/foo"',
        {"provenance": "https://u:p@index.example/prov/foo"},
        "provenance",
        "https://index.example/prov/foo",
    ),
    (
        'data-provenance="/prov/foo"',
        {"provenance": "/prov/foo"},
        "provenance",
        "https://index.example/prov/foo",
    ),
    ('data-provenance="javascript:x"', {"provenance": "javascript:x"}, "provenance", ""),
    ("", {"provenance": None}, "provenance", ""),
]


@pytest.mark.parametrize(("attributes", "keys", "field", "value"), FIELDS)
def test_html_and_json_tell_the_same_fields(
    attributes: str, keys: dict[str, object], field: str, value: object
) -> None:
    """Each field of PEP 503, 592, 658, 691, 700, 714 and 740 reads alike from both formats."""
    assert getattr(from_html(f'<a href="{FILE}" {attributes}>foo-1.0.tar.gz</a>'), field) == value
    assert getattr(from_json(**keys), field) == value


@pytest.mark.parametrize(
    ("fragment", "hashes", "digest"),
    [
        (f"#sha256={HASH}", {"sha256": HASH}, f"sha256:{HASH}"),
        (f"#sha256={HASH.upper()}", {"sha256": HASH.upper()}, f"sha256:{HASH}"),
        (f"#sha512={SHA512}", {"sha512": SHA512}, f"sha512:{SHA512}"),
        (f"#md5=00&amp;sha256={HASH}", {"md5": "00", "sha256": HASH}, f"sha256:{HASH}"),
        (f"#sha512={SHA512}&sha256={HASH}", {"sha512": SHA512, "sha256": HASH}, f"sha256:{HASH}"),
        ("#md5=d41d8cd98f00b204e9800998ecf8427e", {"md5": "d41d8cd98f00b204e9800998ecf8427e"}, ""),
        (f"#sha256={HASH[:-1]}", {"sha256": HASH[:-1]}, ""),
        (f"#sha256={HASH}0", {"sha256": HASH + "0"}, ""),
        ("#sha256=", {"sha256": ""}, ""),
        ("#", {}, ""),
        ("", {}, ""),
    ],
)
def test_only_a_strong_whole_hash_counts(fragment: str, hashes: dict[str, str], digest: str) -> None:
    """sha256 or stronger with its full length, sha256 first; anything else is no hash."""
    assert from_html(f'<a href="{FILE}{fragment}">x</a>').hash == digest
    assert from_json(hashes=hashes).hash == digest
    assert from_html(f'<a href="{FILE}{fragment}">x</a>').url == FILE


ANCHORS = [
    f'<a href="{FILE}#sha256={HASH}" data-yanked="no">foo-1.0.tar.gz</a>',
    f"<a href='{FILE}#sha256={HASH}' data-yanked='no'>foo-1.0.tar.gz</a>",
    f"<a href={FILE}#sha256={HASH} data-yanked=no>foo-1.0.tar.gz</a>",
    f'<A HREF="{FILE}#sha256={HASH}" DATA-YANKED="no">foo-1.0.tar.gz</A>',
    f'<a\n  data-yanked="no"\n  href="{FILE}#sha256={HASH}"\n>\nfoo-1.0.tar.gz\n</a\n>',
    f'<a rel="internal" href=" {FILE}#sha256={HASH} " data-yanked="no"><b>foo</b>-1.0.tar.gz</a>',
    f'<a href="{FILE}#sha256={HASH}" data-yanked="no" data-yanked="yes" href="other.whl">foo-1.0.tar.gz</a>',
    f'<!-- <a href="foo-0.9.tar.gz">x</a> --><a href="{FILE}#sha256={HASH}" data-yanked="no">x</a>',
    f'<p title=\'<a href="foo-0.9.tar.gz">x</a>\'>t</p><a href="{FILE}#sha256={HASH}" data-yanked="no">x</a>',
    f'<script>"<a href=\\"foo-1.zip\\">x</a>"</script><a href="{FILE}#sha256={HASH}" data-yanked="no">x</a>',
    f'<a href="https&#58;//files.example/foo-1.0.tar.gz#sha256={HASH}" data-yanked="n&#111;">x</a>',
    f'<a name="top">x</a><a href="{FILE}#sha256={HASH}" data-yanked="no" data-new-thing="<x>">x</a>',
]


@pytest.mark.parametrize("anchor", ANCHORS)
def test_an_anchor_may_be_written_in_every_html_way(anchor: str) -> None:
    """Quotes, case, order, line breaks, comments and entities do not change what an anchor says."""
    assert from_html(anchor) == Artifact("foo-1.0.tar.gz", "1.0", FILE, f"sha256:{HASH}", yanked="no")


def test_base_href_is_where_links_start() -> None:
    """Relative links of a page with `<base>` start there."""
    body = html_page('<a href="foo-1.0.tar.gz">x</a>', head='<base href="https://files.example/">')
    assert one(parse_listing("foo", body, "text/html", URL)).url == FILE


def test_json_links_may_be_relative() -> None:
    """PEP 691: a JSON URL may be relative to the page."""
    assert from_json(url="../../packages/foo-1.0.tar.gz").url == "https://index.example/packages/foo-1.0.tar.gz"


def test_a_file_name_of_a_link_is_percent_decoded() -> None:
    """`%2B` is the plus sign of a local version; a query is not part of the name."""
    artifact = from_html('<a href="/p/foo-1.0%2Blocal-py3-none-any.whl?x=/y#frag">x</a>')
    assert (artifact.file, artifact.version) == ("foo-1.0+local-py3-none-any.whl", "1.0+local")
    assert artifact.url == "https://index.example/p/foo-1.0%2Blocal-py3-none-any.whl?x=/y"


def test_files_that_are_not_of_this_package_are_skipped_and_named() -> None:
    """Wheels and sdists with another name, old formats and foreign schemes are told; other links are not."""
    files = {
        "bar-1.0.tar.gz": "/p/bar-1.0.tar.gz",
        "foo-1.0.tar.bz2": "/p/foo-1.0.tar.bz2",
        "foo-2.0.tar.gz": "ftp://files.example/foo-2.0.tar.gz",
        "foo-1.0.egg": "/p/foo-1.0.egg",
        "foo-1.0.exe": "/p/foo-1.0.exe",
        "foo-1.0-1.rpm": "/p/foo-1.0-1.rpm",
        "index.html": "https://home.example/",
    }
    skipped = ("bar-1.0.tar.gz", "foo-1.0.tar.bz2", "foo-2.0.tar.gz")
    page = html_page(*(f'<a href="{url}">x</a>' for url in files.values()))
    assert parse_listing("foo", page, "text/html", URL) == Listing("foo", (), skipped)
    page = json_page(*({"filename": file, "url": url, "hashes": {}} for file, url in files.items()))
    assert parse_listing("foo", page, JSON, URL) == Listing("foo", (), skipped)


def test_hostile_file_names_never_become_artifacts() -> None:
    """A name that leaves its folder or carries control characters is skipped, and printed safely."""
    names = [
        "../foo-1.0.tar.gz",
        "foo-1.0/../../x-1.tar.gz",
        "..\\foo-1.0.tar.gz",
        "foo-1.0\x1b[2J.tar.gz",
        "/foo-1.0.zip",
    ]
    listing = parse_listing("foo", json_page(*({"filename": name, "url": FILE} for name in names)), JSON, URL)
    assert listing.artifacts == ()
    assert len(listing.skipped) == len(names)
    assert all(name.isprintable() for name in listing.skipped)


def test_an_empty_page_is_an_empty_listing() -> None:
    """A package without files is a normal answer in both formats."""
    assert parse_listing("foo", html_page(), "text/html; charset=utf-8", URL) == Listing("foo", ())
    assert parse_listing("foo", b"<!doctype html><title>x</title>", "text/html", URL) == Listing("foo", ())
    assert parse_listing("foo", json_page(), JSON, URL) == Listing("foo", ())


def test_poor_html_without_frame_is_a_page_if_it_has_links() -> None:
    """A bare list of links is enough."""
    assert parse_listing("foo", b'<a href="foo-1.0.zip">foo-1.0.zip</a><br>', "text/html", URL).artifacts


def test_without_content_type_the_body_decides() -> None:
    """A local file has no header."""
    assert parse_listing("foo", json_page(), "", URL) == parse_listing("foo", html_page(), "", URL)


def test_a_file_listed_twice_is_one_file_or_a_contradiction() -> None:
    """The same hash twice is folded to the first; two hashes for one name are refused."""
    first, second = ({"filename": "foo-1.0.zip", "url": f"/{i}/foo-1.0.zip", "hashes": {"sha256": HASH}} for i in "12")
    assert one(parse_listing("foo", json_page(first, second), JSON, URL)).url == "https://index.example/1/foo-1.0.zip"
    other = second | {"hashes": {"sha256": "0" * 64}}
    assert "foo-1.0.zip is listed twice" in detail_of(json_page(first, other), JSON)


# (body, content type, part of the detail)
REFUSED = [
    (
        html_page(A),
        JSON,
        "JSON was promised (content type application/vnd.pypi.simple.v1+json), HTML was delivered",
    ),
    (html_page(A), "application/json; charset=utf-8", "HTML was delivered"),
    (json_page(), "text/html", "JSON was delivered"),
    (html_page(A), "application/octet-stream", "content type 'application/octet-stream'"),
    (json_page(), "application/vnd.pypi.simple.v2+json", "content type"),
    (b"", "text/html", "neither a link nor <html>"),
    (b"It works!", "text/html", "neither a link nor <html>"),
    (b"<p>maintenance</p>", "text/html", "neither a link nor <html>"),
    (b"\x1f\x8b\x08" + bytes(range(256)), "text/html", "UTF-8"),
    (b"abc\0def", "text/html", "binary data"),
    (html_page(A)[:-20], "text/html", "truncated"),
    (html_page(A).partition(b"</a>")[0], "text/html", "truncated"),
    (html_page(A).partition(b"foo-1.0")[0], "text/html", "inside a tag"),
    (A.encode()[:-3], "text/html", "truncated"),
    (A.encode()[:-8], "text/html", "truncated"),
    (html_page(A, "<!-- open"), "text/html", "truncated"),
    (html_page(A, "<script> open"), "text/html", "truncated"),
    (html_page(A, "<![bad x]>"), "text/html", "cannot be read"),
    (
        html_page(A, head='<meta name="pypi:repository-version" content="2.0">'),
        "text/html",
        "API version 1.x, found '2.0'",
    ),
    (html_page(A, head="<META name=pypi:repository-version content=2.0>"), "text/html", "API version"),
    (b"", JSON, "truncated"),
    (json_page()[:-5], JSON, "truncated"),
    (json_page() + b"x", JSON, "extra data"),
    (b"garbage", JSON, "line 1 column 1"),
    (b"\xff\xfe{}", JSON, "UTF-8"),
    (b"[]", JSON, "the answer: expected an object, found a list"),
    (b"{}", JSON, "meta is missing"),
    (b"[" * 100_000, JSON, "nesting"),
    (b'{"meta": ' + b"9" * 5000 + b"}", JSON, "endless number"),
    (b'{"meta": NaN}', JSON, "found NaN"),
    (b'{"name": "\\ud800"}', JSON, "surrogate"),
    (b'{"meta": {"api-version": "1.0", "api-version": "1.1"}}', JSON, "'api-version' stands twice"),
    (json_page(meta={"api-version": "2.0"}), JSON, "API version 1.x, found '2.0'"),
    (json_page(meta={"api-version": 1.0}), JSON, "meta.api-version: expected a string, found a number"),
    (json_page(meta={}), JSON, "meta.api-version is missing"),
    (json_page(name="bar"), JSON, "expected the page of foo, found the page of 'bar'"),
    (json_page(files={}), JSON, "files: expected a list, found an object"),
    (json_page({"url": FILE}), JSON, "files[0].filename is missing"),
    (json_page(files=[1]), JSON, "files[0]: expected an object, found a number"),
    (json_page({"filename": "foo-1.0.zip"}), JSON, "files[0].url is missing"),
    (
        json_page({"filename": "foo-1.0.zip", "url": None}),
        JSON,
        "files[0].url: expected a string, found null",
    ),
    (
        json_page({"filename": "foo-1.0.zip", "url": FILE, "hashes": []}),
        JSON,
        "files[0].hashes: expected an object",
    ),
    (
        json_page({"filename": "foo-1.0.zip", "url": FILE, "hashes": {"sha256": 1}}),
        JSON,
        "files[0].hashes.sha256",
    ),
    (json_page({"filename": "foo-1.0.zip", "url": FILE, "yanked": 1}), JSON, "files[0].yanked"),
    (
        json_page({"filename": "foo-1.0.zip", "url": FILE, "core-metadata": "yes"}),
        JSON,
        "files[0].core-metadata",
    ),
    (
        json_page({"filename": "foo-1.0.zip", "url": FILE, "requires-python": 3}),
        JSON,
        "files[0].requires-python",
    ),
]


@pytest.mark.parametrize(("body", "content_type", "detail"), REFUSED)
def test_an_unusable_answer_is_refused_with_its_reason(body: bytes, content_type: str, detail: str) -> None:
    """Garbage, half a page, broken promises and wrong types each say what was expected and found."""
    assert detail in detail_of(body, content_type)


def test_a_repository_version_of_the_same_major_is_accepted() -> None:
    """PEP 629: a newer minor version is compatible."""
    body = html_page(A, head='<meta name="pypi:repository-version" content="1.9">')
    assert parse_listing("foo", body, "text/html", URL).artifacts


def test_the_number_of_files_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """More files than the bound are refused by each of the three readers."""
    monkeypatch.setattr(html_anchors, "MAX_ANCHORS", 2)
    monkeypatch.setattr(pypi_listing, "MAX_ANCHORS", 2)
    assert "at most 2 files" in detail_of(html_page(A, A, A), "text/html")
    assert "at most 2 files" in detail_of(html_page(A, A, A.upper()), "text/html")
    assert "at most 2 files" in detail_of(json_page({}, {}, {}), JSON)


@pytest.mark.parametrize(
    "piece",
    [
        b"<!--",
        b"<a ",
        b"<",
        b"<!",
        b"</",
        b"<?",
        b'<a href="',
        b'<a href="x" a="',
        b"&#",
        b"<a href=x>",
        b"<![",
        b"<script></",
    ],
)
def test_hostile_html_costs_no_more_than_its_length(piece: bytes) -> None:
    """A page of one endlessly repeated piece is read or refused in linear time."""
    began = time.process_time()
    with suppress(RegistryAnswerInvalid):
        parse_listing("foo", b"<html>" + piece * (600_000 // len(piece)), "text/html", URL)
    assert time.process_time() - began < 3


def test_two_megabytes_of_garbage_are_refused() -> None:
    """Random text of all printable characters is no page."""
    garbage = bytes(random.Random(1).choices(range(32, 127), k=2_000_000))
    detail_of(garbage, "text/html")
    detail_of(garbage, JSON)
