"""Who can sign: one protocol, and the signer that holds its private key in memory.

Others implement the protocol by asking somebody who holds the key (`ssh_agent`). Reads no files: `key_files` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from holdfast.trust.ed25519 import PublicKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Signer(Protocol):
    """Signs by one key."""

    @property
    def public(self) -> PublicKey:
        """The key that its signatures hold for."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of `message`: 64 bytes. Raises `KeyUnreadable` when the key cannot be used."""


class FileSigner:
    """Signs by a private key in memory. Never shows it."""

    __slots__ = ("_private", "_public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._public = PublicKey.parse(private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> FileSigner:
        """Return a signer with a new key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> FileSigner:
        """Return the signer of a private key's 32 bytes (RFC 8032, section 5.1.5)."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> PublicKey:
        """The key that its signatures hold for."""
        return self._public

    @property
    def private(self) -> Ed25519PrivateKey:
        """The private key, for `key_files`, which writes it."""
        return self._private

    def sign(self, message: bytes) -> bytes:
        """Return the signature of `message`: 64 bytes."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"FileSigner({self._public.id})"
