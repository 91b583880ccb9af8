"""The port of a version scheme: what every scheme offers to the candidate table and to those above it.

One implementation per file (`pep440.py`, `semver.py`). It knows shapes only, no grammar; it is never imported at run
time by the rooms of a warm run, only by type checkers and tests.
"""

from typing import Protocol


class Table(Protocol):
    """The sorted candidates of one package, as a scheme sees them."""

    @property
    def keys(self) -> list[str]:
        """Order-preserving keys, strictly ascending."""
        ...

    @property
    def versions(self) -> list[str]:
        """The versions in normal form; `versions[i]` has the key `keys[i]`."""
        ...

    @property
    def prereleases(self) -> int:
        """The mask of pre-releases."""
        ...


class Scheme(Protocol):
    """A version scheme: order, normal form and ranges."""

    name: str

    def key(self, text: str) -> str:
        """Return the key of a version: string order of keys is version order, equal versions share a key.

        Keys are printable ASCII without blanks. Raises `InvalidVersion`.
        """
        ...

    def normalize(self, text: str) -> str:
        """Return the normal form of a version. Raises `InvalidVersion`."""
        ...

    def is_prerelease(self, key: str) -> bool:
        """Whether a key is that of a pre-release."""
        ...

    def range_mask(self, table: Table, text: str) -> int:
        """Return the mask of the candidates in a range: bit i is `table.keys[i]`. Raises `InvalidRange`.

        Whether a range speaks of pre-releases is the scheme's affair: to PEP 440 they are versions like all others
        here, and an npm range admits those that it names.
        """
        ...

    def canonical_range(self, text: str) -> str:
        """Return the spelling of a range that is stored; "" admits every release. Raises `InvalidRange`."""
        ...

    def names_prerelease(self, text: str) -> bool:
        """Whether a range names a pre-release in a way that asks for pre-releases. Raises `InvalidRange`."""
        ...
