"""PKG-INFO of sdists: by prefix or whole, hostile archives, bombs."""

import gzip
import io
import random
import tarfile
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries import tar_stream
from holdfast_resolver.registries.core_metadata import MAX_BYTES
from holdfast_resolver.registries.faults import AnswerFaultError
from holdfast_resolver.registries.sdist_metadata import (
    MAX_SDIST_BYTES,
    PREFIX_BYTES,
    find_pkg_info,
    sdist_metadata,
)
from holdfast_resolver.registries.tar_stream import TarStream
from holdfast_resolver.values.artifacts import Artifact
from holdfast_resolver.values.wishes import Source
from tests.resolver.registries.memory_index import MemoryIndex

FILE = "foo-1.0.tar.gz"
PKG_INFO = b"Metadata-Version: 2.2\nName: foo\nVersion: 1.0\n"
INDEX = Source("pypi", "pypi", "https://index.example/simple/", "pypi")
NOISE = random.Random(2).randbytes(PREFIX_BYTES + 1000)


def member(
    name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, len(content)
    return info, content


def tar(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def sdist(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    return gzip.compress(tar(*members, form=form), 1, mtime=0)


def read(body: bytes, ranges: str = "yes", file: str = FILE) -> tuple[bytes | None, list[str]]:
    url = f"https://files.example/{file}"
    index = MemoryIndex({url: body}, ranges)
    return index.drive(sdist_metadata(INDEX, Artifact(file, "1.0", url, ""), "foo")), index.ranges_asked


def detail_of(body: bytes, file: str = FILE) -> str:
    with pytest.raises(RegistryAnswerInvalid) as caught:
        read(body, file=file)
    assert (caught.value.source, caught.value.subject) == ("pypi", file)
    return caught.value.detail


HEAD = f"bytes=0-{PREFIX_BYTES - 1}"
TOP = member("foo-1.0", kind=tarfile.DIRTYPE)
INFO = member("foo-1.0/PKG-INFO", PKG_INFO)
BIG = member("foo-1.0/data.bin", NOISE)


def test_a_prefix_that_holds_it_is_enough() -> None:
    """PKG-INFO at the beginning of a large sdist costs one request of the beginning."""
    assert read(sdist(TOP, INFO, BIG)) == (PKG_INFO, [HEAD])


def test_otherwise_only_the_rest_is_fetched() -> None:
    """PKG-INFO at the end costs a second request, of the bytes not yet known."""
    body = sdist(TOP, BIG, INFO)
    assert read(body) == (PKG_INFO, [HEAD, f"bytes={PREFIX_BYTES}-{len(body) - 1}"])


@pytest.mark.parametrize("ranges", ["ignored", "refused"])
def test_a_server_without_ranges_gives_the_whole_sdist(ranges: str) -> None:
    """A 200 to a range request is the whole file; after a 416 the whole is asked for."""
    assert read(sdist(TOP, BIG, INFO), ranges)[0] == PKG_INFO


# name: (members, the PKG-INFO found)
LONG = "d" * 120
PLACES = {
    "none": ((TOP, member("foo-1.0/setup.py", b"x")), None),
    "empty archive": ((), None),
    "deeper": ((member("foo-1.0/src/foo.egg-info/PKG-INFO", b"no"),), None),
    "at the root": ((member("PKG-INFO", b"no"),), None),
    "above the root": (
        (member("../PKG-INFO", b"no"), member("./PKG-INFO", b"no"), member("/PKG-INFO", b"no")),
        None,
    ),
    "first of two": ((INFO, member("foo-1.0/PKG-INFO", b"second")), PKG_INFO),
    "with ./": ((member("./foo-1.0/PKG-INFO", PKG_INFO),), PKG_INFO),
    "long names before": ((member(f"foo-1.0/{LONG}/{LONG}.py", b"x" * 600), INFO), PKG_INFO),
    "long top": ((member(f"{LONG}/PKG-INFO", PKG_INFO),), PKG_INFO),
    "other links": ((member("foo-1.0/x", kind=tarfile.SYMTYPE, link="/etc/passwd"), INFO), PKG_INFO),
    "a folder": ((member("foo-1.0/PKG-INFO", kind=tarfile.DIRTYPE), INFO), PKG_INFO),
    "empty": ((member("foo-1.0/PKG-INFO"), BIG), b""),
}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
@pytest.mark.parametrize("place", PLACES)
def test_pkg_info_is_the_first_one_folder_deep(place: str, form: int) -> None:
    """Exactly `<top>/PKG-INFO` counts, in pax and in GNU archives."""
    members, expected = PLACES[place]
    assert read(sdist(*members, form=form))[0] == expected


def test_gzip_in_several_parts_and_padded_with_zeros() -> None:
    """RFC 1952 lets a file be several gzip parts one after another; zeros behind are padding."""
    plain = tar(TOP, INFO)
    assert find_pkg_info(gzip.compress(plain[:700]) + gzip.compress(plain[700:]) + bytes(5000)) == PKG_INFO


def broken_header(offset: int, value: bytes, fix_sum: bool = True) -> bytes:
    """An sdist of one file with `value` written into its header."""
    block = bytearray(tar(INFO, form=tarfile.GNU_FORMAT))
    block[offset : offset + len(value)] = value
    if fix_sum:
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block[:512])
    return gzip.compress(bytes(block))


def pax(records: bytes) -> bytes:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, len(records)
    padding = bytes(-len(records) % 512)
    return gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + records + padding + tar(INFO))


def endless(kind: bytes) -> bytes:
    """An archive that begins with a header of `kind` claiming 8 GiB of data."""
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, 8**11 - 1
    return gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(10_000))


HOSTILE = {
    "not gzip": (b"PK\3\4 something", "gzip"),
    "nothing": (b"", "truncated"),
    "page": (b"<html>404</html>", "gzip"),
    "not tar": (gzip.compress(b"hello" * 1000), "octal"),
    "truncated gzip": (sdist(TOP, BIG)[:-5000], "truncated"),
    "truncated tar": (gzip.compress(tar(TOP, BIG)[:5000]), "truncated"),
    "gzip checksum": (sdist(TOP)[:-6] + b"abcdef", "gzip"),
    "symbolic link": (sdist(member("foo-1.0/PKG-INFO", kind=tarfile.SYMTYPE, link="/etc/passwd")), "link"),
    "hard link": (sdist(member("foo-1.0/PKG-INFO", kind=tarfile.LNKTYPE, link="x")), "link"),
    "pipe": (sdist(member("foo-1.0/PKG-INFO", kind=tarfile.FIFOTYPE)), "plain file"),
    "too long": (sdist(member("foo-1.0/PKG-INFO", bytes(MAX_BYTES + 1))), "at most"),
    "checksum": (broken_header(0, b"X", fix_sum=False), "checksum"),
    "sparse": (broken_header(156, b"S"), "sparse"),
    "negative size": (broken_header(124, b"\xff" * 12), "octal"),
    "signed size": (broken_header(124, b"-0000000007\0"), "octal"),
    "endless size": (broken_header(124, b"\x80" + b"\x7f" * 11), "at most"),
    "endless long name": (endless(tarfile.GNUTYPE_LONGNAME), "at most"),
    "endless pax header": (endless(tarfile.XHDTYPE), "at most"),
    "pax garbage": (pax(b"nonsense"), "pax"),
    "pax length": (pax(b"99 path=x\n"), "pax"),
    "pax zero": (pax(b"0 path=x\n"), "pax"),
    "pax size": (pax(b"13 size=-512\n"), "size in a pax header"),
    "pax huge size": (pax(b"30 size=999999999999999999999\n"), "size in a pax header"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_sdist_is_refused_with_its_reason(case: str) -> None:
    """Garbage, truncation, links, lies about sizes: each is an invalid answer."""
    body, detail = HOSTILE[case]
    assert detail in detail_of(body)


def test_a_bomb_is_stopped_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inflating stops at the bound, whatever the headers claim."""
    monkeypatch.setattr(tar_stream, "MAX_INFLATED", 4_000_000)
    assert "at most 4000000 bytes" in detail_of(sdist(member("foo-1.0/zeros", bytes(8_000_000)), INFO))


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive of more members than the bound is not read to its end."""
    monkeypatch.setattr(tar_stream, "MAX_MEMBERS", 10)
    assert "at most 10 members" in detail_of(sdist(*[TOP] * 11, INFO))


def test_too_many_gzip_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of endless empty gzip parts is not read to its end."""
    monkeypatch.setattr(tar_stream, "_MAX_GZIP_PARTS", 10)
    assert "at most 10 gzip parts" in detail_of(gzip.compress(b"") * 20)


def test_an_sdist_beyond_the_bound_is_not_downloaded() -> None:
    """The size in the first answer decides, before more is asked for."""
    url = f"https://files.example/{FILE}"
    index = MemoryIndex({url: sdist(BIG)})
    index.spoil = lambda response: response._replace(
        headers={"content-range": f"bytes 0-{PREFIX_BYTES - 1}/{MAX_SDIST_BYTES + 1}"}
    )
    with pytest.raises(RegistryAnswerInvalid, match="an sdist of at most"):
        index.drive(sdist_metadata(INDEX, Artifact(FILE, "1.0", url, ""), "foo"))
    assert len(index.requests) == 1


def zip_sdist(*entries: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_sdist_is_read_from_its_end() -> None:
    """A `.zip` costs a suffix request, as a wheel does."""
    body = zip_sdist(("foo-1.0/src/foo.egg-info/PKG-INFO", b"no"), ("foo-1.0/PKG-INFO", PKG_INFO))
    assert read(body, file="foo-1.0.zip") == (PKG_INFO, ["bytes=-65536"])
    assert read(zip_sdist(("foo-1.0/setup.py", b"")), file="foo-1.0.zip")[0] is None
    assert "names inside the archive" in detail_of(zip_sdist(("../PKG-INFO", b"")), "foo-1.0.zip")
    assert "no end record" in detail_of(sdist(INFO), "foo-1.0.zip")


NAMES = st.sampled_from(
    ["foo-1.0/a", "foo-1.0/PKG-INFO", f"foo-1.0/{LONG}", f"{LONG}/{LONG}/x", "\u00e9/PKG-INFO", "b/"]
)
KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.FIFOTYPE, b"Z"])
FORMS = st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])


@given(st.lists(st.tuples(NAMES, KINDS, st.integers(0, 1500)), max_size=6), FORMS)
def test_members_are_those_of_tarfile(entries: list[tuple[str, bytes, int]], form: int) -> None:
    """Names, sizes and contents agree with the standard library's reader."""
    members = []
    for name, kind, size in entries:
        has_data = kind in (tarfile.REGTYPE, tarfile.AREGTYPE, b"Z") and not name.endswith("/")
        members.append(member(name, NOISE[:size] if has_data else b"", kind))
    body = sdist(*members, form=form)
    archive = TarStream(body)
    found = []
    for one in archive.members():
        content = archive.read(one, 10_000) if one.kind == b"0" else b""
        found.append((one.name.decode().rstrip("/"), one.size, content))
    expected = []
    with tarfile.open(fileobj=io.BytesIO(body)) as reference:
        for info in reference:
            file = reference.extractfile(info) if info.isreg() and info.type != b"Z" else None
            expected.append((info.name.rstrip("/"), info.size, file.read() if file else b""))
    assert found == expected


SMALL = sdist(TOP, member("foo-1.0/a.py", b"x" * 700), INFO)
PLAIN = tar(TOP, member(f"foo-1.0/{LONG}", b"x" * 700), INFO)


@given(st.integers(0, len(SMALL)), st.binary(max_size=6), st.integers(0, 6))
def test_random_damage_of_the_gzip_raises_nothing_else(at: int, noise: bytes, cut: int) -> None:
    """Mutated files give bytes, None or `RegistryAnswerInvalid`."""
    with suppress(RegistryAnswerInvalid):
        read(SMALL[:at] + noise + SMALL[at + cut :])


@given(st.integers(0, len(PLAIN) - 1), st.binary(min_size=1, max_size=6), st.booleans())
def test_random_damage_of_the_tar_raises_nothing_else(at: int, noise: bytes, fix_sum: bool) -> None:
    """Mutated members, also with a mended checksum, give bytes, None or `AnswerFaultError`."""
    body = bytearray(PLAIN)
    body[at : at + len(noise)] = noise
    block = at // 512 * 512
    if fix_sum:
        body[block + 148 : block + 156] = b" " * 8
        body[block + 148 : block + 156] = b"%06o\0 " % sum(body[block : block + 512])
    with suppress(AnswerFaultError):
        find_pkg_info(gzip.compress(bytes(body), 1))
