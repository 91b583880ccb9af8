"""Attested npm releases for the tests of verification: one registry, one release, and verification in one line.

verified(REGISTRY.attestations(*RELEASE, GitHubWorkflow()))    # what `verify_npm_attestations` returns
refusal(document)                                              # the refusal; the test fails when it verifies
"""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from holdfast.trust.attestations.errors import EvidenceRefused
from holdfast.trust.attestations.npm_attestations import NpmEvidence, verify_npm_attestations
from holdfast.trust.attestations.npm_bundles import read_npm_attestations
from holdfast.trust.attestations.trust_root import TrustRoot
from holdfast.trust.npm_keys import RegistryKeys, read_registry_keys
from tests.support.attested_files import root_of
from tests.support.npm_evidence import NpmSigner

NAME, VERSION, DIGEST = RELEASE = ("@acme/tool", "1.0.0", "sha512:" + "5a" * 64)
NOW = datetime(2026, 11, 21, 6, 40, tzinfo=UTC)
REGISTRY = NpmSigner()


def keys_of(registry: NpmSigner) -> RegistryKeys:
    """What a registry publishes."""
    return read_registry_keys(registry.keys, registry.url)


@cache
def root() -> TrustRoot:
    """The root of trust under which the registry's evidence verifies."""
    return root_of(REGISTRY.sigstore.trust_root)


def verified(
    document: Any,
    release: tuple[str, str, str] = RELEASE,
    keys: RegistryKeys | None = None,
    trusted: TrustRoot | None = None,
    now: datetime = NOW,
) -> NpmEvidence:
    """Read and verify a document, given as a JSON value, or as one of its attestations."""
    rows = document if "attestations" in document else {"attestations": [document]}
    bundles = read_npm_attestations(json.dumps(rows).encode(), f"{release[0]}@{release[1]}")
    return verify_npm_attestations(bundles, *release, keys or keys_of(REGISTRY), trusted or root(), now)


def refusal(document: Any, **changes: Any) -> EvidenceRefused:
    """The refusal of a document; the test fails when it verifies."""
    with pytest.raises(EvidenceRefused) as caught:
        verified(document, **changes)
    return caught.value
