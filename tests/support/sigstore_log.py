"""A transparency log as Rekor is: entries of kind `dsse`, inclusion proofs, checkpoints and inclusion promises.

The rest of the log is made up: where an entry stands and what stands beside it follow from the entry alone, so that
an attestation is the same whatever was made before it. Nothing here knows certificates.
"""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import NamedTuple

import rfc8785

from tests.support.sigstore_authority import log_id, named_key, sign
from tests.support.sigstore_flaws import Flaws

_OLDER = 1_000_000  # entries in earlier trees of the log
_TREE_ID = 1193050959916656506
_OTHER_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class Logged(NamedTuple):
    """What is to be logged: a DSSE envelope in its parts, and the certificate in PEM."""

    payload: bytes
    payload_type: str
    signature: bytes
    certificate: bytes


class Log:
    """A log; `name` decides its key."""

    def __init__(self, name: str) -> None:
        self.host = "rekor.sigstore.example"
        self.key = named_key(f"{name} transparency log")
        self.unknown_key = named_key(f"{name} unknown transparency log")

    @property
    def id(self) -> bytes:
        """The key's id."""
        return log_id(self.key)

    def entry(self, logged: Logged, at: datetime, flaws: Flaws) -> dict[str, object]:
        """The entry as a Sigstore bundle shows it (`TransparencyLogEntry`)."""
        kind, _, version = flaws.kind.partition(" ")
        body = _body(logged, kind, version, flaws.entry)
        time = int((at + timedelta(seconds=flaws.integrated)).timestamp())
        place = _Place.of(body)
        entry: dict[str, object] = {
            "logIndex": str(_OLDER + place.leaf),
            "logId": {"keyId": _base64(self.id)},
            "kindVersion": {"kind": kind, "version": version},
            "integratedTime": str(time),
        }
        if flaws.promise != "none":
            entry["inclusionPromise"] = {"signedEntryTimestamp": self._promise(body, place, time, flaws.promise)}
        if flaws.proof != "none":
            entry["inclusionProof"] = self._proof(body, place, flaws)
        return entry | {"canonicalizedBody": _base64(body)}

    def _promise(self, body: bytes, place: "_Place", time: int, which: str) -> str:
        """The signed entry timestamp, over canonical JSON."""
        promise: dict[str, str | int] = {
            "body": _base64(body),
            "integratedTime": time + (which == "other-time"),
            "logID": self.id.hex(),
            "logIndex": _OLDER + place.leaf,
        }
        key = self.unknown_key if which == "wrong-signature" else self.key
        return _base64(sign(key, rfc8785.dumps(promise)))

    def _proof(self, body: bytes, place: "_Place", flaws: Flaws) -> dict[str, object]:
        root = place.root(body)
        proof: dict[str, object] = {
            "logIndex": str(place.leaf),
            "rootHash": _base64(hashlib.sha256(root).digest() if flaws.proof == "other-root" else root),
            "treeSize": str(place.size),
            "hashes": [_base64(beside) for beside in place.beside[: -1 if flaws.proof == "short" else None]],
        }
        if flaws.checkpoint != "none":
            proof["checkpoint"] = {"envelope": self._checkpoint(root, place.size, flaws)}
        return proof

    def _checkpoint(self, root: bytes, size: int, flaws: Flaws) -> str:
        """A signed note over the tree's size and root."""
        which = flaws.checkpoint
        if which == "other-root":
            root = hashlib.sha256(root).digest()
        if which == "other-size":
            size += 1
        note = f"{self.host} - {_TREE_ID}\n{size}\n{_base64(root)}\n"
        key = self.unknown_key if which in ("wrong-signature", "other-log") else self.key
        hint = log_id(key if which == "other-log" else self.key)[:4]
        end = "" if which == "no-note" else f"\n— {self.host} {_base64(hint + sign(key, note.encode()))}\n"
        return note + end


class _Place(NamedTuple):
    """Where an entry stands in the tree: `beside` are the hashes of its proof, from its leaf to the root."""

    leaf: int
    size: int
    beside: tuple[bytes, ...]

    @classmethod
    def of(cls, body: bytes) -> "_Place":
        """A place for an entry, somewhere in a tree of some 60,000 entries."""
        seed = hashlib.sha256(b"place" + body).digest()
        index = int.from_bytes(seed[:2], "big")
        size = index + 1 + int.from_bytes(seed[2:4], "big") % 9
        inner = (index ^ (size - 1)).bit_length()
        count = inner + (index >> inner).bit_count()
        return cls(index, size, tuple(hashlib.sha256(seed + bytes([number])).digest() for number in range(count)))

    def root(self, body: bytes) -> bytes:
        """The tree's root hash (RFC 6962, section 2.1): below the border by the index's bits, then always left."""
        inner = (self.leaf ^ (self.size - 1)).bit_length()
        found = hashlib.sha256(b"\0" + body).digest()
        for level, beside in enumerate(self.beside):
            left = level >= inner or self.leaf >> level & 1
            found = hashlib.sha256(b"\1" + (beside + found if left else found + beside)).digest()
        return found


def _body(logged: Logged, kind: str, version: str, which: str) -> bytes:
    """The canonical body of an entry of kind dsse 0.0.1."""
    if which == "no-json":
        return b"\xff no JSON"
    payload_hash = _OTHER_DIGEST if which == "other-payload" else hashlib.sha256(logged.payload).hexdigest()
    signature = b"other" if which == "other-signature" else logged.signature
    certificate = logged.certificate.replace(b"A", b"B") if which == "other-certificate" else logged.certificate
    envelope = {
        "payload": _base64(logged.payload),
        "payloadType": logged.payload_type,
        "signatures": [{"sig": _base64(logged.signature)}],
    }
    entry = {
        "apiVersion": version,
        "kind": kind,
        "spec": {
            "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(json.dumps(envelope).encode()).hexdigest()},
            "payloadHash": {"algorithm": "sha256", "value": payload_hash},
            "signatures": [{"signature": _base64(signature), "verifier": _base64(certificate)}],
        },
    }
    return json.dumps(entry, separators=(",", ":"), sort_keys=True).encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
