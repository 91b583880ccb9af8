"""The root of trust of a module registry: its first bytes are pinned, each newer one is vouched for by the last.

Knows one root document at a time: its digest, its version, its keys. The chain is verified by python-tuf.
"""

import hashlib

from holdfast.trust.errors import MalformedDocument, RegistryRootRefused
from holdfast.trust.raw_keys import role_keys
from holdfast.trust.registry_metadata import ROOT, Document, read_document
from holdfast.trust.strict_fields import Fields


def pinned_root(source: str, root: bytes, digest: str) -> Document:
    """Return the pinned root, read. `digest` is what the configuration has: "sha256:" and 64 hex digits.

    Raises `RegistryRootRefused` when these are other bytes, or bytes that no client should start from. That the
    root is signed by its own keys is left to python-tuf.
    """
    found = "sha256:" + hashlib.sha256(root).hexdigest()
    if found != digest:
        raise RegistryRootRefused(source, ROOT, f"its digest is {found} where {digest} is pinned")
    try:
        return read_document(ROOT, root)
    except MalformedDocument as fault:
        raise RegistryRootRefused(source, ROOT, explained(fault)) from None


def was_rotated(old: Fields, new: Fields) -> bool:
    """Whether a key that could sign timestamps or snapshots under `old` no longer can under `new`.

    What such a key said of versions is then forgotten, so that a registry recovers from a stolen key that ran
    the version numbers up (TUF 1.0.33, section 5.3.11).
    """
    before, after = role_keys(old), role_keys(new)
    return any(before[role] - after[role] for role in ("timestamp", "snapshot"))


def explained(fault: MalformedDocument) -> str:
    """Return a fault in words: what was expected, what was found, where."""
    found = f", found {fault.found}" if fault.found else ""
    where = f" at {fault.place}" if fault.place else ""
    return f"expected {fault.expected}{found}{where}"
