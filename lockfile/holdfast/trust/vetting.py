"""What a co-signer signs: that it vetted a release. A claim of its own, in an envelope of its own.

A SLSA Verification Summary (slsa.dev, verification summary v1) about the same two subjects as the publisher's
statement: `verifier.id` is the co-signer's key id, `policy.uri` what it vetted by, and the digest of a vetting report
stands in `inputAttestations`. Knows the claim's form; whether it counts is decided in `verify_module`.
"""

from holdfast.trust.ed25519 import is_key_id
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields
from holdfast.trust.subjects import Subject, malformed, purl, read_claim, write_claim
from holdfast_resolver.values.tuples import NamedTuple

PREDICATE = "https://slsa.dev/verification_summary/v1"
POLICY = "https://holdfast.example/vetting/v1"
LEVEL = "HOLDFAST_VETTED"

_PASSED = "PASSED"
_SLSA_VERSION = "1.0"
_REPORT = "report"


class Vetting(NamedTuple):
    """A co-signer's claim, read and not verified."""

    name: str
    version: str
    archive: str  # "sha256:<hex>"
    tree: str  # "sha256:<hex>"
    verifier: str  # the id of the co-signer's key
    verified: str  # RFC 3339 in UTC; the co-signer's own word
    policy: str
    report: str  # "sha256:<hex>" of the report's bytes; "" without one


def vetting_statement(subject: Subject, verifier: str, verified: str, report: str = "", policy: str = POLICY) -> bytes:
    """Return the payload that a co-signer signs (canonical JSON).

    `verifier` is the id of its key, `verified` a time, `report` the "sha256:<hex>" of a report's bytes or "".
    Raises `MalformedSignature` for what would not read back.
    """
    attestations = [{"uri": _REPORT, "digest": {"sha256": report.removeprefix("sha256:")}}] if report else []
    predicate = {
        "inputAttestations": attestations,
        "policy": {"uri": policy},
        "resourceUri": purl(subject.name, subject.version),
        "slsaVersion": _SLSA_VERSION,
        "timeVerified": verified,
        "verificationResult": _PASSED,
        "verifiedLevels": [LEVEL],
        "verifier": {"id": verifier},
    }
    payload = write_claim(subject, PREDICATE, predicate)
    read_vetting(payload, str(subject))
    return payload


def read_vetting(payload: bytes, about: str = "") -> Vetting:
    """Read a co-signer's claim, strictly; `about` names the release for errors.

    A claim that something failed, or that says nothing of `HOLDFAST_VETTED`, is none. Raises `MalformedSignature`,
    and `PayloadTypeRefused` for another predicate.
    """
    claim = read_claim(payload, PREDICATE, about)
    fields = claim.predicate
    try:
        if fields.has("critical"):
            fields.critical()
        if fields.text("resourceUri") != purl(claim.subject.name, claim.subject.version):
            raise fields.wrong("resourceUri", "the package URL of its subject")
        fields.constant("verificationResult", _PASSED)
        if LEVEL not in fields.texts("verifiedLevels"):
            raise fields.wrong("verifiedLevels", LEVEL)
        verifier = fields.table("verifier")
        if not is_key_id(verifier.text("id")):
            raise verifier.wrong("id", "ed25519: and 64 hex digits")
        policy = fields.table("policy").text("uri", empty=False)
        return Vetting(*claim.subject, verifier.text("id"), fields.time("timeVerified"), policy, _report(fields))
    except MalformedDocument as error:
        raise malformed(about, error) from None


def _report(fields: Fields) -> str:
    rows = fields.tables("inputAttestations", most=1)
    if not rows:
        return ""
    if rows[0].text("uri") != _REPORT:
        raise rows[0].wrong("uri", _REPORT)
    return "sha256:" + rows[0].table("digest").digest("sha256", "")
