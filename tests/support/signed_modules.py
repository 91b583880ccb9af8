"""Signed releases, `publishers.json` and revocation lists for tests, all by the keys of `signing_keys`.

    release = signed_release(module())                         # by the key "acme", published in June
    verify_module("@acme/guards", release, publishers=registry_of(acme()), trusted=(), revocations=NOTHING, now=NOW)

Keys are named by words: "acme" is the key of the publisher acme, "registry" the registry's own, "revoker" the one
that signs revocation lists.
"""

import hashlib

from holdfast.trust.dsse import PAYLOAD_INTOTO, sign_envelope, write_envelope
from holdfast.trust.module_statement import statement
from holdfast.trust.publishers import Publisher, Publishers, RegisteredKey
from holdfast.trust.revocations import PAYLOAD_REVOCATIONS, Revocation, RevocationList, revocations_payload
from holdfast.trust.subjects import Subject
from holdfast.trust.trusted_keys import TrustedKey
from holdfast.trust.vetting import vetting_statement
from holdfast_resolver.values.modules import Export, ModuleManifest, ModuleRelease, archive_file_name
from tests.support.signing_keys import public, signer

SINCE = "2026-01-01T00:00:00Z"
SIGNED = "2026-06-01T11:00:00Z"
PUBLISHED = "2026-06-01T12:00:00Z"
VETTED = "2026-06-02T12:00:00Z"
NOW = "2026-11-21T06:40:00Z"
EXPIRES = "2026-12-01T00:00:00Z"
NOTHING = RevocationList(1, SINCE, EXPIRES)


def digest_of(text: str) -> str:
    """Return a digest to stand for some bytes: "sha256:<hex>" of a text."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def module(
    name: str = "@acme/guards",
    version: str = "2.1.0",
    dependencies: tuple[tuple[str, str], ...] = (("@acme/base", "^1.2"),),
    permissions: tuple[str, ...] = ("network:api.acme.example",),
    privileged: bool = False,
) -> ModuleManifest:
    """Return the manifest of a module with one export."""
    export = Export("strict", "guards/strict.md", "guard", privileged)
    return ModuleManifest(name, version, "Guards", "Apache-2.0", dependencies, (export,), permissions)


def subject_of(manifest: ModuleManifest) -> Subject:
    """Return a manifest's release as statements speak of it, with digests made up from name and version."""
    told = f"{manifest.name} {manifest.version}"
    return Subject(manifest.name, manifest.version, digest_of(f"archive of {told}"), digest_of(f"tree of {told}"))


def publisher_envelope(
    manifest: ModuleManifest, *keys: str, signed: str = SIGNED, archive: str = "", tree: str = ""
) -> str:
    """Return the text of a publisher's envelope by the keys of these words ("acme" without any)."""
    subject = subject_of(manifest)
    payload = statement(manifest, archive or subject.archive, tree or subject.tree, signed)
    return write_envelope(sign_envelope(PAYLOAD_INTOTO, payload, [signer(key) for key in keys or ("acme",)]))


def vetting_envelope(
    manifest: ModuleManifest,
    key: str = "registry",
    *,
    report: str = "",
    verified: str = VETTED,
    verifier: str = "",
    archive: str = "",
    tree: str = "",
) -> str:
    """Return the text of a co-signer's envelope."""
    subject = subject_of(manifest)
    subject = subject._replace(archive=archive or subject.archive, tree=tree or subject.tree)
    payload = vetting_statement(subject, verifier or public(key).id, verified, report)
    return write_envelope(sign_envelope(PAYLOAD_INTOTO, payload, [signer(key)]))


def release_of(
    manifest: ModuleManifest,
    *envelopes: str,
    vetted: tuple[str, ...] = (),
    published: str = PUBLISHED,
    publisher: str = "acme",
    report: str = "",
    archive: str = "",
    tree: str = "",
    size: int = 10240,
) -> ModuleRelease:
    """Return the release that an index document has of a manifest, with these envelopes."""
    subject = subject_of(manifest)
    return ModuleRelease(
        version=manifest.version,
        file=archive_file_name(manifest.name, manifest.version),
        size=size,
        archive=archive or subject.archive,
        tree=tree or subject.tree,
        dependencies=manifest.dependencies,
        permissions=manifest.permissions,
        privileged=manifest.privileged,
        published=published,
        publisher=publisher,
        envelopes=envelopes,
        vetted=vetted,
        report=report,
    )


def signed_release(
    manifest: ModuleManifest, *keys: str, archive: str = "", tree: str = "", size: int = 10240
) -> ModuleRelease:
    """Return a release with one envelope by the keys of these words ("acme" without any)."""
    envelope = publisher_envelope(manifest, *keys, archive=archive, tree=tree)
    return release_of(manifest, envelope, archive=archive, tree=tree, size=size)


def registered(word: str, since: str = SINCE, until: str = "") -> RegisteredKey:
    """Return a key as `publishers.json` has it, labelled by its word."""
    return RegisteredKey(public(word), word, since, until)


def acme(*keys: RegisteredKey, tier: str = "verified", threshold: int = 1) -> Publisher:
    """Return the publisher of `@acme/*` ("acme" is its key without any)."""
    return Publisher("acme", ("@acme/*",), tier, threshold, keys or (registered("acme"),))


def registry_of(*publishers: Publisher) -> Publishers:
    """Return the document of a registry with these publishers, its own key "registry" and the revoker "revoker"."""
    return Publishers(publishers, (registered("registry"),), (registered("revoker"),), 1)


def trusted(
    word: str, *names: str, since: str = "", until: str = "", tier: str = "trusted", revoked: str = ""
) -> TrustedKey:
    """Return a key that a project trusts for these patterns (`@acme/*` without any)."""
    return TrustedKey(public(word), f"{word} of the project", names or ("@acme/*",), since, until, tier, revoked)


def revoked_key(word: str, cause: str = "compromise", effective: str = PUBLISHED) -> Revocation:
    """Return an entry that revokes a key."""
    return Revocation("key", public(word).id, cause, "laptop lost", effective)


def revoked_digest(digest: str, cause: str = "compromise", effective: str = PUBLISHED) -> Revocation:
    """Return an entry that revokes a digest."""
    return Revocation("digest", digest, cause, "malware", effective)


def revoking(*entries: Revocation, number: int = 2) -> RevocationList:
    """Return a list with these entries."""
    return RevocationList(number, SINCE, EXPIRES, tuple(sorted(entries)))


def revocations_envelope(listed: RevocationList, *keys: str) -> str:
    """Return the text of a list's envelope by the keys of these words ("revoker" without any)."""
    signers = [signer(key) for key in keys or ("revoker",)]
    return write_envelope(sign_envelope(PAYLOAD_REVOCATIONS, revocations_payload(listed), signers))
