"""A module's archive, read in memory: exactly what packing writes is accepted, anything else is refused by name.

Rule 1: every size is held against the limits before a byte of it is taken.
Rule 2: each header is written anew from what was read of it and must give the same bytes; so there are no links,
        folders, devices, owners, times or extras, and one tree has one archive.
Rule 3: nothing is yielded before the whole archive is proved. Nothing is ever extracted here.

Knows bytes; never a disk, a manifest or a signature.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import BinaryIO

from holdfast.trust.archive_layout import BLOCK, END, LARGEST_RECORD, checksum, headers, largest_archive, pax_record
from holdfast.trust.errors import ArchiveRefused, TreeRefused
from holdfast.trust.limits import LIMITS, Limits
from holdfast.trust.paths_of_trees import check_path, check_paths, is_left_out
from holdfast.trust.tree import TreeFile
from holdfast_resolver.values.modules import MANIFEST
from holdfast_resolver.values.tuples import NamedTuple

# Type flags of other writers, in words (POSIX.1-2017, "pax"; GNU tar manual, "Basic Tar Format").
_KINDS = {
    b"\0": "a file as archives from before POSIX have it",
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a character device",
    b"4": "a block device",
    b"5": "a folder",
    b"6": "a named pipe",
    b"7": "a contiguous file",
    b"D": "a folder dumped by GNU tar",
    b"K": "a long link name of GNU tar",
    b"L": "a long name of GNU tar",
    b"M": "a file continued from another volume",
    b"S": "a sparse file",
    b"V": "a volume label",
    b"g": "a global pax header",
}


class ArchiveFile(NamedTuple):
    """One file of an archive. `view` looks into the archive's bytes; `data` copies them."""

    path: str
    executable: bool
    view: memoryview

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return bytes(self.view)


def read_archive(archive: bytes | BinaryIO, limits: Limits = LIMITS) -> tuple[ArchiveFile, ...]:
    """Return the files of an archive, in its order: that of the bytes of their paths.

    Of a stream no more is read than the largest archive has. Raises `ArchiveRefused`, which names the entry.
    """
    largest = largest_archive(limits.files, limits.total_bytes)
    data = archive if isinstance(archive, bytes) else archive.read(largest + 1)
    if len(data) > largest:
        raise ArchiveRefused("", f"more than {largest} bytes")
    files = _Reader(data, limits).files()
    try:
        check_paths(file.path for file in files)
    except TreeRefused as error:
        raise ArchiveRefused(error.path, error.reason) from None
    if all(file.path != MANIFEST for file in files):
        raise ArchiveRefused(MANIFEST, "it is missing")
    return files


def tree_of(files: Iterable[ArchiveFile]) -> tuple[TreeFile, ...]:
    """Return the tree that an archive holds, for `tree_digest`."""
    return tuple(TreeFile(file.path, file.executable, sha256(file.view).hexdigest()) for file in files)


class _Reader:
    __slots__ = ("_at", "_data", "_limits", "_total")

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = memoryview(data)
        self._limits = limits
        self._at = 0
        self._total = 0  # bytes of files so far

    def files(self) -> tuple[ArchiveFile, ...]:
        files: list[ArchiveFile] = []
        before = b""
        while (block := self._take(BLOCK, "")).tobytes().strip(b"\0"):
            file = self._file(bytes(block))
            name = file.path.encode()
            if name <= before:
                reason = "it is there twice" if name == before else f"it stands after {before.decode()}"
                raise ArchiveRefused(file.path, reason)
            before = name
            files.append(file)
            if len(files) > self._limits.files:
                raise ArchiveRefused(file.path, f"more than {self._limits.files} files")
        self._end()
        return tuple(files)

    def _file(self, first: bytes) -> ArchiveFile:
        """Read the entry whose first block is `first`; it must be what `headers` writes."""
        start = self._at - BLOCK
        name, kind, size = _fields(first)
        header = first
        if kind == b"x":
            name = self._pax_path(size)
            header = bytes(self._take(BLOCK, _shown(name)))
            if not header.strip(b"\0"):
                raise ArchiveRefused(_shown(name), "a pax header without a file")
            _, kind, size = _fields(header, _shown(name))
            if kind == b"x":
                raise ArchiveRefused(_shown(name), "two pax headers for one file")
        path = _path(name)
        executable = header[100:108] == b"0000755\0"
        if headers(path, executable, size) != self._data[start : self._at]:
            raise ArchiveRefused(path, "a header that packing does not write")
        if size > self._limits.file_bytes:
            raise ArchiveRefused(path, f"{size} bytes, more than {self._limits.file_bytes}")
        self._total += size
        if self._total > self._limits.total_bytes:
            raise ArchiveRefused(path, f"more than {self._limits.total_bytes} bytes in all files together")
        return ArchiveFile(path, executable, self._padded(size, path))

    def _pax_path(self, size: int) -> bytes:
        """Read the data of a pax header: one record, a path."""
        if size > LARGEST_RECORD:
            raise ArchiveRefused("", f"a pax header of {size} bytes")
        record = bytes(self._padded(size, ""))
        # "13 path=a.md\n"
        name = record.partition(b" path=")[2].removesuffix(b"\n")
        if pax_record(name) != record:
            raise ArchiveRefused(_shown(name), "a pax header with other records than one path")
        return name

    def _padded(self, size: int, entry: str) -> memoryview:
        view = self._take(size, entry)
        if self._take(-size % BLOCK, entry).tobytes().strip(b"\0"):
            raise ArchiveRefused(entry, "bytes between its end and the next entry")
        return view

    def _take(self, count: int, entry: str) -> memoryview:
        view = self._data[self._at : self._at + count]
        if len(view) < count:
            raise ArchiveRefused(entry, "the archive ends early: it is truncated")
        self._at += count
        return view

    def _end(self) -> None:
        rest = self._data[self._at - BLOCK :]
        if len(rest) < len(END):
            raise ArchiveRefused("", "the archive ends early: it is truncated")
        if rest != END:
            raise ArchiveRefused("", "bytes after its end")


def _fields(header: bytes, known: str = "") -> tuple[bytes, bytes, int]:
    """Return name, type flag and size of a header; `known` is the name that a pax header gave it."""
    name = header[:100].partition(b"\0")[0]
    entry = known or _shown(name)
    if header[257:262] != b"ustar":  # no header at all, so what stands there is no name
        raise ArchiveRefused(known, "no ustar header where an entry must begin")
    if header[257:265] != b"ustar\x0000":
        raise ArchiveRefused(entry, "a header of GNU tar, not a POSIX one (ustar)")
    if header[148:156] != b"%06o\0 " % checksum(header):
        raise ArchiveRefused(entry, "a wrong checksum")
    kind = header[156:157]
    if kind not in (b"0", b"x"):
        raise ArchiveRefused(entry, f"{_KINDS.get(kind, 'an entry of an unknown type')}, not a file")
    digits = header[124:135]
    if header[135] != 0 or not all(48 <= digit <= 55 for digit in digits):
        raise ArchiveRefused(entry, "a size that is not 11 octal digits")
    return name, kind, int(digits, 8)


def _path(name: bytes) -> str:
    try:
        path = check_path(name.decode())
    except UnicodeDecodeError:
        raise ArchiveRefused(_shown(name), "a name that is not UTF-8") from None
    except TreeRefused as error:
        raise ArchiveRefused(error.path, error.reason) from None
    if any(is_left_out(part) for part in path.split("/")):
        raise ArchiveRefused(path, "a name that is never part of a module")
    return path


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
