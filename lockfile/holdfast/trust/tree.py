"""The tree digest of a module: one hash over all its files that anyone can recompute from the unpacked folder.

    sha256 over: "holdfast-tree-v1\\n", then for each file, in the order of the bytes of the paths,
                 "x <sha256 of the bytes, 64 hex> <path>\\n" for an executable file, "- ..." for any other

Knows values only; never looks at a disk.
"""

from collections.abc import Iterable
from hashlib import sha256

from holdfast.trust.errors import TreeRefused
from holdfast.trust.paths_of_trees import check_paths
from holdfast_resolver.values.tuples import NamedTuple

HEADER = b"holdfast-tree-v1\n"
_HEX = frozenset("0123456789abcdef")


class TreeFile(NamedTuple):
    """One file of a module."""

    path: str  # inside the module, with "/"
    executable: bool
    digest: str  # sha256 of its bytes, 64 hex


def tree_digest(files: Iterable[TreeFile]) -> str:
    """Return the digest of a tree as "sha256:<64 hex>", whatever the order of `files`. Raises as `tree_text`."""
    return f"sha256:{sha256(tree_text(files)).hexdigest()}"


def tree_text(files: Iterable[TreeFile]) -> bytes:
    """Return the text whose sha256 is the tree digest, whatever the order of `files`.

    Raises `TreeRefused` for paths that no module may have, and for a digest that is none.
    """
    listed = sorted(files, key=lambda file: file.path.encode("utf-8", "surrogatepass"))
    check_paths(file.path for file in listed)
    lines = [HEADER]
    for file in listed:
        if len(file.digest) != 64 or not _HEX.issuperset(file.digest):
            raise TreeRefused(file.path, "a digest that is not 64 lower-case hexadecimal digits")
        lines.append(f"{'x' if file.executable else '-'} {file.digest} {file.path}\n".encode())
    return b"".join(lines)


def read_tree_text(text: bytes) -> tuple[TreeFile, ...]:
    """Return the files that a text of `tree_text` lists. Raises `TreeRefused` for any other text."""
    files = []
    for line in text.removeprefix(HEADER).decode("utf-8", "surrogateescape").split("\n")[:-1]:
        mark, _, rest = line.partition(" ")
        digest, _, path = rest.partition(" ")
        files.append(TreeFile(path, mark == "x", digest))
    if tree_text(files) != text:
        raise TreeRefused("", "a list of files that is not in its canonical form")
    return tuple(files)
