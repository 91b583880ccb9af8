"""Keys for tests, the same in every run: `signer("acme")` is always the same key."""

import hashlib

from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.signing import FileSigner


def signer(name: str) -> FileSigner:
    """Return the signer of a name; its private key is the SHA-256 of the name."""
    return FileSigner.from_seed(hashlib.sha256(b"test key of " + name.encode()).digest())


def public(name: str) -> PublicKey:
    """Return the public key of a name."""
    return signer(name).public
