"""A signature by the holder of a certificate: chain, certificate log, use and signature, proven by sigstore-python.

The library verifies a DSSE envelope only together with an entry of kind `dsse`, and npm's are mostly of kind `intoto`.
So the entry is proven first (`npm_log_proofs`, `npm_log_bodies`), and what it proves, this envelope and this
certificate at this time, is written once more as a `dsse` entry of a log that only this process knows: a tree of one
entry, under a key made here and never kept. The library then verifies the whole, by its public door, under a root whose
authorities and certificate logs are the pinned ones. Nothing that it would check is left out, and nobody else can make
such an entry. Knows no packages.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from holdfast.trust.attestations.errors import (
    CERTIFICATE,
    CERTIFICATE_LOG,
    ISSUER,
    SIGNATURE,
    TIME,
    UNVERIFIED,
    EvidenceRefused,
)
from holdfast.trust.attestations.log_checkpoints import Checkpoint
from holdfast.trust.attestations.npm_log_entries import DSSE, InclusionProof, LogEntry
from holdfast.trust.attestations.npm_log_proofs import promised, root_of
from holdfast.trust.attestations.npm_roots import with_log
from holdfast.trust.attestations.statements import PAYLOAD_TYPE
from holdfast.trust.attestations.trust_root import TrustRoot, first_line

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

_BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_LOG = "log.holdfast.example"

# How the library's messages begin -> the reason; its classes alone do not tell these apart.
_REASONS = (
    ("invalid signing cert", TIME),
    ("failed to verify SCT", CERTIFICATE_LOG),
    ("Key usage", CERTIFICATE),
    ("Extended usage", CERTIFICATE),
    ("DSSE: invalid signature", SIGNATURE),
)


class _AnyIdentity:
    """The policy: who signed is read from the certificate afterwards."""

    def verify(self, cert: Certificate) -> None:
        """Accept every certificate."""


def prove_certified(
    certificate: Certificate, payload: bytes, signature: bytes, signed: datetime, root: TrustRoot, subject: str
) -> None:
    """Prove that a certificate's holder signed a payload at a time that the log's entry has proven.

    Raises `EvidenceRefused`: `issuer`, `certificate-log`, `certificate`, `time`, `signature` or `unverified`.
    """
    from cryptography.exceptions import UnsupportedAlgorithm  # start-up: 360 ms, and only where there is evidence
    from cryptography.x509 import ExtensionNotFound
    from sigstore.errors import CertValidationError, Error
    from sigstore.models import Bundle

    verifier = _with_own_log(root).verifier_at(signed)
    if verifier is None:
        raise EvidenceRefused(subject, TIME, f"the root {root.name} has no valid authority or log for {signed}")
    try:
        bundle = Bundle.from_json(_bundle(certificate, payload, signature, signed))
        found = verifier.verify_dsse(bundle, _AnyIdentity())
    except CertValidationError as error:
        raise EvidenceRefused(subject, ISSUER, first_line(error)) from None
    except (ExtensionNotFound, UnsupportedAlgorithm) as error:
        raise EvidenceRefused(subject, CERTIFICATE, first_line(error)) from None
    except Error as error:
        message = first_line(error)
        reason = next((reason for start, reason in _REASONS if message.startswith(start)), UNVERIFIED)
        raise EvidenceRefused(subject, reason, message) from None
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:  # what it lets through on odd bytes
        raise EvidenceRefused(subject, UNVERIFIED, first_line(error)) from None
    if found != (PAYLOAD_TYPE, payload):
        raise EvidenceRefused(subject, UNVERIFIED, "what was verified is not what was read")


@lru_cache(maxsize=1)
def _own_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key  # start-up

    return generate_private_key(SECP256R1())


@lru_cache(maxsize=1)
def _own_der() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # start-up

    return _own_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _own_id() -> bytes:
    return hashlib.sha256(_own_der()).digest()


@lru_cache(maxsize=8)
def _with_own_log(root: TrustRoot) -> TrustRoot:
    key = {"rawBytes": _base64(_own_der()), "keyDetails": "PKIX_ECDSA_P256_SHA_256"}
    period = {"start": "1970-01-01T00:00:00Z"}
    log: dict[str, object] = {
        "baseUrl": f"https://{_LOG}",
        "hashAlgorithm": "SHA2_256",
        "publicKey": {**key, "validFor": period},
        "logId": {"keyId": _base64(_own_id())},
    }
    return with_log(root, log)


def _bundle(certificate: Certificate, payload: bytes, signature: bytes, signed: datetime) -> str:
    """Return the bundle that the library verifies, its entry in the log of this process."""
    from cryptography.hazmat.primitives.serialization import Encoding  # start-up

    entry = _entry(payload, signature, certificate.public_bytes(Encoding.PEM), int(signed.timestamp()))
    return json.dumps(
        {
            "mediaType": _BUNDLE,
            "verificationMaterial": {
                "certificate": {"rawBytes": _base64(certificate.public_bytes(Encoding.DER))},
                "tlogEntries": [_shown(entry)],
            },
            "dsseEnvelope": {
                "payload": _base64(payload),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"sig": _base64(signature)}],
            },
        }
    )


def _entry(payload: bytes, signature: bytes, certificate: bytes, integrated: int) -> LogEntry:
    kind, version = DSSE
    payload_hash = {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()}
    rows = [{"signature": _base64(signature), "verifier": _base64(certificate)}]
    spec = {"envelopeHash": payload_hash, "payloadHash": payload_hash, "signatures": rows}
    body = json.dumps({"apiVersion": version, "kind": kind, "spec": spec}).encode()
    root = root_of(body, InclusionProof(0, 1, b"", (), Checkpoint(b"", b"", b""))) or b""
    note = f"{_LOG} - 1\n1\n{_base64(root)}\n".encode()
    proof = InclusionProof(0, 1, root, (), Checkpoint(note, _own_id()[:4], _sign(note)))
    entry = LogEntry(DSSE, _own_id(), 0, integrated, b"", proof, body)
    return entry._replace(promise=_sign(promised(entry)))


def _shown(entry: LogEntry) -> dict[str, object]:
    """Return an entry as a bundle shows it."""
    kind, version = entry.kind
    shown: dict[str, object] = {
        "logIndex": str(entry.log_index),
        "logId": {"keyId": _base64(entry.log_id)},
        "kindVersion": {"kind": kind, "version": version},
        "integratedTime": str(entry.integrated),
        "inclusionPromise": {"signedEntryTimestamp": _base64(entry.promise)},
        "canonicalizedBody": _base64(entry.body),
    }
    proof = entry.proof
    if proof is not None:
        signature = _base64(proof.checkpoint.hint + proof.checkpoint.signature)
        shown["inclusionProof"] = {
            "logIndex": str(proof.leaf),
            "rootHash": _base64(proof.root),
            "treeSize": str(proof.size),
            "hashes": [_base64(beside) for beside in proof.hashes],
            "checkpoint": {"envelope": f"{proof.checkpoint.note.decode()}\n\u2014 {_LOG} {signature}\n"},
        }
    return shown


def _sign(message: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA  # start-up
    from cryptography.hazmat.primitives.hashes import SHA256

    return _own_key().sign(message, ECDSA(SHA256()))


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
