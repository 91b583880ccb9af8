"""The port of a manifest reader: bytes in, a `Manifest` out.

A manifest file (`pyproject.py`) knows one format. It never reads a file, and never the network; it raises
`ManifestError` with the line of the fault.
"""

from typing import Protocol

from holdfast_resolver.values.wishes import Manifest


class ManifestReader(Protocol):
    """Reads one kind of manifest."""

    def __call__(self, text: bytes, path: str = ...) -> Manifest:
        """Return what the manifest asks for; `path` is its name in wishes and errors.

        Raises `ManifestError`.
        """
        ...
