"""The registry kinds: one row "kind: module:name" each, imported when first asked for.

A new kind of registry is a new file that implements `port.Registry` and one row here.
"""

from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.registries.port import Registry

REGISTRIES = {
    "pypi": "holdfast_resolver.registries.pypi:PYPI",
}


def registry(kind: str) -> Registry:
    """Return the protocol of the registry kind `kind`; raise `InvalidInput` for a kind without a row."""
    row = REGISTRIES.get(kind)
    if row is None:
        raise InvalidInput(kind, "a registry kind: " + ", ".join(REGISTRIES))
    # start-up: a protocol brings regular expressions, JSON and HTML readers, which a warm run never needs.
    from importlib import import_module

    module, _, name = row.partition(":")
    found: Registry = getattr(import_module(module), name)
    return found
