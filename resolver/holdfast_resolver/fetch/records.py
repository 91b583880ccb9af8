"""The distilled listing: what a lock needs of one package's index page, as text that is cheap to read.

A record is one file. Its head is read whole; its body, one line per release, only for the releases that matter.

    holdfast-listing 6 <bytes of the head> <crc32 of the rest of the head>
    name  fetched(unix seconds)  fresh-for(seconds)  etag  last-modified  newest upload ("" = not all are known)
    order-preserving keys, ascending
    versions, in the same order
    pre-release mask  yanked mask  (hex)
    offset of each release's line in the body (hex)
    requires-python  python-abi  platform mask  platform mask ...
                                   the releases that have such a wheel; python-abi "sdist" and platform "-" for sdists
                                   -- the head ends with an empty line --
    crc32  artifact  artifact ...  one line per release; pure wheels first, then by file name; without wheels that can
                                   serve no target

Fields are separated by tabs, parts of an artifact by U+001F. Damage of any kind is `None`, never an error.
"""

from zlib import crc32

from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.values.artifacts import Artifact, Listing
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.pep440_keys import is_prerelease_key, normalize_version, version_key
from holdfast_resolver.versions.wheels import may_serve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MAGIC = "holdfast-listing 6 "
_FIRST_READ = 16 * 1024
_UNIT = "\x1f"


class Record:
    """One package's distilled listing. `read` gives bytes of the body: (offset, length) -> bytes."""

    __slots__ = (
        "_body",
        "_offsets",
        "column_lines",
        "etag",
        "fetched",
        "fresh_for",
        "last_modified",
        "name",
        "newest",
        "seal",
        "table",
        "yanked",
    )

    def __init__(self, head: str, body: "Body") -> None:
        lines = head.split("\n")
        name, fetched, fresh_for, etag, last_modified, newest = lines[1].split("\t")
        self.name = name
        self.fetched = int(fetched)
        self.fresh_for = int(fresh_for)
        self.etag = etag
        self.last_modified = last_modified
        self.newest = newest  # RFC 3339, UTC: no artifact was uploaded later; "" = some may have been
        prereleases, yanked = lines[4].split(" ")
        self.table = Candidates(lines[2].split(" ") if lines[2] else [], lines[3], int(prereleases, 16))
        self.yanked = int(yanked, 16)
        self._offsets = lines[5]
        self.column_lines = lines[6:-2]
        self.seal = lines[0].rpartition(" ")[2]  # differs where the head does
        self._body = body

    def columns(self) -> list[tuple[str, str, int]]:
        """Return (requires-python, tag, mask of the releases that have such an artifact); tag "sdist" for sdists."""
        found = []
        for line in self.column_lines:
            requires_python, python, rest = line.split("\t")
            parts = rest.split(" ")
            for platform, mask in zip(parts[::2], parts[1::2]):
                tag = python if python == "sdist" else f"{python}-{platform}"
                found.append((requires_python, tag, int(mask, 16)))
        return found

    def lines(self, index: int) -> list[str] | None:
        """Return the release's artifacts undecoded (`file_of`, `artifact_of` read one); None when it is damaged."""
        offsets = self._offsets.split(" ")
        try:
            start, end = int(offsets[index], 16), int(offsets[index + 1], 16)
            line = self._body.read(start, end - start)
            crc, _, rest = line.rstrip(b"\n").partition(b"\t")
            if int(crc, 16) != crc32(rest):
                return None
            return rest.decode().split("\t")
        except (ValueError, IndexError, OSError):
            return None

    def artifacts(self, index: int) -> tuple[Artifact, ...] | None:
        """Return the artifacts of the release at `index`, or None when the body is damaged."""
        lines = self.lines(index)
        return None if lines is None else tuple(artifact_of(line, self.table.versions[index]) for line in lines)


class Body:
    """The part of a record that is read piecewise: from a file, or from memory."""

    __slots__ = ("_bytes", "_path", "_start")

    def __init__(self, data: bytes | None, path: str, start: int) -> None:
        self._bytes = data
        self._path = path
        self._start = start

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes of the body from `offset`. Raises `OSError`."""
        if self._bytes is not None:
            return self._bytes[self._start + offset : self._start + offset + length]
        with open(self._path, "rb", buffering=0) as stream:
            stream.seek(self._start + offset)
            return stream.read(length)


def confirmed(path: str, now: int, fresh_for: int, magic: str = _MAGIC) -> bytes | None:
    """Return the bytes of a record whose index says that nothing changed, fetched `now`; None when it is damaged."""
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    size = whole_head(data, magic)
    if not size:
        return None
    lines = data[:size].split(b"\n")
    fields = lines[1].split(b"\t")
    fields[1:3] = [b"%d" % now, b"%d" % fresh_for]
    lines[1] = b"\t".join(fields)
    return sealed(b"\n" + b"\n".join(lines[1:]), magic) + data[size:]


def load(path: str) -> Record | None:
    """Read a record from a file; None when there is none or it is damaged."""
    try:
        with open(path, "rb", buffering=0) as stream:
            data = stream.read(_FIRST_READ)
            size = head_size(data)
            while 0 < len(data) < size:
                more = stream.read(size - len(data))
                if not more:
                    return None
                data += more
            whole = len(data) < _FIRST_READ
    except OSError:
        return None
    return parse(data, path=path, whole=whole)


def parse(data: bytes, *, path: str = "", whole: bool = True) -> Record | None:
    """Make a record of its bytes; with `whole` false the body is read from `path` when it is wanted."""
    try:
        size = whole_head(data)
        return Record(data[:size].decode(), Body(data if whole else None, path, size)) if size else None
    except (ValueError, IndexError):
        return None


def whole_head(data: bytes, magic: str = _MAGIC) -> int:
    """Return the size of an undamaged head at the start of `data`; 0 when there is none."""
    try:
        newline = data.index(b"\n")
        size = head_size(data, magic)
        return size if int(data[:newline].rsplit(b" ", 1)[1], 16) == crc32(data[newline:size]) else 0
    except (ValueError, IndexError):
        return 0


def head_size(data: bytes, magic: str = _MAGIC) -> int:
    """Return the size that the first line tells; 0 when it is not one of `magic`."""
    try:
        first = data[: data.index(b"\n")].decode()
        return int(first.split(" ")[2]) if first.startswith(magic) else 0
    except (ValueError, IndexError):
        return 0


def distil(
    listing: Listing,
    *,
    fetched: int,
    fresh_for: int,
    etag: str = "",
    last_modified: str = "",
) -> bytes:
    """Distil a listing."""
    releases = _releases(listing)
    uploads = [artifact.upload_time for artifact in listing.artifacts]
    newest = max(uploads) if uploads and all(uploads) else ""
    keys = sorted(releases)
    versions = [normalize_version(releases[key][0].version) for key in keys]
    yanked = prereleases = 0
    columns: dict[tuple[str, str], dict[str, int]] = {}
    body: list[bytes] = []
    offsets = [0]
    tag_of = _Tags().of
    for index, key in enumerate(keys):
        bit = 1 << index
        artifacts = _useful(releases[key], tag_of)
        offered = [artifact for artifact in artifacts if artifact.yanked is None]
        if not offered:
            yanked |= bit
        if is_prerelease_key(key):
            prereleases |= bit
        for artifact in offered or artifacts:
            python, platform = tag_of(artifact.file)
            column = columns.setdefault((artifact.requires_python, python), {})
            column[platform] = column.get(platform, 0) | bit
        rest = "\t".join([_spell(artifact) for artifact in artifacts]).encode()
        line = b"%x\t%s\n" % (crc32(rest), rest)
        body.append(line)
        offsets.append(offsets[-1] + len(line))
    head = "\n".join(
        [
            "",
            "\t".join([listing.name, str(fetched), str(fresh_for), _clean(etag), _clean(last_modified), newest]),
            " ".join(keys),
            " ".join(versions),
            f"{prereleases:x} {yanked:x}",
            " ".join(f"{offset:x}" for offset in offsets),
            *(_column(python, abi, platforms) for (python, abi), platforms in columns.items()),
            "",
            "",
        ]
    ).encode()
    return sealed(head) + b"".join(body)


def sealed(head: bytes, magic: str = _MAGIC) -> bytes:
    """Put the first line, with the head's size and checksum, before a head that begins with a newline."""
    size = len(head)
    while True:  # the size depends on its own digits
        first = f"{magic}{size} {crc32(head):x}".encode()
        if len(first) + len(head) == size:
            return first + head
        size = len(first) + len(head)


def _useful(artifacts: list[Artifact], tag_of: "Callable[[str], tuple[str, str]]") -> list[Artifact]:
    """Sort pure wheels first, then by name; leave out wheels that can serve no target, unless there is nothing else."""
    if len(artifacts) == 1:
        return artifacts
    ranked = sorted([(not artifact.file.endswith("-none-any.whl"), artifact.file, artifact) for artifact in artifacts])
    return [artifact for _, file, artifact in ranked if may_serve(*tag_of(file))] or [ranked[0][2]]


def _releases(listing: Listing) -> dict[str, list[Artifact]]:
    releases: dict[str, list[Artifact]] = {}
    keys: dict[str, str] = {}
    for artifact in listing.artifacts:
        key = keys.get(artifact.version)
        if key is None:
            try:
                key = version_key(artifact.version)
            except InvalidVersion:
                key = ""
            keys[artifact.version] = key
        if key:
            releases.setdefault(key, []).append(artifact)
    return releases


def _column(requires_python: str, python: str, platforms: dict[str, int]) -> str:
    masks = " ".join(f"{platform} {mask:x}" for platform, mask in platforms.items())
    return f"{_clean(requires_python)}\t{python}\t{masks}"


class _Tags:
    """The tags of one package's files: releases repeat them, so each spelling is taken apart once."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, str]] = {}

    def of(self, file: str) -> tuple[str, str]:
        """`click-8.1.8-py3-none-any.whl` -> ("py3-none", "any"); an sdist -> ("sdist", "-")."""
        if not file.endswith(".whl"):
            return "sdist", "-"
        rest = file.split("-", 2)[2]
        known = self._known.get(rest)
        if known is None:
            python, abi, platform = rest[:-4].rsplit("-", 3)[-3:]
            known = self._known[rest] = (f"{python}-{abi}", platform)
        return known


def _clean(text: str) -> str:
    return " ".join(text.split()) if not text.isprintable() else text


def _spell(artifact: Artifact) -> str:
    file, _, url, digest, requires_python, yanked, upload_time, metadata, provenance = artifact
    reason = "" if yanked is None else "!" + _clean(yanked)
    parts = (file, digest, url, _clean(requires_python), reason, upload_time, metadata, provenance)
    return _UNIT.join(parts)


def file_of(line: str) -> str:
    """Return the file name of an undecoded artifact."""
    return line[: line.index(_UNIT)]


def is_yanked(line: str) -> bool:
    """Whether an undecoded artifact is yanked."""
    return _UNIT + "!" in line and bool(line.split(_UNIT)[4])


def artifact_of(text: str, version: str) -> Artifact:
    """Decode an artifact of the release `version`."""
    file, digest, url, requires_python, yanked, upload_time, metadata, provenance = text.split(_UNIT)
    return Artifact(
        file,
        version,
        url,
        digest,
        requires_python,
        yanked[1:] if yanked else None,
        upload_time,
        metadata,
        provenance,
    )
