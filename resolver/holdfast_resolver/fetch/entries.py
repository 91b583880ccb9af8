"""Small things that were worked out once and are kept under a key: `<folder>/ab/<key>`, each proved when it is read.

    holdfast-entry 1 <sha256 of what follows the line>
    <zlib>

What is damaged, cut off or of another form is a miss; what cannot be written is remembered, and the run goes on. Knows
disks; what is in an entry is not known here.
"""

import os
import zlib
from hashlib import sha256

from holdfast_resolver.fetch.whole_files import write_whole

LARGEST = 64 * 1024 * 1024  # bytes of an entry, inflated
_HEX = frozenset("0123456789abcdef")
_HEAD = b"holdfast-entry 1 "


class Entries:
    """Entries in `folder`, which is made when something is first kept. `unwritable` is why nothing can be kept."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.unwritable = ""

    def find(self, key: str) -> bytes | None:
        """Return what is kept under a key (lower-case hex); None where nothing whole is."""
        try:
            with open(self._path(key), "rb", buffering=0) as stream:
                data = stream.read(LARGEST)
        except OSError:
            return None
        line, _, body = data.partition(b"\n")
        if line != _HEAD + sha256(body).hexdigest().encode():
            return None
        try:
            inflating = zlib.decompressobj()
            content = inflating.decompress(body, LARGEST)
        except zlib.error:
            return None
        return content if inflating.eof else None

    def keep(self, key: str, content: bytes) -> None:
        """Keep something under a key, in one step."""
        body = zlib.compress(content, 1)
        content = _HEAD + sha256(body).hexdigest().encode() + b"\n" + body
        self.unwritable = write_whole(self._path(key), content) or self.unwritable

    def _path(self, key: str) -> str:
        if len(key) < 16 or not set(key) <= _HEX:
            raise ValueError(f"no key: {key[:80]}")
        return os.path.join(self._folder, key[:2], key)
