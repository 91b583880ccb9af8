"""A folder on a disk as the tree of a module: every file looked at itself, nothing followed, nothing written.

Rule 1: a link, a device, a pipe or a socket anywhere is refused with its path.
Rule 2: a file that changes while it is read is refused.
Rule 3: of a file's mode only the owner's execute bit counts.

Knows paths and bytes; never a manifest or a signature.
"""

import os
import stat
from collections.abc import Callable, Iterator
from hashlib import sha256

from holdfast.trust.errors import TreeRefused
from holdfast.trust.limits import LIMITS, Limits
from holdfast.trust.paths_of_trees import DEEPEST_PATH, check_path, check_paths, is_left_out
from holdfast.trust.tree import TreeFile
from holdfast_resolver.values.tuples import NamedTuple

_CHUNK = 1024 * 1024
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_CHANGED = "a file that changed while it was read"


class FolderFile(NamedTuple):
    """One file as it was found; `read_file` gives its bytes."""

    path: str  # inside the folder, with "/"
    executable: bool
    size: int  # bytes
    place: str  # its path on this machine
    state: tuple[int, ...]  # what changes when the file does


def nothing(name: str) -> bool:
    """Leave nothing out, for `hash_folder`."""
    return False


def hash_folder(
    folder: str, *, ignore: Callable[[str], bool] = is_left_out, limits: Limits = LIMITS
) -> tuple[TreeFile, ...]:
    """Return the tree in `folder`, sorted by the bytes of the paths.

    `ignore` tells of one name whether a file or folder called so is passed over; `nothing` passes over none, as an
    unpacked module must be seen. Raises `TreeRefused`, and `OSError` for what cannot be read.
    """
    found = walk_folder(folder, ignore=ignore, limits=limits)
    return tuple(TreeFile(file.path, file.executable, sha256(read_file(file)).hexdigest()) for file in found)


def walk_folder(
    folder: str, *, ignore: Callable[[str], bool] = is_left_out, limits: Limits = LIMITS
) -> tuple[FolderFile, ...]:
    """Return the files in `folder` without reading them, sorted by the bytes of the paths; see `hash_folder`."""
    found: list[FolderFile] = []
    total = 0
    for file in _walk(folder, "", ignore):
        total += file.size
        if file.size > limits.file_bytes:
            raise TreeRefused(file.path, f"{file.size} bytes, more than {limits.file_bytes}")
        if total > limits.total_bytes:
            raise TreeRefused(file.path, f"more than {limits.total_bytes} bytes in all files together")
        if len(found) == limits.files:
            raise TreeRefused(file.path, f"more than {limits.files} files")
        found.append(file)
    found.sort(key=lambda file: file.path.encode())
    check_paths(file.path for file in found)
    return tuple(found)


def read_file(file: FolderFile) -> bytes:
    """Return the bytes of a file, as long as it is still the one that was found. Raises `TreeRefused`, `OSError`."""
    try:
        descriptor = os.open(file.place, _FLAGS)
    except FileNotFoundError:
        raise TreeRefused(file.path, _CHANGED) from None
    except OSError:
        if os.path.islink(file.place):  # O_NOFOLLOW
            raise TreeRefused(file.path, _CHANGED) from None
        raise
    try:
        if _state(os.fstat(descriptor)) != file.state:
            raise TreeRefused(file.path, _CHANGED)
        pieces: list[bytes] = []
        left = file.size + 1
        while left and (piece := os.read(descriptor, min(left, _CHUNK))):
            pieces.append(piece)
            left -= len(piece)
        if left != 1 or _state(os.fstat(descriptor)) != file.state:
            raise TreeRefused(file.path, _CHANGED)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def _walk(place: str, prefix: str, ignore: Callable[[str], bool]) -> Iterator[FolderFile]:
    if prefix.count("/") > DEEPEST_PATH:
        raise TreeRefused(prefix.rstrip("/"), f"more than {DEEPEST_PATH} parts")
    with os.scandir(place) as entries:
        listed = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    for entry in listed:
        if ignore(entry.name):
            continue
        path = prefix + entry.name
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode) and not _is_junction(status):
            yield from _walk(entry.path, path + "/", ignore)
        elif stat.S_ISREG(status.st_mode):
            # Windows lets a listing's facts lag behind; the file itself knows.
            status = os.lstat(entry.path) if os.name == "nt" else status
            yield FolderFile(
                check_path(path), bool(status.st_mode & stat.S_IXUSR), status.st_size, entry.path, _state(status)
            )
        else:
            raise TreeRefused(path, f"{_kind(status.st_mode)}, not a file or a folder")


def _state(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_mode, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _is_junction(status: os.stat_result) -> bool:
    """Whether it is a reparse point of Windows, which leads elsewhere as a link does."""
    return bool(getattr(status, "st_file_attributes", 0) & getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0))


_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a block device"),
    (stat.S_ISCHR, "a character device"),
    (stat.S_ISDIR, "a junction"),
)


def _kind(mode: int) -> str:
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "something special")
