"""The registry's folder, its keys folder and an inbox: the one file of this room that touches the disk.

Every file comes into being whole: written under another name in `.tmp/`, synced, then renamed. Each effect is
announced through `step`, so that a test can end the process before any of them. Whoever changes a registry holds
`<registry>.lock`, beside the folder and never served; what lies in `.tmp/` then is of nobody who still lives.
Knows paths and bytes; no metadata, no keys.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from holdfast.errors import FileProblem

STEPS = ("open-temp", "write", "fsync", "replace", "sync-folder", "remove")
SERVED = ("metadata", "targets", "blobs")
_TEMPORARY = ".tmp"


def _no_step(name: str) -> None:
    """Do nothing before the effect `name`."""


# Called with one of STEPS before each effect on the disk. Tests replace it; nothing else does.
step: Callable[[str], None] = _no_step


class RegistryFolder:
    """A folder of static files. Paths are relative, with "/". `durable` False leaves out syncing (for tests, bench)."""

    def __init__(self, path: str, *, durable: bool = True) -> None:
        self.path = os.path.realpath(path)
        self._durable = durable

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, None when there is none. Raises `FileProblem`."""
        return read_file(self._place(path))

    def write(self, path: str, data: bytes) -> None:
        """Make `data` the content of a file: at any moment it has its old bytes or the new. Raises `FileProblem`."""
        place = self._place(path)
        write_file(place, data, os.path.join(self.path, _TEMPORARY), durable=self._durable)

    def has(self, path: str, size: int) -> bool:
        """Whether there is a file of this size."""
        try:
            return os.stat(self._place(path)).st_size == size
        except OSError:
            return False

    def files(self) -> Iterator[tuple[str, int]]:
        """Yield every file and its size, in order of paths; links and special files as size -1."""
        for folder, folders, names in os.walk(self.path):
            folders.sort()
            inner = os.path.relpath(folder, self.path).replace(os.sep, "/")
            for name in sorted([*names, *(one for one in folders if os.path.islink(os.path.join(folder, one)))]):
                facts = os.lstat(os.path.join(folder, name))
                yield (
                    (name if inner == "." else f"{inner}/{name}"),
                    (facts.st_size if stat.S_ISREG(facts.st_mode) else -1),
                )

    def names(self, folder: str) -> tuple[str, ...]:
        """Return what a folder holds, in order; nothing for one that is not there."""
        return list_names(self._place(folder))

    @contextmanager
    def locked(self, waiting: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the registry against every process that asks likewise; `waiting` is called once where another has it.

        Raises `FileProblem`.
        """
        from filelock import FileLock, Timeout  # start-up: 43 ms

        lock = FileLock(self.path + ".lock")
        try:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                if waiting:
                    waiting()
                lock.acquire()
        except OSError as error:
            raise _problem(self.path + ".lock", "lock", error) from None
        try:
            self._clean()
            yield
            self._clean()
        finally:
            lock.release()

    def _clean(self) -> None:
        temporary = os.path.join(self.path, _TEMPORARY)
        for name in list_names(temporary):
            with suppress(OSError):
                os.unlink(os.path.join(temporary, name))
        with suppress(OSError):
            os.rmdir(temporary)

    def _place(self, path: str) -> str:
        return os.path.join(self.path, *path.split("/"))


def read_file(path: str, limit: int | None = None) -> bytes | None:
    """Return the bytes of a regular file that is no link, None when there is none. Raises `FileProblem`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileProblem(path, "read", "it is no regular file")
            data = file.read() if limit is None else file.read(limit + 1)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _problem(path, "read", error) from None
    if limit is not None and len(data) > limit:
        raise FileProblem(path, "read", f"it has more than {limit} bytes")
    return data


def write_file(path: str, data: bytes, temporary: str, *, durable: bool = True) -> None:
    """Write a file through one in the folder `temporary`, on the same disk. Raises `FileProblem`."""
    draft = os.path.join(temporary, f"{os.path.basename(path)[-80:]}.{os.urandom(4).hex()}")
    folder = os.path.dirname(path)
    try:
        os.makedirs(temporary, exist_ok=True)
        os.makedirs(folder, exist_ok=True)
        step("open-temp")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(draft, flags, 0o666)
        try:
            with open(descriptor, "wb", buffering=0) as file:
                step("write")
                view = memoryview(data)
                while view:
                    view = view[file.write(view) :]
                step("fsync")
                if durable:
                    os.fsync(descriptor)
            step("replace")
            os.replace(draft, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(draft)
            raise
        step("sync-folder")
        if durable:
            _sync_folder(folder)
    except OSError as error:
        raise _problem(path, "write", error) from None


def write_folder(path: str, files: dict[str, bytes]) -> None:
    """Make a new folder of files, whole or not at all; one that is there is left as it is. Raises `FileProblem`."""
    above, name = os.path.split(os.path.abspath(path))
    draft = os.path.join(above, f".{name}.{os.urandom(4).hex()}.tmp")
    try:
        os.makedirs(draft)
        for file, data in files.items():
            write_file(os.path.join(draft, file), data, draft)
        step("replace")
        if os.path.isdir(path):
            _remove_tree(draft)
        else:
            os.rename(draft, path)
            _sync_folder(above)
    except OSError as error:
        _remove_tree(draft)
        raise _problem(path, "write", error) from None


def remove_folder(path: str) -> None:
    """Remove a folder of files, whole: it is renamed out of sight first. Raises `FileProblem`."""
    above, name = os.path.split(os.path.abspath(path))
    gone = os.path.join(above, f".{name}.{os.urandom(4).hex()}.tmp")
    step("remove")
    try:
        os.rename(path, gone)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _problem(path, "remove", error) from None
    _remove_tree(gone)


def remove_file(path: str) -> None:
    """Remove a file, if it is there."""
    with suppress(OSError):
        os.unlink(path)


def list_names(folder: str) -> tuple[str, ...]:
    """Return what a folder holds, in order; nothing for one that is not there. Raises `FileProblem`."""
    try:
        return tuple(sorted(os.listdir(folder)))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise _problem(folder, "read", error) from None


def is_folder(path: str) -> bool:
    """Whether a path is a folder, and no link to one."""
    return os.path.isdir(path) and not os.path.islink(path)


def make_private_folder(path: str) -> None:
    """Make a folder that only its owner may look into, if it is not there. Raises `FileProblem`."""
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
    except OSError as error:
        raise _problem(path, "write", error) from None


def _remove_tree(path: str) -> None:
    for name in list_names(path):
        with suppress(OSError):
            os.unlink(os.path.join(path, name))
    with suppress(OSError):
        os.rmdir(path)


def _sync_folder(folder: str) -> None:
    # The new name is durable when its folder is; Windows has no such call, and some file systems refuse it.
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _problem(path: str, action: str, error: OSError | ValueError) -> FileProblem:
    reason = (error.strerror or "") if isinstance(error, OSError) else ""
    return FileProblem(path, action, reason or str(error))
