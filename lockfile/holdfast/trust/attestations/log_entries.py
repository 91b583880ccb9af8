"""Transparency log entries: their form, and that they do not contradict themselves.

The verifying library proves that an entry is in a log and when; it reads base64 and numbers loosely and takes no
notice of what it does not need. What is not proven there is checked here, so that no byte of an entry can be changed
unseen: one form for each number and each byte string, and a checkpoint whose size, root and name are the proof's
(C2SP tlog-checkpoint and signed-note; sigstore protobuf-specs, `sigstore_rekor.proto`). Proves nothing.
"""

import re

from holdfast.trust.attestations.errors import LOG, VERSION, EvidenceRefused
from holdfast.trust.attestations.provenance import Attestation, base64_field, decode_base64, malformed
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, shown
from holdfast.trust.strict_json import joined
from holdfast_resolver.values.tuples import NamedTuple

# PEP 740 has room for no other signed time than that of this kind of entry.
KIND, KIND_VERSION = "dsse", "0.0.1"

_WHOLE = re.compile(r"0|[1-9][0-9]{0,19}")
_SIGNATURE = re.compile(r"\u2014 ([^\s+]+) (\S+)")  # "— rekor.acme.example wNI9ajBF..."


class LogEntry(NamedTuple):
    """What an entry says of itself; proven only once the attestation is verified."""

    log_id: str  # hex
    log_index: int
    integrated: int  # seconds since 1970, UTC


def read_entry(attestation: Attestation, subject: str) -> LogEntry:
    """Read the log entry of an attestation, strictly; `subject` names the file that it is about.

    Raises `EvidenceRefused`: `version` for another kind of entry, `log` for one that breaks its form or contradicts
    itself.
    """
    try:
        fields = Fields.of(attestation.text.encode("utf-8")).table("verification_material")
        fields = fields.tables("transparency_entries")[0]
        _check_kind(fields.table("kindVersion"), subject)
        fields.only(
            (
                "canonicalizedBody", "inclusionPromise", "inclusionProof", "integratedTime", "kindVersion", "logId",
                "logIndex",
            )
        )  # fmt: skip
        base64_field(fields, "canonicalizedBody")
        promise, log = fields.table("inclusionPromise"), fields.table("logId")
        promise.only(("signedEntryTimestamp",))
        base64_field(promise, "signedEntryTimestamp")
        log.only(("keyId",))
        _check_proof(fields.table("inclusionProof"))
        log_id = base64_field(log, "keyId").hex()
        return LogEntry(log_id, _whole(fields, "logIndex"), _whole(fields, "integratedTime"))
    except MalformedDocument as fault:
        raise malformed(subject, fault, LOG) from None


def _check_kind(fields: Fields, subject: str) -> None:
    fields.only(("kind", "version"))
    kind, version = fields.text("kind"), fields.text("version")
    if (kind, version) != (KIND, KIND_VERSION):
        found = f"{shown(kind)} {shown(version)}"
        raise EvidenceRefused(subject, VERSION, f"expected a log entry of kind {KIND} {KIND_VERSION}, found {found}")


def _check_proof(fields: Fields) -> None:
    fields.only(("checkpoint", "hashes", "logIndex", "rootHash", "treeSize"))
    for index, text in enumerate(fields.texts("hashes", most=64)):
        place = joined(fields.at("hashes"), index)
        if len(decode_base64(text, place)) != 32:
            raise MalformedDocument(place, "a hash of 32 bytes", shown(text))
    _whole(fields, "logIndex")
    checkpoint = fields.table("checkpoint")
    checkpoint.only(("envelope",))
    _check_checkpoint(checkpoint, _whole(fields, "treeSize"), base64_field(fields, "rootHash"))


def _check_checkpoint(fields: Fields, size: int, root: bytes) -> None:
    """Check a signed note: origin, size and root, an empty line, and the log's signature alone.

    rekor.acme.example - 1193050959916656506
    25901137
    <root, base64>

    — rekor.acme.example <key hint and signature, base64>
    """
    place = fields.at("envelope")
    body, _, signatures = fields.text("envelope", lines=True).partition("\n\n")
    lines = body.split("\n")
    if len(lines) < 3 or lines[1] != str(size):
        raise MalformedDocument(place, f"a checkpoint of the proof's size {size}", shown(body))
    if decode_base64(lines[2], place) != root:
        raise MalformedDocument(place, "a checkpoint of the proof's root", shown(lines[2]))
    found = _SIGNATURE.fullmatch(signatures.removesuffix("\n"))
    if found is None or not signatures.endswith("\n"):
        raise MalformedDocument(place, "one signature of the log", shown(signatures))
    if found[1] != lines[0].partition(" - ")[0]:
        raise MalformedDocument(place, "a signature in the name of the log", shown(found[1]))
    decode_base64(found[2], place)


def _whole(fields: Fields, name: str) -> int:
    """Return a number that stands as text, as protobuf's JSON has 64-bit ones."""
    text = fields.text(name)
    if not _WHOLE.fullmatch(text):
        raise fields.wrong(name, "a whole number as text")
    return int(text)
