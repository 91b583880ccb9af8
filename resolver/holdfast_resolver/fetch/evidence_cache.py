"""What indexes said of who made a file, kept by the file's hash: `<cache>/v1/evidence/ab/<hex>.provenance`.

    holdfast-evidence 1 some 0 <sha256 of the rest>             evidence never changes: kept for ever
    {"version": 1, ...}                                         the rest: the bytes as they were served

    holdfast-evidence 1 none 1764547200 <sha256 of nothing>     "there is none", and when: kept for `NONE_AGE`

The address is made of the hash and of the URL together, so that one index never answers for another. Damage of any
kind is a miss. Knows disks; nothing of what evidence says, and nothing of trust.
"""

import os

from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.evidence_need import EvidenceNeed
from holdfast_resolver.fetch.whole_files import write_whole
from holdfast_resolver.values.tuples import NamedTuple

NONE_AGE = 24 * 3600  # seconds
_MAGIC = b"holdfast-evidence 1"


class Served(NamedTuple):
    """The bytes that an index served as evidence; nobody has looked at them. `cached`: not served just now."""

    data: bytes
    cached: bool = False


class NoneServed(NamedTuple):
    """The index answers that there is no evidence."""

    cached: bool = False


class EvidenceCache:
    """Reads and writes below a cache's folder; a failed write is noted in the cache's `unwritable`."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def path_of(self, need: EvidenceNeed) -> str:
        """Where the answer to a need is, or would be."""
        address = _hashed(f"{need.hash}\n{need.url}".encode())
        return f"{self._cache.folder}/v1/evidence/{address[:2]}/{address}.provenance"

    def find(self, need: EvidenceNeed, now: int) -> Served | NoneServed | None:
        """Return what is kept, None where nothing is. `now` is in unix seconds."""
        try:
            with open(self.path_of(need), "rb") as stream:
                head, _, data = stream.read().partition(b"\n")
        except OSError:
            return None
        try:
            magic, kind, said, digest = head.rsplit(b" ", 3)
            age = now - int(said)
        except ValueError:
            return None
        if magic != _MAGIC or digest != _digest(data):
            return None
        if kind == b"some" and data:
            return Served(data, cached=True)
        return NoneServed(cached=True) if kind == b"none" and not data and 0 <= age <= NONE_AGE else None

    def keep(self, need: EvidenceNeed, data: bytes) -> None:
        """Keep evidence for ever; for evidence that holds only, since it is not asked for again."""
        self._write(need, _MAGIC + b" some 0 " + _digest(data) + b"\n" + data)

    def keep_none(self, need: EvidenceNeed, now: int) -> None:
        """Keep for a while that there is none. `now` is in unix seconds."""
        self._write(need, _MAGIC + b" none %d " % now + _digest(b"") + b"\n")

    def forget(self, need: EvidenceNeed) -> None:
        """Drop what is kept."""
        try:
            os.unlink(self.path_of(need))
        except OSError:
            return

    def _write(self, need: EvidenceNeed, content: bytes) -> None:
        self._cache.unwritable = write_whole(self.path_of(need), content) or self._cache.unwritable


def _digest(data: bytes) -> bytes:
    return _hashed(data).encode()


def _hashed(data: bytes) -> str:
    from hashlib import sha256  # start-up: brings OpenSSL

    return sha256(data).hexdigest()
