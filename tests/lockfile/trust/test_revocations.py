"""Revocation lists: signed, numbered, expiring; what voids and what does not."""

from collections.abc import Callable
from typing import Any

import pytest

from holdfast.trust.dsse import PAYLOAD_INTOTO, parse_envelope, sign_envelope, write_envelope
from holdfast.trust.errors import (
    InvalidSignature,
    MalformedSignature,
    PayloadTypeRefused,
    RegistryRollback,
    ThresholdUnmet,
    TrustError,
)
from holdfast.trust.revocations import (
    NO_REVOCATIONS,
    PAYLOAD_REVOCATIONS,
    read_revocations,
    refuse_rollback,
    revocations_payload,
)
from holdfast.trust.strict_json import canonical, parse
from tests.support.signed_modules import (
    EXPIRES,
    NOW,
    PUBLISHED,
    digest_of,
    revocations_envelope,
    revoked_digest,
    revoked_key,
    revoking,
)
from tests.support.signing_keys import public, signer

BAD = digest_of("bad bytes")
LISTED = revoking(revoked_key("acme"), revoked_key("old", "superseded"), revoked_digest(BAD), number=7)
TEXT = revocations_envelope(LISTED)
KEYS = (public("revoker"), public("second"))
BEFORE, AFTER = "2026-06-01T11:59:59Z", "2026-06-01T12:00:01Z"


def test_a_list_reads_back() -> None:
    """Whoever may revoke signs; number, times and entries come back."""
    assert read_revocations(TEXT, KEYS, 1) == LISTED
    assert read_revocations(revocations_envelope(LISTED, "revoker", "second"), KEYS, 2) == LISTED


def test_a_compromised_key_is_void_from_the_effective_time_on() -> None:
    """Asked at the effective time or later a compromise voids; before, and for other keys, it does not."""
    key = public("acme").id
    entry = LISTED.voids_key(key, PUBLISHED)
    assert entry == revoked_key("acme")
    assert LISTED.voids_key(key, AFTER) == entry
    assert LISTED.voids_key(key, BEFORE) is None
    assert LISTED.voids_key(public("second").id, NOW) is None


def test_superseding_voids_nothing_and_is_told() -> None:
    """A superseded key is not void; from when it signs nothing new is told, the earliest of several entries."""
    key = public("old").id
    assert LISTED.voids_key(key, NOW) is None
    assert LISTED.superseded(key) == revoked_key("old", "superseded")
    assert LISTED.superseded(public("acme").id) is None


def test_a_key_may_be_superseded_and_then_compromised() -> None:
    """Both entries hold, each in its way."""
    listed = revoking(revoked_key("acme", "superseded", BEFORE), revoked_key("acme", effective=AFTER))
    read = read_revocations(revocations_envelope(listed), KEYS, 1)
    assert read.superseded(public("acme").id) == revoked_key("acme", "superseded", BEFORE)
    assert read.voids_key(public("acme").id, AFTER) == revoked_key("acme", effective=AFTER)


def test_digests_and_keys_do_not_mix() -> None:
    """A digest is void only as a digest, by compromise, in time."""
    assert LISTED.voids_digest(BAD, PUBLISHED) == revoked_digest(BAD)
    assert LISTED.voids_digest(BAD, BEFORE) is None
    assert LISTED.voids_key(BAD, NOW) is None
    assert LISTED.voids_digest(public("acme").id, NOW) is None
    assert revoking(revoked_digest(BAD, "superseded")).voids_digest(BAD, NOW) is None


def test_a_list_is_stale_when_its_time_is_over() -> None:
    """At the second of its expiry a list no longer says that nothing else is revoked; no list never does."""
    assert not LISTED.is_stale("2026-11-30T23:59:59Z")
    assert LISTED.is_stale(EXPIRES)
    assert NO_REVOCATIONS.is_stale(NOW)


def test_an_older_list_is_a_rollback() -> None:
    """A list with a lower number than one that was seen is refused; the same and a newer one pass."""
    refuse_rollback(LISTED, 7, "acme")
    refuse_rollback(LISTED, 0, "acme")
    with pytest.raises(RegistryRollback) as caught:
        refuse_rollback(LISTED, 8, "acme")
    assert (caught.value.source, caught.value.document) == ("acme", "revocations.json")


def signed(payload: bytes, *keys: str, payload_type: str = PAYLOAD_REVOCATIONS) -> str:
    return write_envelope(sign_envelope(payload_type, payload, [signer(key) for key in keys or ("revoker",)]))


def one_key_under_two_ids() -> str:
    envelope = parse_envelope(TEXT)
    name, signature = envelope.signatures[0]
    return write_envelope(envelope._replace(signatures=((name, signature), ("ed25519:" + "5" * 64, signature))))


def emptied() -> str:
    empty = revocations_payload(LISTED._replace(entries=()))
    return write_envelope(parse_envelope(TEXT)._replace(payload=empty))


PAYLOAD = revocations_payload(LISTED)
FORGED: list[tuple[str, str, int, type[TrustError]]] = [
    ("by a stranger", revocations_envelope(LISTED, "stranger"), 1, ThresholdUnmet),
    ("by one of two", TEXT, 2, ThresholdUnmet),
    ("by one key under two ids", one_key_under_two_ids(), 2, ThresholdUnmet),
    ("by nobody, and nobody needed", revocations_envelope(LISTED, "stranger"), 0, ThresholdUnmet),
    ("emptied after signing", emptied(), 1, InvalidSignature),
    ("signed for another purpose", signed(PAYLOAD, payload_type=PAYLOAD_INTOTO), 1, PayloadTypeRefused),
    ("not JSON", signed(b"revoked"), 1, MalformedSignature),
    ("keys twice", signed(PAYLOAD.replace(b"{", b'{"number":1,', 1)), 1, MalformedSignature),
    ("not even an envelope", PAYLOAD.decode(), 1, MalformedSignature),
]  # fmt: skip


@pytest.mark.parametrize(("text", "threshold", "error"), [row[1:] for row in FORGED], ids=[row[0] for row in FORGED])
def test_a_forged_list_is_refused(text: str, threshold: int, error: type[TrustError]) -> None:
    """Each forgery has its own error."""
    with pytest.raises(TrustError) as caught:
        read_revocations(text, KEYS, threshold)
    assert type(caught.value) is error


def in_entry(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda value: value["entries"][1].update(fields)


BROKEN: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("another format", lambda v: v.update(format=2), "format"),
    ("unknown critical", lambda v: v.update(critical=["scopes"]), "critical[0]"),
    ("number of none", lambda v: v.update(number=0), "number"),
    ("expires before it is issued", lambda v: v.update(expires="2025-01-01T00:00:00Z"), "expires"),
    ("never expires", lambda v: v.update(expires=""), "expires"),
    ("unknown kind", in_entry(kind="publisher"), "entries[1].kind"),
    ("unknown cause", in_entry(cause="withdrawn"), "entries[1].cause"),
    ("a key's raw bytes", in_entry(value=public("acme").text), "entries[1].value"),
    ("a digest as a key", in_entry(value=BAD), "entries[1].value"),
    ("no effective time", in_entry(effective=""), "entries[1].effective"),
    ("an entry twice", lambda v: v["entries"].append(v["entries"][0] | {"effective": NOW}), "entries"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_list_that_this_version_cannot_judge_is_refused(
    change: Callable[[dict[str, Any]], object], place: str
) -> None:
    """An entry that is not understood is never passed over: it revokes something."""
    value: Any = parse(PAYLOAD)
    change(value)
    with pytest.raises(MalformedSignature) as caught:
        read_revocations(signed(canonical(value)), KEYS, 1)
    assert caught.value.reason.startswith(place)
