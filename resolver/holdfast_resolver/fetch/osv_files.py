"""Advisory records in a folder or in a ZIP archive, one JSON file each: those that may concern some packages.

    advisories/GHSA-462w.json  advisories/more/MAL-1.json      a folder, with all folders in it
    npm.zip                                                    an export of a whole ecosystem: 300,000 records

Nothing is unpacked to disk, no link is followed, and one record is in memory at a time. Knows disks and archives; what
a record says is not known here. An archive that contradicts itself is refused as a whole; a file of it that is too long
or broken is named in the place of its bytes.
"""

from __future__ import annotations

import os
import stat
from operator import attrgetter

from holdfast_resolver.errors import RegistryAnswerInvalid, RegistryUnavailable
from holdfast_resolver.registries.faults import AnswerFaultError, answer_of
from holdfast_resolver.registries.zip_directory import (
    LOCAL_BYTES,
    MAX_END_BYTES,
    Directory,
    Entry,
    data_offset,
    find_directory,
    inflate,
    read_entries,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO, TypeAlias

    # The names of packages that a record may speak of; None where it has to be read to know.
    NamesOf: TypeAlias = "Callable[[bytes], tuple[str, ...] | None]"
    Record: TypeAlias = "tuple[str, bytes | str]"  # its file, and its bytes or the reason why they cannot be had

LIMIT = 4 * 1024 * 1024  # bytes of a record
FILES = 1_000_000
TOTAL = 8 * 1024**3  # bytes of all records of an archive, inflated
SOURCE = "advisories"  # what messages call all this
_WINDOW = 1024 * 1024  # bytes that are read at once
_JSON = b".json"


def read_files(path: str, wanted: frozenset[str], names_of: NamesOf, cache: str = "") -> Iterator[Record]:
    """Yield the records below `path` that may concern the packages with the `wanted` names, in a steady order.

    Of an archive, what names it speaks of is kept in the folder `cache` ("" = nowhere), by the archive's own directory.
    Raises `RegistryUnavailable` for what cannot be read, `RegistryAnswerInvalid` for what is neither a folder nor an
    archive, or an archive that is refused.
    """
    try:
        if os.path.isdir(path):
            yield from _folder(path, wanted, names_of)
            return
        with open(path, "rb") as stream, answer_of(SOURCE, path, ""):
            yield from _archive(stream, wanted, names_of, cache)
    except OSError as error:
        raise RegistryUnavailable(SOURCE, path, "", error.strerror or type(error).__name__) from None


def holds_records(path: str) -> bool:
    """Whether any file of a folder or an archive is named as a record is. Raises as `read_files` does."""
    try:
        if os.path.isdir(path):
            return any(name.endswith(".json") for _, _, files in os.walk(path, onerror=_raised) for name in files)
        with open(path, "rb") as stream, answer_of(SOURCE, path, ""):
            size = stream.seek(0, os.SEEK_END)
            start = max(0, size - MAX_END_BYTES)
            place = find_directory(_part(stream, start, size), start)
            entries = read_entries(_part(stream, place.start, place.end), place.entries)
            return any(entry.name.endswith(_JSON) for entry in entries)
    except OSError as error:
        raise RegistryUnavailable(SOURCE, path, "", error.strerror or type(error).__name__) from None


def _folder(path: str, wanted: frozenset[str], names_of: NamesOf) -> Iterator[Record]:
    count = 0
    for folder, folders, files in os.walk(path, onerror=_raised):
        folders.sort()
        for name in sorted(files):
            if not name.endswith(".json"):
                continue
            count += 1
            if count > FILES:
                raise RegistryAnswerInvalid(SOURCE, path, "", f"more than {FILES} records")
            data = _file(os.path.join(folder, name))
            if isinstance(data, str) or _concerns(names_of(data), wanted):
                yield os.path.join(folder, name), data


def _raised(error: OSError) -> None:
    raise error


def _file(path: str) -> bytes | str:
    """A regular file's bytes; opened without following a link."""
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        return "a symbolic link" if os.path.islink(path) else error.strerror or type(error).__name__
    with open(number, "rb") as stream:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            return "a special file"
        try:
            data = stream.read(LIMIT + 1)
        except OSError as error:
            return error.strerror or type(error).__name__
    return data if len(data) <= LIMIT else f"more than {LIMIT} bytes"


def _concerns(names: tuple[str, ...] | None, wanted: frozenset[str]) -> bool:
    return names is None or not wanted.isdisjoint(names)


def _archive(stream: BinaryIO, wanted: frozenset[str], names_of: NamesOf, cache: str) -> Iterator[Record]:
    from holdfast_resolver.fetch.osv_index import NameIndex, NamesKept  # start-up: only where there is an archive

    size = stream.seek(0, os.SEEK_END)
    start = max(0, size - MAX_END_BYTES)
    place = find_directory(_part(stream, start, size), start)
    directory = _part(stream, place.start, place.end)
    kept = NamesKept(cache, directory, size)
    index = kept.find()
    if index is not None:
        spots = index.of(wanted)
        entries = [read_entries(_row(directory, spot), 1)[0] for spot in spots]
        for entry in sorted(entries, key=attrgetter("offset")):
            yield _shown(entry), _read(stream, entry)
        return
    found = NameIndex()
    for spot, entry, data in _every(stream, directory, place):
        names = None if isinstance(data, str) else names_of(data)
        found.add(spot, names)
        if _concerns(names, wanted):
            yield _shown(entry), data
    kept.keep(found)


def _every(stream: BinaryIO, directory: bytes, place: Directory) -> Iterator[tuple[int, Entry, bytes | str]]:
    """Every record: where its row is in the directory, the row, and its bytes or why they cannot be had."""
    if place.entries > FILES:
        raise AnswerFaultError(f"expected at most {FILES} records, found {place.entries}")
    entries = read_entries(directory, place.entries)
    order = sorted(zip(_spots(directory, place.entries), entries, strict=True), key=lambda pair: pair[1].offset)
    total = after = 0
    window, begin = b"", 0
    for spot, entry in order:
        if entry.offset < after or entry.offset >= place.start:
            raise AnswerFaultError(f"{_shown(entry)} shares bytes with another file, or with the directory")
        after = entry.offset + LOCAL_BYTES + len(entry.name) + entry.compressed
        if not entry.name.endswith(_JSON):
            continue
        total += entry.size
        if total > TOTAL:
            raise AnswerFaultError(f"expected at most {TOTAL} bytes in all records, found more")
        if entry.size > LIMIT or entry.compressed > LIMIT + 1024:
            yield spot, entry, f"more than {LIMIT} bytes"
            continue
        end = after + 0xFFFF  # the longest extra field of a local header
        if not (begin <= entry.offset and end <= begin + len(window)):
            begin = entry.offset
            window = _part(stream, begin, min(max(end, begin + _WINDOW), place.start))
        yield spot, entry, _content(window, entry.offset - begin, entry)


def _read(stream: BinaryIO, entry: Entry) -> bytes | str:
    if entry.size > LIMIT or entry.compressed > LIMIT + 1024:
        return f"more than {LIMIT} bytes"
    end = entry.offset + LOCAL_BYTES + len(entry.name) + 0xFFFF + entry.compressed
    return _content(_part(stream, entry.offset, end), 0, entry)


def _content(window: bytes, at: int, entry: Entry) -> bytes | str:
    try:
        begin = at + data_offset(window[at : at + LOCAL_BYTES + len(entry.name)], entry)
        return inflate(window[begin : begin + entry.compressed], entry, LIMIT)
    except AnswerFaultError as fault:
        return fault.detail


def _part(stream: BinaryIO, start: int, end: int) -> bytes:
    stream.seek(start)
    return stream.read(max(0, end - start))


def _spots(directory: bytes, count: int) -> list[int]:
    """Where each row of a directory begins, which `read_entries` has proved."""
    spots, at = [], 0
    for _ in range(count):
        spots.append(at)
        at += _length(directory, at)
    return spots


def _row(directory: bytes, at: int) -> bytes:
    return directory[at : at + _length(directory, at)] if at + 46 <= len(directory) else b""


def _length(directory: bytes, at: int) -> int:
    """46 bytes, then name, extra field and comment: APPNOTE 4.3.12."""
    lengths = directory[at + 28 : at + 34]
    return 46 + sum(int.from_bytes(lengths[place : place + 2], "little") for place in (0, 2, 4))


def _shown(entry: Entry) -> str:
    return entry.name.decode("utf-8", "backslashreplace")[:200]
