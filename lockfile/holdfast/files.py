"""Reads and writes of a project's files: whole or not at all, one writer at a time.

Knows paths, permissions and locks; never what a file says, but for the few bytes that tell whether a
`pyproject.toml` is a project of ours. Every effect of a write is announced through `step`, so that a test can
end the process before any of them.
"""

from __future__ import annotations

import os
from types import TracebackType

from holdfast.errors import FileProblem, ProjectNotFound

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Callable
    from typing import Any

MANIFEST = "pyproject.toml"
CONFIGURATION = "holdfast.toml"
NPM_MANIFEST = "package.json"
# A line that begins with one of these is a header of a table that holdfast reads.
_HEADERS = (b"[project]", b"[project.", b"[dependency-groups]", b"[tool.holdfast]", b"[tool.holdfast.")
_LEFTOVER_SECONDS = 3600
_LOCK_NAME = "project-{:08x}.lock"
STEPS = ("open-temp", "write", "fsync", "replace", "sync-folder")


def _no_step(name: str) -> None:
    """Do nothing before the effect `name`."""


# Called with one of STEPS before each effect of a write. Tests replace it; nothing else does.
step: Callable[[str], None] = _no_step


def read_bytes(path: str) -> bytes:
    """Return the bytes of a file. Raises `FileProblem`."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise _problem(path, "read", error) from None


def read_optional(path: str) -> bytes | None:
    """Return the bytes of a file, None when there is none. Raises `FileProblem` for every other failure."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _problem(path, "read", error) from None


def folders_in(path: str) -> bytes | None:
    """Return the names of the folders in a folder, one a line, sorted; None when there is no such folder.

    What links to a folder is none: so no walk goes in circles. Raises `FileProblem`.
    """
    try:
        with os.scandir(path) as entries:
            names = sorted([entry.name for entry in entries if entry.is_dir(follow_symlinks=False)])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _problem(path, "read", error) from None
    return "".join([f"{name}\n" for name in names if "\n" not in name]).encode("utf-8", "surrogateescape")


def make_folder(path: str) -> None:
    """Make a folder and those above it, where they are not there yet. Raises `FileProblem`."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise _problem(path, "make", error) from None


def write_atomic(path: str, data: bytes) -> None:
    """Make `data` the content of `path`: at any moment the file has its old bytes or the new, never others.

    The bytes go to a new file in the same folder, which replaces the old one when they are on the disk. A
    link is followed; the permission bits of an existing file are kept. Raises `FileProblem`, and leaves
    nothing behind; what a killed process left behind goes with a later write.
    """
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    temporary = os.path.join(folder, f".{os.path.basename(target)}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    made = False
    try:
        mode = _mode(target)
        step("open-temp")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(temporary, flags, 0o666)
        made = True
        try:
            step("write")
            _write_all(descriptor, data)
            if mode is not None:
                os.chmod(temporary, mode)
            step("fsync")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        step("replace")
        os.replace(temporary, target)
        made = False
        step("sync-folder")
        _sync_folder(folder)
        _remove_leftovers(target)
    except OSError as error:
        raise _problem(path, "write", error) from None
    finally:
        if made:
            _remove_quietly(temporary)


def find_project(start: str) -> str:
    """Return the nearest folder, `start` or above it, that is a project.

    A project has a `holdfast.toml`, a `package.json`, or a `pyproject.toml` with a table that holdfast reads; a
    workspace of a project above it is none of its own. Where no folder is one, the nearest with any
    `pyproject.toml` is returned, whose reader says what is missing. Raises `ProjectNotFound` where there is none
    of these, `FileProblem` for a file that cannot be read.
    """
    folder = os.path.abspath(start)
    nearest = ""
    while True:
        if os.path.isfile(os.path.join(folder, CONFIGURATION)):
            return folder
        text = _manifest(folder)
        if text is not None:
            if _is_ours(text):
                return folder
            nearest = nearest or folder
        if os.path.isfile(os.path.join(folder, NPM_MANIFEST)):
            from holdfast_resolver.manifests.workspace_root import workspace_root  # start-up: only where there is npm

            return workspace_root(folder, read_optional, folders_in)
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    if nearest:
        return nearest
    raise ProjectNotFound(os.path.abspath(start))


class ProjectLock:
    """Holds a project for one writing process, as a context manager; made by `project_lock`."""

    __slots__ = ("_descriptor", "_file_lock", "_folder", "_project", "_waiting")

    def __init__(self, project: str, folder: str, waiting: Callable[[], None]) -> None:
        self._project = project
        self._folder = folder
        self._waiting = waiting
        self._descriptor = -1
        self._file_lock: Any = None

    def __enter__(self) -> ProjectLock:
        if os.name == "posix":
            if not self._lock_folder():
                self._lock_file_posix()
        else:
            self._lock_file_elsewhere()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)  # which gives up the lock
            self._descriptor = -1
        if self._file_lock is not None:
            self._file_lock.release()
            self._file_lock = None

    @property
    def held(self) -> bool:
        """Whether the lock is held; False only where neither the project nor the folder can carry one."""
        return self._descriptor >= 0 or self._file_lock is not None

    def _lock_folder(self) -> bool:
        # The project's own folder carries the lock: no file is made. Network file systems may not allow that.
        try:
            descriptor = os.open(self._project, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise _problem(self._project, "lock", error) from None
        return self._flock(descriptor)

    def _lock_file_posix(self) -> None:
        try:
            os.makedirs(self._folder, exist_ok=True)
            descriptor = os.open(self._lock_path(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError:
            return  # a read-only cache: writes are atomic also without a lock
        self._flock(descriptor)

    def _flock(self, descriptor: int) -> bool:
        # start-up: only commands that write need it
        import fcntl

        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._waiting()
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            os.close(descriptor)
            return False
        except BaseException:  # Ctrl-C while waiting
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def _lock_file_elsewhere(self) -> None:
        # start-up: 43 ms, and only where there is no flock
        from filelock import FileLock, Timeout

        try:
            os.makedirs(self._folder, exist_ok=True)
            lock = FileLock(self._lock_path())
            try:
                lock.acquire(timeout=0)
            except Timeout:
                self._waiting()
                lock.acquire()
        except OSError:
            return
        self._file_lock = lock

    def _lock_path(self) -> str:
        from zlib import crc32  # start-up: only where the project's folder cannot carry the lock

        # Two projects with the same sum only wait for each other.
        name = _LOCK_NAME.format(crc32(os.path.realpath(self._project).encode("utf-8", "surrogateescape")))
        return os.path.join(self._folder, name)


def project_lock(project: str, folder: str, waiting: Callable[[], None]) -> ProjectLock:
    """Return a context manager that holds the folder `project` against every process that asks likewise.

    `folder` (in the cache) takes a lock file where the project's folder itself cannot be locked; `waiting` is
    called once when another process holds the lock. The lock ends with the process. Entering raises
    `FileProblem` when there is no such project.
    """
    return ProjectLock(project, folder, waiting)


def _manifest(folder: str) -> bytes | None:
    path = os.path.join(folder, MANIFEST)
    return read_bytes(path) if os.path.isfile(path) else None


def _is_ours(text: bytes) -> bool:
    if any(line.lstrip().startswith(_HEADERS) for line in text.splitlines()):
        return True
    # start-up: headers are the rule; dotted keys (`project.name = "web"`) need a reading of the whole
    from holdfast_resolver.errors import ManifestError
    from holdfast_resolver.manifests.pyproject import has_tables
    from holdfast_resolver.manifests.toml import parse_toml

    try:
        return has_tables(parse_toml(text, MANIFEST).data)
    except ManifestError:
        return True  # broken: whoever reads it will say where


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        return None


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: str) -> None:
    # The new name is durable when its folder is; Windows has no such call, and some file systems refuse it.
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def _remove_leftovers(target: str) -> None:
    # Temporary files of the same name, older than the file just written by more than any write takes.
    folder, name = os.path.split(target)
    try:
        newest = os.stat(target).st_mtime
        for entry in os.listdir(folder):
            if entry.startswith(f".{name}.") and entry.endswith(".tmp"):
                leftover = os.path.join(folder, entry)
                if os.lstat(leftover).st_mtime < newest - _LEFTOVER_SECONDS:
                    os.unlink(leftover)
    except OSError:
        return  # the write itself is done


def _remove_quietly(path: str) -> None:
    try:  # noqa: SIM105 - start-up: contextlib is not loaded otherwise
        os.unlink(path)
    except OSError:
        pass


def _problem(path: str, action: str, error: OSError | ValueError) -> FileProblem:
    reason = (error.strerror or "") if isinstance(error, OSError) else ""
    return FileProblem(path, action, reason or str(error))
