"""Provenance objects as an index serves them, and attestations on their own (PEP 740, "Provenance objects").

    {"version": 1, "attestation_bundles": [{"publisher": {"kind": "GitHub", ...}, "attestations": [{...}, ...]}]}

Reads strictly: JSON in which no key stands twice, bounded, of known versions, binary fields in canonical base64.
Further fields are passed over where PEP 740 lets an index or a signer add them. Nothing that leaves here is verified,
and the publisher is what the index claims. Knows no certificates and no logs.
"""

import binascii
import json
from base64 import b64decode, b64encode

from holdfast.trust.attestations.errors import MALFORMED, TOO_LARGE, VERSION, EvidenceRefused
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, kind_of, shown
from holdfast.trust.strict_json import LIMIT, joined
from holdfast_resolver.values.tuples import NamedTuple

KNOWN_VERSION = 1
COMPARED = ("email", "environment", "repository", "workflow", "workflow_filepath")  # in a publisher
MOST_ATTESTATIONS = 64  # of one file, in all bundles together


class ClaimedPublisher(NamedTuple):
    """Who published, by the word of the index: the kind as it stands there, and those fields that can be compared."""

    kind: str
    fields: tuple[tuple[str, str], ...]  # of `COMPARED`, sorted by name; what is null is left out

    def field(self, name: str) -> str | None:
        """Return a field's text, None when the index says nothing about it."""
        return dict(self.fields).get(name)


class Attestation(NamedTuple):
    """One attestation, read and not verified."""

    place: str  # its key path in the document, "" when it stands alone
    certificate: bytes  # DER
    statement: bytes  # the in-toto statement's JSON, as signed
    text: str  # its JSON, compact and with sorted keys, holding only what PEP 740 names


class AttestationBundle(NamedTuple):
    """The attestations of one publisher, in the order of the document; `publisher` is None when nobody is claimed."""

    publisher: ClaimedPublisher | None
    attestations: tuple[Attestation, ...]


class Provenance(NamedTuple):
    """All that an index says about who made one file. Nothing of it is verified."""

    bundles: tuple[AttestationBundle, ...]


def read_provenance(data: bytes, subject: str) -> Provenance:
    """Read a provenance object of at most 4 MiB; `subject` names the file that it is about.

    Raises `EvidenceRefused`: `too-large`, `version` or `malformed`, the last with the place of the fault.
    """
    try:
        fields = _document(data, subject)
        _check_version(fields, subject)
        bundles = tuple([_bundle(bundle, subject) for bundle in _some(fields, "attestation_bundles", subject)])
    except MalformedDocument as fault:
        raise malformed(subject, fault) from None
    texts = [attestation.text for bundle in bundles for attestation in bundle.attestations]
    _check_count(len(texts), subject)
    if len(set(texts)) < len(texts):
        raise EvidenceRefused(subject, MALFORMED, "expected each attestation once, found one twice")
    return Provenance(bundles)


def read_attestation(data: bytes, subject: str) -> Provenance:
    """Read an attestation that stands alone (a `.attestation` file); nobody is claimed as its publisher.

    Raises `EvidenceRefused` as `read_provenance` does.
    """
    try:
        attestation = _attestation(_document(data, subject), subject)
    except MalformedDocument as fault:
        raise malformed(subject, fault) from None
    return Provenance((AttestationBundle(None, (attestation,)),))


def malformed(subject: str, fault: MalformedDocument, reason: str = MALFORMED) -> EvidenceRefused:
    """Return the refusal of a document about `subject` that breaks its form, to be raised."""
    found = f", found {fault.found}" if fault.found else ""
    where = f" at {fault.place}" if fault.place else ""
    return EvidenceRefused(subject, reason, f"expected {fault.expected}{found}{where}")


def base64_field(fields: Fields, name: str) -> bytes:
    """Return the bytes of a field in standard base64, in its one canonical form. Raises `MalformedDocument`."""
    return decode_base64(fields.text(name, empty=False), fields.at(name))


def decode_base64(text: str, place: str) -> bytes:
    """Return the bytes of a text in standard base64, in its one canonical form. Raises `MalformedDocument`."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedDocument(place, "base64", shown(text)) from None
    if b64encode(data).decode("ascii") != text:
        raise MalformedDocument(place, "base64 in its one canonical form", shown(text))
    return data


def _document(data: bytes, subject: str) -> Fields:
    if len(data) > LIMIT:
        raise EvidenceRefused(subject, TOO_LARGE, f"expected at most {LIMIT} bytes, found {len(data)}")
    return Fields.of(data)


def _check_version(fields: Fields, subject: str) -> None:
    version = fields.value("version")
    if isinstance(version, bool) or version != KNOWN_VERSION:
        place = fields.at("version")
        raise EvidenceRefused(subject, VERSION, f"expected {KNOWN_VERSION} at {place}, found {shown(version)}")


def _some(fields: Fields, name: str, subject: str) -> tuple[Fields, ...]:
    _check_count(len(fields.array(name)), subject)
    rows = fields.tables(name)
    if not rows:
        raise fields.wrong(name, "one or more", "none")
    return rows


def _check_count(count: int, subject: str) -> None:
    if count > MOST_ATTESTATIONS:
        raise EvidenceRefused(subject, TOO_LARGE, f"expected at most {MOST_ATTESTATIONS} attestations, found {count}")


def _bundle(fields: Fields, subject: str) -> AttestationBundle:
    publisher = _publisher(fields.table("publisher"))
    return AttestationBundle(
        publisher, tuple([_attestation(one, subject) for one in _some(fields, "attestations", subject)])
    )


def _publisher(fields: Fields) -> ClaimedPublisher:
    kind = fields.text("kind", empty=False)
    texts = [(name, fields.optional_text(name)) for name in sorted(COMPARED)]
    return ClaimedPublisher(kind, tuple([(name, text) for name, text in texts if text is not None]))


def _attestation(fields: Fields, subject: str) -> Attestation:
    _check_version(fields, subject)
    material, envelope = fields.table("verification_material"), fields.table("envelope")
    entries = material.array("transparency_entries")
    if len(entries) != 1:  # a second one would go unverified
        raise material.wrong("transparency_entries", "exactly one log entry", f"{len(entries)}")
    if not isinstance(entries[0], dict):
        raise MalformedDocument(joined(material.at("transparency_entries"), 0), "an object", kind_of(entries[0]))
    certificate, statement = base64_field(material, "certificate"), base64_field(envelope, "statement")
    base64_field(envelope, "signature")
    # What the verifying library sees is this text: only the fields that were read here, in their one form.
    text = json.dumps(
        {
            "version": KNOWN_VERSION,
            "verification_material": {
                "certificate": material.text("certificate"),
                "transparency_entries": entries,
            },
            "envelope": {"statement": envelope.text("statement"), "signature": envelope.text("signature")},
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    return Attestation(fields.place, certificate, statement, text)
