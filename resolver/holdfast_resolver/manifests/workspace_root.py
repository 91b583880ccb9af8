"""Where an npm project begins: the folder above a workspace whose `package.json` claims it.

    web/package.json {"workspaces": ["packages/*"]}      web/packages/ui/package.json  -->  web

The part of `files.py` that only folders with a `package.json` need; the disk comes in through functions.
"""

from __future__ import annotations

import os

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.package_json import read_package_json
from holdfast_resolver.manifests.workspaces import member_folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[[str], bytes | None]

MANIFEST = "package.json"
PNPM = "pnpm-workspace.yaml"


def workspace_root(folder: str, read: Read, folders_in: Read) -> str:
    """Return the project that a folder with a `package.json` belongs to: itself, or one above that claims it.

    `read` gives the bytes of a file, `folders_in` the names of the folders in a folder, one a line; None where there is
    none. A manifest above that cannot be read claims nothing. Raises what these raise.
    """
    above = os.path.dirname(folder)
    while True:
        if _claims(above, os.path.relpath(folder, above).replace(os.sep, "/"), read, folders_in):
            return above
        parent = os.path.dirname(above)
        if parent == above:
            return folder
        above = parent


def _claims(above: str, inside: str, read: Read, folders_in: Read) -> bool:
    text = read(os.path.join(above, MANIFEST))
    if text is None:
        return False
    pnpm = read(os.path.join(above, PNPM))
    if pnpm is None and b"workspaces" not in text:
        return False

    def folders(folder: str) -> list[str]:
        names = folders_in(os.path.join(above, folder))
        return [] if names is None else names.decode("utf-8", "surrogateescape").splitlines()

    try:
        root = read_package_json(text)
        if pnpm is not None:
            from holdfast_resolver.manifests.pnpm_workspace import as_pnpm_reads, read_pnpm_workspace

            root = as_pnpm_reads(root, read_pnpm_workspace(pnpm))
        return inside in member_folders(root, folders)
    except ManifestError:
        return False
