"""The distilled packument: what a lock needs of one npm package, as text that is cheap to read.

A record is one file, with the discipline of `records.py`: the head is read whole, the body, one line per release, only
for the releases that matter. The newest come first in the body, since they are the ones that are wanted.

    holdfast-packument 2 <bytes of the head> <crc32 of the rest of the head>
    name  fetched(unix seconds)  fresh-for(seconds)  etag  last-modified  form  rest
                                   form: "full", "short" (the registry's abbreviated form), or "short-linux" where
                                   that names Linux and tells no libc
                                   rest: crc32 (hex) of the answer as it arrived, which is kept for the releases that
                                   have no line (`npm_rest.py`); "" where all have one
    order-preserving keys, ascending
    versions, in the same order
    pre-release mask  deprecated mask  (hex)
    dist-tag  version  dist-tag  version ...
    offset in the body and length of each release's line, eight and seven hex digits; fifteen "-" where it has none
    time of each release, eleven hex digits each: milliseconds since 1970; eleven "-" where unknown
    stem of tarballs  stem of attestations  key id  key id ...
    node-range  npm-range  mask    the releases with these engines
                                   -- the head ends with an empty line --
    crc32  field  field ...        one line per release, see `npm_lines.py`

Fields are separated by tabs, parts of a field by U+001F. Damage of any kind is `None`, never an error.
"""

from __future__ import annotations

import os
from zlib import crc32

from holdfast_resolver.fetch.npm_lines import Stems, read_line
from holdfast_resolver.fetch.records import head_size, whole_head
from holdfast_resolver.values.npm import NpmRelease
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER

MAGIC = "holdfast-packument 2 "
_FIRST_READ = 12 * 1024  # bytes: the whole head of nine packages in ten, and their newest releases
_KEPT = 4 * 1024  # bytes of the body that stay in memory
OFFSET = 8  # hex digits
SPAN = 15  # hex digits of an offset and a length
NO_LINE = "-" * SPAN
TIME = 11  # hex digits
NO_TIME = "-" * TIME

FULL = "full"
SHORT = "short"
SHORT_LINUX = "short-linux"


class NpmRecord:
    """One package's distilled packument. Masks are over `table`: bit i is its i-th version, ascending."""

    __slots__ = (
        "_body",
        "_engine_lines",
        "_lines",
        "_places",
        "_rest",
        "_stems",
        "_tags",
        "deprecated",
        "etag",
        "fetched",
        "form",
        "fresh_for",
        "last_modified",
        "name",
        "seal",
        "successor",
        "table",
    )

    def __init__(self, head: str, body: NpmBody) -> None:
        lines = head.split("\n")
        name, fetched, fresh_for, etag, last_modified, form, rest = lines[1].split("\t")
        self.name = name
        self.fetched = int(fetched)
        self.fresh_for = int(fresh_for)
        self.etag = etag
        self.last_modified = last_modified
        self.form = form
        prereleases, deprecated = lines[4].split(" ")
        self.table = Candidates(lines[2].split(" ") if lines[2] else [], lines[3], int(prereleases, 16), SEMVER)
        self.deprecated = int(deprecated, 16)
        self.seal = lines[0].rpartition(" ")[2]  # differs where the head does
        self.successor: NpmRecord | None = None  # what it turned out to be, where releases in it are unusable
        self._rest = rest
        self._lines = lines
        self._tags: dict[str, str] | None = None
        self._stems: Stems | None = None
        self._engine_lines = lines[9:-2]
        self._places: list[int] | None = None  # after a cutoff: where the releases that are left stand in the file
        self._body = body

    @property
    def full(self) -> bool:
        """Whether it has all that the registry has: times, licenses, libc."""
        return self.form == FULL

    @property
    def tags(self) -> dict[str, str]:
        """Versions by dist-tag. A tag may name a version that is not in `table`; "latest" may be missing."""
        if self._tags is None:
            words = self._lines[5].split("\t") if self._lines[5] else []
            self._tags = dict(zip(words[::2], words[1::2]))
        return self._tags

    def engines(self) -> list[tuple[str, str, int]]:
        """Return (range of node, range of npm, mask of the releases that say so); "" is no range.

        Releases without either are in no mask.
        """
        found = []
        for line in self._engine_lines:
            node, npm, mask = line.split("\t")
            found.append((node, npm, self._visible(int(mask, 16))))
        return found

    def release(self, index: int) -> NpmRelease | None:
        """Return the release at `index` of the table; None when the body is damaged, or there is a `successor`."""
        place = index if self._places is None else self._places[index]
        span = self._lines[6][place * SPAN : place * SPAN + SPAN]
        if span == NO_LINE:
            return self.release(index) if self._complete() else None
        try:
            line = self._body.read(int(span[:OFFSET], 16), int(span[OFFSET:], 16))
            crc, _, rest = line.rstrip(b"\n").partition(b"\t")
            if int(crc, 16) != crc32(rest):
                return None
            if self._stems is None:
                self._stems = Stems(*self._lines[8].split("\t", 2))
            return read_line(rest.decode(), self.table.versions[index], self._time(place), self._stems)
        except (ValueError, IndexError, OSError):
            return None

    def _complete(self) -> bool:
        """Whether every release has its line now: read from the answer that was kept."""
        from holdfast_resolver.fetch.npm_rest import completed  # start-up: only for what locks seldom want

        whole = completed(self._body.path, self._body.rest, self._lines[1].split("\t"))
        if whole is None:
            return False
        if whole._lines[3] != self._lines[3]:
            self.successor = whole
            return False
        self._lines, self._body, self._stems = whole._lines, whole._body, None
        return True

    def published(self, index: int) -> str:
        """Return when a release was published (RFC 3339, UTC), "" where that is not known."""
        return self._time(index if self._places is None else self._places[index])

    def before(self, milliseconds: int, kept: frozenset[str] = frozenset()) -> NpmRecord:
        """Return the record as it was: without what was published later, or at an unknown time. Tags stay.

        Versions in `kept` are left in.
        """
        times = self._lines[7]
        all_places = range(self.table.count) if self._places is None else self._places
        places = []
        for index, place in enumerate(all_places):
            text = times[place * TIME : place * TIME + TIME]
            if (text != NO_TIME and int(text, 16) < milliseconds) or (kept and self.table.versions[index] in kept):
                places.append(place)
        cut = NpmRecord("\n".join(self._lines), self._body)
        cut._places = places
        keys, versions, whole = cut.table.keys, cut.table.versions, cut.table.prereleases
        cut.table = Candidates(
            [keys[place] for place in places], [versions[place] for place in places], cut._visible(whole), SEMVER
        )
        cut.deprecated = cut._visible(cut.deprecated)
        return cut

    def _visible(self, mask: int) -> int:
        """A mask over the file as one over the table."""
        if self._places is None:
            return mask
        return sum([1 << index for index, place in enumerate(self._places) if mask >> place & 1])

    def _time(self, place: int) -> str:
        text = self._lines[7][place * TIME : place * TIME + TIME]
        if text == NO_TIME:
            return ""
        from time import gmtime, strftime  # built in

        seconds, milliseconds = divmod(int(text, 16), 1000)
        return f"{strftime('%Y-%m-%dT%H:%M:%S', gmtime(seconds))}.{milliseconds:03}Z"


class NpmBody:
    """The part of a record that is read piecewise: its beginning is kept, the rest stays in the file."""

    __slots__ = ("_bytes", "_start", "path", "rest")

    def __init__(self, kept: bytes, path: str, start: int, rest: bytes = b"") -> None:
        self._bytes = kept
        self._start = start
        self.path = path
        self.rest = rest  # the answer as it arrived, where neither it nor the record could be written

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes of the body from `offset`. Raises `OSError`."""
        if offset + length <= len(self._bytes) or not self.path:
            return self._bytes[offset : offset + length]
        file = os.open(self.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            os.lseek(file, self._start + offset, os.SEEK_SET)
            return os.read(file, length)
        finally:
            os.close(file)


def load(path: str) -> NpmRecord | None:
    """Read a record from a file; None when there is none or it is damaged."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        data = os.read(file, _FIRST_READ)
        size = head_size(data, MAGIC)
        while 0 < len(data) < size:
            more = os.read(file, size - len(data) + _KEPT)
            if not more:
                return None
            data += more
    except OSError:
        return None
    finally:
        os.close(file)
    return parse(data, path=path)


def parse(data: bytes, *, path: str = "", rest: bytes = b"") -> NpmRecord | None:
    """Make a record of its bytes; with a `path` what is not among them is read from there when it is wanted.

    `rest` is the answer that a record without all lines was made from, where no file has it.
    """
    size = whole_head(data, MAGIC)
    if not size:
        return None
    kept = data[size : size + _KEPT] if path else data[size:]
    try:
        return NpmRecord(data[:size].decode(), NpmBody(kept, path, size, rest))
    except (ValueError, IndexError):
        return None


def milliseconds_of(instant: str) -> int | None:
    """Return an instant of RFC 3339 as milliseconds since 1970; None when it is none, or far away."""
    from datetime import UTC, datetime  # start-up: only where something is distilled or cut

    try:
        moment = datetime.fromisoformat(instant)
        milliseconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000 + 0.5)
    except (ValueError, OverflowError):
        return None
    return milliseconds if 0 <= milliseconds < 1 << 4 * TIME else None
