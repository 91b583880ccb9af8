"""Which reader reads which manifest: a new kind is a new file and one row.

Knows names of modules; imports the one that is asked for.
"""

from typing import cast

from holdfast_resolver.manifests.port import ManifestReader

# file name: (module, function)
READERS = {
    "package.json": ("holdfast_resolver.manifests.package_json", "read_package_json"),
    "pyproject.toml": ("holdfast_resolver.manifests.pyproject", "read_pyproject"),
}


def reader_of(file_name: str) -> ManifestReader | None:
    """Return the reader of manifests called `file_name`, or None when no row knows that name."""
    from importlib import import_module  # start-up: a caller that has the document calls its reader itself

    row = READERS.get(file_name)
    if row is None:
        return None
    module, function = row
    return cast(ManifestReader, getattr(import_module(module), function))
