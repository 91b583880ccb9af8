"""Ed25519 public keys and the check of a signature (RFC 8032): strict, and the same on every machine.

A signature holds when OpenSSL (by `cryptography`) says so, and none of these refusals applies:

    1. the key is of small order, not canonical or off the curve: no `PublicKey` is ever made of it
    2. the signature has not 64 bytes, or its S is not below the group's order: S + L would be a second signature
    3. its R is a point of small order: no honest signer makes one, and verifiers differ on it

OpenSSL checks without cofactor and compares the bytes of R, so a spelling of R that is not canonical never holds.
Knows one algorithm; no files, no agents, no trust: which key counts for what is decided elsewhere.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode, b64encode

from holdfast.trust.errors import KeyRefused
from holdfast.trust.small_order import is_small_order, why_refused

ALGORITHM = "ssh-ed25519"
_ORDER = 2**252 + 27742317777372353535851937790883648493
_BLOB_HEAD = b"\x00\x00\x00\x0b" + ALGORITHM.encode() + b"\x00\x00\x00\x20"  # RFC 8709, section 4
_DER_HEAD = bytes.fromhex("302a300506032b6570032100")  # RFC 8410, section 4: SubjectPublicKeyInfo
_ID = re.compile(r"ed25519:[0-9a-f]{64}")
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+?)\s+-----END PUBLIC KEY-----")


class PublicKey:
    """A public key that may be used: `raw` has 32 bytes. Equal keys have equal bytes, by which keys are sorted.

    Making one raises `KeyRefused` for a key of small order, one that is not canonical, and one off the curve.
    """

    __slots__ = ("_raw",)  # start-up: no dataclass, which costs 6 ms

    def __init__(self, raw: bytes) -> None:
        reason = why_refused(raw)
        if reason:
            raise KeyRefused(reason)
        self._raw = raw

    @property
    def raw(self) -> bytes:
        """The 32 bytes of the key (RFC 8032, section 5.1.5)."""
        return self._raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self._raw == other._raw

    def __lt__(self, other: PublicKey) -> bool:
        return self._raw < other._raw

    def __hash__(self) -> int:
        return hash(self._raw)

    def __repr__(self) -> str:
        return f"PublicKey(raw={self._raw!r})"

    @classmethod
    def parse(cls, raw: bytes) -> PublicKey:
        """Return the key of 32 raw bytes. Raises `KeyRefused`."""
        return cls(bytes(raw))

    @classmethod
    def from_text(cls, text: str) -> PublicKey:
        """Return the key of an OpenSSH public line, a PEM `PUBLIC KEY` or 64 hex digits. Raises `KeyRefused`.

        The line may have a comment: `ssh-ed25519 AAAA... ann@acme`.
        """
        stripped = text.strip()
        if _HEX.fullmatch(stripped):
            return cls(bytes.fromhex(stripped))
        if stripped.startswith("-----BEGIN"):
            return cls(_of_pem(stripped))
        return cls(_of_line(stripped))

    @classmethod
    def from_blob(cls, blob: bytes) -> PublicKey:
        """Return the key of an OpenSSH key blob (RFC 8709, section 4). Raises `KeyRefused`."""
        if not blob.startswith(_BLOB_HEAD) or len(blob) != len(_BLOB_HEAD) + 32:
            raise KeyRefused(f"it does not hold one {ALGORITHM} key")
        return cls(blob[len(_BLOB_HEAD) :])

    @property
    def id(self) -> str:
        """What names the key: `ed25519:` and the SHA-256 of its raw bytes, 64 hex digits."""
        return "ed25519:" + hashlib.sha256(self.raw).hexdigest()

    @property
    def blob(self) -> bytes:
        """The key as OpenSSH transports it (RFC 8709, section 4)."""
        return _BLOB_HEAD + self.raw

    @property
    def text(self) -> str:
        """The OpenSSH public line without a comment: `ssh-ed25519 AAAA...`."""
        return f"{ALGORITHM} {b64encode(self.blob).decode()}"

    @property
    def ssh_fingerprint(self) -> str:
        """The fingerprint that OpenSSH shows: `SHA256:` and base64 without padding."""
        return "SHA256:" + b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    def __str__(self) -> str:
        return self.text


def is_key_id(text: str) -> bool:
    """Whether a text has the form of `PublicKey.id`."""
    return _ID.fullmatch(text) is not None


def verify(public: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes: R, S) is the key's over `message`, by the rules of this module."""
    # start-up: also texts are checked where nothing is verified
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= _ORDER or is_small_order(signature[:32]):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public.raw).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _of_line(text: str) -> bytes:
    words = text.split(None, 2)
    if is_key_id(text):
        raise KeyRefused("this is a key's id, from which the key cannot be told; name the key: ssh-ed25519 AAAA...")
    if len(text.splitlines()) != 1 or len(words) < 2:
        raise KeyRefused("a public key is one line such as ssh-ed25519 AAAA..., a PEM PUBLIC KEY, or 64 hex digits")
    if words[0] != ALGORITHM:
        raise KeyRefused(f"only {ALGORITHM} keys sign here, and this is one of {words[0]}")
    blob = _base64(words[1])
    if not blob.startswith(_BLOB_HEAD) or len(blob) != len(_BLOB_HEAD) + 32:
        raise KeyRefused(f"its base64 does not hold one {ALGORITHM} key")
    return blob[len(_BLOB_HEAD) :]


def _of_pem(text: str) -> bytes:
    found = _PEM.fullmatch(text)
    if found is None:
        raise KeyRefused("a PEM of a public key has one block, PUBLIC KEY, and nothing else")
    der = _base64("".join(found[1].split()))
    if not der.startswith(_DER_HEAD) or len(der) != len(_DER_HEAD) + 32:
        raise KeyRefused("the PEM is not that of an Ed25519 key")
    return der[len(_DER_HEAD) :]


def _base64(text: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KeyRefused("its base64 cannot be read") from None
    if b64encode(data).decode() != text:
        raise KeyRefused("its base64 is not written in its one canonical form")
    return data
