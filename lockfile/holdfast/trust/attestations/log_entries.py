"""Transparency log entries: their form, and that they do not contradict themselves.

The verifying library proves that an entry is in a log and when; it reads base64 and numbers loosely and takes no
notice of what it does not need. What is not proven there is checked here, so that no byte of an entry can be changed
unseen: one form for each number and each byte string, and a checkpoint whose size, root and name are the proof's
(C2SP tlog-checkpoint and signed-note; sigstore protobuf-specs, `sigstore_rekor.proto`). Proves nothing.
"""

from holdfast.trust.attestations.errors import LOG, VERSION, EvidenceRefused
from holdfast.trust.attestations.log_checkpoints import read_checkpoint, whole_number
from holdfast.trust.attestations.provenance import Attestation, base64_field, decode_base64, malformed
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, shown
from holdfast.trust.strict_json import joined
from holdfast_resolver.values.tuples import NamedTuple

# PEP 740 has room for no other signed time than that of this kind of entry.
KIND, KIND_VERSION = "dsse", "0.0.1"


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
        return LogEntry(log_id, whole_number(fields, "logIndex"), whole_number(fields, "integratedTime"))
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
    whole_number(fields, "logIndex")
    checkpoint = fields.table("checkpoint")
    checkpoint.only(("envelope",))
    read_checkpoint(checkpoint, whole_number(fields, "treeSize"), base64_field(fields, "rootHash"))
