"""The files of a package's archive, read in memory to be looked at: wheels, sdists, module archives.

Rule 1: every size is held against the limits before a byte of it is taken.
Rule 2: whatever two tools could unpack differently is refused by name: links, devices, odd paths, a path twice, paths
        that only case tells apart, entries that share bytes, a directory that contradicts its entries.
Rule 3: nothing is yielded before the whole archive is proved. Nothing is ever extracted here.

Knows bytes; never a disk, a lock or a hash: whoever asks has checked the archive's digest.
"""

import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from unicodedata import normalize

from holdfast.trust.archive import read_archive
from holdfast.trust.errors import ArchiveRefused
from holdfast.trust.limits import Limits
from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.registries.faults import answer_of
from holdfast_resolver.registries.tar_stream import TarStream
from holdfast_resolver.registries.zip_directory import (
    LOCAL_BYTES,
    MAX_END_BYTES,
    Entry,
    data_offset,
    find_directory,
    inflate,
    read_entries,
)

# One compiled file of an honest package may be 100 MB; what bounds the memory is the whole.
LIMITS = Limits(files=50_000, file_bytes=Limits().total_bytes)
LARGEST_RATIO = 200  # of the files to the archive, where they are more than a mebibyte
_FREE = 1024 * 1024  # bytes that any archive may inflate to
_ZIPS = (".whl", ".zip", ".egg")
_GZIPS = (".tar.gz", ".tgz")
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a character device",
    b"4": "a block device",
    b"6": "a named pipe",
}
_CENTRAL_BYTES = 46  # of an entry of a ZIP directory, before its name (APPNOTE 6.3, 4.3.12)


def read_contents(file: str, data: bytes, limits: Limits = LIMITS) -> dict[str, bytes]:
    """Return {path: bytes} of an archive, by the paths' order; `file` is its name, which says of what kind it is.

    Raises `ArchiveRefused`, which names the entry and the reason.
    """
    found: dict[str, bytes] = {}
    with _refusing(file):
        if file.endswith(_ZIPS):
            found = _read_zip(data, limits)
        elif file.endswith(_GZIPS):
            found = _read_tar(data, limits)
        elif file.endswith(".tar"):
            found = {one.path: one.data for one in read_archive(data)}
        else:
            raise ArchiveRefused("", "an archive of a kind that is not read: neither ZIP nor gzipped tar")
    return dict(sorted(found.items()))


@contextmanager
def _refusing(file: str) -> Iterator[None]:
    """A fault that the readers of the index find becomes a refusal."""
    try:
        with answer_of("", file, ""):
            yield
    except RegistryAnswerInvalid as error:
        raise ArchiveRefused("", error.detail) from None


class _Tally:
    """What was found so far, held against the limits and against itself."""

    def __init__(self, archive_bytes: int, limits: Limits) -> None:
        self._limits = limits
        self._most = max(_FREE, LARGEST_RATIO * archive_bytes)
        self._total = 0
        self._entries = 0
        self._files: dict[str, str] = {}  # caseless form -> path
        self._folders: dict[str, str] = {}

    def folder(self, name: bytes) -> None:
        """Take a folder. Raises `ArchiveRefused`."""
        self._count(_shown(name))
        path = _path(name.rstrip(b"/") or b".")
        if path != ".":
            self._hold_folders(path + "/")

    def file(self, name: bytes, size: int) -> str:
        """Take a file of `size` bytes and return its path. Raises `ArchiveRefused`."""
        self._count(_shown(name))
        path = _path(name)
        folded = _caseless(path)
        known = self._files.get(folded)
        if known is not None:
            raise ArchiveRefused(path, "it is there twice" if known == path else f"only case tells it from {known}")
        self._files[folded] = path
        self._hold_folders(path)
        if size > self._limits.file_bytes:
            raise ArchiveRefused(path, f"{size} bytes, more than {self._limits.file_bytes}")
        self._total += size
        if self._total > self._limits.total_bytes:
            raise ArchiveRefused(path, f"more than {self._limits.total_bytes} bytes in all files together")
        if self._total > self._most:
            raise ArchiveRefused(path, f"the archive inflates to more than {LARGEST_RATIO} times its size")
        return path

    def finish(self) -> None:
        """Raise `ArchiveRefused` where a path is a file and a folder."""
        for folded, folder in self._folders.items():
            if folded in self._files:
                raise ArchiveRefused(self._files[folded], f"it is a file, and the folder of other files is {folder}")

    def _count(self, entry: str) -> None:
        self._entries += 1
        if self._entries > self._limits.files:
            raise ArchiveRefused(entry, f"more than {self._limits.files} entries")

    def _hold_folders(self, path: str) -> None:
        at = path.find("/")
        while at >= 0:
            spelled = self._folders.setdefault(_caseless(path[:at]), path[:at])
            if spelled != path[:at]:
                raise ArchiveRefused(path, f"only case tells the folder {path[:at]} from {spelled}")
            at = path.find("/", at + 1)


def _read_tar(data: bytes, limits: Limits) -> dict[str, bytes]:
    tally, found, stream = _Tally(len(data), limits), {}, TarStream(data)
    for member in stream.members():
        if member.kind == b"5":
            tally.folder(member.name)
        elif member.kind == b"0":
            path = tally.file(member.name, member.size)
            found[path] = stream.read(member, limits.file_bytes)
        else:
            raise ArchiveRefused(_shown(member.name), _KINDS.get(member.kind, "an entry of an unknown type"))
    tally.finish()
    return found


def _read_zip(data: bytes, limits: Limits) -> dict[str, bytes]:
    tail = data[-MAX_END_BYTES:]
    place = find_directory(tail, len(data) - len(tail))
    directory = data[place.start : place.end]
    entries = read_entries(directory, place.entries)
    tally, found, spans = _Tally(len(data), limits), {}, []
    for entry, kind in zip(entries, _types(directory, len(entries)), strict=True):
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise ArchiveRefused(_shown(entry.name), "a symbolic link" if kind == stat.S_IFLNK else "a special file")
        if entry.name.endswith(b"/"):
            tally.folder(entry.name)
            if entry.size:
                raise ArchiveRefused(_shown(entry.name), "a folder with bytes of its own")
            continue
        path = tally.file(entry.name, entry.size)
        start = entry.offset + data_offset(data[entry.offset : entry.offset + LOCAL_BYTES + len(entry.name) + 1], entry)
        spans.append((entry.offset, start + entry.compressed, path))
        found[path] = inflate(_part(data, start, entry), entry, limits.file_bytes)
    _refuse_shared(spans, place.start)
    tally.finish()
    return found


def _part(data: bytes, start: int, entry: Entry) -> bytes:
    part = data[start : start + entry.compressed]
    if len(part) < entry.compressed:
        raise ArchiveRefused(_shown(entry.name), "the archive ends early: it is truncated")
    return part


def _types(directory: bytes, count: int) -> Iterator[int]:
    """Yield the file type of each entry's Unix mode, 0 where it has none; `read_entries` has proved the directory."""
    at = 0
    for _ in range(count):
        lengths = struct.unpack_from("<3H", directory, at + 28)
        system, attributes = directory[at + 5], struct.unpack_from("<L", directory, at + 38)[0]
        yield stat.S_IFMT(attributes >> 16) if system == 3 else 0
        at += _CENTRAL_BYTES + sum(lengths)


def _refuse_shared(spans: list[tuple[int, int, str]], directory: int) -> None:
    end = 0
    for start, after, path in sorted(spans):
        if start < end or after > directory:
            raise ArchiveRefused(path, "it shares bytes with another entry")
        end = after


def _path(name: bytes) -> str:
    """Return a path without a leading "./". Raises `ArchiveRefused` for one that is not plainly inside."""
    try:
        path = name.decode("utf-8")
    except UnicodeDecodeError:
        raise ArchiveRefused(_shown(name), "a name that is not UTF-8") from None
    while path.startswith("./"):
        path = path[2:]
    if path.startswith("/") or path[1:2] == ":":
        raise ArchiveRefused(path, "an absolute path")
    if "\\" in path or "\0" in path:
        raise ArchiveRefused(path, "a backslash or a NUL in its name")
    if path != ".":
        for part in path.split("/"):
            if part in ("", ".", ".."):
                raise ArchiveRefused(path, f"the part {part or 'of no characters'} in its path")
    return path


def _caseless(text: str) -> str:
    return text.lower() if text.isascii() else normalize("NFD", normalize("NFD", text).casefold())


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
