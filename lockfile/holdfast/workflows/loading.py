"""Loading: what of an unpacked, unmodified module a program may have, by its signers, policy and revocations.

Offline, the lock's signers are believed: `install` verified them, and the tree that it unpacked is the one that is
locked. What changes meanwhile is asked anew: revocations, the project's trust and its policy.

Knows no file, no clock and no log.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from holdfast.configuration.configuration import Configuration
from holdfast.model.lock import ModuleFacts, Pin
from holdfast.model.signers import canonical_id, canonical_ids, publishers
from holdfast.policy.decisions import requires_signature
from holdfast.trust.errors import (
    DigestRevoked,
    PrivilegedUntrusted,
    SignatureNotFound,
    SignerExpired,
    SignerRevoked,
    Tampered,
    ThresholdUnmet,
    UntrustedSigner,
)
from holdfast.trust.levels import PUBLISHER, VETTED, LeveledSigner, level_of
from holdfast.trust.revocations import COMPROMISE, RevocationList
from holdfast.trust.tree import TreeFile
from holdfast.trust.trusted_keys import TrustedKey, trusted_ids
from holdfast.workflows.module_trust import trusted_keys
from holdfast_resolver.manifests.module_toml import check_exports, read_module_manifest
from holdfast_resolver.values.modules import MANIFEST, Export, ModuleManifest
from holdfast_resolver.values.tuples import NamedTuple


class Granted(NamedTuple):
    """What a program gets. `withheld` are privileged exports that the project does not allow."""

    exports: tuple[Export, ...]
    withheld: tuple[Export, ...]
    privileged: bool  # some of `exports` are privileged
    level: str


def read_own_manifest(pin: Pin, facts: ModuleFacts, files: Iterable[TreeFile], text: bytes) -> ModuleManifest:
    """Return what the `module.toml` of a verified tree says; `text` was read after `files` were hashed.

    Raises `Tampered` when it is not the hashed one or not the locked module's, `ManifestError`.
    """
    subject = f"{pin.name} {pin.version}"
    hashed = {file.path: file.digest for file in files}
    _same(subject, MANIFEST, hashed.get(MANIFEST, "no file"), sha256(text).hexdigest())
    manifest = read_module_manifest(text)
    check_exports(text, manifest, hashed)
    _same(subject, "name", pin.name, manifest.name)
    _same(subject, "version", pin.version, manifest.version)
    _same(subject, "permissions", ", ".join(facts.permissions), ", ".join(manifest.permissions))
    _same(subject, "privileged", _flag(facts.privileged), _flag(manifest.privileged))
    return manifest


def grant(
    pin: Pin,
    facts: ModuleFacts,
    manifest: ModuleManifest,
    configuration: Configuration,
    revocations: RevocationList,
    now: str,
    tiers: Mapping[str, str],
) -> Granted:
    """Return what of a module may be used. `manifest` is its own, of a verified tree.

    `tiers` are those of the lock's signers, by reference; `now` is RFC 3339 in UTC, to the second. Raises `TrustError`
    for a module that may not be used at all.
    """
    subject = f"{pin.name} {pin.version}"
    trusted = trusted_keys(configuration)
    for digest in (pin.artifacts[0].hash, facts.tree):
        voided = revocations.voids_digest(digest, now)
        if voided is not None:
            raise DigestRevoked(subject, digest, voided.cause, voided.reason, voided.effective)
    signed_by = publishers(pin)
    _refuse_void(subject, (*signed_by, *canonical_ids(facts.vetted)), trusted, revocations, now)
    if not signed_by and (facts.privileged or requires_signature(configuration.policy, pin.source, pin.name, now)):
        raise SignatureNotFound(subject, "in the lock, and it must be signed")
    if len(signed_by) < facts.threshold:
        raise ThresholdUnmet(subject, facts.threshold, len(signed_by))
    ours = trusted_ids(trusted, pin.name, now)
    if ours.isdisjoint(signed_by):
        _refuse_unbelieved(subject, pin, facts, trusted)
    signers = [LeveledSigner(canonical_id(one), PUBLISHER, tiers.get(one, "")) for one in pin.signers]
    signers += [LeveledSigner(canonical_id(one), VETTED, tiers.get(one, "")) for one in facts.vetted]
    allowed = configuration.policy.allows_privileged(pin.name)
    exports = tuple([one for one in manifest.exports if allowed or not one.privileged])
    withheld = tuple([one for one in manifest.exports if one not in exports])
    return Granted(exports, withheld, any(one.privileged for one in exports), level_of(signers, ours))


def _refuse_void(
    subject: str, signers: tuple[str, ...], trusted: tuple[TrustedKey, ...], revocations: RevocationList, now: str
) -> None:
    """Refuse a signer whose key the registry voided or the project revoked, whoever else signed."""
    for signer in signers:
        voided = revocations.voids_key(signer, now)
        if voided is not None:
            raise SignerRevoked(subject, signer, voided.cause, voided.reason, voided.effective)
        own = next((one for one in trusted if one.key.id == signer and one.revoked), None)
        if own is not None:
            raise SignerRevoked(subject, signer, COMPROMISE, "revoked by this project", own.revoked)


def _refuse_unbelieved(subject: str, pin: Pin, facts: ModuleFacts, trusted: tuple[TrustedKey, ...]) -> None:
    """Refuse a module that no key signed which this project believes for the name now, where one must have."""
    claiming = [one for one in trusted if one.claims(pin.name)]
    for one in claiming:
        if one.key.id in publishers(pin):
            raise SignerExpired(subject, one.key.id, one.since, one.until)
    if facts.privileged:
        raise PrivilegedUntrusted(subject, publishers(pin))
    if claiming:
        raise UntrustedSigner(subject, next(iter(publishers(pin)), ""))


def _same(subject: str, what: str, expected: str, found: str) -> None:
    if expected != found:
        raise Tampered(subject, what, expected, found)


def _flag(value: bool) -> str:
    return "true" if value else "false"
