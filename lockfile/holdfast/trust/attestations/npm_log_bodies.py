"""That a log entry is about this envelope and this signer: its body, held against the bundle that it came with.

    intoto 0.0.2   {"apiVersion", "kind", "spec": {"content": {"envelope": {"payloadType", "signatures": [{"keyid",
                   "publicKey": base64 PEM, "sig": base64 of the base64 text}]}, "hash", "payloadHash"}}}
    dsse 0.0.1     {"apiVersion", "kind", "spec": {"envelopeHash", "payloadHash", "signatures": [{"signature": base64,
                   "verifier": base64 PEM}]}}

The envelope's own hash is over a form of it that no bundle carries; type, payload, signature and signer are all that it
covers, and each of them is compared. Source: sigstore/rekor, `pkg/types/intoto/v0.0.2` and `pkg/types/dsse/v0.0.1`.
"""

import hashlib
import re
from base64 import b64encode

from holdfast.trust.attestations.errors import LOG
from holdfast.trust.attestations.npm_log_entries import INTOTO, LogEntry
from holdfast.trust.attestations.provenance import base64_field, decode_base64, malformed
from holdfast.trust.attestations.statements import PAYLOAD_TYPE
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields
from holdfast_resolver.values.tuples import NamedTuple

_PEM = re.compile(
    rb"-----BEGIN (CERTIFICATE|PUBLIC KEY)-----\n([A-Za-z0-9+/=\n]+)\n-----END (CERTIFICATE|PUBLIC KEY)-----\n*"
)


class Signed(NamedTuple):
    """What was signed, how, and by whom."""

    payload: bytes
    signature: bytes
    key_id: str  # "" for none
    verifier: bytes  # DER: the certificate, or the public key where `is_certificate` is false
    is_certificate: bool


def check_body(entry: LogEntry, signed: Signed, subject: str) -> None:
    """Refuse an entry whose body is about anything else than `signed`. Raises `EvidenceRefused` (`log`)."""
    try:
        fields = Fields.of(entry.body)
        kind, version = entry.kind
        fields.constant("kind", kind)
        fields.constant("apiVersion", version)
        spec = fields.table("spec")
        content, rows = _intoto(spec, signed) if entry.kind == INTOTO else (spec, spec.tables("signatures"))
        payload_hash = content.table("payloadHash")
        payload_hash.constant("algorithm", "sha256")
        payload_hash.constant("value", hashlib.sha256(signed.payload).hexdigest())
        if len(rows) != 1:
            raise content.wrong("signatures", "exactly one signature", f"{len(rows)}")
        _check_signature(rows[0], signed, entry.kind == INTOTO)
    except MalformedDocument as fault:
        raise malformed(subject, fault, LOG) from None


def _intoto(spec: Fields, signed: Signed) -> tuple[Fields, tuple[Fields, ...]]:
    content = spec.table("content")
    envelope = content.table("envelope")
    envelope.constant("payloadType", PAYLOAD_TYPE)
    rows = envelope.tables("signatures")
    for row in rows:
        if (row.optional_text("keyid") or "") != signed.key_id:
            raise row.wrong("keyid", "the key id of the bundle")
    return content, rows


def _check_signature(row: Fields, signed: Signed, is_intoto: bool) -> None:
    signature, verifier = ("sig", "publicKey") if is_intoto else ("signature", "verifier")
    expected = b64encode(signed.signature)
    if base64_field(row, signature) != (expected if is_intoto else signed.signature):
        raise row.wrong(signature, "the signature of the bundle")
    if _pem(base64_field(row, verifier), row.at(verifier)) != (signed.is_certificate, signed.verifier):
        raise row.wrong(verifier, "the certificate or key of the bundle")


def _pem(text: bytes, place: str) -> tuple[bool, bytes]:
    """Return whether a PEM text is a certificate's, and its DER bytes."""
    found = _PEM.fullmatch(text)
    if found is None or found[1] != found[3]:
        raise MalformedDocument(place, "one certificate or key in PEM")
    return found[1] == b"CERTIFICATE", decode_base64(found[2].replace(b"\n", b"").decode("ascii"), place)
