"""Attacks on a release's statements and signers: each row a release, a client and the one error due."""

from typing import Any

import pytest

from holdfast.trust.dsse import PAYLOAD_INTOTO, parse_envelope, write_envelope
from holdfast.trust.errors import (
    InvalidSignature,
    MalformedSignature,
    PayloadTypeRefused,
    PrivilegedUntrusted,
    SignatureNotFound,
    Tampered,
    ThresholdUnmet,
    TrustError,
    UntrustedSigner,
)
from holdfast.trust.verify_module import verify_module
from holdfast_resolver.values.modules import ModuleRelease
from tests.support.attacked_modules import (
    BEFORE,
    GOOD,
    MODULE,
    NAME,
    OTHER_ID,
    PLAIN,
    REGISTRY,
    STOLEN,
    Row,
    altered,
    assert_refused,
    in_predicate,
    nothing,
    payload_signed,
    signed_by_hand,
    under_id,
    verify,
)
from tests.support.signed_modules import (
    NOTHING,
    NOW,
    acme,
    module,
    publisher_envelope,
    registered,
    registry_of,
    release_of,
    signed_release,
    subject_of,
    trusted,
    vetting_envelope,
)
from tests.support.signing_keys import public

TWO = registry_of(acme(registered("acme"), registered("second"), threshold=2))
PRIVILEGED = module(privileged=True)

MOVED: list[Row] = [
    ("altered statement", release_of(MODULE, altered(GOOD, in_predicate(signed=BEFORE))), {}, InvalidSignature,
     {"signer": public("acme").id}),
    ("altered statement and index alike", release_of(
        MODULE, altered(GOOD, lambda s: s["subject"][0]["digest"].update(sha256=STOLEN[7:])), archive=STOLEN
     ), {}, InvalidSignature, {"signer": public("acme").id}),
    ("altered statement beside a good one", release_of(MODULE, GOOD, altered(GOOD, in_predicate(signed=BEFORE))), {},
     InvalidSignature, {"signer": public("acme").id}),
    ("archive swapped in the index", release_of(MODULE, GOOD, archive=STOLEN), {}, Tampered,
     {"what": "archive", "expected": subject_of(MODULE).archive, "found": STOLEN}),
    ("tree swapped in the index", release_of(MODULE, GOOD, tree=STOLEN), {}, Tampered, {"what": "tree"}),
    ("dependency added in the index", release_of(module(dependencies=(("@acme/base", "*"),)), GOOD), {}, Tampered,
     {"what": "dependencies", "expected": "@acme/base ^1.2", "found": "@acme/base *"}),
    ("permission added in the index", release_of(module(permissions=("program:sh",)), GOOD), {}, Tampered,
     {"what": "permissions", "expected": "network:api.acme.example", "found": "program:sh"}),
    ("privilege hidden in the index", release_of(MODULE, publisher_envelope(PRIVILEGED)), {}, Tampered,
     {"what": "privileged", "expected": "true", "found": "false"}),
    ("moved from another module", release_of(MODULE, publisher_envelope(module("@acme/other"))), {}, Tampered,
     {"what": "name", "expected": "@acme/other", "found": NAME}),
    ("moved from another publisher's module", release_of(
        MODULE, publisher_envelope(module("@globex/guards"), "globex")), {}, Tampered,
     {"what": "name", "expected": "@globex/guards"}),
    ("moved from another version", release_of(MODULE, publisher_envelope(module(version="2.0.9"))), {}, Tampered,
     {"what": "version", "expected": "2.0.9", "found": "2.1.0"}),
    ("moved from another build", release_of(MODULE, publisher_envelope(module(version="2.1.0+evil"))), {}, Tampered,
     {"what": "version", "expected": "2.1.0+evil"}),
    ("one of two moved", release_of(MODULE, GOOD, publisher_envelope(module("@acme/other"))), {}, Tampered,
     {"what": "name"}),
    ("another payload type", release_of(MODULE, signed_by_hand(nothing, payload_type="application/json")), {},
     PayloadTypeRefused, {"expected": PAYLOAD_INTOTO, "found": "application/json"}),
    ("payload type of a revocation list", release_of(
        MODULE, signed_by_hand(nothing, payload_type="application/vnd.holdfast.revocations+json")), {},
     PayloadTypeRefused, {}),
    ("a vetting claim as publisher's statement", release_of(MODULE, vetting_envelope(MODULE, "acme")), {},
     PayloadTypeRefused, {"found": "https://slsa.dev/verification_summary/v1"}),
    ("another predicate", release_of(
        MODULE, signed_by_hand(lambda s: s.update(predicateType="https://holdfast.example/module/v2"))), {},
     PayloadTypeRefused, {"expected": "https://holdfast.example/module/v1"}),
]  # fmt: skip

FORMS: list[Row] = [
    ("no JSON", release_of(MODULE, "not JSON"), {}, MalformedSignature, {}),
    ("malformed beside a good one", release_of(MODULE, GOOD, "{}"), {}, MalformedSignature, {}),
    ("duplicate keys in the envelope", release_of(MODULE, GOOD.replace("{", '{"payloadType":"x",', 1)), {},
     MalformedSignature, {}),
    ("a field that DSSE does not have", release_of(MODULE, GOOD.replace("{", '{"extra":1,', 1)), {},
     MalformedSignature, {}),
    ("duplicate keys in the statement", release_of(
        MODULE, payload_signed(parse_envelope(GOOD).payload.replace(b"{", b'{"_type":"x",', 1))), {},
     MalformedSignature, {}),
    ("a statement with a space in it", release_of(MODULE, payload_signed(b" " + parse_envelope(GOOD).payload)), {},
     MalformedSignature, {"reason": "the statement is not written as RFC 8785 has it"}),
    ("unknown critical field", release_of(MODULE, signed_by_hand(in_predicate(critical=["sandbox"]))), {},
     MalformedSignature,
     {"reason": "predicate.critical[0]: expected a field that this version understands, found 'sandbox'"}),
    ("base64 with other trailing bits", release_of(MODULE, GOOD.replace('=="', '"', 1)), {}, MalformedSignature, {}),
    ("no signatures in the envelope", release_of(
        MODULE, write_envelope(parse_envelope(GOOD)._replace(signatures=()))), {}, MalformedSignature, {}),
    ("more envelopes than any release needs", release_of(MODULE, *[GOOD] * 17), {}, MalformedSignature, {}),
]  # fmt: skip

SIGNERS: list[Row] = [
    ("signed by nobody", release_of(MODULE), {}, SignatureNotFound, {}),
    ("signature stripped from a publisher's name", release_of(MODULE), {"unsigned": True}, SignatureNotFound, {}),
    ("signature stripped from a name that the project claims", release_of(MODULE),
     {"unsigned": True, "publishers": registry_of(), "project": [trusted("acme")]}, SignatureNotFound, {}),
    ("unsigned and privileged", release_of(PRIVILEGED), {"unsigned": True, "publishers": registry_of()},
     SignatureNotFound, {}),
    ("co-signed only", release_of(MODULE, vetted=(vetting_envelope(MODULE),)), {}, SignatureNotFound, {}),
    ("signed by a stranger", signed_release(MODULE, "stranger"), {}, UntrustedSigner,
     {"signer": public("stranger").id, "label": ""}),
    ("signed by a stranger with a name that is none", release_of(
        MODULE, under_id(publisher_envelope(MODULE, "stranger"), "root")), {}, UntrustedSigner, {"signer": ""}),
    ("a stranger in the name of a known key", release_of(
        MODULE, under_id(publisher_envelope(MODULE, "stranger"), public("acme").id)), {}, InvalidSignature,
     {"signer": public("acme").id}),
    ("a stranger's envelope beside a good one", release_of(MODULE, GOOD, publisher_envelope(MODULE, "stranger")), {},
     UntrustedSigner, {"signer": public("stranger").id}),
    ("an invalid signature beside a valid one", release_of(
        MODULE, publisher_envelope(MODULE, "acme", "stranger").replace(public("stranger").id, public("second").id)),
     {"publishers": TWO}, InvalidSignature, {"signer": public("second").id}),
    ("signed by another publisher", signed_release(MODULE, "globex"),
     {"publishers": registry_of(acme(), acme(registered("globex"))._replace(name="globex", scopes=("@globex/*",)))},
     UntrustedSigner, {"signer": public("globex").id}),
    ("signed by the registry's own key", signed_release(MODULE, "registry"), {}, UntrustedSigner,
     {"signer": public("registry").id, "label": "registry"}),
    ("signed by a key that only the project trusts", signed_release(MODULE, "auditor"),
     {"project": [trusted("auditor")]}, UntrustedSigner, {"label": "auditor of the project"}),
    ("a name of no publisher", PLAIN, {"publishers": registry_of()}, UntrustedSigner, {"signer": public("acme").id}),
    ("the general pattern's key for a name of its own", PLAIN,
     {"publishers": registry_of(
         acme(), acme(registered("guards"))._replace(name="guards", scopes=("@acme/guards",)))},
     UntrustedSigner, {"signer": public("acme").id}),
    ("one key for a threshold of two", signed_release(MODULE), {"publishers": TWO}, ThresholdUnmet,
     {"needed": 2, "met": 1}),
    ("one key under two ids", release_of(MODULE, under_id(GOOD, public("acme").id, OTHER_ID)), {"publishers": TWO},
     ThresholdUnmet, {"needed": 2, "met": 1}),
    ("one key in two envelopes", release_of(MODULE, GOOD, under_id(GOOD, OTHER_ID)), {"publishers": TWO},
     ThresholdUnmet, {"needed": 2, "met": 1}),
    ("a stranger to fill the threshold", signed_release(MODULE, "acme", "stranger"), {"publishers": TWO},
     ThresholdUnmet, {"met": 1}),
    ("a co-signer to fill the threshold", release_of(MODULE, GOOD, vetted=(vetting_envelope(MODULE),)),
     {"publishers": TWO}, ThresholdUnmet, {"met": 1}),
    ("not the key that the project trusts", PLAIN, {"project": [trusted("second")]}, UntrustedSigner,
     {"signer": public("acme").id, "label": "acme"}),
    ("privileged by a key that nobody here trusts", signed_release(PRIVILEGED), {}, PrivilegedUntrusted,
     {"signers": (public("acme").id,)}),
    ("privileged by a key that is trusted for other names", signed_release(PRIVILEGED),
     {"project": [trusted("acme", "@acme/base")]}, PrivilegedUntrusted, {}),
    ("privileged by another than the trusted key", signed_release(PRIVILEGED), {"project": [trusted("second")]},
     PrivilegedUntrusted, {}),
    ("privileged by a publisher of the highest tier", signed_release(PRIVILEGED),
     {"publishers": registry_of(acme(tier="trusted"))}, PrivilegedUntrusted, {}),
    ("privileged, vetted by a trusted key only", release_of(
        PRIVILEGED, publisher_envelope(PRIVILEGED), vetted=(vetting_envelope(PRIVILEGED, "auditor"),)),
     {"project": [trusted("auditor")]}, PrivilegedUntrusted, {}),
    ("a detached signature by a stranger", signed_release(MODULE, "stranger"),
     {"publishers": None, "project": [trusted("acme")]}, UntrustedSigner, {"signer": public("stranger").id}),
    ("a detached signature, trusted for other names", PLAIN,
     {"publishers": None, "project": [trusted("acme", "@acme/base")]}, UntrustedSigner,
     {"signer": public("acme").id, "label": "acme of the project"}),
]  # fmt: skip


ROWS = [*MOVED, *FORMS, *SIGNERS]


@pytest.mark.parametrize(
    ("release", "believed", "error", "fields"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
def test_an_attack_is_refused_by_its_own_error(
    release: ModuleRelease, believed: dict[str, Any], error: type[TrustError], fields: dict[str, object]
) -> None:
    """Each row raises exactly its error, about its release and with its fields."""
    assert_refused(release, believed, error, fields)


@pytest.mark.parametrize(
    "name", ["@acmе/guards", "@acme/guаrds", "@ACME/guards", "@acme/guards ", "@acme/../guards", "acme/guards", ""]
)
def test_a_name_that_only_looks_alike_is_nobodys(name: str) -> None:
    """A name with other letters has no publisher, so its own signature is another module's."""
    with pytest.raises(Tampered) as caught:
        verify_module(name, PLAIN, publishers=REGISTRY, trusted=[], revocations=NOTHING, now=NOW)
    assert (caught.value.what, caught.value.expected) == ("name", NAME)


def test_every_flipped_bit_of_a_signed_payload_is_noticed() -> None:
    """No single changed bit of the payload or of the signature leaves a release admitted."""
    envelope = parse_envelope(GOOD)
    name, signature = envelope.signatures[0]
    broken = [
        *(
            envelope._replace(payload=flipped(envelope.payload, place))
            for place in range(0, len(envelope.payload) * 8, 7)
        ),
        *(envelope._replace(signatures=((name, flipped(signature, place)),)) for place in range(512)),
    ]
    for one in broken:
        with pytest.raises(InvalidSignature):
            verify(release_of(MODULE, write_envelope(one)))


def flipped(data: bytes, bit: int) -> bytes:
    return data[: bit // 8] + bytes([data[bit // 8] ^ (1 << bit % 8)]) + data[bit // 8 + 1 :]
