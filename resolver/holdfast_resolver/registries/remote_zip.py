"""Entries of a ZIP archive on an index: its directory from the file's end, then one entry.

Joins `remote_file` (bytes) and `zip_directory` (format).
"""

from collections.abc import Generator

from holdfast_resolver.registries.faults import AnswerFaultError
from holdfast_resolver.registries.port import Request, Response
from holdfast_resolver.registries.remote_file import Reading, RemoteFile
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

TAIL_BYTES = 64 * 1024
_SLACK = 1024  # a local header's extra field is rarely longer, and its length is not known beforehand


def load_entries(
    file: RemoteFile,
) -> Generator[Request, Response, tuple[Directory, list[Entry]]]:
    """Ask for the archive's end, and once more when its directory begins before that."""
    yield from file.load_tail(TAIL_BYTES)
    known_from, known = file.known_tail()
    start = max(known_from, file.size - MAX_END_BYTES)
    directory = find_directory(known[start - known_from :], start)
    if directory.start < known_from:
        # The wanted entry often stands right before the directory: fetch some of that too.
        yield from file.read(max(0, directory.start - TAIL_BYTES), directory.end)
    body = yield from file.read(directory.start, directory.end)
    return directory, read_entries(body, directory.entries)


def read_entry(file: RemoteFile, directory: Directory, entry: Entry, max_bytes: int) -> Reading:
    """Return the content of one entry of at most `max_bytes`."""
    if entry.size > max_bytes or entry.compressed > max_bytes + _SLACK:
        raise AnswerFaultError(f"expected at most {max_bytes} bytes in {entry.name[:80]!r}, found {entry.size}")
    head = entry.offset + LOCAL_BYTES + len(entry.name)
    likely_end = min(head + entry.compressed + _SLACK, directory.start)
    local = yield from file.read(entry.offset, max(likely_end, entry.offset))
    start = entry.offset + data_offset(local, entry)
    if start + entry.compressed > directory.start:
        raise AnswerFaultError(f"the data of {entry.name[:80]!r} reaches into the archive directory")
    data = yield from file.read(start, start + entry.compressed)
    return inflate(data, entry, max_bytes)
