"""What an OSV service answered, kept with the time: `<cache>/v1/advisories/<hash of its address>/`.

    answers          {"<ecosystem>\t<name>\t<version>": [<unix seconds>, [[<id>, <modified>], ...]], ...}
    GHSA-462w.json   the record, as it was served

Each file begins with a line `holdfast-advisories 1 <sha256 of the rest> <modified>`. Damage of any kind is a miss; of
two runs at once the later one's answers stay. Knows disks; nothing of what a record says.
"""

from __future__ import annotations

import json

from holdfast_resolver.fetch.whole_files import write_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from holdfast_resolver.fetch.cache import Cache

    # (ecosystem, name, version) -> (unix seconds, ((id, modified), ...))
    Known = dict[tuple[str, ...], tuple[int, tuple[tuple[str, str], ...]]]

KEPT_FOR = 90 * 86_400  # seconds: answers that nobody renewed for so long are dropped when others are kept
_MAGIC = b"holdfast-advisories 1"
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")


class Answers:
    """Reads and writes what one service said; a failed write is noted in the cache's `unwritable`."""

    __slots__ = ("_cache", "_folder")

    def __init__(self, cache: Cache, base_url: str) -> None:
        self._cache = cache
        self._folder = f"{cache.folder}/v1/advisories/{_hashed(base_url.rstrip('/').encode())[:32]}"

    def answers(self) -> Known:
        """Return everything that is kept, {} where nothing is or it is damaged."""
        found = self._read("answers")
        try:
            table = json.loads(found[1]) if found is not None else {}
            return {tuple(key.split("\t")): _known(value) for key, value in table.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    def keep_answers(self, known: Known, now: int) -> None:
        """Replace all answers, but for those that are too old to be of use to anybody."""
        table = {"\t".join(key): value for key, value in sorted(known.items()) if now - value[0] < KEPT_FOR}
        self._write("answers", "", json.dumps(table).encode())

    def record(self, identifier: str, modified: str | None) -> bytes | None:
        """Return a record as it was at its change `modified`, None for any; None where there is no such."""
        found = self._read(_file(identifier))
        return found[1] if found is not None and modified in (None, found[0]) else None

    def keep_record(self, identifier: str, modified: str, data: bytes) -> None:
        """Keep a record that the service says was last changed at `modified`."""
        if modified.isprintable() and " " not in modified:
            self._write(_file(identifier), modified, data)

    def _read(self, name: str) -> tuple[str, bytes] | None:
        try:
            with open(f"{self._folder}/{name}", "rb") as stream:
                head, _, data = stream.read().partition(b"\n")
        except OSError:
            return None
        said, _, modified = head.rpartition(b" ")
        return (modified.decode("utf-8", "replace"), data) if said == _head(data) else None

    def _write(self, name: str, modified: str, data: bytes) -> None:
        path = f"{self._folder}/{name}"
        content = _head(data) + b" " + modified.encode() + b"\n" + data
        self._cache.unwritable = write_whole(path, content) or self._cache.unwritable


def _known(value: Any) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Raises `ValueError` or `TypeError` for another shape."""
    at, found = value
    pairs = tuple([(identifier, modified) for identifier, modified in found])
    if not isinstance(at, int) or not all(isinstance(one, str) for pair in pairs for one in pair):
        raise ValueError
    return at, pairs


def _file(identifier: str) -> str:
    """A file name of its own for each id, also where case does not tell files apart."""
    safe = "".join([character if character in _SAFE else "_" for character in identifier])
    return f"{safe}.{_hashed(identifier.encode())[:8]}.json"


def _head(data: bytes) -> bytes:
    return _MAGIC + b" " + _hashed(data).encode()


def _hashed(data: bytes) -> str:
    from hashlib import sha256  # start-up: brings OpenSSL

    return sha256(data).hexdigest()
