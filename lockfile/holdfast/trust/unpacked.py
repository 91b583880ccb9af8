"""A module that is about to be unpacked, and what its files must be once they are on the disk. A plain value."""

from holdfast.trust.archive import ArchiveFile
from holdfast_resolver.values.tuples import NamedTuple


class Unpacked(NamedTuple):
    """One module: its files, and the tree digest that they must have on the disk."""

    name: str
    version: str
    tree: str  # "sha256:<hex>"
    contents: tuple[ArchiveFile, ...]
