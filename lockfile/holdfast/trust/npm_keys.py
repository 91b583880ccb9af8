"""The keys that an npm registry signs with, as it publishes them: which there are, for what, and since and until when.

    {"keys": [{"keyid": "SHA256:...", "keytype": "ecdsa-sha2-nistp256", "scheme": "ecdsa-sha2-nistp256",
               "key": "<DER, base64>", "expires": "2025-01-29T00:00:00.000Z" or null}]}                   (`KEYS_PATH`)
    {"keys": [{"keyId": "SHA256:...", "keyUsage": "npm:signatures", "publicKey": {"rawBytes": "<DER, base64>",
               "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": {"start": ..., "end": ...}}}]}    (from a TUF root)

Rule 1: a key id is a name that the registry gave; what a key is, is its fingerprint, over its DER form.
Rule 2: a row that says P-256 and holds anything else spoils the document. A row of a kind that this program does not
know is set aside, and what was signed with it is refused.
Knows no signature's meaning. Source: npm docs, "About ECDSA registry signatures"; sigstore protobuf-specs, PublicKey.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from holdfast.trust.attestations.errors import KEY, MALFORMED, TIME, TOO_LARGE, VERSION, EvidenceRefused
from holdfast.trust.attestations.provenance import base64_field, malformed
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, shown, time_text
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

KEYS_PATH = "/-/npm/v1/keys"  # below the registry's URL
SIGNATURES, ATTESTATIONS = "npm:signatures", "npm:attestations"  # what a key is for
MOST_KEYS = 64

_LONGEST = 1024 * 1024  # bytes of a document
_KIND = "ecdsa-sha2-nistp256"
_DETAILS = "PKIX_ECDSA_P256_SHA_256"
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_PORTS = {"https": 443, "http": 80}


class RegistryKey(NamedTuple):
    """A key as published, good from `since` on and before `until`; None where the registry sets no bound."""

    key_id: str
    fingerprint: str  # "sha256:<hex>" of `der`
    der: bytes  # SubjectPublicKeyInfo of a point on P-256
    purposes: tuple[str, ...]
    since: datetime | None
    until: datetime | None


class RegistryKeys(NamedTuple):
    """A registry's published key set. With no keys at all the registry signs nothing, and nothing is to be asked."""

    registry: str  # canonical URL without a slash behind it
    keys: tuple[RegistryKey, ...]
    unknown: tuple[str, ...] = ()  # ids of keys of a kind that this program does not know

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Return the fingerprints of all keys, sorted, each once."""
        return tuple(sorted({key.fingerprint for key in self.keys}))


def read_registry_keys(body: bytes, registry: str) -> RegistryKeys:
    """Read the keys that the registry at a URL publishes, in either form (at most 1 MiB and 64 keys).

    Raises `EvidenceRefused` about the registry: `too-large`, or `malformed` with the place of the fault.
    """
    registry = canonical_registry(registry)
    if len(body) > _LONGEST:
        raise EvidenceRefused(registry, TOO_LARGE, f"expected at most {_LONGEST} bytes, found {len(body)}")
    try:
        rows = Fields.of(body, limit=_LONGEST).tables("keys", most=MOST_KEYS)
        found = [_released(row) if row.has("publicKey") else _published(row) for row in rows]
        _check_distinct(rows, found)
    except MalformedDocument as fault:
        raise malformed(registry, fault) from None
    known = tuple([one for one in found if isinstance(one, RegistryKey)])
    return RegistryKeys(registry, known, tuple([one for one in found if isinstance(one, str)]))


def canonical_registry(url: str) -> str:
    """Return a registry's URL in its one form: `https://npm.acme.example/team`, no slash behind it.

    Scheme and host in lower case, no default port. Raises `EvidenceRefused` (`malformed`) for what is no such URL.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise EvidenceRefused(url, MALFORMED, "expected the URL of a registry") from None
    if ":" in host:
        host = f"[{host}]"
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or parts.query or parts.fragment or "@" in parts.netloc:
        raise EvidenceRefused(url, MALFORMED, "expected the URL of a registry")
    place = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
    return f"{parts.scheme}://{place}{quote(parts.path, safe='/%@:')}".rstrip("/")


def key_for(keys: RegistryKeys, key_id: str, purpose: str, at: datetime | None, subject: str) -> RegistryKey:
    """Return the published key that signed under an id, for a purpose, at a time (None: nobody knows when).

    Raises `EvidenceRefused` about `subject`: `key` for an id that the registry does not publish for this purpose,
    `version` for a key of an unknown kind, `time` for one that was not valid.
    """
    found = [key for key in keys.keys if key.key_id == key_id and purpose in key.purposes]
    if not found and key_id in keys.unknown:
        raise EvidenceRefused(subject, VERSION, f"the key {shown(key_id)} is of a kind that is not known")
    if not found:
        raise EvidenceRefused(subject, KEY, f"{keys.registry} publishes no key {shown(key_id)} for {purpose}")
    key = found[0]
    if at is not None and not ((key.since is None or key.since <= at) and (key.until is None or at < key.until)):
        period = f"{_bound(key.since)} to {_bound(key.until)}"
        raise EvidenceRefused(subject, TIME, f"signed {time_text(at)}, the key {shown(key_id)} is valid {period}")
    return key


def holds(key: RegistryKey, signature: bytes, message: bytes) -> bool:
    """Whether a signature (ECDSA on P-256 with SHA-256, DER) over a message is the key's."""
    return is_signed(load_key(key.der), signature, message)


def is_signed(key: EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Whether a signature (ECDSA with SHA-256, DER) over a message is the key's."""
    from cryptography.exceptions import InvalidSignature  # start-up
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        key.verify(signature, message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def load_key(der: bytes) -> EllipticCurvePublicKey:
    """Return a public key on P-256 from its one DER form. Raises ValueError for anything else."""
    from cryptography.exceptions import UnsupportedAlgorithm  # start-up
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

    try:
        key = load_der_public_key(der)
    except (UnsupportedAlgorithm, TypeError):
        raise ValueError("a key of an unknown kind") from None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("not a key on P-256")
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != der:
        raise ValueError("not the one DER form of a key")
    return key


def instant(text: str, place: str) -> datetime:
    """Return the instant of an RFC 3339 time, which may have a fraction. Raises `MalformedDocument`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise MalformedDocument(place, "an RFC 3339 time", shown(text)) from None
    if found.tzinfo is None:
        raise MalformedDocument(place, "a time with its zone", shown(text))
    return found


def _published(row: Fields) -> RegistryKey | str:
    """Read a row of the registry's own document; the id alone for a key of an unknown kind."""
    key_id = row.text("keyid", empty=False)
    kind, scheme = row.text("keytype"), row.text("scheme")
    until = _optional_instant(row, "expires")
    if (kind, scheme) != (_KIND, _KIND):
        return key_id
    return _key(row, "key", key_id, (SIGNATURES, ATTESTATIONS), None, until)


def _released(row: Fields) -> RegistryKey | str:
    """Read a row of the document that a TUF root carries; the id alone for a key of an unknown kind or use."""
    key_id, usage = row.text("keyId", empty=False), row.text("keyUsage")
    key = row.table("publicKey")
    period = key.optional_table("validFor")
    since, until = (_optional_instant(period, name) if period else None for name in ("start", "end"))
    if key.text("keyDetails") != _DETAILS or usage not in (SIGNATURES, ATTESTATIONS):
        return key_id
    return _key(key, "rawBytes", key_id, (usage,), since, until)


def _key(
    row: Fields, name: str, key_id: str, purposes: tuple[str, ...], since: datetime | None, until: datetime | None
) -> RegistryKey:
    der = base64_field(row, name)
    try:
        load_key(der)
    except ValueError:
        raise row.wrong(name, "an ECDSA key on P-256, in DER") from None
    return RegistryKey(key_id, f"sha256:{hashlib.sha256(der).hexdigest()}", der, purposes, since, until)


def _check_distinct(rows: tuple[Fields, ...], found: list[RegistryKey | str]) -> None:
    """Refuse an id that stands twice for one purpose, or for two keys."""
    seen: dict[str, RegistryKey | str] = {}
    for row, one in zip(rows, found):
        key_id = one if isinstance(one, str) else one.key_id
        other = seen.get(key_id)
        field = "keyId" if row.has("publicKey") else "keyid"
        if isinstance(one, RegistryKey) and isinstance(other, RegistryKey):
            if one.der != other.der:
                raise row.wrong(field, "an id for one key", f"{shown(key_id)} for two")
            if not set(one.purposes).isdisjoint(other.purposes):
                raise row.wrong(field, "each key id once", f"{shown(key_id)} twice")
            one = one._replace(purposes=(*other.purposes, *one.purposes))
        elif other is not None and type(one) is not type(other):
            raise row.wrong(field, "an id for one key", f"{shown(key_id)} for two")
        seen[key_id] = one


def _optional_instant(row: Fields, name: str) -> datetime | None:
    text = row.optional_text(name)
    return None if text is None else instant(text, row.at(name))


def _bound(at: datetime | None) -> str:
    return "ever" if at is None else time_text(at)
