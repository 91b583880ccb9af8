"""Module sign and cosign: a publisher's statement about a packed module, and a co-signer's own claim beside it.

Rule 1: what is signed is computed from the module at hand, never taken from a file.
Rule 2: a further publisher signs the very payload that the first one signed, so its time is that of the first.
Rule 3: who published a module does not vet it: keys are told apart by their raw bytes.

Signers and texts come in, the text of an envelope goes out. Never prints; the clock is an argument.
"""

from holdfast.errors import UsageError
from holdfast.publish.pack import Packed
from holdfast.trust.dsse import PAYLOAD_INTOTO, Envelope, parse_envelope, sign_envelope, verify_envelope, write_envelope
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import InvalidSignature, SignatureNotFound, Tampered, TrustError
from holdfast.trust.module_statement import read_statement, statement
from holdfast.trust.signing import Signer
from holdfast.trust.subjects import Subject
from holdfast.trust.vetting import POLICY, read_vetting, vetting_statement
from holdfast_resolver.values.tuples import NamedTuple


class Signed(NamedTuple):
    """An envelope as text, with a final newline; `signed` is the time in its statement, `signatures` their number."""

    text: str
    signed: str
    signatures: int


def subject_of(packed: Packed) -> Subject:
    """Return what statements about a packed module speak of."""
    return Subject(packed.manifest.name, packed.manifest.version, packed.archive_digest, packed.tree_digest)


def sign_module(packed: Packed, signer: Signer, now: str, existing: str = "") -> Signed:
    """Return a publisher's envelope over a module: a new one, or `existing` with one signature more.

    `now` is such as `2026-11-21T06:40:00Z`. A signature by the same key is renewed. Raises `UsageError` when
    `existing` is about something else, `MalformedSignature` when it is no envelope, `KeyUnreadable` for the key.
    """
    subject = subject_of(packed)
    signed = now
    others: tuple[tuple[str, bytes], ...] = ()
    if existing:
        envelope = parse_envelope(existing, str(subject))
        signed = _time_of(envelope, packed)
        others = tuple(pair for pair in envelope.signatures if pair[0] != signer.public.id)
    payload = statement(packed.manifest, packed.archive_digest, packed.tree_digest, signed)
    made = _signed(payload, signer, subject)
    whole = made._replace(signatures=tuple(sorted((*others, *made.signatures))))
    return Signed(_text(whole, subject), signed, len(whole.signatures))


def cosign_module(
    packed: Packed, signer: Signer, now: str, publisher: str, report: str = "", policy: str = "", existing: str = ""
) -> Signed:
    """Return a co-signer's envelope: its own claim that it vetted the module.

    `publisher` is the text of the publisher's envelope, `report` the "sha256:<hex>" of a vetting report, `policy` the
    URI of what it vetted by, `existing` a co-signature that would be overwritten. Raises `SignatureNotFound`,
    `Tampered` when the publisher signed another module, `UsageError` for a key that signed as publisher and for a
    co-signature of somebody else.
    """
    subject = subject_of(packed)
    if not publisher:
        raise SignatureNotFound(str(subject))
    envelope = parse_envelope(publisher, str(subject))
    _refuse_another(envelope, packed)
    if _has_signed(envelope, signer.public, str(subject)):
        raise UsageError(
            f"a key that did not publish {subject}", signer.public.id, "co-sign by a key of somebody who vetted it"
        )
    if existing:
        before = read_vetting(parse_envelope(existing, str(subject)).payload, str(subject))
        if before.verifier != signer.public.id:
            raise UsageError(
                "no co-signature by another key yet", f"one by {before.verifier}", "name another file with -o"
            )
    payload = vetting_statement(subject, signer.public.id, now, report, policy or POLICY)
    return Signed(_text(_signed(payload, signer, subject), subject), now, 1)


def _signed(payload: bytes, signer: Signer, subject: Subject) -> Envelope:
    """Sign, and hold the signature to the key: an agent may answer with anything."""
    envelope = sign_envelope(PAYLOAD_INTOTO, payload, [signer])
    if verify_envelope(envelope, PAYLOAD_INTOTO, [signer.public], str(subject)) != (signer.public,):
        raise InvalidSignature(str(subject), signer.public.id)
    return envelope


def _text(envelope: Envelope, subject: Subject) -> str:
    text = write_envelope(envelope)
    assert parse_envelope(text, str(subject)) == envelope
    return text + "\n"


def _time_of(envelope: Envelope, packed: Packed) -> str:
    """The time that an envelope's statement names, when it is the statement about this module."""
    subject = str(subject_of(packed))
    try:
        signed = read_statement(envelope.payload, subject).signed
    except TrustError:
        signed = ""
    if not signed or statement(packed.manifest, packed.archive_digest, packed.tree_digest, signed) != envelope.payload:
        raise UsageError(
            f"a signature of these bytes of {subject}",
            "one of something else",
            "remove the old signature's file, or name another with -o",
        )
    return signed


def _refuse_another(envelope: Envelope, packed: Packed) -> None:
    subject = subject_of(packed)
    found = read_statement(envelope.payload, str(subject))
    for what, expected, got in (
        ("name and version", f"{found.name} {found.version}", str(subject)),
        ("archive", found.archive, subject.archive),
        ("tree", found.tree, subject.tree),
    ):
        if expected != got:
            raise Tampered(str(subject), what, expected, got)


def _has_signed(envelope: Envelope, key: PublicKey, subject: str) -> bool:
    try:
        return bool(verify_envelope(envelope, PAYLOAD_INTOTO, [key], subject))
    except InvalidSignature:  # a signature that claims to be by this key
        return True
