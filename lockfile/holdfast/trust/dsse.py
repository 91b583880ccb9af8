"""DSSE envelopes (secure-systems-lab/dsse, protocol 1.0.0): a payload, its type, and who signed both.

    {"payload": base64, "payloadType": text, "signatures": [{"keyid": "ed25519:<64 hex>", "sig": base64}, ...]}

What is signed is `pae(type, payload)`, so that a signature holds for one purpose only. A key id is a hint: it says
which key to try, and never counts. Knows no payloads and no trust.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable

from holdfast.trust.ed25519 import PublicKey, verify
from holdfast.trust.errors import InvalidSignature, MalformedDocument, MalformedSignature, PayloadTypeRefused
from holdfast.trust.signing import Signer
from holdfast.trust.strict_fields import Fields
from holdfast.trust.strict_json import LIMIT, canonical
from holdfast_resolver.values.tuples import NamedTuple

PAYLOAD_INTOTO = "application/vnd.in-toto+json"
MOST_SIGNATURES = 16


class Envelope(NamedTuple):
    """A payload and its signatures, none of them verified: pairs of key id (a hint, may be "") and 64 bytes."""

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return what is signed: the pre-authentication encoding of a payload and its type."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def parse_envelope(text: str | bytes, subject: str = "", *, limit: int = LIMIT) -> Envelope:
    """Read an envelope, strictly: no unknown fields, canonical base64, 1 to 16 signatures of 64 bytes.

    `subject` names what it is about, for the error. Raises `MalformedSignature`.
    """
    try:
        fields = Fields.of(text if isinstance(text, bytes) else text.encode("utf-8"), limit=limit)
        fields.only(("payload", "payloadType", "signatures"))
        rows = fields.tables("signatures", most=MOST_SIGNATURES)
        if not rows:
            raise fields.wrong("signatures", f"1 to {MOST_SIGNATURES} signatures", "none")
        payload_type = fields.text("payloadType", empty=False)
        return Envelope(payload_type, _base64(fields, "payload"), tuple([_signature(row) for row in rows]))
    except MalformedDocument as error:
        place = f"{error.place}: " if error.place else ""
        raise MalformedSignature(subject, f"{place}expected {error.expected}, found {error.found}") from None
    except UnicodeEncodeError:
        raise MalformedSignature(subject, "expected Unicode text, found a lone surrogate") from None


def write_envelope(envelope: Envelope) -> str:
    """Return the one text of an envelope (RFC 8785), which `parse_envelope` reads again."""
    rows = [{"keyid": name, "sig": b64encode(signature).decode()} for name, signature in envelope.signatures]
    payload = b64encode(envelope.payload).decode()
    return canonical({"payload": payload, "payloadType": envelope.payload_type, "signatures": rows}).decode("utf-8")


def sign_envelope(payload_type: str, payload: bytes, signers: Iterable[Signer]) -> Envelope:
    """Return an envelope signed once by every distinct key of `signers` (1 to 16), in order of their ids.

    Raises `KeyUnreadable` when a key cannot be used, `MalformedSignature` for none or too many signers.
    """
    by_id = {signer.public.id: signer for signer in signers}
    if not 1 <= len(by_id) <= MOST_SIGNATURES:
        raise MalformedSignature("", f"expected 1 to {MOST_SIGNATURES} signers, found {len(by_id)}")
    message = pae(payload_type, payload)
    return Envelope(payload_type, payload, tuple([(name, by_id[name].sign(message)) for name in sorted(by_id)]))


def verify_envelope(
    envelope: Envelope, payload_type: str, keys: Iterable[PublicKey], subject: str = ""
) -> tuple[PublicKey, ...]:
    """Return the distinct keys among `keys` whose signatures hold, in order of their raw bytes; () for none.

    A key counts once, by its raw bytes, however many signatures and ids it comes with. A signature whose id is
    that of none of `keys` is tried with all, and passed over when it holds for none.
    Raises `PayloadTypeRefused` for an envelope of another type, and `InvalidSignature` when a signature names one
    of `keys` and does not hold for it.
    """
    if envelope.payload_type != payload_type:
        raise PayloadTypeRefused(subject, payload_type, envelope.payload_type)
    by_id = {key.id: key for key in keys}
    message = pae(envelope.payload_type, envelope.payload)
    held: set[PublicKey] = set()
    for name, signature in envelope.signatures:
        named = by_id.get(name)
        if named is None:
            held.update([key for key in by_id.values() if verify(key, message, signature)])
        elif verify(named, message, signature):
            held.add(named)
        else:
            raise InvalidSignature(subject, named.id)
    return tuple(sorted(held))


def _signature(fields: Fields) -> tuple[str, bytes]:
    fields.only(("keyid", "sig"))
    signature = _base64(fields, "sig")
    if len(signature) != 64:
        raise fields.wrong("sig", "a signature of 64 bytes", f"{len(signature)}")
    return fields.text("keyid"), signature


def _base64(fields: Fields, name: str) -> bytes:
    text = fields.text(name)
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise fields.wrong(name, "base64") from None
    if b64encode(data).decode() != text:
        raise fields.wrong(name, "base64 in its one canonical form")
    return data
