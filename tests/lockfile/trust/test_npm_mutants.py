"""Hostile npm evidence: every field of a good document changed once, and bytes changed at random."""

import copy
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.trust.attestations.errors import REASONS, EvidenceRefused
from holdfast.trust.attestations.npm_attestations import verify_npm_attestations
from holdfast.trust.attestations.npm_bundles import read_npm_attestations
from holdfast.trust.npm_keys import read_registry_keys
from holdfast.trust.npm_signatures import verify_registry_signature
from holdfast_resolver.values.npm import NpmSignature
from tests.support.attestation_mutants import Mutant, mutants
from tests.support.npm_attested import NAME, NOW, REGISTRY, RELEASE, VERSION, keys_of, root, verified
from tests.support.npm_evidence import NpmSigner, NpmSigstore, SigningKey
from tests.support.sigstore_identities import GitHubWorkflow

TIMES = "attestations[{}].bundle.verificationMaterial.timestampVerificationData"
# What says nothing may be missing: a list of no timestamps, and an empty key id beside a certificate. An attestation
# that is not there says nothing either; that one was there before is for whoever compares.
SILENT = {
    f"{TIMES.format(0)} removed",
    f"{TIMES.format(0)}.rfc3161Timestamps removed",
    f"{TIMES.format(1)} removed",
    f"{TIMES.format(1)}.rfc3161Timestamps removed",
    f"{TIMES.format(0)}.rfc3161Timestamps doubled",  # none, twice
    f"{TIMES.format(1)}.rfc3161Timestamps doubled",
    "attestations[1].bundle.dsseEnvelope.signatures[0].keyid removed",
    "attestations[0] removed",
    "attestations[1] removed",
}


@cache
def good(bundle: str) -> Any:
    """A good document of a publish attestation and provenance."""
    return registry(bundle).attestations(*RELEASE, GitHubWorkflow(environment="npm"), bundle=bundle)


def registry(bundle: str) -> NpmSigner:
    """Bundles of version 0.3 come with entries of the newer kind."""
    return NpmSigner(sigstore=NpmSigstore("npm", kind="dsse 0.0.1" if bundle == "0.3" else "intoto 0.0.2"))


@cache
def all_mutants(bundle: str) -> tuple[Mutant, ...]:
    """Every mutant of a good document."""
    return tuple(mutants(good(bundle)))


@cache
def outcomes(bundle: str) -> dict[str, str]:
    """Place and change of each mutant -> what came of it."""
    return {f"{mutant.place} {mutant.change}": outcome(mutant.document) for mutant in all_mutants(bundle)}


def outcome(document: Any) -> str:
    """The reason of a refusal, "verified" for none."""
    try:
        verified(document)
    except EvidenceRefused as refused:
        is_proper = refused.reason in REASONS and refused.detail.isprintable()
        return refused.reason if is_proper and refused.subject == f"{NAME}@{VERSION}" else "no proper refusal"
    return "verified"


@pytest.mark.parametrize("bundle", ["0.1", "0.2", "0.3"])
def test_every_mutant_is_refused(bundle: str) -> None:
    """No field of an attestation can be changed, dropped or retyped unseen, and nothing crashes."""
    survivors = {change for change, came in outcomes(bundle).items() if came == "verified"}
    assert survivors == {change for change in SILENT if bundle != "0.3" or "timestamp" not in change}
    assert len(all_mutants(bundle)) >= 500
    assert outcome(good(bundle)) == "verified"


def test_mutants_are_refused_for_many_reasons() -> None:
    """The mutants reach far into verification, not only its first check."""
    reasons = set(outcomes("0.2").values())
    assert {"malformed", "version", "log", "signature", "certificate", "key", "predicate"} <= reasons
    assert "no proper refusal" not in reasons


@pytest.mark.parametrize(
    "ignored", ["sig", "rawBytes", "treeSize", "canonicalizedBody", "envelope", "hashes", "payload"]
)
def test_the_mutants_find_a_lax_verifier(ignored: str) -> None:
    """A verifier that takes no notice of one field lets some of its mutants through, so the table above can fail."""
    assert any(
        outcome(_restored(copy.deepcopy(mutant.document), good("0.2"), ignored)) == "verified"
        for mutant in all_mutants("0.2")
        if mutant.place.rpartition(".")[2].partition("[")[0] == ignored
        and not mutant.change.startswith(("removed", "retyped", "emptied"))
    )


def test_no_mutant_of_the_keys_verifies() -> None:
    """A key set in which anything but an expiry was changed is refused, or nothing holds under it."""
    ours = NpmSigner(signing=(SigningKey("acme", "2026-12-01T00:00:00.000Z"),))
    (row,) = ours.signatures(*RELEASE)

    def holds(document: Any) -> bool:
        try:
            keys = read_registry_keys(json.dumps(document).encode(), ours.url)
            verify_registry_signature(keys, *RELEASE, [NpmSignature(row["keyid"], row["sig"])], "2026-11-01T00:00:00Z")
        except EvidenceRefused:
            return False
        return True

    document = json.loads(ours.keys)
    assert holds(document)
    survivors = {f"{mutant.place} {mutant.change}" for mutant in mutants(document) if holds(mutant.document)}
    assert survivors == {"keys[0].expires removed", "keys[0].expires changed"}


@settings(max_examples=150)
@given(st.data())
def test_random_bytes_never_crash(data: st.DataObject) -> None:
    """A document with random bytes in it is refused, or verifies to the same signers."""
    raw = bytearray(json.dumps(good("0.2")).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        bundles = read_npm_attestations(bytes(raw), f"{NAME}@{VERSION}")
        found = verify_npm_attestations(bundles, *RELEASE, keys_of(REGISTRY), root(), NOW)
    except EvidenceRefused:
        return
    assert found == verified(good("0.2"))


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_random_keys_never_crash(body: bytes) -> None:
    """Random bytes are no key set."""
    with pytest.raises(EvidenceRefused):
        read_registry_keys(body, REGISTRY.url)


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
