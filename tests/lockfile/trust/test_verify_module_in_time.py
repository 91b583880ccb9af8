"""Attacks in time and in the co-signers' name: keys out of time or revoked, digests revoked, bad co-signatures."""

from typing import Any

import pytest

from holdfast.trust.errors import (
    DigestRevoked,
    InvalidSignature,
    MalformedSignature,
    PayloadTypeRefused,
    SignerExpired,
    SignerRevoked,
    Tampered,
    TrustError,
    UntrustedSigner,
)
from holdfast.trust.publishers import Publishers
from holdfast_resolver.values.modules import ModuleRelease
from tests.support.attacked_modules import (
    AFTER,
    BEFORE,
    GOOD,
    MODULE,
    PLAIN,
    REGISTRY,
    STOLEN,
    Row,
    assert_refused,
    in_predicate,
    nothing,
    signed_by_hand,
    under_id,
    verify,
)
from tests.support.signed_modules import (
    EXPIRES,
    NOW,
    PUBLISHED,
    SINCE,
    acme,
    digest_of,
    module,
    publisher_envelope,
    registered,
    registry_of,
    release_of,
    revoked_digest,
    revoked_key,
    revoking,
    signed_release,
    trusted,
    vetting_envelope,
)
from tests.support.signing_keys import public


def with_time(since: str = SINCE, until: str = "") -> Publishers:
    return registry_of(acme(registered("acme", since, until)))


TIMES: list[Row] = [
    ("published before the key counted", PLAIN, {"publishers": with_time(since=AFTER)}, SignerExpired,
     {"signer": public("acme").id, "since": AFTER}),
    ("published when the key had ended", PLAIN, {"publishers": with_time(until=PUBLISHED)}, SignerExpired,
     {"signer": public("acme").id, "until": PUBLISHED}),
    ("a key of the project whose time is over", PLAIN, {"project": [trusted("acme", until=NOW)]}, SignerExpired,
     {"signer": public("acme").id, "until": NOW}),
    ("a key of the project whose time is to come", PLAIN, {"project": [trusted("acme", since=EXPIRES)]}, SignerExpired,
     {"since": EXPIRES}),
    ("an expired key of the project claims its names still", PLAIN, {"project": [trusted("second", until=BEFORE)]},
     UntrustedSigner, {"signer": public("acme").id}),
    ("a revoked key of the project claims its names still", PLAIN, {"project": [trusted("second", revoked=BEFORE)]},
     UntrustedSigner, {"signer": public("acme").id}),
    ("a detached signature by an expired key", PLAIN,
     {"publishers": None, "project": [trusted("acme", until=BEFORE)]}, SignerExpired, {"until": BEFORE}),
    ("compromised before it was published", PLAIN, {"revocations": revoking(revoked_key("acme", effective=BEFORE))},
     SignerRevoked,
     {"signer": public("acme").id, "cause": "compromise", "reason": "laptop lost", "effective": BEFORE}),
    ("compromised after it was published", PLAIN, {"revocations": revoking(revoked_key("acme", effective=AFTER))},
     SignerRevoked, {"cause": "compromise", "effective": AFTER}),
    ("compromised this second", PLAIN, {"revocations": revoking(revoked_key("acme", effective=NOW))}, SignerRevoked,
     {"effective": NOW}),
    ("superseded when it was published", PLAIN, {"revocations": revoking(revoked_key("acme", "superseded"))},
     SignerRevoked, {"cause": "superseded", "effective": PUBLISHED}),
    ("superseded, signed later and told no time of publishing", PLAIN._replace(published=""),
     {"revocations": revoking(revoked_key("acme", "superseded", SINCE))}, SignerRevoked, {"cause": "superseded"}),
    ("one of two signers compromised", signed_release(MODULE, "acme", "second"),
     {"publishers": registry_of(acme(registered("acme"), registered("second"))),
      "revocations": revoking(revoked_key("second"))}, SignerRevoked, {"signer": public("second").id}),
    ("revoked by the project", PLAIN, {"project": [trusted("acme", revoked=BEFORE)]}, SignerRevoked,
     {"signer": public("acme").id, "cause": "compromise", "effective": BEFORE}),
    ("revoked by the project for other names too", PLAIN,
     {"project": [trusted("acme", "@globex/*", revoked=BEFORE)]}, SignerRevoked, {}),
    ("archive revoked", PLAIN, {"revocations": revoking(revoked_digest(PLAIN.archive))}, DigestRevoked,
     {"digest": PLAIN.archive, "cause": "compromise", "reason": "malware"}),
    ("tree revoked", PLAIN, {"revocations": revoking(revoked_digest(PLAIN.tree, effective=NOW))}, DigestRevoked,
     {"digest": PLAIN.tree}),
    ("unsigned bytes revoked", release_of(MODULE),
     {"unsigned": True, "publishers": registry_of(), "revocations": revoking(revoked_digest(PLAIN.archive))},
     DigestRevoked, {"digest": PLAIN.archive}),
]  # fmt: skip

REPORT = digest_of("report")


def vetted(*envelopes: str, report: str = "") -> ModuleRelease:
    return release_of(MODULE, GOOD, vetted=envelopes, report=report)


VETTED: list[Row] = [
    ("malformed co-signature", vetted("{"), {}, MalformedSignature, {}),
    ("invalid co-signature", vetted(under_id(vetting_envelope(MODULE, "stranger"), public("registry").id)), {},
     InvalidSignature, {"signer": public("registry").id}),
    ("publisher's statement as a co-signature", vetted(publisher_envelope(MODULE, "registry")), {}, PayloadTypeRefused,
     {"expected": "https://slsa.dev/verification_summary/v1"}),
    ("co-signature of another version", vetted(vetting_envelope(module(version="2.0.0"))), {}, Tampered,
     {"what": "version", "expected": "2.0.0"}),
    ("co-signature of another module", vetted(vetting_envelope(module("@acme/other"))), {}, Tampered,
     {"what": "name"}),
    ("co-signature of other bytes", vetted(vetting_envelope(MODULE, archive=STOLEN)), {}, Tampered,
     {"what": "archive"}),
    ("co-signature of another tree", vetted(vetting_envelope(MODULE, tree=STOLEN)), {}, Tampered, {"what": "tree"}),
    ("a stranger's co-signature of another version", vetted(vetting_envelope(module(version="2.0.0"), "stranger")), {},
     Tampered, {"what": "version"}),
    ("report swapped", vetted(vetting_envelope(MODULE, report=REPORT), report=STOLEN), {}, Tampered,
     {"what": "report", "expected": REPORT, "found": STOLEN}),
    ("report taken away", vetted(vetting_envelope(MODULE, report=REPORT)), {}, Tampered,
     {"what": "report", "expected": REPORT, "found": ""}),
    ("co-signer in another's name", vetted(vetting_envelope(MODULE, verifier=public("auditor").id)), {}, Tampered,
     {"what": "verifier", "expected": public("auditor").id, "found": public("registry").id}),
    ("two co-signers in one envelope", vetted(signed_by_hand(
        nothing, "registry", "auditor", of=vetting_envelope(MODULE))), {}, MalformedSignature, {}),
    ("a failed vetting", vetted(signed_by_hand(
        in_predicate(verificationResult="FAILED"), "registry", of=vetting_envelope(MODULE))), {}, MalformedSignature,
     {"reason": "predicate.verificationResult: expected 'PASSED', found 'FAILED'"}),
    ("another level", vetted(signed_by_hand(
        in_predicate(verifiedLevels=["SLSA_BUILD_LEVEL_3"]), "registry", of=vetting_envelope(MODULE))), {},
     MalformedSignature, {}),
    ("co-signer compromised", vetted(vetting_envelope(MODULE)), {"revocations": revoking(revoked_key("registry"))},
     SignerRevoked, {"signer": public("registry").id}),
    ("co-signer superseded before it vetted", vetted(vetting_envelope(MODULE)),
     {"revocations": revoking(revoked_key("registry", "superseded", BEFORE))}, SignerRevoked,
     {"cause": "superseded"}),
    ("co-signed when the registry's key had ended", vetted(vetting_envelope(MODULE)),
     {"publishers": REGISTRY._replace(registry=(registered("registry", until=AFTER),))}, SignerExpired,
     {"signer": public("registry").id, "until": AFTER}),
    ("co-signer of the project whose time is over", vetted(vetting_envelope(MODULE, "auditor")),
     {"project": [trusted("acme"), trusted("auditor", until=BEFORE)]}, SignerExpired,
     {"signer": public("auditor").id}),
    ("more co-signatures than any release needs", vetted(*[vetting_envelope(MODULE)] * 17), {}, MalformedSignature, {}),
]  # fmt: skip

ROWS = [*TIMES, *VETTED]


@pytest.mark.parametrize(
    ("release", "believed", "error", "fields"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
def test_a_void_or_false_signature_is_refused_by_its_own_error(
    release: ModuleRelease, believed: dict[str, Any], error: type[TrustError], fields: dict[str, object]
) -> None:
    """Each row raises exactly its error, about its release and with its fields."""
    assert_refused(release, believed, error, fields)


def test_the_rows_begin_from_a_good_release() -> None:
    """Without an attack the release of the rows is admitted, with its co-signer and the report."""
    admitted = verify(vetted(vetting_envelope(MODULE, report=REPORT), report=REPORT))
    assert (admitted.report, [signer.label for signer in admitted.vetted]) == (REPORT, ["registry"])
