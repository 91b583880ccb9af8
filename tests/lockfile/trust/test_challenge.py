"""Proof that a publisher holds the key that it registers."""

from collections.abc import Callable

import pytest

from holdfast.trust.challenge import Challenge, accept_answer, answer_challenge, read_challenge, write_challenge
from holdfast.trust.dsse import PAYLOAD_INTOTO, parse_envelope, sign_envelope, write_envelope
from holdfast.trust.errors import (
    InvalidSignature,
    MalformedDocument,
    MalformedSignature,
    PayloadTypeRefused,
    SignerExpired,
    Tampered,
    TrustError,
    UntrustedSigner,
)
from tests.support.signed_modules import EXPIRES, NOW, digest_of
from tests.support.signing_keys import public, signer

ROOT = digest_of("root of the registry")
CHALLENGE = Challenge(bytes(range(32)), ROOT, "acme", EXPIRES)
TEXT = write_challenge(CHALLENGE)


def answer(text: bytes = TEXT, key: str = "acme", publisher: str = "acme", registry: str = ROOT) -> str:
    return answer_challenge(text, signer(key), registry=registry, publisher=publisher, now=NOW)


def test_the_holder_of_the_key_is_admitted() -> None:
    """An answer by the key that is to be registered, to the challenge that was made, in time, is accepted."""
    assert read_challenge(TEXT) == CHALLENGE
    accept_answer(answer(), CHALLENGE, public("acme"), NOW)


def other(**fields: object) -> Challenge:
    return CHALLENGE._replace(**fields)  # type: ignore[arg-type] # fields of a challenge


def answer_to(challenge: Challenge) -> str:
    return answer(write_challenge(challenge), publisher=challenge.publisher, registry=challenge.registry)


def moved(payload_type: str = PAYLOAD_INTOTO, payload: bytes = TEXT) -> str:
    return write_envelope(sign_envelope(payload_type, payload, [signer("acme")]))


ACCEPTED_BY = "application/vnd.holdfast.challenge+json"
ROWS: list[tuple[str, Callable[[], str], str, type[TrustError], dict[str, object]]] = [
    ("another key", lambda: answer(key="mallory"), NOW, UntrustedSigner, {"signer": public("mallory").id}),
    ("another key in the name of this", lambda: answer(key="mallory").replace(public("mallory").id, public("acme").id),
     NOW, InvalidSignature, {"signer": public("acme").id}),
    ("another nonce", lambda: answer_to(other(nonce=bytes(32))), NOW, Tampered,
     {"what": "challenge", "found": "00" * 32}),
    ("a longer time", lambda: answer_to(other(expires="2027-01-01T00:00:00Z")), NOW, Tampered, {"what": "challenge"}),
    ("another registry", lambda: answer_to(other(registry=digest_of("evil"))), NOW, Tampered,
     {"what": "registry", "expected": ROOT, "found": digest_of("evil")}),
    ("another publisher", lambda: answer_to(other(publisher="globex")), NOW, Tampered,
     {"what": "publisher", "expected": "acme", "found": "globex"}),
    ("too late", answer, EXPIRES, SignerExpired, {"signer": public("acme").id, "until": EXPIRES}),
    ("signed for another purpose", moved, NOW, PayloadTypeRefused, {"expected": ACCEPTED_BY}),
    ("something else signed", lambda: moved(ACCEPTED_BY, b"{}"), NOW, MalformedSignature, {}),
    ("the same in other bytes", lambda: moved(ACCEPTED_BY, TEXT + b"\n"), NOW, Tampered, {"what": "challenge"}),
    ("altered after signing", lambda: write_envelope(
        parse_envelope(answer())._replace(payload=write_challenge(other(nonce=bytes(32))))), NOW, InvalidSignature, {}),
    ("no envelope", lambda: "", NOW, MalformedSignature, {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "now", "error", "fields"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_wrong_answer_is_refused(
    text: Callable[[], str], now: str, error: type[TrustError], fields: dict[str, object]
) -> None:
    """Each wrong answer has its own error."""
    with pytest.raises(TrustError) as caught:
        accept_answer(text(), CHALLENGE, public("acme"), now)
    assert type(caught.value) is error
    assert caught.value.fields() == caught.value.fields() | fields


@pytest.mark.parametrize(
    ("registry", "publisher", "now", "error"),
    [
        (digest_of("another root"), "acme", NOW, Tampered),
        (ROOT, "globex", NOW, Tampered),
        (ROOT, "acme", EXPIRES, SignerExpired),
    ],
)
def test_a_publisher_signs_only_what_it_means(registry: str, publisher: str, now: str, error: type[TrustError]) -> None:
    """A challenge of another registry, for another publisher or out of time is not signed."""
    with pytest.raises(error):
        answer_challenge(TEXT, signer("acme"), registry=registry, publisher=publisher, now=now)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        TEXT.replace(b"{", b'{"nonce":"00",', 1),
        TEXT.replace(b'"critical":[]', b'"critical":["origin"]'),
        TEXT.replace(b'"format":1', b'"format":2'),
        TEXT.replace(b"acme", b"Acme"),
        TEXT.replace(b"000102", b"0001"),
    ],
)
def test_a_malformed_challenge_is_not_signed(text: bytes) -> None:
    """A publisher signs nothing that does not read as a challenge."""
    with pytest.raises(MalformedDocument):
        answer(text)


def test_a_short_nonce_is_not_written() -> None:
    """A challenge has 32 random bytes."""
    with pytest.raises(MalformedDocument):
        write_challenge(other(nonce=bytes(16)))
