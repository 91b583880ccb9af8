"""The private Sigstore that stories on signers play on: what it issues is real, and what it spoils is spoilt."""

import base64
import json
import time
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import Certificate, ExtensionNotFound, load_der_x509_certificate
from pydantic import ValidationError
from pypi_attestations import Attestation, Distribution, GitHubPublisher, GitLabPublisher, GooglePublisher, Provenance
from sigstore.errors import Error
from sigstore.models import Bundle, InvalidBundle, TrustedRoot
from sigstore.verify import Verifier

from tests.support.sigstore_flaws import FLAWS, LEFT_TO_THE_CALLER, ODDITIES, Flaws
from tests.support.sigstore_identities import (
    SHA,
    ActiveStateProject,
    GitHubWorkflow,
    GitLabPipeline,
    GoogleAccount,
    Identity,
    OidcIdentity,
)
from tests.support.sigstore_world import BUNDLE, SLSA, Attested, SigstoreWorld, publish_predicate, trust_root_of

EVIDENCE = Path(__file__).parents[4] / "shared" / "evidence" / "pypi"
FILE, DIGEST = "tool-1.0-py3-none-any.whl", "5a" * 32
WORLD = SigstoreWorld(1)
IDENTITIES = (
    GitHubWorkflow(),
    GitHubWorkflow(environment="production", ref="refs/heads/main", trigger="workflow_dispatch"),
    GitHubWorkflow(signer="https://github.com/acme/shared/.github/workflows/build.yml@refs/tags/v3"),
    GitLabPipeline(namespace="acme/tools", environment="production"),
    GoogleAccount(),
    ActiveStateProject(),
    OidcIdentity(),
    OidcIdentity("ada@acme.example", email=True),
)


class Anybody:
    """A policy that accepts every certificate."""

    def verify(self, cert: Certificate) -> None:
        """Accept."""


def verifier(trust_root: bytes, folder: Path) -> Verifier:
    """A verifier that believes a trust root and nothing else."""
    path = folder / "trusted_root.json"
    path.write_bytes(trust_root)
    return Verifier(trusted_root=TrustedRoot.from_file(str(path)))


@pytest.fixture(name="believer")
def _believer(tmp_path: Path) -> Verifier:
    return verifier(WORLD.trust_root, tmp_path)


def converted(attested: Attested) -> Bundle:
    """The bundle that pypi-attestations makes of an attestation object."""
    return Attestation.model_validate(attested.attestation).to_bundle()


@pytest.mark.parametrize("identity", IDENTITIES, ids=repr)
def test_whoever_publishes_is_verified(identity: Identity, believer: Verifier) -> None:
    """Attestations of every kind of publisher verify, as objects of PEP 740 and as Sigstore bundles."""
    attested = WORLD.attest(FILE, DIGEST, identity)
    assert believer.verify_dsse(converted(attested), Anybody()) == (attested.payload_type, attested.payload)
    bundle = Bundle.from_json(json.dumps(attested.bundle()))
    assert believer.verify_dsse(bundle, Anybody()) == (attested.payload_type, attested.payload)
    subject = {"name": FILE, "digest": {"sha256": DIGEST}}
    assert json.loads(attested.payload)["subject"] == [subject]


@pytest.mark.parametrize(
    ("identity", "publisher"),
    [
        (GitHubWorkflow(), GitHubPublisher(repository="acme/tool", workflow="release.yml")),
        (GitLabPipeline(), GitLabPublisher(repository="acme/tool", workflow_filepath=".gitlab-ci.yml")),
        (GoogleAccount(), GooglePublisher(email="publisher@acme.iam.gserviceaccount.example")),
    ],
    ids=["GitHub", "GitLab", "Google"],
)
def test_certificates_say_what_pypi_attestations_looks_for(
    identity: Identity, publisher: Any, believer: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Attestation.verify` accepts the publisher's own policy, and no other publisher's."""
    monkeypatch.setattr(Verifier, "production", lambda offline: believer)
    attestation = Attestation.model_validate(WORLD.attest(FILE, DIGEST, identity).attestation)
    distribution = Distribution(name=FILE, digest=DIGEST)
    assert attestation.verify(publisher, distribution) == (publish_predicate(), None)
    other = GitHubPublisher(repository="evil/tool", workflow="release.yml")
    with pytest.raises(ValueError, match="Verification failed"):
        attestation.verify(other, distribution)


def test_a_certificate_carries_all_claims() -> None:
    """Claims 1 to 6 are bare text, 8 to 24 DER strings; the environment is among them only where there is one."""
    attested = WORLD.attest(FILE, DIGEST, GitHubWorkflow(repository_id="42", environment="production"))
    claims = Attestation.model_validate(attested.attestation).certificate_claims
    assert claims["1.3.6.1.4.1.57264.1.15"] == "42"
    assert claims["1.3.6.1.4.1.57264.1.13"] == SHA
    values = extension_values(attested.certificate)
    assert sorted(values) == [*range(1, 7), *range(8, 25)]
    assert (values[5], values[23]) == (b"acme/tool", b"\x0c\nproduction")
    plain = WORLD.attest(FILE, DIGEST, GitHubWorkflow())
    assert 23 not in extension_values(plain.certificate)


def test_long_claims_are_valid_der(believer: Verifier) -> None:
    """Claims of more than 127 and of more than 255 bytes are read as they were given."""
    for size in (127, 128, 255, 256, 3000):
        attested = WORLD.attest(FILE, DIGEST, GitHubWorkflow(), flaws=Flaws(claims={14: "r" * size}))
        claims = Attestation.model_validate(attested.attestation).certificate_claims
        assert claims["1.3.6.1.4.1.57264.1.14"] == "r" * size
        believer.verify_dsse(converted(attested), Anybody())


def test_inclusion_is_proven_wherever_an_entry_stands(believer: Verifier) -> None:
    """Entries stand in the middle and at the edge of their trees, and all proofs lead to the root."""
    edges = set()
    for number in range(60):
        attested = WORLD.attest(FILE, f"{number:064x}", GitHubWorkflow())
        believer.verify_dsse(converted(attested), Anybody())
        proof: Any = attested.entries[0]["inclusionProof"]
        edges.add(int(proof["treeSize"]) == int(proof["logIndex"]) + 1)
    assert edges == {True, False}


@pytest.mark.parametrize("name", [name for name in FLAWS if name not in LEFT_TO_THE_CALLER])
def test_what_is_spoilt_is_refused(name: str, believer: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attestations with a flaw do not verify."""
    monkeypatch.setattr(Verifier, "production", lambda offline: believer)
    attested = WORLD.attest(FILE, DIGEST, GitHubWorkflow(), flaws=FLAWS[name])
    with pytest.raises((Error, ValueError, ExtensionNotFound)):
        verified_by_pypi_attestations(attested)


@pytest.mark.parametrize("name", LEFT_TO_THE_CALLER)
def test_some_flaws_are_left_to_the_caller(name: str, believer: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    """The libraries accept these: whoever calls them has to refuse."""
    monkeypatch.setattr(Verifier, "production", lambda offline: believer)
    verified_by_pypi_attestations(WORLD.attest(FILE, DIGEST, GitHubWorkflow(), flaws=FLAWS[name]))


@pytest.mark.parametrize("name", ODDITIES)
def test_odd_certificates_verify(name: str, believer: Verifier) -> None:
    """An odd certificate is a good one for the verifier, and differs from an ordinary one."""
    identity = GitHubWorkflow(environment="production")
    attested = WORLD.attest(FILE, DIGEST, identity, flaws=ODDITIES[name])
    believer.verify_dsse(converted(attested), Anybody())
    assert attested.certificate != WORLD.attest(FILE, DIGEST, identity).certificate


def test_worlds_do_not_believe_each_other(tmp_path: Path) -> None:
    """An attestation of one world is refused under another's root, and accepted under the root of both."""
    other = SigstoreWorld("staging")
    bundle = converted(WORLD.attest(FILE, DIGEST, GitHubWorkflow()))
    with pytest.raises(Error):
        verifier(other.trust_root, tmp_path).verify_dsse(bundle, Anybody())
    verifier(trust_root_of(other, WORLD), tmp_path).verify_dsse(bundle, Anybody())


def test_sigstore_does_not_believe_a_world(tmp_path: Path) -> None:
    """The roots of Sigstore's own instances refuse what a world issues."""
    bundle = converted(WORLD.attest(FILE, DIGEST, GitHubWorkflow()))
    with resources.as_file(resources.files("sigstore")) as package:
        roots = [path.read_bytes() for path in sorted(package.rglob("trusted_root.json"))]
    assert len(roots) == 2
    for root in roots:
        with pytest.raises(Error):
            verifier(root, tmp_path).verify_dsse(bundle, Anybody())


def test_a_retired_world_says_so_in_its_root() -> None:
    """`until` ends the period of the authority and of both logs."""
    root = json.loads(SigstoreWorld(1, until="2024-01-01T00:00:00Z").trust_root)
    periods = [one["validFor"] for one in root["certificateAuthorities"]]
    periods += [log["publicKey"]["validFor"] for log in root["tlogs"] + root["ctlogs"]]
    assert periods == [{"start": "2020-01-01T00:00:00Z", "end": "2024-01-01T00:00:00Z"}] * 3


def test_the_same_call_gives_the_same_bytes() -> None:
    """An attestation follows from seed and arguments, not from what was asked before."""
    first, second = SigstoreWorld(7), SigstoreWorld(7)
    first.attest("other-1.0.tar.gz", DIGEST, GoogleAccount())
    one, two = (world.attest(FILE, DIGEST, GitHubWorkflow()) for world in (first, second))
    assert (one, first.trust_root, first.digest) == (two, second.trust_root, second.digest)
    assert SigstoreWorld(8).trust_root != first.trust_root
    assert SigstoreWorld(8).attest(FILE, DIGEST, GitHubWorkflow()) != one


def test_an_attestation_is_free_to_be_changed() -> None:
    """Objects are made anew: a test that damages one does not damage the next."""
    attested = WORLD.attest(FILE, DIGEST, GitHubWorkflow())
    damaged: Any = attested.attestation
    damaged["verification_material"]["transparency_entries"][0]["logIndex"] = "1"
    assert attested.attestation != damaged


def test_signed_when_it_was_said(believer: Verifier) -> None:
    """The certificate lives for ten minutes from the instant at which the log took the entry in."""
    attested = WORLD.attest(FILE, DIGEST, GitHubWorkflow(), "2024-02-29T23:59:59Z")
    certificate = load_der_x509_certificate(attested.certificate)
    instant = datetime.fromisoformat("2024-02-29T23:59:59Z")
    assert certificate.not_valid_before_utc == instant
    assert (certificate.not_valid_after_utc - instant).total_seconds() == 600
    assert attested.entries[0]["integratedTime"] == str(int(instant.timestamp()))
    believer.verify_dsse(converted(attested), Anybody())


def test_bundles_of_unknown_versions_can_be_made() -> None:
    """The media type of a bundle is the test's to choose."""
    attested = WORLD.attest(FILE, DIGEST, GitHubWorkflow())
    Bundle.from_json(json.dumps(attested.bundle(BUNDLE)))
    with pytest.raises(InvalidBundle):
        Bundle.from_json(json.dumps(attested.bundle("application/vnd.dev.sigstore.bundle.v9+json")))


def test_provenance_has_a_bundle_for_each_publisher() -> None:
    """Neighbours of one publisher share a bundle; the publisher shown may be another than the certificate's."""
    github, gitlab = GitHubWorkflow(environment="production"), GitLabPipeline()
    signed = [
        WORLD.attest(FILE, DIGEST, github),
        WORLD.attest(FILE, DIGEST, github, predicate_type=SLSA, predicate={"buildDefinition": {}}),
        WORLD.attest(FILE, DIGEST, gitlab),
    ]
    read = Provenance.model_validate(WORLD.provenance(signed))
    assert [len(bundle.attestations) for bundle in read.attestation_bundles] == [2, 1]
    assert read.attestation_bundles[0].publisher.model_dump() == github.publisher()
    lie = {"kind": "GitHub", "repository": "evil/tool", "workflow": "release.yml"}
    told: Any = WORLD.provenance(signed, lie)
    assert [bundle["publisher"] for bundle in told["attestation_bundles"]] == [lie]


def test_other_kinds_of_publisher_are_unknown_to_pypi_attestations() -> None:
    """Provenance by ActiveState or a generic provider is none that pypi-attestations reads as a whole."""
    for identity in (ActiveStateProject(), OidcIdentity()):
        told = WORLD.provenance([WORLD.attest(FILE, DIGEST, identity)])
        with pytest.raises(ValidationError):
            Provenance.model_validate(told)


def test_it_is_quick() -> None:
    """A world takes less than 0.3 s, an attestation less than 10 ms, of the processor's time."""
    start = time.process_time()
    world = SigstoreWorld("quick")
    assert world.trust_root
    assert time.process_time() - start < 0.3
    start = time.process_time()
    for number in range(20):
        world.attest(FILE, f"{number:064x}", GitHubWorkflow())
    assert (time.process_time() - start) / 20 < 0.010


@pytest.mark.skipif(not EVIDENCE.is_dir(), reason="the folder of real evidence is not here")
def test_attestations_have_the_shape_of_real_ones() -> None:
    """The keys of a real attestation, at every depth, its statement's and its log entry's are the world's too."""
    real = json.loads((EVIDENCE / "pypi_attestations-0.0.19.tar.gz.publish.attestation").read_bytes())
    made: Any = WORLD.attest(FILE, DIGEST, GitHubWorkflow()).attestation
    assert shape(made) == shape(real)
    for path in (("envelope", "statement"), ("verification_material", "transparency_entries", 0, "canonicalizedBody")):
        assert shape(decoded(made, path)) == shape(decoded(real, path))
    numbers = [
        sorted(extension_values(base64.b64decode(one["verification_material"]["certificate"]))) for one in (made, real)
    ]
    assert set(numbers[0]) - set(numbers[1]) == {24}
    assert set(numbers[1]) <= set(numbers[0])


def verified_by_pypi_attestations(attested: Attested) -> None:
    """Verify as pypi-attestations does, whoever signed."""
    attestation = Attestation.model_validate(attested.attestation)
    attestation.verify(Anybody(), Distribution(name=FILE, digest=DIGEST))


def extension_values(certificate: bytes) -> dict[int, bytes]:
    """Fulcio's extensions by number, as they stand in a certificate."""
    found = {}
    for extension in load_der_x509_certificate(certificate).extensions:
        before, _, number = extension.oid.dotted_string.rpartition(".")
        if before == "1.3.6.1.4.1.57264.1":
            found[int(number)] = extension.value.public_bytes()
    return found


def shape(value: object) -> object:
    """Keys and kinds without the values; of an array, the kinds in it."""
    if isinstance(value, dict):
        return {key: shape(value[key]) for key in value}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def decoded(value: Any, path: tuple[str | int, ...]) -> object:
    """The JSON that stands in base64 somewhere in a document."""
    for step in path:
        value = value[step]
    return json.loads(base64.b64decode(value))
