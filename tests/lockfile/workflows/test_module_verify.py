"""Verifying a module at hand: who signed it, and each way in which that fails by its own error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.errors import UsageError
from holdfast.publish.pack import Packed
from holdfast.trust.dsse import parse_envelope, write_envelope
from holdfast.trust.errors import (
    InvalidSignature,
    KeyRefused,
    MalformedSignature,
    PayloadTypeRefused,
    SignatureNotFound,
    SignerExpired,
    SignerRevoked,
    Tampered,
    TrustError,
    UntrustedSigner,
)
from holdfast.trust.signing import FileSigner
from holdfast.trust.trusted_keys import TrustedKey
from holdfast.workflows.module_sign import cosign_module, sign_module
from holdfast.workflows.module_verify import (
    Evidence,
    find_envelopes,
    named_keys,
    refuse_other_bytes,
    sort_evidence,
    verify_packed,
)
from holdfast_resolver.values.modules import ModuleListing, ModuleRelease
from tests.support.module_folders import packed_module

ANN, BOB, VET = (FileSigner.from_seed(bytes([seed]) * 32) for seed in (1, 2, 3))
NOW, LATER = "2026-11-21T06:40:00Z", "2026-11-22T06:40:00Z"
REPORT = "sha256:" + "ab" * 32
BY_ANN = TrustedKey(ANN.public, "ann", ("@acme/*",))
BY_VET = TrustedKey(VET.public, "vet", ("@acme/*",))


@pytest.fixture
def packed(tmp_path: Path) -> Packed:
    return packed_module(tmp_path / "guards", privileged=True)


@pytest.fixture
def signed(packed: Packed) -> str:
    return sign_module(packed, ANN, NOW).text


def test_a_good_signature_by_a_trusted_key_verifies(packed: Packed, signed: str) -> None:
    """The signer is named with its label; the project's own key makes the module trusted."""
    verified = verify_packed(packed, Evidence((signed,)), [BY_ANN], LATER).verified
    assert [(one.id, one.label, one.role) for one in verified.publishers] == [(ANN.public.id, "ann", "publisher")]
    assert (verified.level, verified.vetted) == ("trusted", ())


def test_co_signatures_count_by_keys_that_are_trusted(packed: Packed, signed: str) -> None:
    """Each with its own report; a stranger's is counted as one."""
    texts = [
        signed,
        cosign_module(packed, VET, LATER, signed, REPORT).text,
        cosign_module(packed, BOB, LATER, signed).text,
    ]
    evidence = sort_evidence(texts, "")
    assert (len(evidence.envelopes), len(evidence.vetted)) == (1, 2)
    verdict = verify_packed(packed, evidence, [BY_ANN, BY_VET], LATER)
    assert [one.id for one in verdict.verified.vetted] == [VET.public.id]
    assert (verdict.verified.report, verdict.strangers) == (REPORT, 1)
    with pytest.raises(Tampered) as refused:
        verify_packed(packed, evidence, [BY_ANN, BY_VET], LATER, "sha256:" + "cd" * 32)
    assert refused.value.what == "report"


def swapped(text: str, **fields: object) -> str:
    return write_envelope(parse_envelope(text)._replace(**fields))  # type: ignore[arg-type]  # fields of an envelope


CASES: dict[str, tuple[Callable[[str, Packed], str], TrustedKey, type[TrustError]]] = {
    "no key at all": (lambda text, _: text, TrustedKey(BOB.public, "bob", ("@other/*",)), UntrustedSigner),
    "another key": (lambda text, _: text, TrustedKey(BOB.public, "bob", ("@acme/*",)), UntrustedSigner),
    "the key, for other names": (lambda text, _: text, BY_ANN._replace(names=("@other/*",)), UntrustedSigner),
    "an expired key": (lambda text, _: text, BY_ANN._replace(until="2026-11-21T00:00:00Z"), SignerExpired),
    "a key whose time begins later": (
        lambda text, _: text,
        BY_ANN._replace(since="2027-01-01T00:00:00Z"),
        SignerExpired,
    ),
    "a revoked key": (lambda text, _: text, BY_ANN._replace(revoked="2026-11-21T00:00:00Z"), SignerRevoked),
    "an altered signature": (
        lambda text, _: swapped(text, signatures=((ANN.public.id, bytes(64)),)),
        BY_ANN,
        InvalidSignature,
    ),
    "an altered statement": (
        lambda text, _: swapped(text, payload=parse_envelope(text).payload.replace(b"true", b"false")),
        BY_ANN,
        InvalidSignature,
    ),
    "another payload type": (lambda text, _: swapped(text, payload_type="text/plain"), BY_ANN, PayloadTypeRefused),
    "a co-signature in its place": (
        lambda text, packed: cosign_module(packed, VET, NOW, text).text,
        BY_VET,
        PayloadTypeRefused,
    ),
    "no envelope": (lambda text, _: "not json", BY_ANN, MalformedSignature),
    "a key twice in the envelope": (lambda text, _: '{"payload":"",' + text[1:], BY_ANN, MalformedSignature),
}


@pytest.mark.parametrize("case", CASES)
def test_each_fault_of_a_signature_has_its_own_error(packed: Packed, signed: str, case: str) -> None:
    """Untrusted, expired, revoked, invalid, misplaced, malformed: never one for the other."""
    make, key, error = CASES[case]
    with pytest.raises(error) as refused:
        verify_packed(packed, Evidence((make(signed, packed),)), [key], LATER)
    assert type(refused.value) is error
    if isinstance(refused.value, UntrustedSigner):
        assert refused.value.signer == ANN.public.id


def test_a_signature_moved_from_another_module_or_version_is_tampering(packed: Packed, tmp_path: Path) -> None:
    """Name, version, archive, tree: what differs is said."""
    cases = {
        "name": packed_module(tmp_path / "1", "@acme/other"),
        "version": packed_module(tmp_path / "2", version="1.0.1"),
        "archive": packed_module(tmp_path / "3"),
    }
    for what, other in cases.items():
        with pytest.raises(Tampered) as refused:
            verify_packed(packed, Evidence((sign_module(other, ANN, NOW).text,)), [BY_ANN], LATER)
        assert refused.value.what == what


def test_nothing_signed_is_not_found(packed: Packed, signed: str) -> None:
    """A co-signature alone says nothing of the author."""
    for evidence in (Evidence(), Evidence((), (cosign_module(packed, VET, NOW, signed).text,))):
        with pytest.raises(SignatureNotFound):
            verify_packed(packed, evidence, [BY_ANN, BY_VET], LATER)


def test_an_archive_that_cannot_be_read_is_still_told_from_what_was_signed(packed: Packed, signed: str) -> None:
    """Other bytes are tampering; the signed bytes, or no statement at all, say nothing."""
    with pytest.raises(Tampered) as refused:
        refuse_other_bytes(["{}", signed], "sha256:" + "0" * 64)
    assert (refused.value.subject, refused.value.expected) == ("@acme/guards 1.0.0", packed.archive_digest)
    refuse_other_bytes([signed], packed.archive_digest)
    refuse_other_bytes(["{}", "noise"], "sha256:" + "0" * 64)


def test_a_registrys_copy_of_the_signatures_is_found(packed: Packed, signed: str) -> None:
    """By version; a release of other bytes, an unsigned one and none are told apart."""
    release = ModuleRelease("1.0.0", "", 1, packed.archive_digest, packed.tree_digest, envelopes=(signed,))
    assert find_envelopes(ModuleListing("@acme/guards", (release,)), packed) == Evidence((signed,))
    for listed, error in (
        ((), SignatureNotFound),
        ((release._replace(version="2.0.0"),), SignatureNotFound),
        ((release._replace(envelopes=()),), SignatureNotFound),
        ((release._replace(archive=REPORT),), Tampered),
        ((release._replace(tree=REPORT),), Tampered),
    ):
        with pytest.raises(error):
            find_envelopes(ModuleListing("@acme/guards", listed), packed)


def test_keys_are_named_by_themselves_or_by_the_id_of_a_configured_one() -> None:
    """A key stands for this name alone; an id brings the project's own limits with it."""
    text = f"{BOB.public.text} bob@acme"
    keys = named_keys([text, ANN.public.id], [BY_ANN], "@acme/guards")
    assert keys == (TrustedKey(BOB.public, "bob@acme", ("@acme/guards",)), BY_ANN)
    with pytest.raises(UsageError):
        named_keys([BOB.public.id], [BY_ANN], "@acme/guards")
    with pytest.raises(KeyRefused):
        named_keys(["01" + "00" * 31], [], "@acme/guards")
