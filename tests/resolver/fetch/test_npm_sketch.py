"""Records with lines for some releases: choosing sees all of them, and one without a line is read when it is wanted."""

import gzip
import json
import os
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.fetch import npm_records, npm_sketch
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.npm_press import quick_record
from holdfast_resolver.fetch.npm_records import NpmRecord
from holdfast_resolver.fetch.npm_sketch import sketched_record
from holdfast_resolver.values.wishes import Source

SOURCE = Source("npm", "npm", "https://registry.example/", "npm")
VALIDITY = 7, 600, '"x"', "now"
SRI = "sha512-" + "A" * 86 + "=="
TIME = "2026-01-02T03:04:05.678Z"


def manifest(version: str, **fields: Any) -> dict[str, Any]:
    tarball = f"https://registry.example/demo/-/demo-{version}.tgz"
    dist = {"integrity": SRI, "tarball": tarball, "signatures": [{"keyid": f"K{version[0]}", "sig": "MEU="}]}
    return {"name": "demo", "version": version, "dist": dist} | fields


def packument(manifests: list[dict[str, Any]], **fields: Any) -> bytes:
    document = {
        "name": "demo",
        "versions": {one["version"]: one for one in manifests},
        "time": {one["version"]: TIME for one in manifests},
        "dist-tags": {"latest": manifests[-1]["version"], "old": manifests[0]["version"]},
    }
    return json.dumps(document | fields).encode()


MANY = [
    manifest(
        f"{major}.{minor}.{patch}",
        dependencies={"a": f"^{minor}"},
        engines={"node": f">={major}"},
        deprecated="old" if major < 2 else False,
    )
    for major in range(4)
    for minor in range(4)
    for patch in range(4)
]


def sketch(body: bytes) -> NpmRecord:
    """The record of a sketch, with the answer beside it in memory."""
    data = sketched_record(body, "demo", VALIDITY, False, crc32(body))
    assert data is not None
    record = npm_records.parse(data, rest=body)
    assert record is not None
    return record


def whole(body: bytes) -> NpmRecord:
    data = quick_record(body, "demo", VALIDITY, False)
    assert data is not None
    record = npm_records.parse(data)
    assert record is not None
    return record


def told(record: NpmRecord) -> tuple[object, ...]:
    """All that choosing asks of a record, but for its releases."""
    times = [record.published(place) for place in range(record.table.count)]
    return (
        record.name,
        record.form,
        record.etag,
        record.table.keys,
        record.table.versions,
        record.table.prereleases,
        record.deprecated,
        record.tags,
        sorted(record.engines()),
        times,
    )


def lines_of(record: NpmRecord) -> set[str]:
    """The versions that have a line."""
    spans = record._lines[6]
    return {
        version
        for place, version in enumerate(record.table.versions)
        if not spans[place * npm_records.SPAN :].startswith("-")
    }


def test_the_releases_that_locks_want_have_lines_and_no_others() -> None:
    """The newest ones, the newest of each major (of 0.x of each minor), and those with a tag."""
    record = sketch(packument(MANY))
    newest = {"3.3.3", "3.3.2", "3.3.1", "3.3.0", "3.2.3", "3.2.2", "3.2.1", "3.2.0"}
    heads = {"2.3.3", "1.3.3", "0.3.3", "0.2.3", "0.1.3", "0.0.3"}
    assert lines_of(record) == newest | heads | {"0.0.0"}


def test_a_release_without_a_line_is_read_from_the_answer() -> None:
    """All of them at once, and then the record is the whole one."""
    body = packument(MANY)
    record, other = sketch(body), whole(body)
    assert told(record) == told(other)
    place = record.table.index("2.1.1")
    assert record.release(place) == other.release(place)
    assert lines_of(record) == set(record.table.versions)
    assert record.successor is None


def test_a_small_packument_is_written_whole() -> None:
    """Few releases are not worth a second file."""
    assert sketched_record(packument(MANY[:32]), "demo", VALIDITY, False, 1) is None


DIRT: list[dict[str, Any]] = [
    {"dependencies": {"a": 1}},
    {"dist": {"integrity": SRI, "tarball": "file:/x"}},
    {"name": "other"},
    {"peerDependencies": {"": "1"}},
    {"bin": {"x": "y" * 20_000}},
]
FINE: list[dict[str, Any]] = [
    {"os": ["linux"], "libc": ["glibc"]},
    {"scripts": {"install": "x"}},
    {"bundleDependencies": True, "dependencies": {"b": "1"}},
    {"peerDependencies": {"p": "*"}, "peerDependenciesMeta": {"p": {"optional": True}}},
    {"optionalDependencies": {"o": "1"}, "license": "MIT"},
]


def odd(ones: list[dict[str, Any]]) -> st.SearchStrategy[dict[int, dict[str, Any]]]:
    """Which releases of `MANY` are unlike the others."""
    return st.dictionaries(st.integers(0, len(MANY) - 1), st.sampled_from(ones), min_size=1, max_size=6)


def with_odd(others: dict[int, dict[str, Any]]) -> bytes:
    return packument([one | others.get(place, {}) for place, one in enumerate(MANY)])


@given(odd(FINE), st.lists(st.integers(0, len(MANY) - 1), min_size=1, max_size=4))
def test_a_sketch_is_the_whole_record_to_whoever_reads_it(others: dict[int, dict[str, Any]], places: list[int]) -> None:
    """Whatever release is asked for first."""
    body = with_odd(others)
    record, other = sketch(body), whole(body)
    assert told(record) == told(other)
    for place in (*places, *range(record.table.count)):
        assert record.release(place) == other.release(place)


@given(odd(FINE + DIRT), st.integers(0, len(MANY) - 1))
def test_what_turns_out_to_be_unusable_has_a_successor(others: dict[int, dict[str, Any]], asked: int) -> None:
    """A release that cannot be read is not in the whole record; a reader of the sketch gets that one instead."""
    body = with_odd(others)
    record, other = sketch(body), whole(body)
    for place in (min(asked, record.table.count - 1), *range(record.table.count)):
        if record.successor is None:
            found = record.release(place)
            assert (found is None) == (record.successor is not None)
            if found is not None:
                assert found == other.release(other.table.index(found.version))
    if record.successor is None:
        assert told(record) == told(other)
    else:
        assert told(record.successor) == told(other)
        assert [record.successor.release(place) for place in range(other.table.count)] == [
            other.release(place) for place in range(other.table.count)
        ]


@pytest.mark.parametrize("packed", [True, False])
def test_the_answer_lies_beside_the_record(tmp_path: Path, packed: bool) -> None:
    """As it arrived; a record that was completed once needs it no more."""
    body = packument(MANY)
    answer = gzip.compress(body) if packed else body
    data = sketched_record(body, "demo", VALIDITY, False, crc32(answer))
    assert data is not None
    cache = Cache(str(tmp_path))
    record = cache.keep_packument(SOURCE, "demo", data, answer)
    (rest,) = tmp_path.rglob("demo.rest")
    assert rest.read_bytes() == answer
    place = record.table.index("1.1.1") if record else -1
    assert record is not None
    found = record.release(place)
    assert found == whole(body).release(place)
    rest.unlink()
    again = cache.packument(SOURCE, "demo")
    assert again is not None
    assert again.release(place) == found


@pytest.mark.parametrize("damage", ["gone", "another", "cut"])
def test_an_answer_that_is_not_the_one_is_damage(tmp_path: Path, damage: str) -> None:
    """Then the release is not there, and whoever wants it asks the registry anew."""
    body = packument(MANY)
    answer = gzip.compress(body)
    data = sketched_record(body, "demo", VALIDITY, False, crc32(answer))
    assert data is not None
    record = Cache(str(tmp_path)).keep_packument(SOURCE, "demo", data, answer)
    (rest,) = tmp_path.rglob("demo.rest")
    if damage == "gone":
        rest.unlink()
    else:
        rest.write_bytes(gzip.compress(packument(MANY[:40])) if damage == "another" else answer[:-9])
    assert record is not None
    assert record.release(record.table.index("1.1.1")) is None
    assert record.release(record.table.index("3.3.3")) is not None
    assert record.successor is None


def test_what_cannot_be_written_stays_in_memory(tmp_path: Path) -> None:
    """A cache that takes nothing loses no release."""
    body = packument(MANY)
    data = sketched_record(body, "demo", VALIDITY, False, crc32(body))
    assert data is not None
    (tmp_path / "v1").write_bytes(b"")
    cache = Cache(str(tmp_path))
    record = cache.keep_packument(SOURCE, "demo", data, body)
    assert cache.unwritable
    assert record is not None
    assert record.release(record.table.index("1.1.1")) == whole(body).release(record.table.index("1.1.1"))
    assert os.listdir(tmp_path) == ["v1"]


def test_a_short_form_that_may_lack_libc_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux anywhere in it and libc nowhere: then the full form is asked for, as where all lines are written."""
    monkeypatch.setattr(npm_sketch, "_FEW", 1)
    plain, linux = manifest("1.0.0"), manifest("0.0.1", os=["linux"])
    for manifests, form in (([linux, plain], "short-linux"), ([manifest("0.0.1"), plain], "short")):
        body = packument(manifests, time={})
        assert (sketch(body).form, whole(body).form) == (form, form)
    body = packument([linux | {"libc": ["musl"]}, plain], time={})
    assert sketch(body).form == whole(body).form == "short"


def test_what_is_unusual_is_not_sketched() -> None:
    """As on the quick way: no JSON, another package, two versions of one key."""
    twice = [*MANY, manifest("9.0.0+a"), manifest("9.0.0+b")]
    for body in (b"<html>", packument(MANY, name="other"), packument(MANY, versions=[]), packument(twice)):
        assert sketched_record(body, "demo", VALIDITY, False, 1) is None
