"""Packing: a module's folder becomes its archive and its two digests; and an archive tells them again.

Knows folders and archives; never a key, a registry or the network. Writes nothing.
"""

import os
from hashlib import sha256

from holdfast.errors import FileProblem
from holdfast.publish.archive_writer import write_archive
from holdfast.trust.archive import read_archive
from holdfast.trust.folder_tree import read_file, walk_folder
from holdfast.trust.limits import LIMITS, Limits
from holdfast.trust.tree import TreeFile, tree_digest
from holdfast_resolver.manifests.module_toml import check_exports, read_module_manifest
from holdfast_resolver.values.modules import MANIFEST, ModuleManifest
from holdfast_resolver.values.tuples import NamedTuple

_Content = tuple[str, bool, bytes | memoryview]  # path, executable, data


class Packed(NamedTuple):
    """A module, packed: what its manifest says, its archive, and both digests."""

    manifest: ModuleManifest
    archive: bytes
    archive_digest: str  # "sha256:<hex>" of the archive
    tree_digest: str  # "sha256:<hex>", see `trust.tree`
    files: tuple[TreeFile, ...]  # sorted by the bytes of the paths
    sizes: tuple[int, ...]  # bytes of each, in the same order


def pack(folder: str, limits: Limits = LIMITS) -> Packed:
    """Pack the module in `folder`; the same tree gives the same bytes everywhere.

    Raises `TreeRefused` for a tree that no module may have, `ManifestError` for its manifest, `FileProblem` for what
    cannot be read.
    """
    try:
        found = walk_folder(folder, limits=limits)
        contents: list[_Content] = [(file.path, file.executable, read_file(file)) for file in found]
    except OSError as error:
        raise FileProblem(str(error.filename or folder), "read", error.strerror or str(error)) from None
    if all(path != MANIFEST for path, _, _ in contents):
        raise FileProblem(os.path.join(folder, MANIFEST), "read", "there is no such file")
    return _packed(write_archive(contents, limits), contents)


def read_packed(archive: bytes, limits: Limits = LIMITS) -> Packed:
    """Return what an archive holds, as packing told it.

    Raises `ArchiveRefused` for an archive that packing does not write, `ManifestError` for its manifest.
    """
    return _packed(archive, [(file.path, file.executable, file.view) for file in read_archive(archive, limits)])


def _packed(archive: bytes, contents: list[_Content]) -> Packed:
    text = next(bytes(data) for path, _, data in contents if path == MANIFEST)
    manifest = read_module_manifest(text)
    check_exports(text, manifest, [path for path, _, _ in contents])
    files = tuple(TreeFile(path, executable, sha256(data).hexdigest()) for path, executable, data in contents)
    return Packed(
        manifest,
        archive,
        f"sha256:{sha256(archive).hexdigest()}",
        tree_digest(files),
        files,
        tuple(len(data) for _, _, data in contents),
    )
