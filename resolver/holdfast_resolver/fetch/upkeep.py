"""The cache folder from outside: how much there is, and how it is emptied.

Knows which files `cache.py` and `store.py` write, by their place and their ending. Everything else in the folder
is somebody else's and stays; links are never followed.
"""

import os
from collections.abc import Callable, Iterator

from holdfast_resolver.errors import CacheUnwritable
from holdfast_resolver.values.tuples import NamedTuple

_HEX = frozenset("0123456789abcdef")


class Part(NamedTuple):
    """What a part of the cache holds, or held before it was emptied."""

    name: str  # "v1" | "store"
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


def _is_record(name: str) -> bool:
    return name.endswith((".listing", ".facts", ".coverage", ".provenance", ".new"))


def _is_artifact(name: str) -> bool:
    # <hex of a digest>, or <hex>.<process>.<chance>.part
    value, _, rest = name.partition(".")
    return len(value) >= 64 and _HEX.issuperset(value) and (not rest or rest.endswith(".part"))


_PARTS: tuple[tuple[str, Callable[[str], bool]], ...] = (("v1", _is_record), ("store", _is_artifact))


def _part(folder: str, name: str, is_ours: Callable[[str], bool], *, remove: bool) -> Part:
    files = size = left = 0
    folders: list[str] = []
    for entry in _entries(os.path.join(folder, name), folders):
        if not is_ours(entry.name):
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
