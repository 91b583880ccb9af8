"""The registries' revocation lists as `install` last had them, for loading without a network: envelopes' texts.

They stand beside the generations, not in them: a newer list counts at once for what is already unpacked. Knows files;
whether a list is signed, stale or older than one seen is asked by who reads it.
"""

import contextlib
import os
from collections.abc import Mapping

from holdfast import files
from holdfast.errors import FileProblem
from holdfast.installed.layout import REVOCATIONS, NotOurs, entries, home_of, make_home

_ENDING = ".json"


def revocations_of(project: str, source: str) -> str | None:
    """Return the list of a registry; None without one. Raises `FileProblem`."""
    data = files.read_optional(os.path.join(home_of(project), REVOCATIONS, source + _ENDING))
    return None if data is None else data.decode("utf-8", "replace")


def keep_revocations(project: str, lists: Mapping[str, str]) -> None:
    """Make these the kept lists, by source; each file is its old self or the new one. Raises `FileProblem`.

    The caller has verified them, and that none is older than one seen.
    """
    folder = os.path.join(make_home(project), REVOCATIONS)
    files.make_folder(folder)
    if os.path.islink(folder):
        raise NotOurs(folder, "it is a link")
    try:
        for entry in entries(folder):
            place = os.path.join(folder, entry)
            if os.path.islink(place) or entry.removesuffix(_ENDING) not in lists:
                with contextlib.suppress(IsADirectoryError, PermissionError):
                    os.unlink(place)
    except OSError as error:
        raise FileProblem(folder, "write", error.strerror or str(error)) from None
    for source, text in lists.items():
        if revocations_of(project, source) != text:
            files.write_atomic(os.path.join(folder, source + _ENDING), text.encode())
