"""Attested files for the tests of verification: one world, one file, and verification in one line.

verified(attestation_of(GitHubWorkflow()))           # what `verify_provenance` returns
refusal(attestation_of(GitHubWorkflow(), flaws=...)) # the word of the refusal
"""

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from holdfast.trust.attestations.errors import EvidenceRefused
from holdfast.trust.attestations.provenance import read_provenance
from holdfast.trust.attestations.trust_root import TrustRoot, load_trust_root
from holdfast.trust.attestations.verify import VerifiedAttestation, verify_provenance
from tests.support.sigstore_flaws import GOOD, Flaws
from tests.support.sigstore_identities import Identity
from tests.support.sigstore_world import INSTANT, SigstoreWorld

FILE = "tool-1.0-py3-none-any.whl"
DIGEST = "0" * 64
NOW = datetime(2026, 11, 21, 6, 40, tzinfo=UTC)


@cache
def world() -> SigstoreWorld:
    """The world of these tests."""
    return SigstoreWorld("verification")


@cache
def root() -> TrustRoot:
    """The root of trust of that world."""
    return root_of(world().trust_root)


def root_of(data: bytes) -> TrustRoot:
    """A root of trust that is pinned as it is."""
    return load_trust_root(data, "sha256:" + hashlib.sha256(data).hexdigest())


def provenance_of(
    *identities: Identity, flaws: Flaws = GOOD, publisher: dict[str, object] | None = None, at: str = INSTANT
) -> Any:
    """What an index serves about `FILE`: one attestation of each identity."""
    attested = [world().attest(FILE, DIGEST, identity, at, flaws=flaws) for identity in identities]
    return world().provenance(attested, publisher)


def verified(
    provenance: Any, file: str = FILE, digest: str = DIGEST, now: datetime = NOW, trusted: TrustRoot | None = None
) -> tuple[VerifiedAttestation, ...]:
    """Read and verify a provenance object, given as a JSON value."""
    read = read_provenance(json.dumps(provenance).encode(), file)
    return verify_provenance(file, digest, read, trusted or root(), now)


def refusal(provenance: Any, **changes: Any) -> EvidenceRefused:
    """The refusal of a provenance object; the test fails when it verifies."""
    with pytest.raises(EvidenceRefused) as caught:
        verified(provenance, **changes)
    return caught.value
