"""The pin digest: one sha256 for all that an approval of a pin vouches for.

    sha256 over the RFC 8785 JSON of
    {"source": identity, "name", "version", "when", "artifacts": [[file, hash, null | [signer ids]], ...],
     "signers": [ids], "module": null | {"tree", "privileged", "permissions", "threshold", "vetted"},
     "records": [{"id", "label", ...}]}

Sets are sorted first, so formatting and order never change it; any change of bytes, of who signed, or of what is
recorded of a signer does. `when`, which only forks have, says for which targets these bytes are locked: with it, an
older version cannot be spread to further targets. Edges and requires-python are no part of it: they are facts of the
same bytes, which `verify` compares. Signers are named as in a lock that has nothing but this pin
(`signer_references.py`): by canonical ids, with digits only where the pin itself names an identity in several ways. So
no other package of the lock has any part in it. Pure; knows no approvals.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256

from holdfast.model.lock import Lock, LockedSource, Pin, Signer
from holdfast.model.signer_references import by_itself
from holdfast.model.signers import bare, records
from holdfast_resolver.values.tuples import NamedTuple

_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class ApprovedPin(NamedTuple):
    """A pin, and all that makes its digest: what its source is, and the record of everybody it names as a signer.

    Of `pin` only these count: source, name, version, `when`, artifacts, signers and module facts. It is by itself: its
    references and the ids of `records` are as in a lock that has nothing else. Made by `approved_pins`, or read.
    """

    identity: str  # the source identity: "pypi", "sha256:<root>", "https://host/path/"
    pin: Pin
    records: tuple[Signer, ...] = ()  # sorted by id

    @property
    def signers(self) -> tuple[Signer, ...]:
        """The records with canonical ids, sorted."""
        return tuple(sorted(map(bare, self.records)))


def approved_pins(lock: Lock) -> dict[tuple[str, str], tuple[ApprovedPin, ...]]:
    """Return the pins of a lock by (source, name), each tuple in the lock's order."""
    identities = source_identities(lock.sources)
    known = records(lock)
    found: dict[tuple[str, str], tuple[ApprovedPin, ...]] = {}
    for pin in lock.packages:
        key = (pin.source, pin.name)
        one = ApprovedPin(identities.get(pin.source, pin.source), *by_itself(pin, known))
        found[key] = (*found[key], one) if key in found else (one,)
    return found


def source_identities(sources: Iterable[LockedSource]) -> dict[str, str]:
    """Return what each source of a lock is, by its name; one that is not there is the public default of its name."""
    return {source.name: source.root or source.identity or source.kind for source in sources}


def pin_document(one: ApprovedPin) -> dict[str, object]:
    """Return what is digested, as JSON has it; `trust.approval_statement` writes and reads the same."""
    pin, module = one.pin, one.pin.module
    return {
        "source": one.identity,
        "name": pin.name,
        "version": pin.version,
        "when": pin.when,
        "artifacts": sorted(
            [artifact.file, artifact.hash, None if artifact.signers is None else sorted(artifact.signers)]
            for artifact in pin.artifacts
        ),
        "signers": sorted(pin.signers),
        "module": None
        if module is None
        else {
            "tree": module.tree,
            "privileged": module.privileged,
            "permissions": sorted(module.permissions),
            "threshold": module.threshold,
            "vetted": sorted(module.vetted),
        },
        "records": [signer_document(signer) for signer in sorted(one.records)],
    }


def signer_document(signer: Signer) -> dict[str, object]:
    """Return a signer's record as JSON has it. Keys that this version does not know count as well."""
    return {
        "id": signer.id,
        "label": signer.label,
        "attributes": dict(sorted(signer.attributes)),
        "other": dict(sorted(signer.unknown)),
    }


def pin_digest(one: ApprovedPin) -> str:
    """Return `sha256:<64 hex>`."""
    return digest_of(pin_document(one))


def digest_of(document: Mapping[str, object]) -> str:
    """Return `sha256:<64 hex>` of the RFC 8785 text of a document of strings, booleans, small integers and null."""
    return f"sha256:{sha256(fast_canonical(document)).hexdigest()}"


def fast_canonical(document: object) -> bytes:
    """Return the RFC 8785 text of a document whose keys are ASCII and that has no floats: C code writes it.

    For such documents `json.dumps` escapes what RFC 8785 escapes, and ASCII keys sort alike by code points and by
    UTF-16 units; a test holds it against `trust.strict_json.canonical`.
    """
    return _write(document).encode("utf-8")
