"""Hostile evidence: every field of good evidence changed once, and bytes changed at random."""

import base64
import copy
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.trust.attestations import errors
from holdfast.trust.attestations.errors import REASONS, EvidenceRefused
from holdfast.trust.attestations.provenance import read_provenance
from holdfast.trust.attestations.verify import verify_provenance
from tests.support.attestation_mutants import Mutant, mutants, places, replaced_at, without
from tests.support.attested_files import DIGEST, FILE, NOW, provenance_of, root, verified
from tests.support.sigstore_identities import GitHubWorkflow

# What an index may leave out, or has not said at all: silence is no contradiction.
SILENT = {
    "attestation_bundles[0].publisher.repository removed",
    "attestation_bundles[0].publisher.workflow removed",
    "attestation_bundles[0].publisher.environment removed",
}


@cache
def good() -> Any:
    """Good evidence in which every field says something."""
    return provenance_of(GitHubWorkflow(environment="pypi"))


@cache
def all_mutants() -> tuple[Mutant, ...]:
    """Every mutant of the good evidence."""
    return tuple(mutants(good()))


def outcome(document: Any) -> str:
    """The reason of a refusal, "verified" for none."""
    try:
        verified(document)
    except EvidenceRefused as refused:
        return refused.reason if refused.reason in REASONS and refused.detail.isprintable() else "no proper refusal"
    return "verified"


def test_every_mutant_is_refused() -> None:
    """No field of an attestation can be changed, dropped or retyped unseen, and nothing crashes."""
    survivors = {
        f"{mutant.place} {mutant.change}" for mutant in all_mutants() if outcome(mutant.document) == "verified"
    }
    assert survivors == SILENT
    assert len(all_mutants()) >= 300


def test_mutants_are_refused_for_many_reasons() -> None:
    """The mutants reach far into verification, not only its first check."""
    reasons = {outcome(mutant.document) for mutant in all_mutants()}
    assert {"malformed", "version", "log", "signature", "issuer", "publisher", "certificate"} <= reasons
    assert "no proper refusal" not in reasons


def test_the_original_verifies() -> None:
    """What the mutants are made of is good."""
    assert outcome(good()) == "verified"


def test_the_mutator_changes_every_field() -> None:
    """Each place of the document is retyped, removed and changed in its own ways, each way once."""
    changes: dict[str, set[str]] = {}
    for mutant in all_mutants():
        changes.setdefault(mutant.place, set()).add(mutant.change)
    assert tuple(changes) == places(good())
    assert all("removed" in found and any(one.startswith("retyped") for one in found) for found in changes.values())
    assert sum(len(found) for found in changes.values()) == len(all_mutants())


def test_the_mutator_changes_one_thing() -> None:
    """Each mutant differs from the original at its place alone, no two are the same, and the original stays."""
    before = copy.deepcopy(good())
    seen = set()
    for path, change, document in all_mutants():
        if change == "removed":
            assert document == without(before, path)
        else:
            assert document != before
            assert replaced_at(document, path, "x") == replaced_at(before, path, "x")
        seen.add(json.dumps(document, sort_keys=True))
    assert good() == before
    assert len(seen) == len(all_mutants())


def test_the_mutator_reaches_inside() -> None:
    """Fields that hold documents or bytes are changed within: statement, log entry, certificate, checkpoint."""
    inside = {(mutant.place.rpartition(".")[2], mutant.change) for mutant in all_mutants()}
    assert {
        ("statement", "inside: subject[0].digest.sha256 changed"),
        ("statement", "inside: subject doubled"),
        ("canonicalizedBody", "inside: spec.payloadHash.value changed"),
        ("certificate", "bytes[0]"),
        ("signedEntryTimestamp", "bytes[0]"),
        ("envelope", "line 2 changed"),
    } <= inside


@pytest.mark.parametrize("ignored", ["signature", "certificate", "treeSize", "keyId", "envelope", "hashes"])
def test_the_mutator_finds_a_lax_verifier(ignored: str) -> None:
    """A verifier that takes no notice of one field lets some of its mutants through, so the mutator can fail."""
    assert any(
        outcome(_restored(copy.deepcopy(mutant.document), good(), ignored)) == "verified"
        for mutant in all_mutants()
        if ignored in mutant.place and mutant.change not in ("removed", "retyped", "emptied")
    )


@settings(max_examples=150)
@given(st.data())
def test_random_bytes_never_crash(data: st.DataObject) -> None:
    """A provenance with random bytes in it is refused, or verifies to the same identity."""
    raw = bytearray(json.dumps(good()).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = verify_provenance(FILE, DIGEST, read_provenance(bytes(raw), FILE), root(), NOW)
    except EvidenceRefused:
        return
    assert [one.identity for one in found] == [one.identity for one in verified(good())]


@settings(max_examples=150)
@given(st.data())
def test_random_certificates_never_crash(data: st.DataObject) -> None:
    """Bytes of a certificate changed at random are refused, also where they still make a certificate."""
    document = copy.deepcopy(good())
    material = document["attestation_bundles"][0]["attestations"][0]["verification_material"]
    raw = bytearray(base64.b64decode(material["certificate"]))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    material["certificate"] = base64.b64encode(bytes(raw)).decode()
    assert outcome(document) != "verified"


@pytest.mark.parametrize(
    ("after", "skipped", "byte"),
    [(b"\xa0\x03\x02\x01", 0, 92), (b"\xa0\x03\x02\x01\x02\x02", 1, 0x80), (b"\x06\x07\x2a\x86\x48\xce", 0, 0x3F)],
    ids=["X.509 version 93", "a negative serial number", "a key of an unknown kind"],
)
def test_certificates_that_parsers_stumble_over_are_refused(after: bytes, skipped: int, byte: int) -> None:
    """Odd versions, serial numbers and keys are refused as a certificate, not raised as the parser's own error."""
    document = copy.deepcopy(good())
    material = document["attestation_bundles"][0]["attestations"][0]["verification_material"]
    raw = bytearray(base64.b64decode(material["certificate"]))
    raw[raw.index(after) + len(after) + skipped] = byte
    material["certificate"] = base64.b64encode(bytes(raw)).decode()
    assert outcome(document) in (errors.CERTIFICATE, errors.ISSUER)


def _restored(document: Any, original: Any, name: str) -> Any:
    """The document with every field of that name as it was in the original."""
    if isinstance(document, dict) and isinstance(original, dict):
        return {
            key: original[key] if key == name and isinstance(original[key], str | list) and key in original
            else _restored(value, original.get(key), name)
            for key, value in document.items()
        }  # fmt: skip
    if isinstance(document, list) and isinstance(original, list):
        return [_restored(one, other, name) for one, other in zip(document, original)]
    return document
