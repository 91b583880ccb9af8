"""What a use case asks of the world, as values and protocols. Knows no file, no socket, no console."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from typing import Protocol
else:
    Protocol = object


MANIFEST = "pyproject.toml"
CONFIGURATION = "holdfast.toml"
NPM_MANIFEST = "package.json"
LOCK = "holdfast.lock"


class Files(Protocol):
    """The project's files by their names relative to the project's folder."""

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, None when there is none. Raises `FileProblem`.

        Of a name that ends with "/", the names of the folders in that folder ("./": the project's own), one a line.
        """

    def write(self, name: str, data: bytes) -> None:
        """Make `data` the whole content of a file. Raises `FileProblem`."""
