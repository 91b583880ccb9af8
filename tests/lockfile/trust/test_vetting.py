"""What co-signers sign."""

from collections.abc import Callable
from typing import Any

import pytest

from holdfast.trust.errors import MalformedSignature, PayloadTypeRefused
from holdfast.trust.module_statement import read_statement
from holdfast.trust.strict_json import canonical, parse
from holdfast.trust.vetting import POLICY, read_vetting, vetting_statement
from tests.support.signed_modules import VETTED, digest_of, module, subject_of
from tests.support.signing_keys import public

SUBJECT = subject_of(module())
VERIFIER = public("registry").id
REPORT = digest_of("report")
PAYLOAD = vetting_statement(SUBJECT, VERIFIER, VETTED, REPORT)


@pytest.mark.parametrize("report", [REPORT, ""])
def test_a_claim_reads_back(report: str) -> None:
    """A claim gives subject, verifier, time, policy and the report's hash, if any."""
    payload = vetting_statement(SUBJECT, VERIFIER, VETTED, report)
    assert read_vetting(payload) == (*SUBJECT, VERIFIER, VETTED, POLICY, report)


def test_a_claim_is_a_verification_summary() -> None:
    """The predicate has the fields that SLSA's verification summary v1 requires."""
    value: Any = parse(PAYLOAD)
    assert value["predicateType"] == "https://slsa.dev/verification_summary/v1"
    assert value["predicate"] == {
        "verifier": {"id": VERIFIER},
        "timeVerified": VETTED,
        "resourceUri": "pkg:holdfast/%40acme/guards@2.1.0",
        "policy": {"uri": POLICY},
        "inputAttestations": [{"uri": "report", "digest": {"sha256": REPORT[7:]}}],
        "verificationResult": "PASSED",
        "verifiedLevels": ["HOLDFAST_VETTED"],
        "slsaVersion": "1.0",
    }


ROWS: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("failed", lambda p: p.update(verificationResult="FAILED"), "verificationResult"),
    ("another resource", lambda p: p.update(resourceUri="pkg:holdfast/%40acme/guards@2.1.1"), "resourceUri"),
    ("the tree as resource", lambda p: p.update(resourceUri=p["resourceUri"] + "?subject=tree"), "resourceUri"),
    ("no level of ours", lambda p: p.update(verifiedLevels=["SLSA_BUILD_LEVEL_3"]), "verifiedLevels"),
    ("verifier without an id", lambda p: p.update(verifier={"id": "https://acme.example"}), "verifier.id"),
    ("no verifier", lambda p: p.pop("verifier"), "verifier"),
    ("no policy", lambda p: p.pop("policy"), "policy"),
    ("no time", lambda p: p.pop("timeVerified"), "timeVerified"),
    ("no attestations", lambda p: p.pop("inputAttestations"), "inputAttestations"),
    ("two reports", lambda p: p["inputAttestations"].append(p["inputAttestations"][0]), "at most 1"),
    ("another attestation", lambda p: p["inputAttestations"][0].update(uri="sbom"), "inputAttestations[0].uri"),
    ("a weak digest", lambda p: p["inputAttestations"][0].update(digest={"sha1": "0" * 40}), "digest.sha256"),
    ("unknown critical", lambda p: p.update(critical=["expires"]), "understands"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "told"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_claim_that_breaks_its_form_is_malformed(change: Callable[[dict[str, Any]], object], told: str) -> None:
    """Each change of a good claim is refused, with its place."""
    value: Any = parse(PAYLOAD)
    change(value["predicate"])
    with pytest.raises(MalformedSignature) as caught:
        read_vetting(canonical(value), "@acme/guards 2.1.0")
    assert told in caught.value.reason


def test_neither_claim_reads_as_the_other() -> None:
    """A co-signer's claim is no publisher's statement."""
    with pytest.raises(PayloadTypeRefused):
        read_statement(PAYLOAD)


@pytest.mark.parametrize(
    ("verifier", "verified", "report"),
    [("acme", VETTED, ""), (VERIFIER, "now", ""), (VERIFIER, VETTED, "report"), (VERIFIER, VETTED, "sha512:00")],
)
def test_nothing_is_signed_that_would_not_be_read(verifier: str, verified: str, report: str) -> None:
    """The writer refuses what its reader would."""
    with pytest.raises(MalformedSignature):
        vetting_statement(SUBJECT, verifier, verified, report)
