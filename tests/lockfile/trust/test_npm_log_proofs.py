"""Inclusion proofs against the definition of the tree, and what a checkpoint says beside its signature."""

import hashlib
from base64 import b64decode, b64encode
from typing import Any

import pytest

from holdfast.trust.attestations import errors
from holdfast.trust.attestations.log_checkpoints import Checkpoint
from holdfast.trust.attestations.npm_log_entries import InclusionProof
from holdfast.trust.attestations.npm_log_proofs import root_of
from tests.support.attestation_mutants import replaced_at
from tests.support.npm_attested import REGISTRY, RELEASE, refusal, verified
from tests.support.sigstore_flaws import Flaws
from tests.support.sigstore_identities import GitHubWorkflow

ENTRY = ("bundle", "verificationMaterial", "tlogEntries", 0)
NOTE = (*ENTRY, "inclusionProof", "checkpoint", "envelope")


def tree(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1: the root of a list of entries."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(leaves[:split]) + tree(leaves[split:])).digest()


def path(leaf: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162, section 2.1.3.1: the proof of one entry."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if leaf < split:
        return [*path(leaf, leaves[:split]), tree(leaves[split:])]
    return [*path(leaf - split, leaves[split:]), tree(leaves[:split])]


def proof(leaf: int, size: int, hashes: list[bytes]) -> InclusionProof:
    """A proof without root and checkpoint."""
    return InclusionProof(leaf, size, b"", tuple(hashes), Checkpoint(b"", b"", b""))


def test_proofs_lead_to_the_root() -> None:
    """For each place of each tree the definition's proof leads to the definition's root, and from no other place."""
    for size in range(1, 18):
        leaves = [bytes([number]) for number in range(size)]
        for leaf in range(size):
            hashes = path(leaf, leaves)
            assert root_of(leaves[leaf], proof(leaf, size, hashes)) == tree(leaves)
            assert root_of(b"other", proof(leaf, size, hashes)) != tree(leaves)
            others = [root_of(leaves[leaf], proof(other, size, hashes)) for other in range(size) if other != leaf]
            assert tree(leaves) not in others


def test_a_proof_has_the_length_of_its_place() -> None:
    """A proof that is too short or too long leads nowhere, so that no inner node passes for an entry."""
    leaves = [bytes([number]) for number in range(11)]
    for leaf in range(11):
        hashes = path(leaf, leaves)
        assert root_of(leaves[leaf], proof(leaf, 11, hashes[:-1])) is None
        assert root_of(leaves[leaf], proof(leaf, 11, [*hashes, bytes(32)])) is None


def good() -> Any:
    """An attestation that verifies."""
    return REGISTRY.provenance(*RELEASE, GitHubWorkflow())


def test_a_place_is_within_the_tree() -> None:
    """An entry that stands behind the last one is refused before anything is computed."""
    size = int(good()["bundle"]["verificationMaterial"]["tlogEntries"][0]["inclusionProof"]["treeSize"])
    bad = replaced_at(good(), (*ENTRY, "inclusionProof", "logIndex"), str(size))
    error = refusal(bad)
    assert (error.reason, f"a tree of {size}" in error.detail) == (errors.LOG, True)


@pytest.mark.parametrize("part", ["name", "hint", "origin", "second signature", "no last line feed", "no empty line"])
def test_a_checkpoint_has_one_form(part: str) -> None:
    """Name and key hint of a checkpoint's signature are the log's, and nothing stands behind it."""
    note = good()
    for key in NOTE:
        note = note[key]
    assert isinstance(note, str)
    line = note.splitlines()[-1]
    raw = b64decode(line.rpartition(" ")[2])
    other = b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode()
    bad = {
        "name": note.replace("\u2014 rekor", "\u2014 other"),
        "hint": note.replace(line.rpartition(" ")[2], other),
        "origin": note.replace("rekor.", "other."),
        "second signature": f"{note}{line}\n",
        "no last line feed": note.removesuffix("\n"),
        "no empty line": note.replace("\n\n", "\n"),
    }[part]
    assert bad != note
    assert refusal(replaced_at(good(), NOTE, bad)).reason == errors.LOG


@pytest.mark.parametrize("seconds", [0, 600])
def test_a_certificate_counts_to_its_last_second(seconds: int) -> None:
    """What was logged in the first or the last second of a certificate verifies at that very time."""
    assert verified(REGISTRY.provenance(*RELEASE, GitHubWorkflow(), flaws=Flaws(integrated=seconds))).publishers
