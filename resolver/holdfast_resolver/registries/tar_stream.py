"""A gzipped tar archive read as a stream: ustar, pax and GNU names; each limit holds before memory is spent.

The standard library's `tarfile` is not used here: it reads a header's claimed size into memory before
anything can bound it. Links, devices and sparse files are told apart but never followed; nothing is ever
extracted.
"""

import zlib
from collections.abc import Iterator

from holdfast_resolver.registries.faults import AnswerFaultError
from holdfast_resolver.values.tuples import NamedTuple

MAX_INFLATED = 1024 * 1024 * 1024
MAX_MEMBERS = 100_000
_BLOCK = 512
_CHUNK = 64 * 1024
_MAX_INFLATED_CHUNK = 1024 * 1024
_MAX_NAME_BYTES = 1024 * 1024  # of a long name or a pax header
_MAX_GZIP_PARTS = 100_000

_FILES = (b"0", b"\0", b"7")
_NO_DATA = (
    b"1",
    b"2",
    b"3",
    b"4",
    b"5",
    b"6",
)  # links, devices, directories, pipes: no data follows the header


class ArchiveEndsEarly(AnswerFaultError):
    """The bytes end inside the archive: it is truncated, or only its beginning was given."""

    def __init__(self) -> None:
        super().__init__("the archive ends early: it is truncated")


class Member(NamedTuple):
    """One member's header."""

    name: bytes
    kind: bytes  # the type flag; b"0" for each kind of plain file
    size: int  # bytes of data


class TarStream:
    """Members of one `.tar.gz`, in order; the data of the member at hand may be read once."""

    def __init__(self, body: bytes) -> None:
        self._input = _GzipStream(body)
        self._left = 0  # bytes of the current member not read yet, padding included

    def members(self) -> Iterator[Member]:
        """Yield each member up to the archive's end."""
        overrides: dict[str, bytes] = {}
        for _ in range(MAX_MEMBERS):
            self._input.skip(self._left)
            self._left = 0
            block = self._input.read_block()
            if not block.strip(b"\0"):
                return
            member = _header(block)
            if member.kind in (b"L", b"x"):
                data = self._read_padded(member.size, _MAX_NAME_BYTES)
                overrides |= {"path": data.split(b"\0")[0]} if member.kind == b"L" else _pax_records(data)
                continue
            if member.kind == b"S":
                raise AnswerFaultError("expected plain files in the archive, found a sparse one")
            member = _overridden(member, overrides)
            if member.kind != b"g" and member.kind != b"K":
                overrides = {}
            self._left = 0 if member.kind in _NO_DATA else _padded(member.size)
            if member.kind not in (b"g", b"K"):
                yield member
        raise AnswerFaultError(f"expected at most {MAX_MEMBERS} members in the archive, found more")

    def read(self, member: Member, max_bytes: int) -> bytes:
        """Return the data of `member`, which must be the one yielded last."""
        self._left = 0
        return self._read_padded(member.size, max_bytes)

    def _read_padded(self, size: int, max_bytes: int) -> bytes:
        if size > max_bytes:
            raise AnswerFaultError(f"expected at most {max_bytes} bytes in a member of the archive, found {size}")
        return self._input.read(_padded(size))[:size]


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _header(block: bytes) -> Member:
    if _number(block[148:156]) != sum(block[:148]) + 8 * 32 + sum(block[156:]):
        raise AnswerFaultError("expected a tar header, found bytes with another checksum")
    name = block[:100].split(b"\0")[0]
    prefix = block[345:500].split(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    kind = block[156:157]
    if prefix and kind not in (b"L", b"K"):
        name = prefix + b"/" + name
    if kind == b"\0" and name.endswith(b"/"):
        kind = b"5"  # as archives from before POSIX mark a directory
    return Member(name, b"0" if kind in _FILES else kind, _number(block[124:136]))


def _number(field: bytes) -> int:
    """An octal number, or a base-256 one (GNU) when the first byte is 0x80."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    text = field.split(b"\0")[0].strip(b" ")
    if not all(byte in b"01234567" for byte in text):
        raise AnswerFaultError("expected an octal number in a tar header, found other bytes")
    return int(text or b"0", 8)


def _pax_records(data: bytes) -> dict[str, bytes]:
    """`path` and `size` of a pax header: records of the form "<length> <key>=<value>\\n"."""
    records: dict[str, bytes] = {}
    at = 0
    while at < len(data) and data[at] != 0:
        space = data.find(b" ", at, at + 8)
        digits = data[at:space]
        end = at + int(digits) if space > at and digits.isdigit() else 0
        key, equals, value = data[space + 1 : end - 1].partition(b"=")
        if end <= space + 1 or end > len(data) or data[end - 1 : end] != b"\n" or not equals:
            raise AnswerFaultError("expected pax records in the archive, found other bytes")
        if key == b"size" and not (value.isdigit() and len(value) < 16):
            raise AnswerFaultError("expected a size in a pax header, found other bytes")
        if key in (b"path", b"size"):
            records[key.decode()] = value
        at = end
    return records


def _overridden(member: Member, records: dict[str, bytes]) -> Member:
    size = int(records["size"]) if "size" in records else member.size
    return member._replace(name=records.get("path", member.name), size=size)


class _GzipStream:
    """The inflated bytes of a gzip file (RFC 1952), also one of several parts; at most `MAX_INFLATED`."""

    def __init__(self, body: bytes) -> None:
        self._body = memoryview(body)
        self._at = 0
        self._pending: bytes | memoryview = b""  # taken from the body, not inflated yet
        self._ready = b""
        self._inflater = zlib.decompressobj(31)
        self._parts = 1
        self._inflated = 0

    def read_block(self) -> bytes:
        """Return the next block; zeros, as an archive ends, when the gzip file ends cleanly."""
        if not self._ready:
            self._ready = self._next_piece()
            if not self._ready:
                return bytes(_BLOCK)
        return self.read(_BLOCK)

    def read(self, count: int) -> bytes:
        """Return exactly `count` bytes."""
        pieces = [self._ready[:count]]
        self._ready = self._ready[count:]
        missing = count - len(pieces[0])
        while missing:
            piece = self._some()
            pieces.append(piece[:missing])
            self._ready = piece[missing:]
            missing -= len(pieces[-1])
        return b"".join(pieces)

    def skip(self, count: int) -> None:
        """Pass over exactly `count` bytes."""
        while count > len(self._ready):
            count -= len(self._ready)
            self._ready = self._some()
        self._ready = self._ready[count:]

    def _some(self) -> bytes:
        piece = self._next_piece()
        if not piece:
            raise ArchiveEndsEarly
        return piece

    def _next_piece(self) -> bytes:
        """Inflate some more; b"" at the clean end of the gzip file."""
        while True:
            if self._inflater.eof and not self._begin_part():
                return b""
            if not self._pending:
                self._pending = self._body[self._at : self._at + _CHUNK]
                self._at += len(self._pending)
                if not self._pending:
                    raise ArchiveEndsEarly
            try:
                piece = self._inflater.decompress(self._pending, _MAX_INFLATED_CHUNK)
            except zlib.error as error:
                raise AnswerFaultError("expected gzip data, found other bytes") from error
            self._pending = self._inflater.unconsumed_tail
            self._inflated += len(piece)
            if self._inflated > MAX_INFLATED:
                raise AnswerFaultError(f"expected at most {MAX_INFLATED} bytes in the archive, found more")
            if piece:
                return piece

    def _begin_part(self) -> bool:
        """Go on to the next gzip part; zeros behind the last one are padding."""
        self._at -= len(self._inflater.unused_data)
        while rest := bytes(self._body[self._at : self._at + _CHUNK]):
            stripped = rest.lstrip(b"\0")
            self._at += len(rest) - len(stripped)
            if stripped:
                break
        if self._at == len(self._body):
            return False
        self._parts += 1
        if self._parts > _MAX_GZIP_PARTS:
            raise AnswerFaultError(f"expected at most {_MAX_GZIP_PARTS} gzip parts, found more")
        self._pending = b""
        self._inflater = zlib.decompressobj(31)
        return True
