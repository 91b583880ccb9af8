"""The cache folder from outside: how much there is, and how it is emptied.

Knows which files `cache.py` and `store.py` write, and what is kept of module registries, by place and ending.
Everything else in the folder is somebody else's and stays; links are never followed.
"""

import os
from collections.abc import Callable, Iterator

from holdfast_resolver.errors import CacheUnwritable
from holdfast_resolver.values.tuples import NamedTuple

_RECORDS = (".listing", ".facts", ".coverage", ".packument", ".rest", ".silence", ".provenance", ".new")
_HEX = frozenset("0123456789abcdef")


class Part(NamedTuple):
    """What a part of the cache holds, or held before it was emptied."""

    name: str  # "v1" | "modules" | "store"
    files: int
    size: int  # bytes
    left: int = 0  # files that are not ours


def measure(folder: str) -> tuple[Part, ...]:
    """Return how much each part of the cache in `folder` holds; a folder that is not there holds nothing."""
    return tuple([_part(folder, name, is_ours, remove=False) for name, is_ours in _PARTS])


def clear(folder: str) -> tuple[Part, ...]:
    """Remove what is ours and the folders that are empty then; return what was removed.

    Another process that uses the cache meanwhile meets misses. Raises `CacheUnwritable`.
    """
    return tuple([_part(folder, name, is_ours, remove=True) for name, is_ours in _PARTS])


def _is_record(path: str) -> bool:
    return path.endswith(_RECORDS)


def _is_registry_file(path: str) -> bool:
    # <hex of a pinned root>/metadata/timestamp.json, <hex>/targets/modules/@acme/<hex>.guards.json, <hex>/lock
    root, _, rest = path.partition("/")
    name = rest.rpartition("/")[2]
    kept = rest.startswith(("metadata/", "targets/")) and (name.endswith(".json") or name.startswith(".part-"))
    return len(root) == 64 and _HEX.issuperset(root) and (kept or rest == "lock")


def _is_artifact(path: str) -> bool:
    # <hex of a digest>, or <hex>.<process>.<chance>.part
    value, _, rest = path.rpartition("/")[2].partition(".")
    return len(value) >= 64 and _HEX.issuperset(value) and (not rest or rest.endswith(".part"))


# Parts with what is ours in them, by the path below the part, with "/".
_PARTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("v1", _is_record),
    ("modules", _is_registry_file),
    ("store", _is_artifact),
)


def _part(folder: str, name: str, is_ours: Callable[[str], bool], *, remove: bool) -> Part:
    files = size = left = 0
    folders: list[str] = []
    top = os.path.join(folder, name)
    for entry in _entries(top, folders):
        if not is_ours(os.path.relpath(entry.path, top).replace(os.sep, "/")):
            left += 1
            continue
        try:
            taken = entry.stat(follow_symlinks=False).st_size
            if remove:
                os.unlink(entry.path)
        except FileNotFoundError:  # another process was faster
            continue
        except OSError as error:
            raise CacheUnwritable(entry.path, error.strerror or type(error).__name__) from None
        files += 1
        size += taken
    for path in reversed(folders) if remove else ():
        try:
            os.rmdir(path)
        except OSError:  # not empty: something of somebody else's, or of a process that writes just now
            continue
    return Part(name, files, size, left)


def _entries(top: str, folders: list[str]) -> "Iterator[os.DirEntry[str]]":
    """Yield what is no folder, below `top`; `folders` grows by every folder, outer ones first."""
    if os.path.islink(top) or not os.path.isdir(top):
        return
    waiting = [top]
    while waiting:
        path = waiting.pop()
        folders.append(path)
        try:
            with os.scandir(path) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise CacheUnwritable(path, error.strerror or type(error).__name__) from None
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                yield entry
