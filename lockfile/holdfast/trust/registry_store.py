"""What was verified of one registry, kept on this machine: the registry's own files under the registry's own names.

    metadata/timestamp.json, metadata/640.snapshot.json, metadata/3.root.json, ...
    targets/modules/@acme/<sha256>.guards.json

It saves requests and remembers the newest state seen; nothing in it is believed because it is here: every run verifies
it again from the pinned root. A damaged file is a miss. Knows one folder; no network and no meaning.
"""

import contextlib
import os
import tempfile
from collections.abc import Mapping

from holdfast.trust.errors import MalformedDocument
from holdfast.trust.registry_metadata import ROOT, TIMESTAMP, limit_of, metadata_path, read_document, role_of
from holdfast_resolver.errors import CacheUnwritable

_PART = ".part-"
_ABANDONED = 86_400.0  # seconds after which a file that was never finished is nobody's
_LOCK_TIMEOUT = 10.0  # seconds; whoever holds the lock writes one small file


class RegistryStore:
    """The folder of one registry. Two processes may use it at once. Writing raises `CacheUnwritable`."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def read(self, path: str, limit: int) -> bytes | None:
        """Return a kept file of at most `limit` bytes, None when there is none."""
        try:
            with open(self._place(path), "rb") as file:
                data = file.read(limit + 1)
        except OSError:
            return None
        return data if len(data) <= limit else None

    def drop(self, path: str) -> None:
        """Forget a file."""
        with contextlib.suppress(OSError):
            os.unlink(self._place(path))

    def newest_root(self, version: int) -> int:
        """Return the highest version of an unbroken chain of kept roots that begins after `version`."""
        while os.path.isfile(self._place(metadata_path(ROOT, version + 1))):
            version += 1
        return version

    def keep(self, files: Mapping[str, bytes]) -> None:
        """Keep files whose bytes never change, in this order, and drop the ones that they supersede."""
        for path, data in files.items():
            self._write(self._place(path), data)
        self._prune(files)

    def keep_timestamp(self, data: bytes, version: int, read: bytes | None) -> None:
        """Keep the newest timestamp; `read` is what was here when this run began.

        What another process has written since stays when it claims a newer version.
        """
        from filelock import FileLock, Timeout  # start-up: only when a registry has something new

        place = self._place(metadata_path(TIMESTAMP))
        try:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with FileLock(os.path.join(self._folder, "lock"), timeout=_LOCK_TIMEOUT):
                now = self.read(metadata_path(TIMESTAMP), limit_of(TIMESTAMP))
                if now is None or now == read or _claimed_version(now) <= version:
                    self._write(place, data)
        except Timeout:
            raise CacheUnwritable(self._folder, "another process holds its lock") from None
        except OSError as error:
            raise CacheUnwritable(self._folder, error.strerror or type(error).__name__) from None

    def _place(self, path: str) -> str:
        return os.path.join(self._folder, *path.split("/"))

    def _write(self, place: str, data: bytes) -> None:
        folder = os.path.dirname(place)
        part = ""
        try:
            os.makedirs(folder, exist_ok=True)
            descriptor, part = tempfile.mkstemp(dir=folder, prefix=_PART)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.replace(part, place)
        except OSError as error:
            if part:
                with contextlib.suppress(OSError):
                    os.unlink(part)
            raise CacheUnwritable(place, error.strerror or type(error).__name__) from None

    def _prune(self, kept: Mapping[str, bytes]) -> None:
        """Drop lower versions of the roles, and other digests of the targets, that were kept; roots all stay."""
        folders: dict[str, dict[str, str]] = {}  # folder -> what follows the version or digest -> new file name
        for path in kept:
            folder, _, name = path.rpartition("/")
            if role_of(path) != ROOT:
                folders.setdefault(folder, {})[name.partition(".")[2]] = name
        for folder, names in folders.items():
            try:
                entries = os.listdir(self._place(folder))
            except OSError:
                continue
            for entry in entries:
                head, _, rest = entry.partition(".")
                if entry.startswith(_PART):
                    self._sweep(f"{folder}/{entry}", f"{folder}/{next(iter(names.values()))}")
                new = names.get(rest)
                if new is not None and _is_superseded(head, new.partition(".")[0]):
                    self.drop(f"{folder}/{entry}")

    def _sweep(self, part: str, new: str) -> None:
        """Drop a part that a killed process left a day before `new` was written."""
        with contextlib.suppress(OSError):
            if os.path.getmtime(self._place(part)) < os.path.getmtime(self._place(new)) - _ABANDONED:
                self.drop(part)


def _claimed_version(data: bytes) -> int:
    try:
        return read_document(TIMESTAMP, data).version
    except MalformedDocument:
        return 0


def _is_superseded(old: str, new: str) -> bool:
    if len(old) == 64:  # a digest
        return old != new
    return old.isdecimal() and new.isdecimal() and int(old) < int(new)
