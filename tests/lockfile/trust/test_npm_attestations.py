"""Attestations of npm releases, under a registry and a Sigstore of our own."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest

from holdfast.trust.attestations import errors
from holdfast.trust.attestations.errors import KEY, REASONS
from tests.support.attestation_mutants import replaced_at, without
from tests.support.attested_files import root_of
from tests.support.npm_attested import DIGEST, NAME, NOW, REGISTRY, RELEASE, VERSION, keys_of, refusal, verified
from tests.support.npm_evidence import (
    BUNDLES,
    DSSE,
    INTOTO,
    PUBLISH,
    SLSA_OLD,
    NpmSigner,
    NpmSigstore,
    SigningKey,
)
from tests.support.sigstore_flaws import FLAWS, Flaws
from tests.support.sigstore_identities import GitHubWorkflow, GitLabPipeline, OidcIdentity
from tests.support.sigstore_world import INSTANT, trust_root_of

RELEASER = GitHubWorkflow()
ID = "github:101/.github/workflows/release.yml"

# Of certificates, of which a publish attestation has none, and so none of their ten minutes.
CERTIFICATE_FLAWS = tuple(name for name in FLAWS if "certificate" in name and "log entry" not in name)
# What is no flaw here: npm's statements of publishing are v0.1, its entries `intoto`, its bundles have no such number.
NO_FLAWS = ("statement of another type", "log entry of another kind", "attestation of an unknown version")


@pytest.mark.parametrize("bundle", list(BUNDLES))
@pytest.mark.parametrize("kind", [INTOTO, DSSE])
def test_each_form_of_bundle_verifies(bundle: str, kind: str) -> None:
    """Registry and publisher come out of bundles of every version, with entries of either kind."""
    registry = NpmSigner(sigstore=NpmSigstore("npm", kind=kind))
    found = verified(registry.attestations(*RELEASE, RELEASER, bundle=bundle))
    ((publisher,), (publish,)) = found
    assert (publisher.identity.id, publisher.signed, publisher.ref) == (ID, INSTANT, "refs/tags/v1.0")
    assert (publish.signer.id, publish.signer.attributes) == ("npm:https://npm.acme.example", (("role", "registry"),))
    assert (publish.signed, publish.fingerprint) == (INSTANT, keys_of(registry).keys[0].fingerprint)


def test_identities_are_those_of_pypi() -> None:
    """Each kind of publisher has the id that it has for a wheel; a publish attestation alone has none."""
    many = (RELEASER, GitHubWorkflow(environment="npm"), GitLabPipeline(), OidcIdentity())
    found = verified(REGISTRY.attestations(*RELEASE, *many))
    assert [one.identity.id for one in found.publishers] == [
        ID, f"{ID}?environment=npm", "gitlab:201/.gitlab-ci.yml",
        "oidc:https://oidc.acme.example?https://ci.acme.example/pipelines/7",
    ]  # fmt: skip
    assert verified(REGISTRY.publish(*RELEASE)).publishers == ()


def test_older_provenance_verifies() -> None:
    """SLSA provenance of version 0.2 in a statement of version 0.1 is known."""
    old = Flaws(statement_type="https://in-toto.io/Statement/v0.1")
    (one,) = verified(REGISTRY.provenance(*RELEASE, RELEASER, kind=SLSA_OLD, flaws=old)).publishers
    assert (one.identity.id, one.predicate_type) == (ID, SLSA_OLD)


@pytest.mark.parametrize("name", ["tool", "@acme/tool", "JSONStream", "@acme/a.b-c_d"])
def test_names_are_written_as_package_urls(name: str) -> None:
    """A scope's at sign is percent-encoded in the subject, and nothing else is changed."""
    assert verified(REGISTRY.attestations(name, VERSION, DIGEST, RELEASER), (name, VERSION, DIGEST)).publishers


@pytest.mark.parametrize("flaw", [name for name in FLAWS if name not in NO_FLAWS])
@pytest.mark.parametrize("bundle", ["0.2", "0.3"])
def test_every_flaw_of_provenance_is_refused(flaw: str, bundle: str) -> None:
    """Whatever is wrong with certificate, statement, signature or log entry: provenance is refused."""
    bad = REGISTRY.provenance(*RELEASE, RELEASER, bundle=bundle, flaws=FLAWS[flaw])
    error = refusal(bad)
    assert error.reason in REASONS
    assert error.detail.isprintable()


@pytest.mark.parametrize("flaw", [name for name in FLAWS if name not in (*NO_FLAWS, *CERTIFICATE_FLAWS)])
@pytest.mark.parametrize("kind", [INTOTO, DSSE])
def test_every_flaw_of_publishing_is_refused(flaw: str, kind: str) -> None:
    """Whatever is wrong with statement, signature or log entry: a publish attestation is refused."""
    registry = NpmSigner(sigstore=NpmSigstore("npm", kind=kind))
    assert refusal(registry.publish(*RELEASE, flaws=FLAWS[flaw])).reason in REASONS


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        ("no inclusion promise", errors.LOG),
        ("inclusion promise for another time", errors.LOG),
        ("inclusion proof too short", errors.LOG),
        ("checkpoint of an unknown log", errors.LOG),
        ("log entry of another certificate", errors.LOG),
        ("log entry of another payload", errors.LOG),
        ("log entry of another signature", errors.LOG),
        ("no certificate timestamp", errors.CERTIFICATE_LOG),
        ("certificate of an unknown authority", errors.ISSUER),
        ("certificate for clients only", errors.CERTIFICATE),
        ("signature by another key", errors.SIGNATURE),
        ("logged after the certificate", errors.TIME),
        ("predicate of an unknown type", errors.PREDICATE),
        ("two subjects", errors.SUBJECT),
        ("no log entry", errors.MALFORMED),
    ],
)
def test_flaws_are_named(flaw: str, reason: str) -> None:
    """The word of the refusal says where the flaw lies."""
    assert refusal(REGISTRY.provenance(*RELEASE, RELEASER, flaws=FLAWS[flaw])).reason == reason


def test_a_first_bundle_may_lack_its_proof_but_no_promise() -> None:
    """Version 0.1 came before inclusion proofs; its promise proves the log's time, and without it nothing does."""
    good = REGISTRY.provenance(*RELEASE, RELEASER, bundle="0.1")
    assert verified(good).publishers
    entry = ("bundle", "verificationMaterial", "tlogEntries", 0)
    assert refusal(without(good, (*entry, "inclusionPromise"))).reason == errors.LOG
    assert refusal(replaced_at(good, ("bundle", "mediaType"), BUNDLES["0.2"])).reason == errors.LOG


def test_a_proof_in_a_first_bundle_is_proven() -> None:
    """A proof that need not be there is not passed over when it is."""
    new = REGISTRY.provenance(*RELEASE, RELEASER, flaws=Flaws(proof="short"))
    assert refusal(replaced_at(new, ("bundle", "mediaType"), BUNDLES["0.1"])).reason == errors.LOG


@pytest.mark.parametrize(
    ("release", "reason"),
    [
        ((NAME, "1.0.1", DIGEST), errors.SUBJECT),
        (("@acme/other", VERSION, DIGEST), errors.SUBJECT),
        (("acme/tool".replace("/", "-"), VERSION, DIGEST), errors.SUBJECT),
        ((NAME, VERSION, "sha512:" + "5b" * 64), errors.DIGEST),
        ((NAME, VERSION, "sha256:" + "5a" * 32), errors.DIGEST),
    ],
)
@pytest.mark.parametrize("which", ["publish", "provenance"])
def test_evidence_of_another_release_is_replayed_in_vain(
    release: tuple[str, str, str], reason: str, which: str
) -> None:
    """A good attestation of another package, version or tarball is refused, be it the registry's or a publisher's."""
    good = REGISTRY.publish(*RELEASE) if which == "publish" else REGISTRY.provenance(*RELEASE, RELEASER)
    assert verified(good)
    assert refusal(good, release=release).reason == reason


def test_both_have_to_speak_of_the_release() -> None:
    """Provenance of another package beside this one's publish attestation spoils both, and the other way round."""
    other = ("@acme/other", VERSION, DIGEST)
    for rows in (
        [REGISTRY.publish(*RELEASE), REGISTRY.provenance(*other, RELEASER)],
        [REGISTRY.publish(*other), REGISTRY.provenance(*RELEASE, RELEASER)],
    ):
        assert refusal({"attestations": rows}).reason == errors.SUBJECT


@pytest.mark.parametrize(
    ("predicate", "reason"),
    [
        ({"name": "@acme/other", "version": VERSION, "registry": REGISTRY.url}, errors.SUBJECT),
        ({"name": NAME, "version": "1.0.1", "registry": REGISTRY.url}, errors.SUBJECT),
        ({"name": NAME, "version": VERSION, "registry": "https://other.example"}, errors.SUBJECT),
        ({"name": NAME, "version": VERSION, "registry": ""}, errors.STATEMENT),
        ({"name": NAME, "version": VERSION, "registry": "other"}, errors.MALFORMED),
        ({"name": NAME, "version": VERSION}, errors.STATEMENT),
        ({}, errors.STATEMENT),
    ],
)
def test_the_registry_says_what_it_published(predicate: dict[str, object], reason: str) -> None:
    """Name, version and registry of a publish attestation are those of the release, as its subject is."""
    assert refusal(REGISTRY.publish(*RELEASE, predicate=predicate)).reason == reason
    same = {"name": NAME, "version": VERSION, "registry": f"{REGISTRY.url.upper().replace('HTTPS', 'https')}/"}
    assert verified(REGISTRY.publish(*RELEASE, predicate=same)).publishes


ROTATED = NpmSigner(signing=(SigningKey("old", "2026-11-01T12:00:00.000Z"), SigningKey("new")))


@pytest.mark.parametrize(
    ("key", "at", "reason"),
    [
        (0, "2026-11-01T11:59:59Z", ""),
        (1, "2026-11-01T11:59:59Z", ""),
        (0, "2026-11-01T12:00:00Z", errors.TIME),
        (1, "2026-11-01T12:00:00Z", ""),
    ],
)
def test_keys_overlap_and_expire_by_the_logs_time(key: int, at: str, reason: str) -> None:
    """Either key of a rotation signs while both are valid; after its end the old one signs nothing more."""
    good = ROTATED.publish(*RELEASE, at=at, signing=ROTATED.signing[key])
    if reason:
        assert refusal(good, keys=keys_of(ROTATED)).reason == reason
    else:
        assert verified(good, keys=keys_of(ROTATED)).publishes[0].signer.id == "npm:https://npm.acme.example"


def test_a_key_of_another_registry_publishes_nothing_here() -> None:
    """A publish attestation by a key that this registry does not publish is refused, also under a borrowed key id."""
    theirs = NpmSigner(signing=(SigningKey("theirs"),)).publish(*RELEASE)
    assert refusal(theirs).reason == KEY
    ours = REGISTRY.signing[0].key_id
    borrowed = replaced_at(theirs, ("bundle", "verificationMaterial", "publicKey", "hint"), ours)
    borrowed = replaced_at(borrowed, ("bundle", "dsseEnvelope", "signatures", 0, "keyid"), ours)
    assert refusal(borrowed).reason == errors.SIGNATURE


def test_no_one_signs_for_the_other() -> None:
    """A publisher cannot say that the registry published, nor the registry how it was built."""
    publish_by_certificate = REGISTRY.provenance(*RELEASE, RELEASER, kind=PUBLISH)
    assert refusal(publish_by_certificate).reason == errors.PREDICATE
    built = Flaws(predicate_type=SLSA_OLD)
    assert refusal(REGISTRY.publish(*RELEASE, flaws=built)).reason == errors.PREDICATE


@pytest.mark.parametrize("said", [PUBLISH, SLSA_OLD, "https://acme.example/predicate"])
def test_the_purpose_beside_a_bundle_is_the_signed_one(said: str) -> None:
    """What the document says of a bundle's purpose does not differ from what was signed."""
    good = REGISTRY.provenance(*RELEASE, RELEASER)
    assert refusal(replaced_at(good, ("predicateType",), said)).reason == errors.PREDICATE


def test_another_instance_is_not_believed() -> None:
    """What a staging Sigstore logged and certified is refused under this root, and this under that."""
    staging = NpmSigner(sigstore=NpmSigstore("staging"))
    for row in staging.attestations(*RELEASE, RELEASER)["attestations"]:
        assert refusal(row).reason == errors.LOG
        assert verified(row, trusted=root_of(staging.sigstore.trust_root))


def test_a_certificate_of_another_instance_is_refused() -> None:
    """An entry in the right log does not make up for a certificate that another instance issued."""
    mixed = NpmSigstore("npm")
    mixed.authority = NpmSigstore("staging").authority
    assert refusal(NpmSigner(sigstore=mixed).provenance(*RELEASE, RELEASER)).reason == errors.ISSUER


def test_a_swapped_certificate_is_refused() -> None:
    """Another good certificate, of the same publisher or another, does not fit signature and entry."""
    ours = REGISTRY.provenance(*RELEASE, RELEASER)
    place = ("bundle", "verificationMaterial", "x509CertificateChain", "certificates", 0, "rawBytes")
    for other in (GitLabPipeline(), GitHubWorkflow(repository_id="666")):
        theirs: Any = REGISTRY.provenance(*RELEASE, other)
        for key in place:
            theirs = theirs[key]
        assert refusal(replaced_at(ours, place, theirs)).reason == errors.SIGNATURE


def test_a_swapped_entry_is_refused() -> None:
    """A good entry of another signature proves no time of this one."""
    ours = REGISTRY.provenance(*RELEASE, RELEASER)
    place = ("bundle", "verificationMaterial", "tlogEntries")
    theirs = REGISTRY.provenance(*RELEASE, GitLabPipeline())
    assert (
        refusal(replaced_at(ours, place, theirs["bundle"]["verificationMaterial"]["tlogEntries"])).reason == errors.LOG
    )


@pytest.mark.parametrize("trusted", ["root", "intermediate", "unknown"])
def test_certificates_behind_the_signers_are_the_roots(trusted: str) -> None:
    """An older bundle may carry the authority's certificates, but none that the root does not have."""
    authority = REGISTRY.sigstore.authority
    more = {
        "root": authority.root.der,
        "intermediate": authority.intermediate.der,
        "unknown": NpmSigstore("staging").authority.root.der,
    }[trusted]
    good = REGISTRY.provenance(*RELEASE, RELEASER)
    chain = good["bundle"]["verificationMaterial"]["x509CertificateChain"]["certificates"]
    chain.append({"rawBytes": b64encode(more).decode()})
    if trusted == "unknown":
        assert refusal(good).reason == errors.ISSUER
    else:
        assert verified(good).publishers[0].identity.id == ID


def test_a_retired_root_signs_no_more() -> None:
    """What was logged when the root's keys were retired is refused; what was logged before still verifies."""
    retired = NpmSigner(sigstore=NpmSigstore("npm", until="2026-10-01T00:00:00Z"))
    trusted = root_of(retired.sigstore.trust_root)
    for row in retired.attestations(*RELEASE, RELEASER)["attestations"]:
        assert refusal(row, trusted=trusted).reason == errors.TIME
    earlier = retired.attestations(*RELEASE, RELEASER, at="2026-09-01T00:00:00Z")
    assert verified(earlier, trusted=trusted).publishers[0].signed == "2026-09-01T00:00:00Z"


def test_a_root_of_two_instances_believes_both() -> None:
    """After a rotation of the root's keys, what either instance signed verifies."""
    new = NpmSigner(sigstore=NpmSigstore("new"))
    trusted = root_of(trust_root_of(REGISTRY.sigstore, new.sigstore))
    for registry in (REGISTRY, new):
        assert verified(registry.attestations(*RELEASE, RELEASER), trusted=trusted).publishers


def test_evidence_from_the_future_is_refused() -> None:
    """A log's clock may be an hour ahead, and no more."""
    for row in REGISTRY.attestations(*RELEASE, RELEASER, at="2026-11-21T07:40:01Z")["attestations"]:
        assert refusal(row).reason == errors.TIME
        assert verified(row, now=NOW + timedelta(seconds=1))


def test_one_bad_attestation_spoils_the_whole() -> None:
    """A good attestation beside a bad one is not returned."""
    document = REGISTRY.attestations(*RELEASE, RELEASER)
    document["attestations"].append(REGISTRY.provenance(*RELEASE, GitLabPipeline(), flaws=Flaws(sct="none")))
    assert refusal(document).reason == errors.CERTIFICATE_LOG


def test_an_attestation_stands_once() -> None:
    """The same attestation twice is no document that a registry serves."""
    document = REGISTRY.attestations(*RELEASE, RELEASER)
    document["attestations"].append(document["attestations"][0])
    assert refusal(document).reason == errors.MALFORMED
