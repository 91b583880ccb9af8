"""Roles as bytes: metadata parsed, signed by its keys, written compactly, and read again before it is used.

Knows python-tuf's values; no files, no layout of versions.
"""

from datetime import UTC, datetime
from typing import Any

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Role, Root, Targets
from tuf.api.serialization.json import JSONSerializer

from holdfast.publish.registry.errors import RegistryDamaged
from holdfast.publish.registry.signers import Keyring, RoleSigner, public_key
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import KeyRefused, MalformedDocument
from holdfast.trust.registry_metadata import read_document
from holdfast.trust.strict_fields import time_text

AnyMetadata = Metadata[Any]
_COMPACT = JSONSerializer(compact=True)


def parse_role(path: str, role: str, data: bytes) -> AnyMetadata:
    """Return a role's metadata, not verified. Raises `RegistryDamaged`."""
    try:
        read_document(role, data)
        return Metadata.from_bytes(data)
    except MalformedDocument as error:
        place = f"{error.place}: " if error.place else ""
        raise RegistryDamaged(path, f"{place}expected {error.expected}, found {error.found}") from None
    except KeyRefused as error:
        raise RegistryDamaged(path, error.reason) from None
    except (RepositoryError, ValueError) as error:
        raise RegistryDamaged(path, str(error)) from None


def check_role(path: str, delegator: Root | Targets, role: str, metadata: AnyMetadata) -> None:
    """Return if a role's metadata is signed as its delegator asks. Raises `RegistryDamaged`."""
    try:
        delegator.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, ValueError) as error:
        raise RegistryDamaged(path, str(error)) from None


def role_keys(delegator: Root | Targets, role: str) -> tuple[list[PublicKey], int]:
    """Return the keys that may sign a role, and how many must."""
    found: Role = delegator.get_delegated_role(role)
    return [public_key(delegator.get_key(keyid)) for keyid in found.keyids], found.threshold


def sign_role(path: str, delegator: Root | Targets, role: str, metadata: AnyMetadata, keys: Keyring) -> bytes:
    """Sign a role's metadata anew with all its keys that are at hand, and return its bytes.

    Raises `SigningKeyMissing` when they are too few, `KeyUnreadable`.
    """
    may_sign, threshold = role_keys(delegator, role)
    metadata.signatures.clear()
    for signer in keys.at_least(role, may_sign, threshold):
        metadata.sign(RoleSigner(signer), append=True)
    data = metadata.to_bytes(_COMPACT)
    check_role(path, delegator, role, parse_role(path, role, data))
    return data


def written(metadata: AnyMetadata) -> bytes:
    """Return the bytes of signed metadata."""
    return metadata.to_bytes(_COMPACT)


def expires_text(expires: datetime) -> str:
    """Return the time until which metadata counts, as our documents have times."""
    return time_text(expires.replace(tzinfo=UTC) if expires.tzinfo is None else expires)
