"""The bytes of a module's archive: exactly one way to write each file, so that a tree has exactly one archive.

    for each file, in the order of the bytes of the paths:
        a path that is not ASCII or is longer than 100 bytes: a pax record "path" in an entry of its own (type "x")
        a ustar header (type "0"): mode 0644 or 0755, owner 0:0 without names, time 0
        the bytes of the file, filled up with zeros to a multiple of 512
    two blocks of zeros

POSIX.1-2017, "pax": "ustar Interchange Format" and "pax Header Block". Nothing is compressed, so that no version of a
compressor can change a byte. Knows headers; never a file, and nothing of what a path may be.
"""

BLOCK = 512
END = bytes(2 * BLOCK)
LONGEST_NAME = 100  # bytes of the name field; the prefix field is never used
LARGEST_RECORD = 1024  # bytes of the pax record of the longest path there may be
PAX_NAME = b"pax-header"

FILE = b"0"
PAX = b"x"


def headers(path: str, executable: bool, size: int) -> bytes:
    """Return what stands before a file's bytes: one header, or a pax entry and a header. `size` is in bytes."""
    name = path.encode()
    mode = 0o755 if executable else 0o644
    if len(name) <= LONGEST_NAME and path.isascii():
        return _header(name, mode, size, FILE)
    record = pax_record(name)
    return b"".join(
        (
            _header(PAX_NAME, 0o644, len(record), PAX),
            record,
            padding(len(record)),
            # Readers without pax see a file of this name in the folder they unpack to.
            _header(_plain_name(path), mode, size, FILE),
        )
    )


def padding(size: int) -> bytes:
    """Return the zeros after `size` bytes of data."""
    return bytes(-size % BLOCK)


def checksum(header: bytes | bytearray) -> int:
    """Return the sum of a header's bytes, its checksum field taken as blanks."""
    return sum(header[:148]) + 8 * 0x20 + sum(header[156:])


def pax_record(name: bytes) -> bytes:
    r"""Return the record of a path; its length counts itself.

    >>> pax_record(b"a.md")
    b'13 path=a.md\n'
    """
    rest = b" path=" + name + b"\n"
    length = len(rest) + 1
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return str(length).encode() + rest


def largest_archive(files: int, total_bytes: int) -> int:
    """Return how many bytes an archive of so many files, so many bytes together, can have at most."""
    return files * (3 * BLOCK + LARGEST_RECORD) + total_bytes + len(END)


def _plain_name(path: str) -> bytes:
    return path.encode("ascii", "replace").replace(b"?", b"_").replace(b"/", b"_")[:LONGEST_NAME]


def _header(name: bytes, mode: int, size: int, kind: bytes) -> bytes:
    block = bytearray(BLOCK)
    block[0 : len(name)] = name
    block[100:107] = b"%07o" % mode
    block[108:115] = block[116:123] = b"0000000"  # owner and group
    block[124:135] = b"%011o" % size
    block[136:147] = b"%011o" % 0  # time
    block[156:157] = kind
    block[257:265] = b"ustar\x0000"
    block[329:336] = block[337:344] = b"0000000"  # device
    block[148:156] = b"%06o\0 " % checksum(block)
    return bytes(block)
