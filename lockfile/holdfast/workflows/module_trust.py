"""From `[[trust]]` to keys: what this project itself believes of signers. Knows no file."""

from holdfast.configuration.configuration import Configuration, TrustEntry
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import KeyRefused
from holdfast.trust.trusted_keys import TrustedKey


def trusted_keys(configuration: Configuration) -> tuple[TrustedKey, ...]:
    """Return the project's trusted keys. Raises `KeyRefused` for a key that must not be used.

    A key that any entry revokes is revoked in all of its entries.
    """
    revoked = {entry.id: entry.revoked for entry in configuration.trust if entry.revoked}
    return tuple(
        [
            TrustedKey(
                _key(entry, configuration.path),
                entry.label,
                entry.names,
                until=entry.until,
                revoked=revoked.get(entry.id, ""),
            )
            for entry in configuration.trust
        ]
    )


def _key(entry: TrustEntry, path: str) -> PublicKey:
    try:
        return PublicKey.from_text(entry.key)
    except KeyRefused as refusal:
        raise KeyRefused(f"{path}:{entry.line}: {refusal.reason}") from None
