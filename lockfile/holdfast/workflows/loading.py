"""Loading: what of an unpacked, unmodified module a program may have, by its signers, policy and revocations.

Knows no file, no clock and no log.
"""

from collections.abc import Mapping

from holdfast.configuration.configuration import Configuration
from holdfast.model.lock import ModuleFacts, Pin
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
from holdfast.trust.revocations import RevocationList
from holdfast.trust.trusted_keys import TrustedKey, trusted_ids
from holdfast.workflows.module_trust import trusted_keys
from holdfast_resolver.manifests.module_toml import read_module_manifest
from holdfast_resolver.values.modules import Export
from holdfast_resolver.values.tuples import NamedTuple


class Granted(NamedTuple):
    """What a program gets. `withheld` are privileged exports that the project does not allow."""

    exports: tuple[Export, ...]
    withheld: tuple[Export, ...]
    privileged: bool  # some of `exports` are privileged
    level: str


def refuse_modified(pin: Pin, damage: str) -> None:
    """Raise `Tampered` for an unpacked tree that is not the locked one; `damage` says how, "" = it is."""
    if damage and pin.module is not None:
        raise Tampered(f"{pin.name} {pin.version}", "the tree", pin.module.tree, damage)


def grant(
    pin: Pin,
    facts: ModuleFacts,
    manifest: bytes,
    configuration: Configuration,
    revocations: RevocationList,
    now: str,
    tiers: Mapping[str, str],
) -> Granted:
    """Return what of a module may be used. `manifest` are the verified bytes of its module.toml.

    `tiers` are those of the lock's signers, by id. Raises `TrustError` for a module that may not be used at all.
    """
    subject = f"{pin.name} {pin.version}"
    trusted = trusted_keys(configuration)
    for digest in (pin.artifacts[0].hash, facts.tree):
        voided = revocations.voids_digest(digest, now)
        if voided is not None:
            raise DigestRevoked(subject, digest, voided.cause, voided.reason, voided.effective)
    _check_signers(subject, pin, facts, configuration, trusted, revocations, now)
    ours = trusted_ids(trusted, pin.name, now)
    read = read_module_manifest(manifest)
    allowed = configuration.policy.allows_privileged(pin.name)
    if read.privileged != facts.privileged:
        raise Tampered(subject, "the privileged flag", str(facts.privileged), str(read.privileged))
    if read.privileged and not ours & set(pin.signers):
        raise PrivilegedUntrusted(subject, pin.signers)
    signers = [LeveledSigner(one, PUBLISHER, tiers.get(one, "")) for one in pin.signers]
    signers += [LeveledSigner(one, VETTED, tiers.get(one, "")) for one in facts.vetted]
    exports = tuple([one for one in read.exports if allowed or not one.privileged])
    withheld = tuple([one for one in read.exports if one not in exports])
    return Granted(exports, withheld, any(one.privileged for one in exports), level_of(signers, ours))


def _check_signers(
    subject: str,
    pin: Pin,
    facts: ModuleFacts,
    configuration: Configuration,
    trusted: tuple[TrustedKey, ...],
    revocations: RevocationList,
    now: str,
) -> None:
    if not pin.signers and configuration.policy.requires_signature(pin.source, pin.name):
        raise SignatureNotFound(subject, "policy asks for one")
    for signer in (*pin.signers, *facts.vetted):
        voided = revocations.voids_key(signer, now)
        if voided is not None:
            raise SignerRevoked(subject, signer, voided.cause, voided.reason, voided.effective)
    own = [one for one in trusted if one.claims(pin.name)]
    for one in own:
        if one.key.id in pin.signers and one.revoked:
            raise SignerRevoked(subject, one.key.id, "compromise", "revoked by this project", one.revoked)
        if one.key.id in pin.signers and not one.holds_at(now):
            raise SignerExpired(subject, one.key.id, one.since, one.until)
    if own and not trusted_ids(trusted, pin.name, now) & set(pin.signers):
        raise UntrustedSigner(subject, pin.signers[0] if pin.signers else "")
    if len(set(pin.signers)) < facts.threshold:
        raise ThresholdUnmet(subject, facts.threshold, len(set(pin.signers)))
