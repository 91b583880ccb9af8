"""Envelopes of approvals, verified by `securesystemslib`: another implementation of DSSE says the same."""

import json
from typing import Any

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from tests.support.approvals import approval, change, make_lock, make_pin, read_all, security, signed, trail
from tests.support.signing_keys import public

RULES = security("alice", "bob")
UPDATE = approval(RULES, change("left", (), make_lock(make_pin("left"))))
ALICE, BOB = public("alice").id, public("bob").id


def _key(word: str, id_: str = "") -> SSlibKey:
    return SSlibKey(id_ or public(word).id, "ed25519", "ed25519", {"public": public(word).raw.hex()})


def _document(*words: str) -> Any:
    return json.loads(signed(UPDATE, *words)[1])


def _theirs(document: Any, threshold: int, *keys: SSlibKey) -> set[str]:
    """The ids that securesystemslib accepts; it changes the document that it is given."""
    copy = json.loads(json.dumps(document))
    return set(Envelope.from_dict(copy).verify(list(keys), threshold))


def _ours(document: Any) -> set[str] | str:
    """The ids that are held for keys, or why the file is broken."""
    acts = read_all({signed(UPDATE, "alice")[0]: json.dumps(document).encode()}, RULES)
    return acts.broken[0].reason if acts.broken else set(acts.acts[0].keys)


def test_it_verifies_what_we_sign() -> None:
    """By one key, by two, and the payload is what we signed."""
    assert _theirs(_document("alice"), 1, _key("alice"), _key("bob")) == {ALICE} == _ours(_document("alice"))
    both = _document("alice", "bob")
    assert _theirs(both, 2, _key("alice"), _key("bob")) == {ALICE, BOB} == _ours(both)
    [act] = read_all(trail(signed(UPDATE, "alice")), RULES).acts
    envelope = Envelope.from_dict(_document("alice"))
    assert envelope.payload_type == "application/vnd.in-toto+json"
    assert json.loads(envelope.payload)["predicate"]["reason"] == act.act.reason


def test_what_it_signs_is_held_here() -> None:
    """The other way round: an envelope that securesystemslib wrote."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib.signer import CryptoSigner

    from tests.support.signing_keys import signer

    private = signer("alice").private
    assert isinstance(private, Ed25519PrivateKey)
    envelope = Envelope.from_dict(_document("bob"))
    envelope.signatures.clear()
    envelope.sign(CryptoSigner(private, _key("alice")))
    document = envelope.to_dict()
    assert _theirs(document, 1, _key("alice")) == {ALICE} == _ours(document)


def test_a_wrong_key_id() -> None:
    """An id of nobody counts for nobody; another's id is refused here for good."""
    document = _document("alice")
    document["signatures"][0]["keyid"] = "ed25519:" + "0" * 64
    with pytest.raises(VerificationError):
        _theirs(document, 1, _key("alice"), _key("bob"))
    assert _ours(document) == set()
    document["signatures"][0]["keyid"] = BOB
    with pytest.raises(VerificationError):
        _theirs(document, 1, _key("alice"), _key("bob"))
    assert _ours(document) == f"its signature by {BOB} does not hold"


def test_a_wrong_type() -> None:
    """What is signed has the type in it."""
    document = _document("alice")
    document["payloadType"] = "application/json"
    with pytest.raises(VerificationError):
        _theirs(document, 1, _key("alice"))
    assert "application/vnd.in-toto+json" in _ours(document)


def test_one_key_under_two_ids() -> None:
    """With the project's keys two are not met; given one key under two ids, securesystemslib counts ids, we keys."""
    document = _document("alice")
    [row] = document["signatures"]
    document["signatures"].append({**row, "keyid": "alice"})
    with pytest.raises(VerificationError):
        _theirs(document, 2, _key("alice"), _key("bob"))
    assert _theirs(document, 2, _key("alice"), _key("alice", "alice")) == {ALICE, "alice"}
    assert _ours(document) == {ALICE}


def test_a_duplicated_signature() -> None:
    """It is one signature still."""
    document = _document("alice")
    document["signatures"] *= 2
    with pytest.raises(ValueError, match="Multiple signatures"):
        _theirs(document, 2, _key("alice"), _key("bob"))
    assert _ours(document) == {ALICE}


def test_an_edited_payload() -> None:
    """Neither believes a byte that nobody signed."""
    document = _document("alice")
    document["payload"] = _document("alice")["payload"].replace("A", "B", 1)
    with pytest.raises(VerificationError):
        _theirs(document, 1, _key("alice"))
    assert "it is not named by the digest of its payload" in _ours(document)
