"""Archives within an artifact that hold code: a loader can run it, and no scanner looks into them.

    pkg/bundle.zip      evil.py       `sys.path.insert(0, "bundle.zip")` is enough
    pkg/seed/pip.whl    pip/main.py

Only names are read, of ZIP archives and of tar archives, also with gzip, whatever their own names are; nothing is
unpacked. Archives of data (arrays, time zones, documents) are none.
"""

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from holdfast.model.scan import Unread

REASON = "an archive with code in it, which was not looked into"
_CODE = (
    *(".py", ".pyw", ".pyc", ".pyd", ".so", ".dll", ".dylib", ".exe", ".sh", ".pth"),
    *(".js", ".mjs", ".cjs", ".ts", ".node"),
)
_INFLATED = 16 * 1024 * 1024  # bytes of a tar archive that are looked at
_NAMES = 10_000
_BLOCK = 512  # bytes: POSIX pax, "ustar Interchange Format"


def unread_archives(files: Iterable[tuple[str, bytes]]) -> list[Unread]:
    """Return the archives in which some name is that of code."""
    return [Unread(path, REASON) for path, data in files if any(name.lower().endswith(_CODE) for name in _names(data))]


def _names(data: bytes) -> Iterator[str]:
    if data[:4] == b"PK\x03\x04":
        return _of_zip(data)
    if data[:2] == b"\x1f\x8b":
        try:
            return _of_tar(zlib.decompressobj(31).decompress(data, _INFLATED))
        except zlib.error:
            return iter(())
    return _of_tar(data)


def _of_zip(data: bytes) -> Iterator[str]:
    try:
        with ZipFile(BytesIO(data)) as archive:
            yield from archive.namelist()[:_NAMES]
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        return


def _of_tar(data: bytes) -> Iterator[str]:
    at = 0
    for _ in range(_NAMES):
        if data[at + 257 : at + 262] != b"ustar":
            return
        yield data[at : at + 100].partition(b"\0")[0].decode("utf-8", "replace")
        digits = data[at + 124 : at + 136].strip(b" \0")
        if not digits.isdigit() or b"8" in digits or b"9" in digits:
            return
        at += _BLOCK + -(-int(digits, 8) // _BLOCK) * _BLOCK
