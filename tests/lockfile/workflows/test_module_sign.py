"""Signing a module as its publisher, and co-signing it as somebody else."""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from holdfast.errors import UsageError
from holdfast.publish.pack import Packed
from holdfast.trust.dsse import PAYLOAD_INTOTO, Envelope, parse_envelope, verify_envelope, write_envelope
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import InvalidSignature, MalformedSignature, PayloadTypeRefused, SignatureNotFound, Tampered
from holdfast.trust.module_statement import read_statement
from holdfast.trust.signing import FileSigner
from holdfast.trust.vetting import read_vetting
from holdfast.workflows.module_sign import cosign_module, sign_module
from tests.support.module_folders import packed_module

ANN, BOB, VET = (FileSigner.from_seed(bytes([seed]) * 32) for seed in (1, 2, 3))
NOW, LATER = "2026-11-21T06:40:00Z", "2026-11-22T06:40:00Z"
REPORT = "sha256:" + "ab" * 32


@pytest.fixture
def packed(tmp_path: Path) -> Packed:
    return packed_module(tmp_path / "guards", privileged=True)


def holders(text: str, *keys: PublicKey) -> set[PublicKey]:
    return set(verify_envelope(parse_envelope(text), PAYLOAD_INTOTO, keys))


def test_a_signature_binds_both_digests_and_what_the_manifest_asks_for(packed: Packed) -> None:
    """The statement is that of the module at hand; the signature holds for the signer's key."""
    made = sign_module(packed, ANN, NOW)
    assert (made.signed, made.signatures, made.text[-1]) == (NOW, 1, "\n")
    assert holders(made.text, ANN.public, BOB.public) == {ANN.public}
    said = read_statement(parse_envelope(made.text).payload)
    assert (said.name, said.version) == ("@acme/guards", "1.0.0")
    assert (said.archive, said.tree) == (packed.archive_digest, packed.tree_digest)
    assert (said.privileged, said.exports) == (True, packed.manifest.exports)


def test_signing_is_deterministic(packed: Packed) -> None:
    """Ed25519 and canonical JSON: the same key, module and time give the same text."""
    assert sign_module(packed, ANN, NOW) == sign_module(packed, ANN, NOW)


def test_a_second_publisher_signs_the_same_payload(packed: Packed) -> None:
    """One envelope with two signatures, whoever came first; the time is that of the first."""
    first = sign_module(packed, ANN, NOW)
    both = sign_module(packed, BOB, LATER, first.text)
    assert (both.signed, both.signatures) == (NOW, 2)
    assert holders(both.text, ANN.public, BOB.public, VET.public) == {ANN.public, BOB.public}
    assert parse_envelope(both.text).payload == parse_envelope(first.text).payload


def test_the_same_signer_again_changes_nothing(packed: Packed) -> None:
    """Its signature is renewed, never doubled."""
    first = sign_module(packed, ANN, NOW)
    assert sign_module(packed, ANN, LATER, first.text) == first


def test_a_signature_of_other_bytes_is_never_added_to(packed: Packed, tmp_path: Path) -> None:
    """Another version, other content, a co-signature, noise: refused, and nothing is lost in silence."""
    other = packed_module(tmp_path / "other", version="1.0.1")
    cosigned = cosign_module(packed, VET, NOW, sign_module(packed, ANN, NOW).text).text
    for existing in (sign_module(other, ANN, NOW).text, cosigned):
        with pytest.raises(UsageError, match="something else"):
            sign_module(packed, BOB, LATER, existing)
    with pytest.raises(MalformedSignature):
        sign_module(packed, BOB, LATER, "{}")


def test_a_signer_that_answers_with_something_else_is_noticed(packed: Packed) -> None:
    """An agent's answer is held to its key before anything is written."""

    class Liar:
        public = ANN.public

        def sign(self, message: bytes) -> bytes:
            return BOB.sign(message)

    with pytest.raises(InvalidSignature):
        sign_module(packed, Liar(), NOW)


def test_a_cosignature_is_a_claim_of_its_own(packed: Packed) -> None:
    """Its own envelope and predicate, the co-signer's id, the report's hash."""
    publisher = sign_module(packed, ANN, NOW).text
    made = cosign_module(packed, VET, LATER, publisher, REPORT, "https://acme.example/policy")
    claim = read_vetting(parse_envelope(made.text).payload)
    assert (claim.verifier, claim.report, claim.verified) == (VET.public.id, REPORT, LATER)
    assert (claim.archive, claim.tree) == (packed.archive_digest, packed.tree_digest)
    assert claim.policy == "https://acme.example/policy"
    assert holders(made.text, ANN.public, VET.public) == {VET.public}
    with pytest.raises(PayloadTypeRefused):
        read_statement(parse_envelope(made.text).payload)


def test_a_publisher_does_not_vet_its_own_module(packed: Packed) -> None:
    """By its raw key, also when the envelope hides or forges the key's id."""
    publisher = sign_module(packed, ANN, NOW).text
    envelope = parse_envelope(publisher)
    hidden = write_envelope(envelope._replace(signatures=(("", envelope.signatures[0][1]),)))
    claimed = write_envelope(envelope._replace(signatures=((ANN.public.id, bytes(64)),)))
    for text in (publisher, hidden, claimed):
        with pytest.raises(UsageError, match="did not publish"):
            cosign_module(packed, ANN, NOW, text)


def test_only_what_was_published_is_vetted(packed: Packed, tmp_path: Path) -> None:
    """Without a publisher's signature, or with one of other bytes, there is nothing to co-sign."""
    with pytest.raises(SignatureNotFound):
        cosign_module(packed, VET, NOW, "")
    other = packed_module(tmp_path / "other")
    with pytest.raises(Tampered) as refused:
        cosign_module(packed, VET, NOW, sign_module(other, ANN, NOW).text)
    assert (refused.value.what, refused.value.found) == ("archive", packed.archive_digest)
    with pytest.raises(PayloadTypeRefused):
        cosign_module(packed, VET, NOW, cosign_module(packed, VET, NOW, sign_module(packed, ANN, NOW).text).text)


def test_another_cosigners_claim_is_not_overwritten(packed: Packed) -> None:
    """One's own is renewed; another's needs a file of its own."""
    publisher = sign_module(packed, ANN, NOW).text
    first = cosign_module(packed, VET, NOW, publisher).text
    assert cosign_module(packed, VET, LATER, publisher, existing=first).signed == LATER
    with pytest.raises(UsageError, match="another key"):
        cosign_module(packed, BOB, LATER, publisher, existing=first)


def test_an_envelope_is_one_line_of_plain_json(packed: Packed) -> None:
    """What is written can be read by any DSSE tool."""
    document = json.loads(sign_module(packed, ANN, NOW).text)
    assert sorted(document) == ["payload", "payloadType", "signatures"]
    envelope = Envelope(document["payloadType"], b64decode(document["payload"]), ())
    assert json.loads(envelope.payload)["_type"] == "https://in-toto.io/Statement/v1"
