"""The directory of a ZIP archive read from its end (APPNOTE 6.3, section 4.3), and one entry inflated.

Strict on purpose: whatever two ZIP readers could understand differently (a second directory, other local
names, data between directory and end) is refused. Knows bytes only; who fetches them is in `remote_zip`.
"""

import struct
import zlib

from holdfast_resolver.registries.faults import AnswerFaultError
from holdfast_resolver.values.tuples import NamedTuple

MAX_DIRECTORY_BYTES = 32 * 1024 * 1024
# The end record with the longest comment, and the two ZIP64 records before it.
MAX_END_BYTES = 22 + 0xFFFF + 20 + 56
LOCAL_BYTES = 30

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF


class Directory(NamedTuple):
    """Where the central directory stands in the archive."""

    start: int
    end: int
    entries: int  # how many


class Entry(NamedTuple):
    """One entry of the central directory."""

    name: bytes
    flags: int
    method: int
    crc: int
    compressed: int  # bytes
    size: int  # bytes, inflated
    offset: int  # of its local header


def find_directory(tail: bytes, start: int) -> Directory:
    """Find the directory from `tail`, the archive's last bytes, the first of which is number `start`."""
    at = _find_end(tail)
    _, disk, first_disk, here, count, size, offset, _ = _END.unpack_from(tail, at)
    end = start + at
    if at >= _LOCATOR.size and tail[at - _LOCATOR.size : at - _LOCATOR.size + 4] == b"PK\6\7":
        end, wide = _end64(tail, start, at - _LOCATOR.size)
        for narrow, full, value in zip((here, count, size, offset), (_FULL16, _FULL16, _FULL32, _FULL32), wide):
            if narrow not in (full, value):
                raise AnswerFaultError("the archive's two end records (ZIP and ZIP64) contradict each other")
        here, count, size, offset = wide
    if disk not in (0, _FULL16) or first_disk not in (0, _FULL16) or here != count:
        raise AnswerFaultError("expected an archive in one part, found one of several disks")
    if size > MAX_DIRECTORY_BYTES:
        raise AnswerFaultError(f"expected an archive directory of at most {MAX_DIRECTORY_BYTES} bytes, found {size}")
    if offset + size != end:
        raise AnswerFaultError("expected the archive directory right before the end record, found a gap or an overlap")
    return Directory(offset, end, count)


def _find_end(tail: bytes) -> int:
    at = tail.rfind(b"PK\5\6")
    while at >= 0:
        if at + _END.size <= len(tail) and at + _END.size + _END.unpack_from(tail, at)[7] == len(tail):
            return at
        at = tail.rfind(b"PK\5\6", 0, at)
    raise AnswerFaultError("expected a ZIP archive, found no end record")


def _end64(tail: bytes, start: int, locator: int) -> tuple[int, tuple[int, int, int, int]]:
    """Return the position of the ZIP64 end record, and (here, count, size, offset) in it."""
    _, disk, position, disks = _LOCATOR.unpack_from(tail, locator)
    at = position - start
    if disk != 0 or disks > 1 or at < 0 or at + _END64.size != locator:
        raise AnswerFaultError("expected the ZIP64 end record right before its locator, found none there")
    mark, _, _, _, disk, first_disk, here, count, size, offset = _END64.unpack_from(tail, at)
    if mark != b"PK\6\6" or disk or first_disk:
        raise AnswerFaultError("expected a ZIP64 end record of an archive in one part, found other bytes")
    return position, (here, count, size, offset)


def read_entries(directory: bytes, count: int) -> list[Entry]:
    """Read the central directory, which must hold `count` entries and nothing else."""
    entries: list[Entry] = []
    at = 0
    while at < len(directory):
        if at + _CENTRAL.size > len(directory):
            raise AnswerFaultError("the archive directory ends inside an entry")
        fields = _CENTRAL.unpack_from(directory, at)
        mark, _, _, flags, method, _, _, crc, compressed, size, named, extra, comment, disk, _, _, offset = fields
        at += _CENTRAL.size
        end = at + named + extra + comment
        if mark != b"PK\1\2" or end > len(directory):
            raise AnswerFaultError(f"expected entry {len(entries) + 1} of the archive directory, found other bytes")
        name = directory[at : at + named]
        _check_name(name)
        if _FULL32 in (compressed, size, offset):
            size, compressed, offset = _wide(directory[at + named : at + named + extra], size, compressed, offset)
        if disk not in (0, _FULL16):
            raise AnswerFaultError("expected an archive in one part, found one of several disks")
        entries.append(Entry(name, flags, method, crc, compressed, size, offset))
        at = end
    if len(entries) != count:
        raise AnswerFaultError(f"expected {count} entries in the archive directory, found {len(entries)}")
    return entries


def _check_name(name: bytes) -> None:
    """Refuse names that leave the archive or that readers cut at a NUL."""
    if b"\0" in name or name[:1] in (b"/", b"\\") or (b".." in name and b".." in name.replace(b"\\", b"/").split(b"/")):
        raise AnswerFaultError(f"expected names inside the archive, found {name[:80]!r}")


def _wide(extra: bytes, size: int, compressed: int, offset: int) -> tuple[int, int, int]:
    """The ZIP64 extra field (id 1) holds, in this order, only the values that are full in the entry."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            values = [size, compressed, offset]
            wanted = [index for index, value in enumerate(values) if value == _FULL32]
            if len(field) < 8 * len(wanted):
                break
            for position, index in enumerate(wanted):
                (values[index],) = struct.unpack_from("<Q", field, 8 * position)
            return values[0], values[1], values[2]
        at += 4 + length
    raise AnswerFaultError("expected a ZIP64 field with the entry's sizes, found none")


def data_offset(local: bytes, entry: Entry) -> int:
    """Given the bytes at `entry.offset`, return how far behind the local header the data begins.

    The local header must agree with the directory in name and method.
    """
    if len(local) < LOCAL_BYTES + len(entry.name):
        raise AnswerFaultError("the archive ends inside a local header")
    mark, _, flags, method, _, _, crc, compressed, size, named, extra = _LOCAL.unpack_from(local)
    name = local[LOCAL_BYTES : LOCAL_BYTES + named]
    if mark != b"PK\3\4" or name != entry.name or method != entry.method or (flags ^ entry.flags) & 0x41:
        raise AnswerFaultError(f"the archive's directory and local header disagree on {entry.name[:80]!r}")
    if not flags & 8:  # no data descriptor: then the sizes stand here too
        told = ((crc, entry.crc), (compressed, entry.compressed), (size, entry.size))
        if any(here not in (there, _FULL32) for here, there in told):
            raise AnswerFaultError(f"the archive's directory and local header disagree on {entry.name[:80]!r}")
    return LOCAL_BYTES + len(entry.name) + int(extra)


def inflate(data: bytes, entry: Entry, max_bytes: int) -> bytes:
    """Return the entry's content from its compressed `data`: exactly its size, with its checksum."""
    name = entry.name[:80]
    if entry.flags & 0x41:
        raise AnswerFaultError(f"expected {name!r} unencrypted")
    if entry.size > max_bytes:
        raise AnswerFaultError(f"expected at most {max_bytes} bytes in {name!r}, found {entry.size}")
    if entry.method == _DEFLATED:
        inflater = zlib.decompressobj(-15)
        try:
            content = inflater.decompress(data, entry.size + 1)
        except zlib.error as error:
            raise AnswerFaultError(f"expected deflated data in {name!r}, found other bytes") from error
        is_whole = inflater.eof and not inflater.unused_data
    elif entry.method == _STORED:
        content, is_whole = data, True
    else:
        raise AnswerFaultError(f"expected {name!r} stored or deflated, found method {entry.method}")
    if not is_whole or len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise AnswerFaultError(f"the content of {name!r} has not the size and checksum that the archive states")
    return content
