"""Verification of attestations, under the root of a private Sigstore."""

from datetime import timedelta
from typing import Any

import pytest

from holdfast.trust.attestations import errors
from holdfast.trust.attestations.errors import REASONS
from tests.support.attested_files import DIGEST, FILE, NOW, provenance_of, refusal, root, root_of, verified, world
from tests.support.sigstore_flaws import FLAWS, Flaws
from tests.support.sigstore_identities import (
    ActiveStateProject,
    GitHubWorkflow,
    GitLabPipeline,
    GoogleAccount,
    Identity,
    OidcIdentity,
)
from tests.support.sigstore_world import INSTANT, SLSA, SigstoreWorld, trust_root_of

IDENTITIES: list[tuple[Identity, str]] = [
    (GitHubWorkflow(), "github:101/.github/workflows/release.yml"),
    (GitHubWorkflow(environment="pypi"), "github:101/.github/workflows/release.yml?environment=pypi"),
    (GitLabPipeline(), "gitlab:201/.gitlab-ci.yml"),
    (GoogleAccount(), "oidc:https://accounts.google.com?publisher@acme.iam.gserviceaccount.example"),
    (
        ActiveStateProject(),
        "oidc:https://platform.activestate.com/api/v1/oauth/oidc?https://platform.activestate.com/acme/tool",
    ),
    (OidcIdentity(), "oidc:https://oidc.acme.example?https://ci.acme.example/pipelines/7"),
    (OidcIdentity("ada@acme.example", email=True), "oidc:https://oidc.acme.example?ada@acme.example"),
]


@pytest.mark.parametrize(("identity", "expected"), IDENTITIES, ids=[expected for _, expected in IDENTITIES])
def test_each_kind_of_publisher_verifies(identity: Identity, expected: str) -> None:
    """An honest attestation gives the identity of its certificate and the time of its log entry."""
    (one,) = verified(provenance_of(identity))
    assert (one.identity.id, one.signed) == (expected, INSTANT)


def test_all_attestations_of_all_bundles_are_verified() -> None:
    """Two publishers' three attestations come out in the order of the document, each with its purpose."""
    both = [
        world().attest(FILE, DIGEST, GitHubWorkflow()),
        world().attest(FILE, DIGEST, GitHubWorkflow(), predicate_type=SLSA, predicate={"buildDefinition": {}}),
        world().attest(FILE, DIGEST, GitLabPipeline()),
    ]
    found = verified(world().provenance(both))
    assert [(one.identity.kind, one.predicate_type == SLSA) for one in found] == [
        ("github", False), ("github", True), ("gitlab", False),
    ]  # fmt: skip


def test_one_bad_attestation_spoils_the_whole() -> None:
    """A good attestation beside a bad one is not returned."""
    good, bad = GitHubWorkflow(), GitLabPipeline()
    provenance = provenance_of(good)
    provenance["attestation_bundles"] += provenance_of(bad, flaws=Flaws(sct="none"))["attestation_bundles"]
    assert refusal(provenance).reason == errors.CERTIFICATE_LOG


REFUSED = {
    "expired certificate": errors.TIME,
    "certificate not yet valid": errors.TIME,
    "certificate for clients only": errors.CERTIFICATE,
    "certificate for no use": errors.CERTIFICATE,
    "certificate of an authority": errors.ISSUER,
    "certificate of an unknown authority": errors.ISSUER,
    "certificate without a name": errors.ISSUER,
    "no certificate timestamp": errors.CERTIFICATE_LOG,
    "two certificate timestamps": errors.CERTIFICATE_LOG,
    "certificate timestamp with a wrong signature": errors.CERTIFICATE_LOG,
    "certificate timestamp of an unknown log": errors.CERTIFICATE_LOG,
    "certificate timestamp of another certificate": errors.CERTIFICATE_LOG,
    "statement of another type": errors.STATEMENT,
    "no subject": errors.SUBJECT,
    "two subjects": errors.SUBJECT,
    "subject with another name": errors.SUBJECT,
    "subject with another digest": errors.DIGEST,
    "payload that is no JSON": errors.STATEMENT,
    "payload that is no statement": errors.STATEMENT,
    "payload of another type": errors.SIGNATURE,
    "signature by another key": errors.SIGNATURE,
    "signature of another payload": errors.SIGNATURE,
    "no signature": errors.MALFORMED,
    "logged before the certificate": errors.TIME,
    "logged after the certificate": errors.TIME,
    "log entry of another payload": errors.LOG,
    "log entry of another signature": errors.LOG,
    "log entry of another certificate": errors.LOG,
    "log entry that is no JSON": errors.LOG,
    "log entry of another kind": errors.VERSION,
    "log entry of an unknown version": errors.VERSION,
    "no inclusion proof": errors.LOG,
    "inclusion proof of another tree": errors.LOG,
    "inclusion proof too short": errors.LOG,
    "no checkpoint": errors.LOG,
    "checkpoint with a wrong signature": errors.LOG,
    "checkpoint of another tree": errors.LOG,
    "checkpoint of an unknown log": errors.LOG,
    "checkpoint that is no note": errors.LOG,
    "no inclusion promise": errors.LOG,
    "inclusion promise with a wrong signature": errors.LOG,
    "inclusion promise for another time": errors.LOG,
    "no log entry": errors.MALFORMED,
    "two log entries": errors.MALFORMED,
    "attestation of an unknown version": errors.VERSION,
    "statement with a key twice": errors.STATEMENT,
    "predicate of an unknown type": errors.PREDICATE,
    "checkpoint of another size": errors.LOG,
}


def test_every_known_flaw_has_its_reason() -> None:
    """The table of reasons speaks of exactly the flaws that the private Sigstore can make."""
    assert REFUSED.keys() == FLAWS.keys()
    assert set(REFUSED.values()) <= set(REASONS)


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_refused(flaw: str) -> None:
    """An attestation with one flaw, otherwise well signed, is refused for that flaw."""
    found = refusal(provenance_of(GitHubWorkflow(), flaws=FLAWS[flaw]))
    assert (found.reason, found.subject) == (REFUSED[flaw], FILE), found.detail


@pytest.mark.parametrize(
    ("file", "digest", "reason"),
    [
        ("tool-1.1-py3-none-any.whl", DIGEST, errors.SUBJECT),
        ("tool-1.0-py2-none-any.whl", DIGEST, errors.SUBJECT),
        ("tool-1.0.tar.gz", DIGEST, errors.SUBJECT),
        ("tool.txt", DIGEST, errors.SUBJECT),
        (FILE, "1" * 64, errors.DIGEST),
        (FILE, "", errors.DIGEST),
    ],
)
def test_evidence_of_another_file_is_refused(file: str, digest: str, reason: str) -> None:
    """Good evidence proves nothing about another file name or other bytes."""
    assert refusal(provenance_of(GitHubWorkflow()), file=file, digest=digest).reason == reason


def test_a_file_name_is_compared_as_a_distribution_name() -> None:
    """A subject in other letters of the same name verifies, as PEP 740 asks; another kind of archive does not."""
    attested = world().attest("Acme.Tool-1.0.tar.gz", DIGEST, GitHubWorkflow())
    assert verified(world().provenance([attested]), file="acme_tool-1.0.tar.gz")
    assert refusal(world().provenance([attested]), file="acme_tool-1.0.zip").reason == errors.SUBJECT


def test_an_unknown_purpose_is_refused() -> None:
    """A statement with another predicate than PEP 740's two proves nothing."""
    attested = world().attest(FILE, DIGEST, GitHubWorkflow(), predicate_type="https://acme.example/reviewed/v1")
    assert refusal(world().provenance([attested])).reason == errors.PREDICATE


def test_a_statement_with_duplicate_keys_is_refused() -> None:
    """A signed statement that two readers would read differently is refused."""
    statement = b'{"_type":"https://in-toto.io/Statement/v1","_type":"https://in-toto.io/Statement/v1"}'
    assert refusal(provenance_of(GitHubWorkflow(), flaws=Flaws(payload=statement))).reason == errors.STATEMENT


def test_the_clock_is_an_argument() -> None:
    """What a log took in after now is refused, but for an hour of clock skew."""
    provenance, signed = provenance_of(GitHubWorkflow()), NOW.fromisoformat(INSTANT)
    assert refusal(provenance, now=signed - timedelta(minutes=61)).reason == errors.TIME
    assert verified(provenance, now=signed - timedelta(minutes=59))


def test_evidence_of_another_sigstore_is_refused() -> None:
    """What another instance issued is refused under this root, and holds under a root that believes both."""
    other = SigstoreWorld("another")
    provenance = other.provenance([other.attest(FILE, DIGEST, GitHubWorkflow())])
    assert refusal(provenance).reason == errors.ISSUER
    both = trust_root_of(world(), other)
    assert verified(provenance, trusted=root_of(both))


def test_what_was_signed_after_an_authority_retired_is_refused() -> None:
    """The root's validity periods hold at the time of signing, not at the time of looking."""
    retired = SigstoreWorld("retired", until="2026-10-01T00:00:00Z")
    trusted = root_of(retired.trust_root)
    late = retired.provenance([retired.attest(FILE, DIGEST, GitHubWorkflow())])
    early = retired.provenance([retired.attest(FILE, DIGEST, GitHubWorkflow(), "2026-09-30T12:00:00Z")])
    assert verified(early, trusted=trusted)
    assert refusal(late, trusted=trusted).reason == errors.TIME


def test_a_retired_authority_beside_a_new_one_is_not_believed() -> None:
    """In a root that also has a valid authority, a retired one issues nothing any more."""
    retired = SigstoreWorld("retired", until="2026-10-01T00:00:00Z")
    both = trust_root_of(world(), retired)
    late = retired.provenance([retired.attest(FILE, DIGEST, GitHubWorkflow())])
    assert refusal(late, trusted=root_of(both)).reason == errors.ISSUER


PUBLISHERS: list[tuple[str, Identity, dict[str, object], bool]] = [
    ("another kind", GitHubWorkflow(), {"kind": "GitLab"}, False),
    ("an unknown kind for a known provider", GitHubWorkflow(), {"kind": "github"}, False),
    ("a known kind for an unknown provider", OidcIdentity(), {"kind": "Google"}, False),
    ("an unknown kind for an unknown provider", OidcIdentity(), {"kind": "Acme CI", "anything": 5}, True),
    ("the kind alone", GitHubWorkflow(), {"kind": "GitHub"}, True),
    ("another repository", GitHubWorkflow(), {"kind": "GitHub", "repository": "evil/tool"}, False),
    ("the repository in other case", GitHubWorkflow(), {"kind": "GitHub", "repository": "Acme/TOOL"}, True),
    ("a look-alike repository", GitHubWorkflow(), {"kind": "GitHub", "repository": "acme/\u212aool"}, False),
    ("the Kelvin sign", GitHubWorkflow("k"), {"kind": "GitHub", "repository": "\u212a/tool"}, False),
    ("another workflow", GitHubWorkflow(), {"kind": "GitHub", "workflow": "other.yml"}, False),
    ("the workflow in other case", GitHubWorkflow(), {"kind": "GitHub", "workflow": "Release.yml"}, False),
    ("the workflow's whole path", GitHubWorkflow(), {"kind": "GitHub", "workflow": GitHubWorkflow().workflow}, False),
    ("another environment", GitHubWorkflow(environment="a"), {"kind": "GitHub", "environment": "b"}, False),
    ("the environment in other case", GitHubWorkflow(environment="a"), {"kind": "GitHub", "environment": "A"}, True),
    ("no environment", GitHubWorkflow(environment="a"), {"kind": "GitHub", "environment": None}, True),
    ("an environment that is not certified", GitHubWorkflow(), {"kind": "GitHub", "environment": "a"}, True),
    ("GitLab, another path", GitLabPipeline(), {"kind": "GitLab", "workflow_filepath": "ci.yml"}, False),
    ("GitLab, another project", GitLabPipeline(), {"kind": "GitLab", "repository": "acme/tools"}, False),
    ("Google, another address", GoogleAccount(), {"kind": "Google", "email": "evil@acme.example"}, False),
    ("Google, other case", GoogleAccount("a@acme.example"), {"kind": "Google", "email": "A@acme.example"}, False),
    ("ActiveState", ActiveStateProject(), {"kind": "ActiveState", "organization": "acme"}, True),
]  # fmt: skip


@pytest.mark.parametrize(("case", "identity", "publisher", "good"), PUBLISHERS, ids=[row[0] for row in PUBLISHERS])
def test_the_index_must_not_contradict(case: str, identity: Identity, publisher: dict[str, object], good: bool) -> None:
    """The publisher that an index names may be silent, and must not contradict the certificate."""
    provenance = provenance_of(identity, publisher=publisher)
    if good:
        assert verified(provenance)[0].identity == verified(provenance_of(identity))[0].identity
    else:
        assert refusal(provenance).reason == errors.PUBLISHER


def test_what_the_index_says_never_becomes_the_identity() -> None:
    """Identity, owner and context are the certificate's, whatever else the publisher object claims."""
    claims: dict[str, Any] = {"repository_owner_id": "666", "ref": "refs/heads/evil", "repository_id": "666"}
    publisher = {"kind": "GitHub", "claims": claims, **claims}
    (one,) = verified(provenance_of(GitHubWorkflow(), publisher=publisher))
    assert "666" not in repr(one)
    assert "evil" not in repr(one)


def test_a_verifier_is_made_once_for_a_set_of_authorities() -> None:
    """Many verifications share one verifier of the library."""
    assert root().verifier_at(NOW) is root().verifier_at(NOW - timedelta(days=100))
