"""The cache folder: where a record and a journal lie, and how they are written so that no kill can spoil them.

    <cache>/v1/<source>/<package>.listing     a distilled listing (records.py), replaced whole
    <cache>/v1/<source>/<package>.facts       a journal of core metadata (facts.py), appended to
    <cache>/v1/<source>/<package>.packument   a distilled packument (npm_records.py), replaced whole
    <cache>/v1/<source>/<package>.rest        the packument itself, where some of it is not distilled yet (npm_rest.py)
    <cache>/v1/<source>/<targets>.coverage    which candidates serve a set of targets (resolve/coverage.py)
    <cache>/store/                            artifacts by digest (store.py)

What cannot be read is a miss; what cannot be written is said once, and the run goes on.
"""

import os
from zlib import crc32

from holdfast_resolver.fetch import facts, records
from holdfast_resolver.values.wishes import Source

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: npm's records are for projects that have a package.json
    from holdfast_resolver.fetch.npm_records import NpmRecord

_VERSION = "v1"
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-")


class Cache:
    """Reads and writes below `folder`. `unwritable` is the system's reason once a write has failed, else ""."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.unwritable = ""
        self._made: set[str] = set()
        self._folders: dict[str, str] = {}  # by the source's identity and kind

    def record(self, source: Source, name: str) -> records.Record | None:
        """Return the distilled listing, or None."""
        record = records.load(self._path(source, name, "listing"))
        return record if record is not None and record.name == name else None

    def packument(self, source: Source, name: str, beginning: bytes = b"") -> "NpmRecord | None":
        """Return the distilled packument of an npm package, or None; of its file a `beginning` may be known."""
        from holdfast_resolver.fetch import npm_records  # start-up: only where there is npm

        path = self._path(source, name, "packument")
        record = (npm_records.parse(beginning, path=path) if beginning else None) or npm_records.load(path)
        return record if record is not None and record.name == name else None

    def journal(self, source: Source, name: str) -> bytes:
        """Return the journal, to be searched with `facts.find`."""
        return facts.load(self._path(source, name, "facts"))

    def names(self, source: Source) -> list[str]:
        """Return the packages of a source that have a record."""
        try:
            files = os.listdir(f"{self.folder}/{_VERSION}/{_folder_of(source)}")
        except OSError:
            return []
        ending = f".{_kind_of(source)}"
        found = [file.removesuffix(ending) for file in files if file.endswith(ending)]
        if source.kind != "npm":
            return found
        from holdfast_resolver.registries.npm_addresses import name_of_file

        return [name_of_file(file) for file in found]

    def confirmed(self, source: Source, name: str, now: int, fresh_for: int) -> bytes | None:
        """Return the record's bytes as fetched `now`, after its index said that nothing changed; None = damaged."""
        path = self._path(source, name, _kind_of(source))
        if source.kind != "npm":
            return records.confirmed(path, now, fresh_for)
        from holdfast_resolver.fetch.npm_records import MAGIC

        return records.confirmed(path, now, fresh_for, MAGIC)

    def keep_record(self, source: Source, name: str, data: bytes) -> records.Record | None:
        """Replace the distilled listing in one step, and return it.

        It is read back from its file, so that memory holds only its head; where it cannot be written it is kept whole.
        """
        return self.record(source, name) if self.write_record(source, name, data) else records.parse(data)

    def keep_packument(self, source: Source, name: str, data: bytes, rest: bytes = b"") -> "NpmRecord | None":
        """Replace the distilled packument in one step, and return it, as `keep_record` does."""
        from holdfast_resolver.fetch import npm_records  # start-up: only where there is npm

        if self.write_record(source, name, data, rest):
            return self.packument(source, name)
        return npm_records.parse(data, rest=rest)

    def write_record(self, source: Source, name: str, data: bytes, rest: bytes = b"") -> bool:
        """Replace the distilled listing or packument in one step; False when it cannot be written.

        `rest` is the answer that a packument's record was made from, where that has not all of it.
        """
        path = self._path(source, name, _kind_of(source))
        return (not rest or self._replace(rest_path(path), rest)) and self._replace(path, data)

    def coverage(self, source: Source, name: str) -> bytes:
        """Return what is kept of a set of targets; b"" where nothing is."""
        try:
            with open(self._path(source, name, "coverage"), "rb", buffering=0) as stream:
                return stream.read()
        except OSError:
            return b""

    def keep_coverage(self, source: Source, name: str, data: bytes) -> None:
        """Replace what is kept of a set of targets in one step."""
        self._replace(self._path(source, name, "coverage"), data)

    def silence(self, source: Source) -> int | None:
        """Return when a registry last said that it publishes no keys, in unix seconds; None where that is not kept."""
        try:
            with open(self._path(source, "keys", "silence"), "rb", buffering=0) as stream:
                return int(stream.read(20))
        except (OSError, ValueError):
            return None

    def keep_silence(self, source: Source, now: int) -> None:
        """Keep that a registry said so now."""
        self._replace(self._path(source, "keys", "silence"), b"%d" % now)

    def _replace(self, path: str, data: bytes) -> bool:
        try:
            self._make(path)
            replace_file(path, data)
        except OSError as error:
            self._failed(error)
            return False
        return True

    def keep_facts(self, source: Source, name: str, line: bytes) -> None:
        """Append one line to the journal in one write."""
        path = self._path(source, name, "facts")
        try:
            self._make(path)
            with open(path, "ab", buffering=0) as stream:
                stream.write(line)
        except OSError as error:
            self._failed(error)

    def _path(self, source: Source, name: str, kind: str) -> str:
        if kind == "packument":
            from holdfast_resolver.registries.npm_addresses import name_as_file  # start-up: only where there is npm

            name = name_as_file(name)
        known = source.identity + source.kind
        folder = self._folders.get(known)
        if folder is None:
            folder = self._folders[known] = f"{self.folder}/{_VERSION}/{_folder_of(source)}"
        return f"{folder}/{name}.{kind}"

    def _make(self, path: str) -> None:
        folder = os.path.dirname(path)
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)

    def _failed(self, error: OSError) -> None:
        self.unwritable = error.strerror or str(error)


def replace_file(path: str, data: bytes) -> None:
    """Write a file beside `path` and put it in its place in one step. Raises `OSError`; then `path` is as it was."""
    temporary = f"{path}.{os.getpid()}.{crc32(os.urandom(8)):08x}.new"
    try:
        with open(temporary, "xb", buffering=0) as stream:
            stream.write(data)
        os.replace(temporary, path)
    except OSError:
        _unlink_quietly(temporary)
        raise


def _unlink_quietly(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # nothing was made, or it stays as a `.new` for `cache clear`


def rest_path(path: str) -> str:
    """Where the answer lies that the packument's record at `path` was made from."""
    return f"{path.removesuffix('packument')}rest"


def _kind_of(source: Source) -> str:
    """What the files of a source's packages are called."""
    return "packument" if source.kind == "npm" else "listing"


def _folder_of(source: Source) -> str:
    """A folder name that differs where the identity differs."""
    if source.identity == source.kind:
        return source.kind
    safe = "".join(character if character in _SAFE else "_" for character in source.identity.lower())
    return f"{safe[-80:]}.{crc32(source.identity.encode()):08x}"
