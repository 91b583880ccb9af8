"""That an entry is in a transparency log, and when it came there: proven by the log's own key.

The promise (Rekor's signed entry timestamp, over RFC 8785 JSON) proves the time and must be there;
the inclusion proof (RFC 9162, section 2.1.3.2) with its checkpoint proves the place in the tree, and is proven wherever
it is. Knows no certificates, no envelopes and no packages.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING

from holdfast.trust.attestations.errors import LOG, EvidenceRefused
from holdfast.trust.attestations.npm_log_entries import InclusionProof, LogEntry
from holdfast.trust.npm_keys import is_signed
from holdfast.trust.strict_json import canonical

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey


def prove_entry(entry: LogEntry, logs: Mapping[bytes, EllipticCurvePublicKey], subject: str) -> None:
    """Prove an entry by one of the logs that are believed (id -> key).

    Raises `EvidenceRefused` (`log`) for an entry of another log, a promise or a checkpoint that the log did not sign,
    and a proof that does not lead to the checkpoint's root.
    """
    key = logs.get(entry.log_id)
    if key is None:
        raise EvidenceRefused(subject, LOG, f"it is in the log {entry.log_id.hex()[:64]}, which the root does not know")
    if not is_signed(key, entry.promise, promised(entry)):
        raise EvidenceRefused(subject, LOG, "the log did not sign its promise of inclusion")
    proof = entry.proof
    if proof is None:
        return
    if root_of(entry.body, proof) != proof.root:
        raise EvidenceRefused(subject, LOG, "the inclusion proof does not lead to the root of the log")
    checkpoint = proof.checkpoint
    if checkpoint.hint != entry.log_id[:4] or not is_signed(key, checkpoint.signature, checkpoint.note):
        raise EvidenceRefused(subject, LOG, "the log did not sign its checkpoint")


def promised(entry: LogEntry) -> bytes:
    """Return what the log signs when it promises to take an entry in."""
    return canonical(
        {
            "body": b64encode(entry.body).decode("ascii"),
            "integratedTime": entry.integrated,
            "logID": entry.log_id.hex(),
            "logIndex": entry.log_index,
        }
    )


def root_of(body: bytes, proof: InclusionProof) -> bytes | None:
    """Return the root that a proof leads to from an entry; None for a proof of another length than its place needs."""
    # Up to where the paths of this and the last entry part, the index says which side; from there on it is the left.
    inner = (proof.leaf ^ (proof.size - 1)).bit_length()
    if len(proof.hashes) != inner + (proof.leaf >> inner).bit_count():
        return None
    found = hashlib.sha256(b"\0" + body).digest()
    for level, beside in enumerate(proof.hashes):
        is_left = level >= inner or proof.leaf >> level & 1
        found = hashlib.sha256(b"\1" + (beside + found if is_left else found + beside)).digest()
    return found
