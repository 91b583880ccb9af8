"""What npm's evidence needs of a Sigstore root of trust beyond a verifier: its logs' keys, its authorities' bytes.

Asks the root for what was valid at the time of signing, as it does itself. Knows no evidence.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from holdfast.trust.attestations.errors import TrustRootRefused
from holdfast.trust.attestations.provenance import base64_field
from holdfast.trust.attestations.trust_root import TrustRoot
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.npm_keys import load_key
from holdfast.trust.strict_fields import Fields

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

_P256 = "PKIX_ECDSA_P256_SHA_256"


def logs_at(root: TrustRoot, signed: datetime) -> dict[bytes, EllipticCurvePublicKey]:
    """Return the transparency logs that a root believed at a time: the id of the key (RFC 6962, 3.2) -> the key.

    Logs with keys of other kinds than P-256 sign no promises, and are left out. Raises `TrustRootRefused`.
    """
    found = {}
    for value, start, end in root.known["tlogs"]:
        try:
            key = Fields(value, "tlogs").table("publicKey")
            if start <= signed <= end and key.text("keyDetails") == _P256:
                der = base64_field(key, "rawBytes")
                found[hashlib.sha256(der).digest()] = load_key(der)
        except (MalformedDocument, ValueError):
            raise TrustRootRefused(root.name, "a log's key cannot be read") from None
    return found


@lru_cache(maxsize=8)
def authorities(root: TrustRoot) -> frozenset[bytes]:
    """Return the certificates of all authorities of a root, DER. Raises `TrustRootRefused`."""
    try:
        chains = [Fields(value, "certificateAuthorities") for value, _, _ in root.known["certificateAuthorities"]]
        rows = [row for chain in chains for row in chain.table("certChain").tables("certificates")]
        return frozenset([base64_field(row, "rawBytes") for row in rows])
    except MalformedDocument:
        raise TrustRootRefused(root.name, "an authority's certificate cannot be read") from None


def with_log(root: TrustRoot, log: dict[str, object]) -> TrustRoot:
    """Return a root with the same authorities and certificate logs, whose one transparency log is `log`."""
    kept = {name: root.fields.value(name) for name in ("mediaType", "certificateAuthorities", "ctlogs")}
    return TrustRoot(root.name, root.digest, Fields({**kept, "tlogs": [log]}))
