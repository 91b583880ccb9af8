"""A module on this machine: its archive or its folder, and the files that lie beside it.

Reads and names files; what they mean is the affair of `publish` and `trust`.
"""

import os
from collections.abc import Iterable

from holdfast import files
from holdfast.errors import FileProblem
from holdfast.publish.pack import Packed, pack, read_packed
from holdfast.trust.archive_layout import largest_archive
from holdfast.trust.errors import ArchiveRefused
from holdfast.trust.limits import LIMITS
from holdfast_resolver.values.modules import archive_file_name

SIGNATURE = ".sig"
VETTED = ".vetted.sig"
_LARGEST_SIGNATURE = 4 * 1024 * 1024  # bytes


def read_module(path: str) -> Packed:
    """Return the module at `path`: an archive, or a folder, which is packed in memory.

    Raises `ArchiveRefused`, `TreeRefused`, `ManifestError`, `FileProblem`.
    """
    if os.path.isdir(path):
        return pack(path)
    largest = largest_archive(LIMITS.files, LIMITS.total_bytes)
    try:
        size = os.path.getsize(path)
    except (OSError, ValueError) as error:
        raise FileProblem(path, "read", getattr(error, "strerror", "") or str(error)) from None
    if size > largest:
        raise ArchiveRefused("", f"{size} bytes, more than the {largest} of the largest archive")
    return read_packed(files.read_bytes(path))


def archive_path(path: str, packed: Packed) -> str:
    """Return where the archive of the module at `path` is, or would be: beside a folder, by its name."""
    if not os.path.isdir(path):
        return path
    beside = os.path.dirname(os.path.realpath(path))
    return os.path.join(beside, archive_file_name(packed.manifest.name, packed.manifest.version))


def beside(path: str, packed: Packed, ending: str) -> tuple[str, ...]:
    """Return where a signature of the module at `path` may be, in the order in which it is looked for.

    That of an archive is beside it; that of a folder beside or inside of it, by the archive's name.
    """
    first = archive_path(path, packed) + ending
    if not os.path.isdir(path):
        return (first,)
    return first, os.path.join(path, os.path.basename(first))


def title(packed: Packed) -> str:
    """Return how messages name a module: `@acme/guards 2.1.0`."""
    return f"{packed.manifest.name} {packed.manifest.version}"


def read_signature(path: str) -> str | None:
    """Return the text of a signature's file, None when there is none. Raises `FileProblem`."""
    try:
        if os.path.getsize(path) > _LARGEST_SIGNATURE:
            raise FileProblem(path, "read a signature from", f"it has more than {_LARGEST_SIGNATURE} bytes")
    except (OSError, ValueError):  # reading says what is wrong with it
        pass
    data = files.read_optional(path)
    try:
        return None if data is None else data.decode()
    except UnicodeDecodeError:
        raise FileProblem(path, "read a signature from", "it is not UTF-8 text") from None


def named_signature(path: str) -> str:
    """Return the text of a signature's file that must be there. Raises `FileProblem`."""
    text = read_signature(path)
    if text is None:
        raise FileProblem(path, "read", "there is no such file")
    return text


def first_signature(paths: Iterable[str]) -> str | None:
    """Return the text of the first of some files that is there, None for none."""
    return next((text for text in map(read_signature, paths) if text is not None), None)
