"""Entries of a transparency log as Sigstore bundles of npm show them: read strictly, and not proven.

One form for each number and each byte string, and a checkpoint whose size, root and name are the proof's (C2SP
tlog-checkpoint and signed-note; sigstore protobuf-specs, `sigstore_rekor.proto`). Two kinds of entries hold DSSE
envelopes: `intoto` 0.0.2 and `dsse` 0.0.1. Knows no keys and no packages.
"""

from holdfast.trust.attestations.errors import LOG, VERSION, EvidenceRefused
from holdfast.trust.attestations.log_checkpoints import Checkpoint, read_checkpoint, whole_number
from holdfast.trust.attestations.provenance import base64_field, decode_base64, malformed
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, shown
from holdfast.trust.strict_json import joined
from holdfast_resolver.values.tuples import NamedTuple

INTOTO, DSSE = ("intoto", "0.0.2"), ("dsse", "0.0.1")
KINDS = (INTOTO, DSSE)


class InclusionProof(NamedTuple):
    """That an entry is the one at `leaf` of a tree of `size` entries."""

    leaf: int
    size: int
    root: bytes
    hashes: tuple[bytes, ...]  # from the leaf's neighbour upwards
    checkpoint: Checkpoint


class LogEntry(NamedTuple):
    """What an entry says of itself; proven only by `npm_log_proofs`."""

    kind: tuple[str, str]  # one of `KINDS`
    log_id: bytes
    log_index: int
    integrated: int  # seconds since 1970, UTC
    promise: bytes  # the signed entry timestamp
    proof: InclusionProof | None
    body: bytes


def read_entry(fields: Fields, subject: str, *, proof_needed: bool) -> LogEntry:
    """Read an entry; `subject` names what it is about, for the error.

    Raises `EvidenceRefused`: `version` for another kind of entry, `log` for one that breaks its form, contradicts
    itself, or comes without promise or (when it is needed) proof.
    """
    try:
        version = fields.table("kindVersion")
        version.only(("kind", "version"))
        kind = version.text("kind"), version.text("version")
        if kind not in KINDS:
            known = " or ".join([" ".join(one) for one in KINDS])
            found = shown(" ".join(kind))
            raise EvidenceRefused(subject, VERSION, f"expected a log entry of kind {known}, found {found}")
        fields.only(
            (
                "canonicalizedBody", "inclusionPromise", "inclusionProof", "integratedTime", "kindVersion", "logId",
                "logIndex",
            )
        )  # fmt: skip
        promise, log = fields.table("inclusionPromise"), fields.table("logId")
        promise.only(("signedEntryTimestamp",))
        log.only(("keyId",))
        proof = _proof(fields.table("inclusionProof")) if proof_needed or fields.has("inclusionProof") else None
        return LogEntry(
            kind,
            base64_field(log, "keyId"),
            whole_number(fields, "logIndex"),
            whole_number(fields, "integratedTime"),
            base64_field(promise, "signedEntryTimestamp"),
            proof,
            base64_field(fields, "canonicalizedBody"),
        )
    except MalformedDocument as fault:
        raise malformed(subject, fault, LOG) from None


def _proof(fields: Fields) -> InclusionProof:
    fields.only(("checkpoint", "hashes", "logIndex", "rootHash", "treeSize"))
    hashes = []
    for index, text in enumerate(fields.texts("hashes", most=64)):
        place = joined(fields.at("hashes"), index)
        hashes.append(decode_base64(text, place))
        if len(hashes[-1]) != 32:
            raise MalformedDocument(place, "a hash of 32 bytes", shown(text))
    leaf, size, root = (
        whole_number(fields, "logIndex"),
        whole_number(fields, "treeSize"),
        base64_field(fields, "rootHash"),
    )
    if leaf >= size:
        raise fields.wrong("logIndex", f"a place in a tree of {size}")
    checkpoint = fields.table("checkpoint")
    checkpoint.only(("envelope",))
    return InclusionProof(leaf, size, root, tuple(hashes), read_checkpoint(checkpoint, size, root))
