"""Bundles and log entries of npm's attestations: odd shapes, and entries that are in a log and about nothing."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from holdfast.trust.attestations import errors
from holdfast.trust.attestations.errors import EvidenceRefused
from holdfast.trust.attestations.npm_bundles import read_npm_attestations
from holdfast.trust.strict_json import LIMIT
from tests.support.attestation_mutants import mutants, replaced_at, without
from tests.support.npm_attested import REGISTRY, RELEASE, refusal, verified
from tests.support.npm_evidence import BUNDLES, DSSE, INTOTO
from tests.support.sigstore_identities import GitHubWorkflow
from tests.support.sigstore_world import INSTANT

RELEASER = GitHubWorkflow()
MATERIAL = ("bundle", "verificationMaterial")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda row: replaced_at(row, ("bundle", "mediaType"), "application/vnd.dev.sigstore.bundle.v9+json"),
            "version",
        ),
        (lambda row: replaced_at(row, ("bundle", "mediaType"), BUNDLES["0.3"]), "malformed"),
        (lambda row: replaced_at(row, (*MATERIAL, "publicKey"), {"hint": "SHA256:x"}), "malformed"),
        (lambda row: without(row, (*MATERIAL, "x509CertificateChain")), "malformed"),
        (lambda row: replaced_at(row, (*MATERIAL, "x509CertificateChain", "certificates"), []), "malformed"),
        (
            lambda row: replaced_at(
                row, (*MATERIAL, "timestampVerificationData"), {"rfc3161Timestamps": [{"signedTimestamp": "AAAA"}]}
            ),
            "version",
        ),
        (lambda row: replaced_at(row, ("bundle", "dsseEnvelope", "signatures"), []), "malformed"),
        (lambda row: replaced_at(row, ("bundle", "dsseEnvelope", "signatures", 0, "keyid"), "SHA256:x"), "key"),
        (lambda row: replaced_at(row, ("bundle", "messageSignature"), {}), "malformed"),
        (lambda row: replaced_at(row, (*MATERIAL, "tlogEntries", 0, "inclusionProof", "logIndex"), "9" * 15), "log"),
        (lambda row: replaced_at(row, (*MATERIAL, "tlogEntries", 0, "logIndex"), "9" * 20), "log"),
        (lambda row: replaced_at(row, (*MATERIAL, "tlogEntries", 0, "integratedTime"), "9" * 16), "log"),
        (lambda row: replaced_at(row, (*MATERIAL, "tlogEntries", 0, "integratedTime"), "9" * 15), "time"),
    ],
)
def test_odd_bundles_are_refused(change: Callable[[Any], Any], reason: str) -> None:
    """Bundles of other versions and shapes, and numbers that no log has, are refused with their reason."""
    assert refusal(change(REGISTRY.provenance(*RELEASE, RELEASER))).reason == reason


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"{}", b'{"attestations":[]}', b'{"attestations":[5]}', b'{"attestations":null}',
        b'{"attestations":[{}]}', b'{"attestations":[],"attestations":[]}', b"\xff", b"[" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(body: bytes) -> None:
    """Bytes that are no such JSON document are malformed; a registry that has no attestations serves none."""
    with pytest.raises(EvidenceRefused) as caught:
        read_npm_attestations(body, "acme@1.0.0")
    assert (caught.value.reason, caught.value.subject) == (errors.MALFORMED, "acme@1.0.0")


@pytest.mark.parametrize("body", [b" " * (LIMIT + 1), json.dumps({"attestations": [{}] * 65}).encode()])
def test_too_much_is_refused(body: bytes) -> None:
    """More bytes or attestations than any release needs are not read."""
    with pytest.raises(EvidenceRefused) as caught:
        read_npm_attestations(body, "acme@1.0.0")
    assert caught.value.reason == errors.TOO_LARGE


def _with_body(row: Any, body: bytes, kind: str = INTOTO) -> Any:
    """The attestation with another entry, which the log really took in at the same time."""
    entry = REGISTRY.sigstore.log.entry_of(body, kind, datetime.fromisoformat(INSTANT))
    return replaced_at(row, (*MATERIAL, "tlogEntries"), [entry])


def test_a_body_of_another_shape_is_refused() -> None:
    """A log signs whatever it is given: an entry that is proven to be there and has an odd body proves nothing."""
    good = REGISTRY.provenance(*RELEASE, RELEASER)
    body = b64decode(good["bundle"]["verificationMaterial"]["tlogEntries"][0]["canonicalizedBody"])
    assert verified(_with_body(good, body)).publishers
    assert refusal(_with_body(good, body, DSSE)).reason == errors.LOG
    outcomes = {
        f"{mutant.place} {mutant.change}": _outcome(_with_body(good, json.dumps(mutant.document).encode()))
        for mutant in mutants(json.loads(body))
    }
    assert set(outcomes.values()) == {errors.LOG, "verified"}
    survivors = [place for place, came in outcomes.items() if came == "verified"]
    # The hash over a form of the envelope that no bundle carries; all that it covers is compared by itself.
    assert {place.partition(".hash")[0] + ".hash" for place in survivors} == {"spec.content.hash"}


@pytest.mark.parametrize("body", [b"{}", b"[]", b"5", b'{"kind":"intoto","apiVersion":"0.0.2"}'])
def test_a_body_that_says_nothing_is_refused(body: bytes) -> None:
    """An entry that the log took in and that is about nothing is refused as an entry."""
    assert refusal(_with_body(REGISTRY.publish(*RELEASE), body)).reason == errors.LOG


def test_a_key_id_in_the_log_is_the_bundles() -> None:
    """An entry that tells another key id, or a certificate where a key signed, is refused."""
    good = REGISTRY.publish(*RELEASE)
    body = json.loads(b64decode(good["bundle"]["verificationMaterial"]["tlogEntries"][0]["canonicalizedBody"]))
    row = ("spec", "content", "envelope", "signatures", 0)
    assert verified(_with_body(good, json.dumps(body).encode())).publishes
    pem = b64decode(body["spec"]["content"]["envelope"]["signatures"][0]["publicKey"])
    swapped = b64encode(pem.replace(b"PUBLIC KEY", b"CERTIFICATE")).decode()
    for bad in (
        replaced_at(body, (*row, "keyid"), "SHA256:x"),
        without(body, (*row, "keyid")),
        replaced_at(body, (*row, "publicKey"), swapped),
        replaced_at(body, (*row, "publicKey"), b64encode(pem + b"\n" + pem).decode()),
    ):
        assert refusal(_with_body(good, json.dumps(bad).encode())).reason == errors.LOG


def _outcome(row: Any) -> str:
    try:
        verified(row)
    except EvidenceRefused as refused:
        return refused.reason
    return "verified"
