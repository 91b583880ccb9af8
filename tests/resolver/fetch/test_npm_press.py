"""The quick way of the press: the same record as the careful way gives, or none; and bodies that arrive as gzip."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch import press as pressing
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.index import ListingNeed
from holdfast_resolver.fetch.memory import MemoryTransport
from holdfast_resolver.fetch.npm_distil import distil_npm
from holdfast_resolver.fetch.npm_packuments import fetch_packument
from holdfast_resolver.fetch.npm_press import quick_record
from holdfast_resolver.fetch.npm_records import NpmRecord
from holdfast_resolver.fetch.press import Page, Press
from holdfast_resolver.fetch.retries import Failure
from holdfast_resolver.registries.npm_packument import read_keyed
from holdfast_resolver.registries.port import Request, Response
from holdfast_resolver.values.wishes import Source

SOURCE = Source("npm", "npm", "https://registry.example/", "npm")
URL = "https://registry.example/demo"
SRI = "sha512-" + "A" * 86 + "=="
TARBALL = "https://registry.example/demo/-/demo-{}.tgz"

REQUIRED = [
    {"a": "^1", "b": "~2"},
    {"b": "npm:c@1"},
    {"b": "\t>=1.2\n"},
    {"B C": "npm:x@1"},
    {"": "1"},
    {"a": 1},
    {"a": "1\x1f2"},
    {"a": "\ud800"},
    {"__proto__": "1", "a": "é"},
    {"a": "9" * 17_000},
    [],
    "no",
    None,
]
FIELDS: dict[str, list[Any]] = {
    "name": ["demo", "other", None, 1],
    "version": [None, "1.0.0", "9.9.9"],
    "dependencies": REQUIRED,
    "optionalDependencies": REQUIRED,
    "peerDependencies": REQUIRED,
    "peerDependenciesMeta": [{"a": {"optional": True}}, {"a": 1}, [], None],
    "bundleDependencies": [True, False, ["a", 1, ".x"], {"b": 1}, None],
    "bundledDependencies": [True, ["b"]],
    "engines": [{"node": ">=18"}, {"node": ">=1\n", "npm": "*", "x": 1}, ["node >= 1"], "no", {"node": "9" * 17_000}],
    "os": ["linux", ["linux", "!win32", 1, "a b"], {}, None],
    "cpu": [["x64"]],
    "libc": [["glibc"], "musl"],
    "bin": ["./cli.js", {"x": "../y", "a/b": "c", "d": 1}, ["bin/z"], {"..": "x"}, 1],
    "hasInstallScript": [True, 1, "yes"],
    "gypfile": [True, False],
    "scripts": [{"install": "x"}, {"test": "x"}, {"postinstall": ""}, ["install"], None],
    "deprecated": ["old", "", False, True, "a\tb", " "],
    "license": ["MIT", {"type": "ISC"}, ["MIT", {"type": "ISC"}], "", 3],
    "licenses": [[{"type": "MIT"}]],
}
DISTS: dict[str, list[Any]] = {
    "integrity": [SRI, SRI[:-3] + "B==", SRI.replace("A", "é"), "sha1-AAAA", "sha512-x", f"sha1-AAAA {SRI}", None],
    "tarball": ["https://elsewhere.example/x.tgz", "file:/x", "https://a b", None, 1],
    "signatures": [[{"keyid": "K1", "sig": "MEU="}, {"keyid": "K2", "sig": "x y"}], [{"keyid": "K2", "sig": "a"}], {}],
    "attestations": [{"url": "https://registry.example/at/demo@1.0.0"}, {"url": 1}, "no", None],
}
VERSIONS = ["1.0.0", "1.0.1", "1.1.0-rc.1", "2.0.0-dev.20260101", "1.0.0+b", "v1.2.3", "latest", "0.0.1-01", "10.0.0"]
TIMES: list[Any] = [
    "2026-01-02T03:04:05.678Z",
    "2026-01-02T03:04:05.678000+00:00",
    "2026-01-02T03:04:05+05:30",
    "2026-02-30T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59-10:00",
    "2600-01-01T00:00:00Z",
    "2026-01-02",
    "never",
    7,
]


@st.composite
def manifests(draw: st.DrawFn, version: str) -> Any:
    """A manifest with some of the dirt that a registry may have; now and then none at all."""
    dist: dict[str, Any] = {"integrity": SRI, "tarball": TARBALL.format(version)}
    for key in draw(st.lists(st.sampled_from(sorted(DISTS)), max_size=2)):
        dist[key] = draw(st.sampled_from(DISTS[key]))
    entry: dict[str, Any] = {"name": "demo", "version": version, "dist": dist, "readme": "x"}
    for key in draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=4)):
        entry[key] = draw(st.sampled_from(FIELDS[key]))
    return draw(st.sampled_from([entry] * 30 + [None, [], {"version": version}]))


@st.composite
def packuments(draw: st.DrawFn) -> bytes:
    """A packument of `demo` as bytes, with characters escaped or not, and sometimes cut short."""
    told = draw(st.lists(st.sampled_from(VERSIONS), max_size=4, unique=True))
    document: dict[str, Any] = {"name": "demo", "versions": {one: draw(manifests(one)) for one in told}}
    document["time"] = {one: draw(st.sampled_from(TIMES)) for one in told[:3]}
    document["dist-tags"] = draw(st.sampled_from([{"latest": "1.0.0", "x": 1}, {}, [], None]))
    for key, values in (("time", [[], None]), ("versions", [None, []]), ("name", ["other", None])):
        if draw(st.integers(0, 20)) == 0:
            document[key] = draw(st.sampled_from(values))
    text = json.dumps(document, ensure_ascii=draw(st.booleans()))
    body = text.encode("utf-8", "surrogatepass")
    return body[: draw(st.sampled_from([len(body)] * 20 + [len(body) - 1, 1, 0]))]


def careful(body: bytes, full: bool) -> bytes | None:
    """The record of the careful way; None where the answer is refused."""
    try:
        keys, listing = read_keyed(body, "demo", "npm", URL)
    except RegistryAnswerInvalid:
        return None
    full = full or any(release.published for release in listing.releases)
    return distil_npm(listing, keys, fetched=7, fresh_for=600, etag='"x"', last_modified="now", full=full)


def quick(body: bytes, full: bool = False) -> bytes | None:
    return quick_record(body, "demo", (7, 600, '"x"', "now"), full)


@given(packuments(), st.booleans())
def test_the_quick_way_makes_the_same_record_or_none(body: bytes, full: bool) -> None:
    """Byte for byte what the careful way makes of it; nothing is taken quickly that is refused carefully."""
    made = quick(body, full)
    assert made is None or made == careful(body, full)


def entry(version: str, **fields: Any) -> dict[str, Any]:
    """An ordinary manifest."""
    return {"name": "demo", "version": version, "dist": {"integrity": SRI, "tarball": TARBALL.format(version)}} | fields


def document(*entries: dict[str, Any], **fields: Any) -> bytes:
    """A packument of these manifests."""
    return json.dumps({"name": "demo", "versions": {one["version"]: one for one in entries}} | fields).encode()


@pytest.mark.parametrize("key", sorted(FIELDS))
def test_each_ordinary_field_takes_the_quick_way(key: str) -> None:
    """The first example of each field is read quickly, and comes out as on the careful way."""
    body = document(entry("1.0.0"), entry("1.1.0-rc.1", **{key: FIELDS[key][0]} if key != "version" else {}))
    made = quick(body)
    assert made is not None
    assert made == careful(body, False)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"name": "demo", "versions": {}, "x": NaN}',
        b'{"name": "demo", "versions": {}} x',
        b'{"name": "demo", "x": ' + b"[" * 100_000,
        b'{"name": "demo", "x": "\\ud800"}',
        b'{"name": "demo", "x": ' + b"1" * 4301 + b"}",
        b'\xef\xbb\xbf{"name": "demo", "versions": {}}',
        document(entry("1.0.0+a"), entry("1.0.0+b")),
        document(entry("1.0.0", dist=None)),
    ],
)
def test_what_is_unusual_takes_the_careful_way(body: bytes) -> None:
    """Whatever is not read at the first attempt is left to the reader that knows what to say of it."""
    assert quick(body) is None


def test_of_a_key_that_stands_twice_the_last_counts_on_both_ways() -> None:
    """As for every reader of JSON that npm has had."""
    one, two = (json.dumps(entry("1.0.0", license=text)) for text in ("MIT", "ISC"))
    body = f'{{"name": "x", "name": "demo", "versions": {{"1.0.0": {one}, "1.0.0": {two}}}}}'.encode()
    made = quick(body)
    assert made is not None
    assert made == careful(body, False)
    assert b"ISC" in made
    assert b"MIT" not in made


def test_a_large_packument_takes_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a size on that pays for loading its reader; where that gives none the careful way is gone."""
    body = document(entry("1.0.0"), readme="x" * pressing._LARGE)
    page = Page(SOURCE, "demo", "application/json", URL, body, 7, 600, '"x"', "now")
    assert pressing.press(page).record == quick(body) == careful(body, False)
    monkeypatch.setattr("holdfast_resolver.registries.npm_packument.read_keyed", None)
    assert pressing.press(page).record == quick(body)
    with pytest.raises(TypeError):
        pressing.press(page._replace(body=document(entry("1.0.0", dist=None), readme="x" * pressing._LARGE)))


class UnpackingPress(Press):
    """A press that decodes bodies although it has no children."""

    unpacks = True


@pytest.mark.parametrize("damage", [False, True])
def test_a_packument_may_arrive_as_gzip(tmp_path: Path, damage: bool) -> None:
    """The press decodes it; what is no gzip is asked for again, and then decoded where it is received."""
    body = document(entry("1.0.0"))

    def answer(request: Request) -> Response:
        if not request.packed:
            return Response(200, request.url, {}, body)
        return Response(200, request.url, {}, gzip.compress(body)[: -20 if damage else None], packed=True)

    transport, cache = MemoryTransport({URL: answer}), Cache(str(tmp_path))
    need = ListingNeed(SOURCE, "demo")
    record = fetch_packument(need, None, SOURCE.url, transport, cache, UnpackingPress(cache, children=0), 7)
    assert isinstance(record, NpmRecord)
    assert record.table.versions == ["1.0.0"]
    assert [request.packed for request in transport.asked] == ([True, False] if damage else [True])


def test_a_gzip_that_grows_without_end_is_not_decoded_by_the_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound of what registries are asked for holds here as well."""
    monkeypatch.setattr(pressing, "LARGEST_PAGE", 1000)
    body = gzip.compress(b" " * 5000)
    page = Page(SOURCE, "demo", "application/json", URL, body, 7, 600, "", "", packed=True)
    with pytest.raises(Failure, match="longer than 1000 bytes"):
        pressing.press(page)
