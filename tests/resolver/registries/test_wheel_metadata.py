"""METADATA of wheels: sidecars, range requests, hostile archives."""

import hashlib
import io
import random
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries.core_metadata import MAX_BYTES
from holdfast_resolver.registries.remote_zip import TAIL_BYTES
from holdfast_resolver.registries.wheel_metadata import sidecar_url, wheel_metadata
from holdfast_resolver.values.artifacts import Artifact
from holdfast_resolver.values.wishes import Source
from tests.resolver.registries.memory_index import MemoryIndex

FILE = "foo_bar-1.0-py3-none-any.whl"
URL = f"https://files.example/p/{FILE}"
PATH = "foo_bar-1.0.dist-info/METADATA"
METADATA = b"Metadata-Version: 2.1\nName: foo-bar\nVersion: 1.0\nRequires-Dist: x>=1\n"
INDEX = Source("pypi", "pypi", "https://index.example/simple/", "pypi")
NOISE = random.Random(1).randbytes(200_000)


def wheel(
    *entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"", zip64: bool = False
) -> bytes:
    """A wheel of `entries` (name, content), as `zipfile` writes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = comment
        for name, content in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=zip64) as file:
                file.write(content)
    return buffer.getvalue()


def read(
    body: bytes, ranges: str = "yes", metadata: str = "", sidecar: bool = False, **files: bytes
) -> tuple[bytes, list[str]]:
    """Read the METADATA from an index that serves `body`; return it and the ranges that were asked for."""
    index = MemoryIndex({URL: body, **{URL + ending.replace("_", "."): data for ending, data in files.items()}}, ranges)
    artifact = Artifact(FILE, "1.0", URL, "", metadata=metadata)
    return index.drive(wheel_metadata(INDEX, artifact, "foo-bar", sidecar)), index.ranges_asked


def detail_of(body: bytes) -> str:
    with pytest.raises(RegistryAnswerInvalid) as caught:
        read(body)
    assert (caught.value.source, caught.value.subject, caught.value.url) == ("pypi", FILE, URL)
    return caught.value.detail


PLAIN = wheel(("foo_bar/__init__.py", b"x = 1\n"), (PATH, METADATA))


def test_one_suffix_request_reads_a_small_wheel() -> None:
    """No HEAD, no second request: the tail holds all that is needed."""
    assert read(PLAIN) == (METADATA, ["bytes=-65536"])


def test_metadata_before_the_tail_costs_one_more_request() -> None:
    """A wheel whose METADATA stands far from the end is read with two requests, neither of the whole."""
    body = wheel((PATH, METADATA), ("foo_bar/data", NOISE))
    found, ranges = read(body)
    assert found == METADATA
    assert len(ranges) == 2
    assert ranges[1].startswith("bytes=0-")
    assert int(ranges[1].removeprefix("bytes=0-")) < 2000


def test_a_directory_longer_than_the_tail_costs_one_more_request() -> None:
    """The directory and what stands right before it come together; known bytes are not asked for again."""
    many = [(f"foo_bar/some/quite/long/name/of/a/file/{i:05}.py", b"") for i in range(1200)]
    body = wheel(*many, (PATH, METADATA))
    found, ranges = read(body)
    assert found == METADATA
    assert len(ranges) == 2
    assert ranges[1].endswith(f"-{len(body) - TAIL_BYTES - 1}")


@pytest.mark.parametrize("ranges", ["ignored", "refused"])
def test_a_server_without_ranges_gives_the_whole(ranges: str) -> None:
    """A 200 to a range request is the whole file; after a 416 the whole is asked for."""
    found, asked = read(PLAIN, ranges)
    assert found == METADATA
    assert asked == (["bytes=-65536"] if ranges == "ignored" else ["bytes=-65536", ""])


VARIANTS = {
    "stored": wheel((PATH, METADATA), method=zipfile.ZIP_STORED),
    "zip64 sizes": wheel((PATH, METADATA), zip64=True),
    "comment": wheel((PATH, METADATA), comment=b"PK\5\6 not the end record, only a comment of some length"),
    "name in another spelling": wheel(("Foo.Bar-1.0.dist-info/METADATA", METADATA)),
    "vendored names": wheel(
        (PATH, METADATA), ("foo_bar/x-1.dist-info/METADATA", b"no"), ("y-1.dist-info/METADATA", b"no")
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_unusual_but_sound_wheels_are_read(variant: str) -> None:
    """Stored entries, ZIP64 fields, comments, other spellings and vendored directories are all well."""
    assert read(VARIANTS[variant])[0] == METADATA


def with_zip64_end(body: bytes, count: int = -1) -> bytes:
    """Give the archive ZIP64 end records, and a plain end record that refers to them."""
    *_, entries, size, offset, _ = struct.unpack("<4s4H2LH", body[-22:])
    count = entries if count < 0 else count
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(body) - 22, 1)
    return (
        body[:-22] + end64 + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    )


def test_zip64_end_records_are_understood_and_must_agree() -> None:
    """The ZIP64 end record replaces full fields of the plain one, and contradictions are refused."""
    body = with_zip64_end(PLAIN)
    assert read(body)[0] == METADATA
    assert zipfile.ZipFile(io.BytesIO(body)).read(PATH) == METADATA
    contradiction = body[:-12] + struct.pack("<L", 7) + body[-8:]
    assert "contradict" in detail_of(contradiction)
    assert "expected 3 entries" in detail_of(with_zip64_end(PLAIN, 3))


def patched(body: bytes, mark: bytes, offset: int, value: bytes, which: int = -1) -> bytes:
    """Overwrite bytes `offset` behind the last (or first) record that begins with `mark`."""
    at = (body.rfind(mark) if which else body.find(mark)) + offset
    return body[:at] + value + body[at + len(value) :]


ONE = wheel((PATH, METADATA))
CENTRAL, LOCAL, END = b"PK\1\2", b"PK\3\4", b"PK\5\6"
BOMB = wheel((PATH, bytes(MAX_BYTES + 1)))

# name: (archive, part of the detail)
HOSTILE = {
    "empty": (b"", "ZIP"),
    "text": (b"<html>not a wheel</html>", "no end record"),
    "no metadata": (wheel(("foo_bar/__init__.py", b"")), "found 0"),
    "other package": (wheel(("bar-1.0.dist-info/METADATA", METADATA)), "found 0"),
    "no version": (wheel(("foo_bar.dist-info/METADATA", METADATA)), "found 0"),
    "nested": (wheel(("x/" + PATH, METADATA)), "found 0"),
    "two versions": (wheel((PATH, METADATA), ("foo_bar-2.0.dist-info/METADATA", METADATA)), "found 2"),
    "two spellings": (wheel((PATH, METADATA), ("foo.bar-1.0.dist-info/METADATA", b"")), "found 2"),
    "same name twice": (
        wheel((PATH, METADATA), (PATH[:-1] + "B", b"")).replace(b"METADATB", b"METADATA"),
        "found 2",
    ),
    "parent folder": (wheel(("../" + PATH, b""), (PATH, METADATA)), "names inside the archive"),
    "dots inside": (wheel(("x/../" + PATH, b""), (PATH, METADATA)), "names inside the archive"),
    "absolute": (wheel(("/" + PATH, b""), (PATH, METADATA)), "names inside the archive"),
    "nul in a name": (
        wheel((PATH + "x", b""), (PATH, METADATA)).replace(b"METADATAx", b"METADATA\0"),
        "names inside the archive",
    ),
    "local name differs": (patched(ONE, LOCAL, 30, b"X"), "disagree"),
    "local method differs": (patched(ONE, LOCAL, 8, b"\0\0"), "disagree"),
    "local size differs": (patched(ONE, LOCAL, 22, b"\1\0\0\0"), "disagree"),
    "not a local header": (patched(ONE, LOCAL, 0, b"XX"), "disagree"),
    "encrypted": (patched(patched(ONE, LOCAL, 6, b"\1"), CENTRAL, 8, b"\1"), "unencrypted"),
    "method": (patched(patched(ONE, LOCAL, 8, b"\x0c"), CENTRAL, 10, b"\x0c"), "found method 12"),
    "checksum": (patched(patched(ONE, LOCAL, 14, b"abcd"), CENTRAL, 16, b"abcd"), "checksum"),
    "size too small": (patched(patched(ONE, LOCAL, 22, b"\5\0\0\0"), CENTRAL, 24, b"\5\0\0\0"), "size"),
    "not deflated": (patched(ONE, LOCAL, 30 + len(PATH), b"\xff\xff\xff"), "deflated"),
    "data in the directory": (patched(ONE, CENTRAL, 20, struct.pack("<L", len(ONE))), "directory"),
    "offset outside": (patched(ONE, CENTRAL, 42, struct.pack("<L", 2**31)), "inside the file"),
    "bomb": (BOMB, f"at most {MAX_BYTES}"),
    "bomb that lies": (
        patched(patched(BOMB, LOCAL, 22, b"\x10\0\0\0"), CENTRAL, 24, b"\x10\0\0\0"),
        "size and checksum",
    ),
    "zip64 field missing": (patched(ONE, CENTRAL, 24, b"\xff\xff\xff\xff"), "ZIP64 field"),
    "prefixed": (b"#!/bin/sh\n" + ONE, "gap"),
    "gap before the end": (ONE[:-22] + b"gap" + ONE[-22:], "gap"),
    "bytes behind the end": (ONE + b"x", "no end record"),
    "truncated": (ONE[:-10], "no end record"),
    "several disks": (patched(ONE, END, 8, b"\2\0"), "one part"),
    "count": (patched(ONE, END, 8, b"\2\0\2\0"), "expected 2 entries"),
    "directory garbage": (patched(ONE, CENTRAL, 0, b"XX"), "entry 1"),
    "directory too long": (patched(ONE, END, 12, b"\xff\xff\xff\x7f"), "at most"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_wheel_is_refused_with_its_reason(case: str) -> None:
    """Whatever two ZIP readers could read differently, or lies about sizes, is an invalid answer."""
    body, detail = HOSTILE[case]
    assert detail in detail_of(body)


def test_the_sidecar_comes_first() -> None:
    """An advertised sidecar is the only request, and its digest is checked."""
    digest = "sha256:" + hashlib.sha256(METADATA).hexdigest()
    assert read(b"", metadata=digest, sidecar=True, _metadata=METADATA) == (METADATA, [""])
    assert read(b"", metadata="unhashed", sidecar=True, _metadata=METADATA) == (METADATA, [""])
    with pytest.raises(RegistryAnswerInvalid, match="expected metadata with sha256"):
        read(PLAIN, metadata=digest, sidecar=True, _metadata=METADATA + b" ")


def test_without_its_sidecar_the_wheel_is_read() -> None:
    """404 for the sidecar, or a page instead of a sidecar that nobody advertised, leads to the wheel."""
    assert read(PLAIN, sidecar=True) == (METADATA, ["", "bytes=-65536"])
    assert read(PLAIN, sidecar=True, _metadata=b"<html>welcome</html>") == (METADATA, ["", "bytes=-65536"])


def test_the_sidecar_stands_beside_the_file() -> None:
    """PEP 658 appends to the path, not to the query."""
    assert sidecar_url("https://h.example/a.whl") == "https://h.example/a.whl.metadata"
    assert sidecar_url("https://h.example/a.whl?t=1") == "https://h.example/a.whl.metadata?t=1"


def test_a_listed_file_that_is_not_there_is_an_invalid_answer() -> None:
    """404 for a file that the listing names says so."""
    index = MemoryIndex({})
    with pytest.raises(RegistryAnswerInvalid, match="answers 404"):
        index.drive(wheel_metadata(INDEX, Artifact(FILE, "1.0", URL, ""), "foo-bar", False))


@pytest.mark.parametrize(
    "told",
    [
        "",
        "bytes 0-10/*",
        "bytes 0-9/100",
        "bytes 90-99/100",
        "bytes 5-2/10",
        "items 0-1/2",
        "bytes 0-99999/100000",
        "bytes \u0661-2/3",
    ],
)
def test_a_false_content_range_is_refused(told: str) -> None:
    """The answer must hold exactly the bytes it claims, and claim those asked for."""
    index = MemoryIndex({URL: PLAIN})
    index.spoil = lambda response: response._replace(headers={"content-range": told})
    with pytest.raises(RegistryAnswerInvalid, match="Content-Range"):
        index.drive(wheel_metadata(INDEX, Artifact(FILE, "1.0", URL, ""), "foo-bar", False))


def test_a_file_that_changes_between_two_requests_is_refused() -> None:
    """Parts of two different files are never put together."""
    body = wheel((PATH, METADATA), ("foo_bar/data", NOISE))
    index = MemoryIndex({URL: body})
    index.spoil = lambda response: (index.files.update({URL: body + b"x"}), response)[1]
    with pytest.raises(RegistryAnswerInvalid, match="changed between two requests"):
        index.drive(wheel_metadata(INDEX, Artifact(FILE, "1.0", URL, ""), "foo-bar", False))


NAMES = st.sampled_from(
    ["foo_bar/a.py", "foo_bar/b/c.so", "foo_bar-1.0.dist-info/RECORD", "foo_bar-1.0.dist-info/WHEEL"]
)


@given(
    st.lists(st.tuples(NAMES, st.integers(0, 120_000)), max_size=4, unique_by=lambda entry: entry[0]),
    st.integers(0, 4),
    st.binary(max_size=3000),
    st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]),
    st.sampled_from(["yes", "ignored", "refused"]),
    st.booleans(),
)
def test_what_zipfile_reads_is_read_by_ranges(
    others: list[tuple[str, int]], at: int, content: bytes, method: int, ranges: str, zip64: bool
) -> None:
    """Wherever METADATA stands and however the server answers, the content is what `zipfile` reads."""
    entries = [(name, NOISE[:size]) for name, size in others]
    entries.insert(at, (PATH, content))
    body = wheel(*entries, method=method, zip64=zip64)
    found, asked = read(body, ranges)
    assert found == content == zipfile.ZipFile(io.BytesIO(body)).read(PATH)
    assert len(asked) <= 3


@given(st.integers(0, len(PLAIN)), st.binary(max_size=6), st.integers(0, 6))
def test_random_damage_of_a_wheel_raises_nothing_else(at: int, noise: bytes, cut: int) -> None:
    """Mutated archives give the true content or `RegistryAnswerInvalid`."""
    try:
        found, _ = read(PLAIN[:at] + noise + PLAIN[at + cut :])
    except RegistryAnswerInvalid:
        return
    assert found == METADATA
