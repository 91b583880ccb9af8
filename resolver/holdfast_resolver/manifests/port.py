"""The port of a manifest reader: bytes in, a `Manifest` (of an npm project an `NpmManifest`) out.

A manifest file (`pyproject.py`, `package_json.py`) knows one format. It never reads a file, and never the network; it
raises `ManifestError` with the line of the fault.
"""

from typing import Protocol

from holdfast_resolver.values.npm import NpmManifest
from holdfast_resolver.values.wishes import Manifest


class ManifestReader(Protocol):
    """Reads one kind of manifest."""

    def __call__(self, text: bytes, path: str = ...) -> Manifest | NpmManifest:
        """Return what the manifest asks for; `path` is its name in wishes and errors.

        Raises `ManifestError`.
        """
        ...
