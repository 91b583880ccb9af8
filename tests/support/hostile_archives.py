"""Archives that packing never writes, each byte by hand: links, odd names, lies about sizes, and what else tar can say.

archive(file("module.toml", text), entry(b"skills/link", kind=b"2", link=b"/etc/passwd"))
"""

from holdfast.trust.archive_layout import BLOCK, END, checksum, headers, padding, pax_record


def file(path: str, data: bytes = b"") -> bytes:
    """Return an entry as packing writes it; nothing is asked of the path."""
    return headers(path, False, len(data)) + data + padding(len(data))


def entry(
    name: bytes,
    data: bytes = b"",
    *,
    kind: bytes = b"0",
    link: bytes = b"",
    magic: bytes = b"ustar\x0000",
    size: bytes = b"",
    mode: bytes = b"0000644\0",
) -> bytes:
    """Return an entry with these fields in its header and a right checksum."""
    header = bytearray(headers("x", False, len(data)))
    header[0:100] = name.ljust(100, b"\0")
    header[100:108] = mode
    if size:
        header[124:136] = size.ljust(12, b"\0")
    header[156:157] = kind
    header[157:257] = link.ljust(100, b"\0")
    header[257:265] = magic
    header[148:156] = b"%06o\0 " % checksum(header)
    return bytes(header) + data + padding(len(data))


def pax(*records: bytes) -> bytes:
    """Return a pax header with these records; the entry that it speaks of comes next."""
    data = b"".join(records)
    return entry(b"pax-header", data, kind=b"x")


def record(key: str, value: str) -> bytes:
    """Return a pax record of any key."""
    rest = f" {key}={value}\n".encode()
    length = len(rest) + 1
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return str(length).encode() + rest


def under_pax_path(path: bytes, data: bytes = b"") -> bytes:
    """Return a file whose path stands in a pax header."""
    return pax(pax_record(path)) + entry(b"plain", data)


def archive(*entries: bytes, end: bytes = END) -> bytes:
    """Return an archive with these entries."""
    return b"".join(entries) + end


def wrong_checksum(entry_: bytes) -> bytes:
    """Return an entry whose checksum is another."""
    return entry_[:148] + b"000000\0 " + entry_[156:]


__all__ = ["BLOCK", "END", "archive", "entry", "file", "pax", "record", "under_pax_path", "wrong_checksum"]
