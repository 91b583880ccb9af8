"""The attestations that an npm registry serves about one release, read and not verified.

    {"attestations": [{"predicateType": "https://slsa.dev/provenance/v1", "bundle": {
        "mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "verificationMaterial": {"x509CertificateChain" | "certificate" | "publicKey": ..., "tlogEntries": [...]},
        "dsseEnvelope": {"payload": base64, "payloadType": ..., "signatures": [{"sig": base64, "keyid": ...}]}}}]}

Reads strictly: JSON in which no key stands twice, bounded, canonical base64, no field that nothing would verify.
Source: sigstore protobuf-specs, `sigstore_bundle.proto`, versions 0.1 to 0.3. Knows no keys, no logs and no packages.
"""

from holdfast.trust.attestations.errors import MALFORMED, TOO_LARGE, VERSION, EvidenceRefused
from holdfast.trust.attestations.npm_log_entries import LogEntry, read_entry
from holdfast.trust.attestations.provenance import MOST_ATTESTATIONS, base64_field, malformed
from holdfast.trust.attestations.statements import PAYLOAD_TYPE
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, shown
from holdfast.trust.strict_json import LIMIT
from holdfast_resolver.values.tuples import NamedTuple

# media type -> (how certificates stand there, whether an inclusion proof must be there)
_MEDIA = {
    "application/vnd.dev.sigstore.bundle+json;version=0.1": ("x509CertificateChain", False),
    "application/vnd.dev.sigstore.bundle+json;version=0.2": ("x509CertificateChain", True),
    "application/vnd.dev.sigstore.bundle+json;version=0.3": ("certificate", True),
    "application/vnd.dev.sigstore.bundle.v0.3+json": ("certificate", True),
}
_MOST_CERTIFICATES = 8


class NpmBundle(NamedTuple):
    """One attestation: signed either by the key that `hint` names, or by the holder of `certificate`."""

    place: str  # its key path in the document
    predicate_type: str  # as the document says beside the bundle
    hint: str  # "" where a certificate stands
    certificate: bytes  # DER; b"" where a key is named
    further: tuple[bytes, ...]  # the certificates behind it in an older bundle, DER
    payload: bytes
    key_id: str  # in the envelope, beside the signature; "" for none
    signature: bytes
    entry: LogEntry


def read_npm_attestations(body: bytes, subject: str) -> tuple[NpmBundle, ...]:
    """Read the document of `/-/npm/v1/attestations/<name>@<version>`, at most 4 MiB and 64 attestations.

    `subject` names the release, for the error. Raises `EvidenceRefused`: `too-large`, `version`, `log` (for a log
    entry that breaks its form or contradicts itself) or `malformed`.
    """
    if len(body) > LIMIT:
        raise EvidenceRefused(subject, TOO_LARGE, f"expected at most {LIMIT} bytes, found {len(body)}")
    try:
        fields = Fields.of(body)
        rows = fields.tables("attestations")
        if not rows:
            raise fields.wrong("attestations", "one or more", "none")
    except MalformedDocument as fault:
        raise malformed(subject, fault) from None
    if len(rows) > MOST_ATTESTATIONS:
        detail = f"expected at most {MOST_ATTESTATIONS} attestations, found {len(rows)}"
        raise EvidenceRefused(subject, TOO_LARGE, detail)
    bundles = tuple([_attestation(row, subject) for row in rows])
    if len({bundle.signature for bundle in bundles}) < len(bundles):
        raise EvidenceRefused(subject, MALFORMED, "expected each attestation once, found one twice")
    return bundles


def _attestation(row: Fields, subject: str) -> NpmBundle:
    try:
        kind, bundle = row.text("predicateType", empty=False), row.table("bundle")
        bundle.only(("dsseEnvelope", "mediaType", "verificationMaterial"))
        media = bundle.text("mediaType")
        if media not in _MEDIA:
            raise EvidenceRefused(subject, VERSION, f"expected a Sigstore bundle, version 0.1 to 0.3, found {media!a}")
        certificates, proof_needed = _MEDIA[media]
        material = bundle.table("verificationMaterial")
        hint, chain = _signed_by(material, certificates)
        _check_no_other_times(material, subject)
        payload, key_id, signature = _envelope(bundle.table("dsseEnvelope"))
        entries = material.tables("tlogEntries")
        if len(entries) != 1:  # a second one would go unverified
            raise material.wrong("tlogEntries", "exactly one log entry", f"{len(entries)}")
    except MalformedDocument as fault:
        raise malformed(subject, fault) from None
    entry = read_entry(entries[0], subject, proof_needed=proof_needed)
    return NpmBundle(row.place, kind, hint, chain[0] if chain else b"", chain[1:], payload, key_id, signature, entry)


def _signed_by(material: Fields, certificates: str) -> tuple[str, tuple[bytes, ...]]:
    """Return the hint to a public key, or the certificates, the signer's first."""
    material.only((certificates, "publicKey", "timestampVerificationData", "tlogEntries"))
    if material.has("publicKey") == material.has(certificates):
        raise material.wrong(certificates, "either a certificate or a public key", "both or neither")
    if material.has("publicKey"):
        key = material.table("publicKey")
        key.only(("hint",))
        return key.text("hint", empty=False), ()
    holder = material.table(certificates)
    if certificates == "certificate":
        holder.only(("rawBytes",))
        return "", (base64_field(holder, "rawBytes"),)
    holder.only(("certificates",))
    rows = holder.tables("certificates", most=_MOST_CERTIFICATES)
    if not rows:
        raise holder.wrong("certificates", "one or more", "none")
    for row in rows:
        row.only(("rawBytes",))
    return "", tuple([base64_field(row, "rawBytes") for row in rows])


def _check_no_other_times(material: Fields, subject: str) -> None:
    """Refuse timestamps of an authority: the log's own time counts, and what stands beside it would go unverified."""
    times = material.optional_table("timestampVerificationData")
    if times is not None:
        times.only(("rfc3161Timestamps",))
    if times is not None and times.has("rfc3161Timestamps") and times.array("rfc3161Timestamps"):
        raise EvidenceRefused(subject, VERSION, f"expected no timestamp at {times.at('rfc3161Timestamps')}")


def _envelope(fields: Fields) -> tuple[bytes, str, bytes]:
    """Return payload, key id and signature of a DSSE envelope with one signature."""
    fields.only(("payload", "payloadType", "signatures"))
    kind = fields.text("payloadType")
    if kind != PAYLOAD_TYPE:
        raise fields.wrong("payloadType", PAYLOAD_TYPE, shown(kind))
    rows = fields.tables("signatures")
    if len(rows) != 1:
        raise fields.wrong("signatures", "exactly one signature", f"{len(rows)}")
    rows[0].only(("keyid", "sig"))
    return base64_field(fields, "payload"), rows[0].optional_text("keyid") or "", base64_field(rows[0], "sig")
