"""Reading a module's archive: exactly what packing writes, and nothing else."""

import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.publish.archive_writer import write_archive
from holdfast.trust.archive import read_archive, tree_of
from holdfast.trust.archive_layout import BLOCK, END, checksum, headers, padding, pax_record
from holdfast.trust.errors import ArchiveRefused, TreeRefused
from holdfast.trust.limits import Limits
from holdfast.trust.tree import TreeFile
from tests.support.module_folders import GOLDEN_FILES, GOLDEN_PROGRAMS

Content = tuple[str, bool, bytes]
MANIFEST: Content = ("module.toml", False, b'name = "@acme/guards"\n')
LONG = "deep/" * 24 + "file-whose-path-needs-a-pax-header.txt"
GOLDEN = [MANIFEST, *[(path, path in GOLDEN_PROGRAMS, data) for path, data in GOLDEN_FILES.items()]]


def entry(path: str, data: bytes = b"", executable: bool = False) -> bytes:
    """One entry as packing writes it, without any check of the path."""
    return headers(path, executable, len(data)) + data + padding(len(data))


def archive(*entries: bytes) -> bytes:
    """An archive of raw entries; the manifest is the last of them unless a later path follows it."""
    return b"".join(entries) + END


def edited(block: bytes, at: int, value: bytes) -> bytes:
    """A header with other bytes at an offset, its checksum made right again."""
    changed = bytearray(block)
    changed[at : at + len(value)] = value
    changed[148:156] = b"%06o\0 " % checksum(changed)
    return bytes(changed)


MODULE = entry(*("module.toml", MANIFEST[2]))
HEADER = headers("a.md", False, 0)
PAX = headers(LONG, False, 0)


def test_what_is_written_is_read_again() -> None:
    """Paths, modes and bytes; in the order of the bytes of the paths."""
    data = write_archive(reversed(GOLDEN))
    found = [(file.path, file.executable, file.data) for file in read_archive(data)]
    assert found == sorted(GOLDEN, key=lambda content: content[0].encode())
    assert read_archive(io.BytesIO(data)) == read_archive(data)
    assert TreeFile("tools/run", True, "306c6ca7407560340797866e077e053627ad409277d1b9da58106fce4cf717cb") in tree_of(
        read_archive(data)
    )


paths = st.lists(st.text("abAZ09._-\u00e9\u65e5", min_size=1, max_size=40), min_size=1, max_size=6).map("/".join)


@given(st.lists(st.tuples(paths, st.booleans(), st.binary(max_size=1100)), max_size=6))
def test_whatever_can_be_written_is_read_again_and_gives_the_same_bytes(contents: list[Content]) -> None:
    """Writer and reader agree on every tree: one tree, one archive."""
    try:
        data = write_archive([MANIFEST, *contents])
    except TreeRefused:
        return
    files = read_archive(data)
    assert write_archive([(file.path, file.executable, file.data) for file in files]) == data
    assert {(file.path, file.executable, file.data) for file in files} == {MANIFEST, *contents}


def test_pythons_tarfile_reads_it() -> None:
    """Long and non-ASCII paths, empty files and modes, as another reader sees them."""
    with tarfile.open(fileobj=io.BytesIO(write_archive(GOLDEN))) as tar:
        members = {member.name: member for member in tar}
        contents = {name: tar.extractfile(member) for name, member in members.items()}
        assert {name: file.read() for name, file in contents.items() if file} == {
            path: data for path, _, data in GOLDEN
        }
    assert all(member.isreg() for member in members.values())
    assert {member.mode for member in members.values()} == {0o644, 0o755}
    assert members["tools/run"].mode == 0o755
    facts = {(member.uid, member.gid, member.uname, member.gname, member.mtime) for member in members.values()}
    assert facts == {(0, 0, "", "", 0)}


@pytest.mark.skipif(not shutil.which("tar") or sys.platform == "win32", reason="no tar here")
def test_tar_unpacks_it(tmp_path: Path) -> None:
    """`tar -xf` gives the same files."""
    done = subprocess.run(["tar", "-xf", "-", "-C", str(tmp_path)], input=write_archive(GOLDEN), capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    for path, executable, data in GOLDEN:
        assert (tmp_path / path).read_bytes() == data
        assert bool((tmp_path / path).stat().st_mode & 0o100) is executable


def by_tarfile(kind: bytes, *, link: str = "", form: Literal[0, 1] = tarfile.USTAR_FORMAT, name: str = "a.md") -> bytes:
    """One entry of a type, written by another tool, before a manifest."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mtime, info.mode = kind, link, 0, 0o644
    return archive(info.tobuf(form), MODULE)


SIZES = {  # what a size field may hold that is no plain size
    "base-256": b"\x80" + bytes(10) + b"\x05",
    "negative": b"\xff" * 12,
    "blanks": b"          5 ",
    "no digits": b"0000000000x\0",
    "twelve digits": b"000000000005",
}

REFUSED: dict[str, tuple[bytes, str, str]] = {
    # case: (archive, entry named, a part of the reason)
    "nothing": (b"", "", "truncated"),
    "an end only": (END, "module.toml", "missing"),
    "no manifest": (archive(entry("a.md")), "module.toml", "missing"),
    "a manifest deeper only": (archive(entry("a/module.toml")), "module.toml", "missing"),
    "one block of end": (MODULE + END[:BLOCK], "", "truncated"),
    "no end": (MODULE, "", "truncated"),
    "a header cut": (MODULE + HEADER[:300], "", "truncated"),
    "data cut": (entry("module.toml", b"x" * 900)[:1000], "module.toml", "truncated"),
    "padding cut": (entry("module.toml", b"x" * 600)[:-8], "module.toml", "truncated"),
    "a size beyond the end": (archive(edited(MODULE[:BLOCK], 124, b"00000777777\0")), "module.toml", "truncated"),
    "a byte after the end": (archive(MODULE) + b"\0", "", "after its end"),
    "a block after the end": (archive(MODULE) + bytes(BLOCK), "", "after its end"),
    "an entry after the end": (archive(MODULE) + archive(entry("n.md")), "", "after its end"),
    "gzip": (b"\x1f\x8b" + bytes(510) + archive(MODULE), "", "ustar"),
    "noise": (b"x" * 2048, "", "no ustar"),
    "bytes in the padding": (archive(MODULE[:-1] + b"!"), "module.toml", "between"),
    "a wrong checksum": (archive(HEADER[:140] + b"1" + HEADER[141:], MODULE), "a.md", "checksum"),
    "a checksum spelled otherwise": (
        archive(HEADER[:148] + b"0" + HEADER[148:154] + b"\0" + HEADER[156:], MODULE),
        "a.md",
        "checksum",
    ),
    "a flipped bit of the name": (archive(b"b" + HEADER[1:], MODULE), "b.md", "checksum"),
    "a mode with more": (archive(edited(HEADER, 100, b"0004755"), MODULE), "a.md", "does not write"),
    "a mode with less": (archive(edited(HEADER, 100, b"0000600"), MODULE), "a.md", "does not write"),
    "an owner": (archive(edited(HEADER, 108, b"0001750"), MODULE), "a.md", "does not write"),
    "a group": (archive(edited(HEADER, 116, b"0001750"), MODULE), "a.md", "does not write"),
    "an owner's name": (archive(edited(HEADER, 265, b"root"), MODULE), "a.md", "does not write"),
    "a time": (archive(edited(HEADER, 136, b"14000000000"), MODULE), "a.md", "does not write"),
    "a link's target on a file": (archive(edited(HEADER, 157, b"/etc/passwd"), MODULE), "a.md", "does not write"),
    "a prefix": (archive(edited(HEADER, 345, b".."), MODULE), "a.md", "does not write"),
    "bytes behind the name": (archive(edited(HEADER, 5, b"evil"), MODULE), "a.md", "does not write"),
    "bytes behind the header": (archive(edited(HEADER, 504, b"evil"), MODULE), "a.md", "does not write"),
    "a device number": (archive(edited(HEADER, 329, b"0000001"), MODULE), "a.md", "does not write"),
    "a pre-POSIX header": (archive(edited(HEADER, 257, bytes(8)), MODULE), "", "no ustar"),
    "a GNU header": (by_tarfile(b"0", form=tarfile.GNU_FORMAT), "a.md", "ustar"),
    "a GNU long name": (by_tarfile(b"0", form=tarfile.GNU_FORMAT, name="a" * 120), "././@LongLink", "ustar"),
    "a hard link": (by_tarfile(b"1", link="/etc/passwd"), "a.md", "hard link"),
    "a symbolic link": (by_tarfile(b"2", link="../../x"), "a.md", "symbolic link"),
    "a character device": (by_tarfile(b"3"), "a.md", "character device"),
    "a block device": (by_tarfile(b"4"), "a.md", "block device"),
    "a folder": (by_tarfile(b"5"), "a.md/", "folder"),
    "a named pipe": (by_tarfile(b"6"), "a.md", "pipe"),
    "a contiguous file": (by_tarfile(b"7"), "a.md", "contiguous"),
    "a sparse file": (by_tarfile(b"S"), "a.md", "sparse"),
    "a file of before POSIX": (by_tarfile(b"\0"), "a.md", "before POSIX"),
    "a global pax header": (by_tarfile(b"g"), "a.md", "pax"),
    "an unknown type": (by_tarfile(b"Z"), "a.md", "unknown type"),
    "twice the same": (archive(entry("a.md"), entry("a.md"), MODULE), "a.md", "twice"),
    "unsorted": (archive(MODULE, entry("a.md")), "a.md", "after module.toml"),
    "a case clash": (archive(entry("A.md"), entry("a.md"), MODULE), "a.md", "case or spelling"),
    "a file that is a folder": (archive(entry("a"), entry("a/b"), MODULE), "a", "folder"),
    "folders that clash": (archive(entry("A/b"), entry("a/c"), MODULE), "a/c", "folder"),
    "bytecode": (archive(entry("__pycache__/a.cpython-311.pyc"), MODULE), "__pycache__/a.cpython-311.pyc", "never"),
    "a hook of git": (archive(entry(".git/hooks/pre-commit"), MODULE), ".git/hooks/pre-commit", "never"),
    "a name that is not UTF-8": (archive(edited(HEADER, 0, b"a\xff"), MODULE), "a\\xffmd", "UTF-8"),
    "a name without characters": (archive(edited(HEADER, 0, bytes(4)), MODULE), "", "part"),
    "a pax header for nothing": (archive(PAX[: 2 * BLOCK], MODULE)[: 2 * BLOCK] + END, LONG, "without a file"),
    "two pax headers": (archive(PAX[: 2 * BLOCK], PAX, MODULE), LONG, "two pax"),
    "a pax header that is not needed": (
        archive(edited(PAX[:BLOCK], 124, b"%011o" % 13), pax_record(b"a.md") + padding(13), HEADER, MODULE),
        "a.md",
        "does not write",
    ),
    "a pax header as large as it likes": (
        archive(edited(PAX[:BLOCK], 124, b"77777777777"), MODULE),
        "",
        "pax header of",
    ),
    "a folder after a pax header": (
        archive(PAX[: 2 * BLOCK], edited(PAX[2 * BLOCK :], 156, b"5"), MODULE),
        LONG,
        "folder",
    ),
    **{
        f"a size of {case}": (archive(edited(HEADER, 124, value), MODULE), "a.md", "octal")
        for case, value in SIZES.items()
    },
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_archive_that_packing_does_not_write_is_refused_and_the_entry_named(case: str) -> None:
    """Truncation, extras, other writers, links, clashes: each by its own reason."""
    data, entry_named, reason = REFUSED[case]
    with pytest.raises(ArchiveRefused) as refused:
        read_archive(data)
    assert refused.value.entry == entry_named
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    "record",
    [
        b"13 path=a.md\n" + b"11 size=99\n",
        b"11 size=99\n" + b"13 path=a.md\n",
        b"20 GNU.sparse.major=1\n",
        b"19 linkpath=/etc/x\n",
        b"013 path=a.md\n",
        b"14 path=a.md\n\0",
        b"99 path=a.md\n",
        b"path=a.md\n",
        b"13 path=a.md ",
        b"13 Path=a.md\n",
        b"",
    ],
)
def test_a_pax_header_with_anything_but_a_path_is_refused(record: bytes) -> None:
    """A second record could change the size, a link or sparse parts behind the header's back."""
    head = edited(PAX[:BLOCK], 124, b"%011o" % len(record))
    with pytest.raises(ArchiveRefused):
        read_archive(archive(head, record + padding(len(record)), PAX[2 * BLOCK :], MODULE))


@pytest.mark.parametrize(
    "path",
    [
        "../a.md",
        "/a.md",
        "a/../b.md",
        "./a.md",
        "a//b",
        "a\\b",
        "C:/a",
        "NUL",
        "a.",
        "e\u0301",
        "a\u202eb",
        "a\nb",
        "a\0b",
        "a/" * 40 + "b",
        "a" * 600,
    ],
    ids=ascii,
)
def test_an_entry_whose_path_leads_elsewhere_is_refused_and_named(path: str) -> None:
    """By its header, and by a pax record, also where the record carries what a header could not."""
    raw = path.encode()
    record = pax_record(raw)
    head = edited(PAX[:BLOCK], 124, b"%011o" % len(record))
    by_pax = archive(head, record + padding(len(record)), PAX[2 * BLOCK :], MODULE)
    with pytest.raises(ArchiveRefused) as refused:
        read_archive(by_pax)
    assert refused.value.entry == path
    if path.isascii() and len(raw) <= 100 and "\0" not in path:
        with pytest.raises(ArchiveRefused) as refused:
            read_archive(archive(edited(HEADER, 0, raw + b"\0"), MODULE))
        assert refused.value.entry == path


def test_bombs_are_refused_before_anything_is_taken() -> None:
    """Too many files, too many bytes in one or in all, by what the headers claim; no stream is read on."""
    data = write_archive([MANIFEST, ("a.md", False, b"x" * 1000), ("b.md", False, b"x" * 1000)])
    whole = 2000 + len(MANIFEST[2])
    assert len(read_archive(data, Limits(3, 1000, whole))) == 3
    for limits, path in (
        (Limits(2, 1000, 3000), "module.toml"),
        (Limits(3, 999, 3000), "a.md"),
        (Limits(3, 1000, 1999), "b.md"),
    ):
        with pytest.raises(ArchiveRefused) as refused:
            read_archive(data, limits)
        assert refused.value.entry in (path, "")
    claimed = edited(HEADER, 124, b"77777777777")  # 8 GiB
    with pytest.raises(ArchiveRefused, match="more than 67108864"):
        read_archive(archive(claimed, MODULE))

    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1, /) -> bytes:
            Endless.taken += size
            return bytes(size)

    with pytest.raises(ArchiveRefused):
        read_archive(Endless(), Limits(2, 10, 20))  # type: ignore[arg-type]  # only `read` is asked of a stream
    assert Endless.taken < 20_000


@given(st.data())
def test_no_bit_of_an_archive_may_change(data: st.DataObject) -> None:
    """Whatever one byte is changed to, the archive is refused or gives another content of one file."""
    good = write_archive(GOLDEN)
    at = data.draw(st.integers(0, len(good) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda value: value != good[at]))
    bad = good[:at] + bytes([value]) + good[at + 1 :]
    try:
        files = read_archive(bad)
    except ArchiveRefused:
        return
    assert tree_of(files) != tree_of(read_archive(good))
    assert write_archive([(file.path, file.executable, file.data) for file in files]) == bad


@given(st.integers(0, 20_000))
def test_a_truncated_archive_is_refused(length: int) -> None:
    """Wherever the bytes end."""
    good = write_archive(GOLDEN)
    with pytest.raises(ArchiveRefused):
        read_archive(good[: min(length, len(good) - 1)])
