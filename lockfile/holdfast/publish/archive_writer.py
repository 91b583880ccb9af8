"""A module's archive, written: the same files give the same bytes, whoever packs them, wherever and whenever.

Knows the order of files and the bytes in between; what a path may be is told by `trust.paths_of_trees`, how a header
is spelled by `trust.archive_layout`.
"""

from collections.abc import Iterable

from holdfast.trust.archive_layout import END, headers, padding
from holdfast.trust.errors import TreeRefused
from holdfast.trust.limits import LIMITS, Limits
from holdfast.trust.paths_of_trees import check_paths, is_left_out
from holdfast_resolver.values.modules import MANIFEST


def write_archive(files: Iterable[tuple[str, bool, bytes | memoryview]], limits: Limits = LIMITS) -> bytes:
    """Return the archive of files, each (path, executable, data), in whatever order they come.

    Raises `TreeRefused` for what `trust.archive.read_archive` would not accept.
    """
    listed = sorted(files, key=lambda file: file[0].encode("utf-8", "surrogatepass"))
    check_paths(path for path, _, _ in listed)
    left_out = next((path for path, _, _ in listed if any(is_left_out(part) for part in path.split("/"))), "")
    if left_out:
        raise TreeRefused(left_out, "a name that is never part of a module")
    if all(path != MANIFEST for path, _, _ in listed):
        raise TreeRefused(MANIFEST, "it is missing")
    if len(listed) > limits.files:
        raise TreeRefused(listed[limits.files][0], f"more than {limits.files} files")
    pieces: list[bytes | memoryview] = []
    total = 0
    for path, executable, data in listed:
        total += len(data)
        if len(data) > limits.file_bytes or total > limits.total_bytes:
            raise TreeRefused(
                path, f"more than {limits.file_bytes} bytes, or {limits.total_bytes} in all files together"
            )
        pieces += (headers(path, executable, len(data)), data, padding(len(data)))
    return b"".join((*pieces, END))
