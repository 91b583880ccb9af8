"""DSSE envelopes: one form, distinct keys, one purpose."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.trust.dsse import (
    PAYLOAD_INTOTO,
    Envelope,
    pae,
    parse_envelope,
    sign_envelope,
    verify_envelope,
    write_envelope,
)
from holdfast.trust.errors import InvalidSignature, MalformedSignature, PayloadTypeRefused
from tests.support.signing_keys import public, signer

PAYLOAD = b'{"a":1}'


def signed(*names: str, payload: bytes = PAYLOAD, kind: str = PAYLOAD_INTOTO) -> Envelope:
    """An envelope by the keys of these names."""
    return sign_envelope(kind, payload, [signer(name) for name in names])


def test_what_is_signed() -> None:
    """The example of the specification's protocol document."""
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pae("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


@given(st.text(min_size=1, max_size=5), st.binary(max_size=9), st.text(min_size=1, max_size=5), st.binary(max_size=9))
def test_no_two_contents_are_signed_alike(kind: str, payload: bytes, other_kind: str, other: bytes) -> None:
    """Lengths stand before what they measure, so nothing moves from the type to the payload."""
    same = (kind, payload) == (other_kind, other)
    assert (pae(kind, payload) == pae(other_kind, other)) is same


def test_written_and_read_again() -> None:
    """One text, which gives the same envelope."""
    envelope = signed("a", "b")
    text = write_envelope(envelope)
    assert parse_envelope(text) == parse_envelope(text.encode()) == envelope
    assert write_envelope(parse_envelope(text)) == text
    assert {name for name, _ in envelope.signatures} == {public("a").id, public("b").id}


def test_signing_order_is_no_matter() -> None:
    """Signatures stand in the order of their ids; a signer given twice signs once."""
    assert signed("a", "b") == signed("b", "a", "b")


@pytest.mark.parametrize("count", [0, 17])
def test_one_to_sixteen_signers(count: int) -> None:
    """None is no signature, and more than can be read are not written."""
    with pytest.raises(MalformedSignature, match=f"found {count}"):
        signed(*[str(number) for number in range(count)])


def test_distinct_keys_that_hold() -> None:
    """Only keys that were asked for, each once."""
    envelope = signed("a", "b", "c")
    keys = [public("b"), public("a"), public("d"), public("a")]
    assert verify_envelope(envelope, PAYLOAD_INTOTO, keys) == tuple(sorted([public("a"), public("b")]))
    assert verify_envelope(envelope, PAYLOAD_INTOTO, [public("d")]) == ()
    assert verify_envelope(envelope, PAYLOAD_INTOTO, []) == ()


def test_one_key_under_many_ids_counts_once() -> None:
    """An id is a hint: two names do not make two keys."""
    [(name, signature)] = signed("a").signatures
    ids = [name, name, "", "ed25519:" + "0" * 64, "anything"]
    envelope = Envelope(PAYLOAD_INTOTO, PAYLOAD, tuple([(one, signature) for one in ids]))
    assert verify_envelope(envelope, PAYLOAD_INTOTO, [public("a"), public("b")]) == (public("a"),)


def test_the_key_of_another_claims_nothing() -> None:
    """A signature under the id of a key that did not make it is invalid, though another key made it."""
    [(_, signature)] = signed("mallory").signatures
    envelope = Envelope(PAYLOAD_INTOTO, PAYLOAD, ((public("a").id, signature),))
    with pytest.raises(InvalidSignature) as refused:
        verify_envelope(envelope, PAYLOAD_INTOTO, [public("a"), public("mallory")], "@acme/guards 2.1.0")
    assert (refused.value.subject, refused.value.signer) == ("@acme/guards 2.1.0", public("a").id)


def test_one_bad_signature_spoils_the_good_one() -> None:
    """Nothing is passed over that claims to be by a key that counts."""
    good, bad = signed("a"), signed("b", payload=b"other")
    envelope = good._replace(signatures=good.signatures + bad.signatures)
    with pytest.raises(InvalidSignature):
        verify_envelope(envelope, PAYLOAD_INTOTO, [public("a"), public("b")])
    assert verify_envelope(envelope, PAYLOAD_INTOTO, [public("a")]) == (public("a"),)


def test_altered_payload() -> None:
    """One byte, and it does not hold."""
    envelope = signed("a")._replace(payload=b'{"a":2}')
    with pytest.raises(InvalidSignature):
        verify_envelope(envelope, PAYLOAD_INTOTO, [public("a")])


def test_one_purpose() -> None:
    """An envelope of another type is refused, and changing its type breaks the signature."""
    envelope = signed("a", kind="application/other")
    with pytest.raises(PayloadTypeRefused) as refused:
        verify_envelope(envelope, PAYLOAD_INTOTO, [public("a")])
    assert (refused.value.expected, refused.value.found) == (PAYLOAD_INTOTO, "application/other")
    with pytest.raises(InvalidSignature):
        verify_envelope(envelope._replace(payload_type=PAYLOAD_INTOTO), PAYLOAD_INTOTO, [public("a")])


def _text(**changes: Any) -> str:
    document = json.loads(write_envelope(signed("a")))
    document.update(changes)
    return json.dumps({name: value for name, value in document.items() if value is not ...})


_SIG = base64.b64encode(signer("a").sign(b"")).decode()
_ROW = {"keyid": "", "sig": _SIG}
MALFORMED = {
    "no JSON": "what",
    "an array": "[]",
    "a key twice": '{"payload":"","payload":""}',
    "a lone surrogate": "\ud800",
    "a field unknown": _text(extra=1),
    "no payload": _text(payload=...),
    "no type": _text(payloadType=...),
    "an empty type": _text(payloadType=""),
    "a type with a line feed": _text(payloadType="a\nb"),
    "no signatures": _text(signatures=...),
    "an empty list": _text(signatures=[]),
    "seventeen": _text(signatures=[_ROW] * 17),
    "a signature that is a text": _text(signatures=[_SIG]),
    "a field unknown in a signature": _text(signatures=[{**_ROW, "cert": "x"}]),
    "no key id": _text(signatures=[{"sig": _SIG}]),
    "a key id that is null": _text(signatures=[{"keyid": None, "sig": _SIG}]),
    "no sig": _text(signatures=[{"keyid": ""}]),
    "63 bytes": _text(signatures=[{"keyid": "", "sig": base64.b64encode(bytes(63)).decode()}]),
    "65 bytes": _text(signatures=[{"keyid": "", "sig": base64.b64encode(bytes(65)).decode()}]),
    "an empty sig": _text(signatures=[{"keyid": "", "sig": ""}]),
    "base64 without padding": _text(payload="YQ"),
    "base64 with stray bits": _text(payload="YR=="),
    "base64 for URLs": _text(payload="_-8="),
    "base64 with a space": _text(payload="YW Jj"),
    "base64 with a line feed": _text(payload="YWJj\n"),
    "base64 with too much padding": _text(payload="YWJj===="),
    "base64 that is not ASCII": _text(payload="YWJ\u00e9"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed(name: str) -> None:
    """One strict form; the subject is named."""
    with pytest.raises(MalformedSignature) as refused:
        parse_envelope(MALFORMED[name], "@acme/guards 2.1.0")
    assert refused.value.subject == "@acme/guards 2.1.0"
    assert refused.value.reason


def test_the_limit_is_the_callers() -> None:
    """A longer text is not read."""
    text = write_envelope(signed("a"))
    assert parse_envelope(text, limit=len(text)) == signed("a")
    with pytest.raises(MalformedSignature, match="at most"):
        parse_envelope(text, limit=len(text) - 1)


def test_a_signature_over_the_bare_payload_does_not_hold() -> None:
    """What signs without the type signs nothing here."""
    envelope = Envelope(PAYLOAD_INTOTO, PAYLOAD, (("", signer("a").sign(PAYLOAD)),))
    assert verify_envelope(envelope, PAYLOAD_INTOTO, [public("a")]) == ()
