"""Archives of packages read in memory: what honest tools write, and every trick that is refused by name."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from holdfast.trust.errors import ArchiveRefused
from holdfast.trust.limits import Limits
from holdfast.workflows.archive_contents import read_contents
from tests.support import hostile_archives

FILES = {"a/__init__.py": b"x = 1\n", "a-1.dist-info/METADATA": b"Name: a\n"}


def wheel(files: Mapping[str, bytes] = FILES, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A wheel as honest tools write it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def sdist(files: Mapping[str, bytes] = FILES, *more: tarfile.TarInfo) -> bytes:
    """An sdist as honest tools write it, and more entries as they are given."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for member in more:
            archive.addfile(member)
    return out.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """An entry without data."""
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, link
    return found


def zip_of(*infos: zipfile.ZipInfo) -> bytes:
    """A ZIP of these entries, each with a little data."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info in infos:
            archive.writestr(info, "to/somewhere")
    return out.getvalue()


def linked() -> bytes:
    """A ZIP with a symbolic link."""
    info = zipfile.ZipInfo("a/link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return zip_of(info)


def sharing() -> bytes:
    """A ZIP whose two directory entries have the same bytes behind them: how small bombs grow."""
    data = bytearray(wheel({"a": b"x" * 50, "b": b"x" * 50}, zipfile.ZIP_STORED))
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    data[second + 46 : second + 47] = b"a"
    return bytes(data)


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("a-1-py3-none-any.whl", wheel()),
        ("a-1-py3-none-any.whl", wheel(method=zipfile.ZIP_STORED)),
        ("a-1.zip", wheel({"folder/": b"", **FILES})),
        ("a-1.tar.gz", sdist()),
        ("a-1.tgz", sdist({f"./{name}": data for name, data in FILES.items()}, entry("a", tarfile.DIRTYPE))),
    ],
)
def test_what_honest_tools_write_is_read(file: str, data: bytes) -> None:
    """Each kind of archive gives its files by path, in order, folders left out."""
    found = read_contents(file, data)
    assert found == FILES
    assert list(found) == sorted(FILES)


def test_a_module_is_read_by_its_own_rules() -> None:
    """What packing would not write is refused there too."""
    good = hostile_archives.archive(hostile_archives.file("module.toml", b"name = 1\n"))
    assert read_contents("acme-a-1.tar", good) == {"module.toml": b"name = 1\n"}
    with pytest.raises(ArchiveRefused):
        read_contents("acme-a-1.tar", hostile_archives.archive(hostile_archives.file("other", b"")))


WHEEL, SDIST = "a-1-py3-none-any.whl", "a-1.tar.gz"
TRICKS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a symbolic link": (SDIST, lambda: sdist({}, entry("l", tarfile.SYMTYPE, "/etc/passwd")), "a symbolic link"),
    "a hard link": (SDIST, lambda: sdist({}, entry("l", tarfile.LNKTYPE, "x")), "a hard link"),
    "a device": (SDIST, lambda: sdist({}, entry("d", tarfile.CHRTYPE)), "a character device"),
    "a named pipe": (SDIST, lambda: sdist({}, entry("p", tarfile.FIFOTYPE)), "a named pipe"),
    "a symbolic link in a ZIP": (WHEEL, linked, "a symbolic link"),
    "out of it": (SDIST, lambda: sdist({"a/../../b": b""}), "the part .."),
    "out of it in a ZIP": (WHEEL, lambda: wheel({"../b": b""}), "names inside the archive"),
    "absolute": (SDIST, lambda: sdist({"/etc/cron.d/x": b""}), "absolute"),
    "absolute in a ZIP": (WHEEL, lambda: wheel({"/etc/cron.d/x": b""}), "names inside the archive"),
    "a drive": (WHEEL, lambda: wheel({"C:/x": b""}), "absolute"),
    "a backslash": (SDIST, lambda: sdist({"a\\b": b""}), "a backslash"),
    "an empty part": (SDIST, lambda: sdist({"a//b": b""}), "no characters"),
    "twice": (SDIST, lambda: sdist({"a": b"1", "./a": b"2"}), "it is there twice"),
    "twice in a ZIP": (WHEEL, lambda: zip_of(zipfile.ZipInfo("a"), zipfile.ZipInfo("./a")), "it is there twice"),
    "case": (WHEEL, lambda: wheel({"A/x": b"", "a/X": b""}), "only case tells"),
    "a folder's case": (WHEEL, lambda: wheel({"A/x": b"", "a/y": b""}), "only case tells the folder"),
    "a file and a folder": (SDIST, lambda: sdist({"a": b"", "a/b": b""}), "it is a file, and the folder"),
    "no UTF-8": (SDIST, lambda: sdist({"x\udcff": b""}), "not UTF-8"),
    "a bomb": (SDIST, lambda: sdist({"zeros": bytes(40 * 1024 * 1024)}), "times its size"),
    "a bomb in a ZIP": (WHEEL, lambda: wheel({"zeros": bytes(40 * 1024 * 1024)}), "times its size"),
    "a shared body": (WHEEL, sharing, "it is there twice"),
    "encrypted": (WHEEL, lambda: _patched(wheel(), b"PK\1\2", 8, b"\1"), "disagree"),
    "another local name": (WHEEL, lambda: wheel().replace(b"a/__init__.py", b"a/__evil__.py", 1), "disagree"),
    "another size": (WHEEL, lambda: _patched(wheel(), b"PK\1\2", 24, b"\7"), "disagree"),
    "truncated": (SDIST, lambda: sdist()[:-40], "truncated"),
    "truncated ZIP": (WHEEL, lambda: wheel()[:-5], "no end record"),
    "no archive": (WHEEL, lambda: b"MZ\x90", "no end record"),
    "no gzip": (SDIST, lambda: b"MZ\x90", "gzip"),
    "another kind": ("a-1.rpm", lambda: b"", "neither ZIP nor gzipped tar"),
}


def _patched(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    at = data.index(mark) + offset
    return data[:at] + value + data[at + len(value) :]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_is_refused_by_name(trick: str) -> None:
    """The refusal says what was found; nothing is yielded, and nothing is ever written to a disk."""
    file, make, said = TRICKS[trick]
    with pytest.raises(ArchiveRefused) as raised:
        read_contents(file, make())
    assert said in raised.value.reason


LIMITS: dict[str, tuple[dict[str, Any], str]] = {
    "one file": ({"file_bytes": 5}, "more than 5"),
    "in all": ({"total_bytes": 10}, "more than 10 bytes in all"),
    "entries": ({"files": 1}, "more than 1 entries"),
}


@pytest.mark.parametrize("row", LIMITS)
@pytest.mark.parametrize(("file", "data"), [(WHEEL, wheel()), (SDIST, sdist())])
def test_what_is_too_large_is_refused(row: str, file: str, data: bytes) -> None:
    """A file, all files, the number of entries: each against its limit, of either kind of archive."""
    fields, said = LIMITS[row]
    with pytest.raises(ArchiveRefused) as raised:
        read_contents(file, data, Limits(**fields))
    assert said in raised.value.reason


def test_a_hundred_thousand_files_are_refused_by_the_limits_of_scans() -> None:
    """They are counted before one of them is kept."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}.py"), b"")
    with pytest.raises(ArchiveRefused) as raised:
        read_contents(WHEEL, made.getvalue())
    assert "more than 50000 entries" in raised.value.reason


def test_entries_that_share_bytes_are_refused() -> None:
    """An archive stored in an archive, whose inner entry is listed as an outer one too: what lets small bombs grow."""
    inner = wheel({"b": b"y" * 10}, zipfile.ZIP_STORED)
    local = inner[: inner.index(b"PK\1\2")]
    data = wheel({"a": local, "b": b"y" * 10}, zipfile.ZIP_STORED)
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    quoted = _patched(data[second:], b"PK\1\2", 42, struct.pack("<L", data.index(local)))
    with pytest.raises(ArchiveRefused) as raised:
        read_contents(WHEEL, data[:second] + quoted)
    assert raised.value.reason == "it shares bytes with another entry"
