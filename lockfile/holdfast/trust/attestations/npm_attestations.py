"""Verification of npm's attestations: evidence goes in, the registry's and publishers' word comes out, or a refusal.

Rule 1: every attestation of the document has to hold, for the same release; one that does not spoils the whole.
Rule 2: a publish attestation is signed by a key that the registry publishes, provenance by a certificate's holder.
Rule 3: the time of signing is the log's, and keys, certificates, logs and authorities have to be valid then.
Bytes in, values out: no network, no disk, and the clock is an argument.
"""

from __future__ import annotations

from datetime import UTC, datetime

from holdfast.model.lock import Signer
from holdfast.trust.attestations.certificates import load_certificate, read_claims
from holdfast.trust.attestations.errors import ISSUER, KEY, PREDICATE, SIGNATURE, TIME, EvidenceRefused
from holdfast.trust.attestations.identities import identity_of
from holdfast.trust.attestations.npm_bundles import NpmBundle
from holdfast.trust.attestations.npm_certified import prove_certified
from holdfast.trust.attestations.npm_log_bodies import Signed, check_body
from holdfast.trust.attestations.npm_log_proofs import prove_entry
from holdfast.trust.attestations.npm_roots import authorities, logs_at
from holdfast.trust.attestations.npm_statements import PUBLISH, SLSA, check_statement
from holdfast.trust.attestations.statements import PAYLOAD_TYPE
from holdfast.trust.attestations.trust_root import TrustRoot
from holdfast.trust.attestations.verify import CLOCK_SKEW, VerifiedAttestation
from holdfast.trust.dsse import pae
from holdfast.trust.npm_keys import ATTESTATIONS, RegistryKeys, holds, key_for
from holdfast.trust.npm_signatures import registry_signer
from holdfast.trust.npm_subjects import PackageVersion, package_version
from holdfast.trust.strict_fields import shown, time_text
from holdfast_resolver.values.tuples import NamedTuple


class VerifiedPublish(NamedTuple):
    """A publish attestation that holds: the registry took this release in."""

    signer: Signer  # as `dist.signatures` give it
    fingerprint: str  # of the key that signed: recorded, never compared
    signed: str  # RFC 3339 in UTC: when the log took it in
    log_id: str  # hex
    log_index: int


class NpmEvidence(NamedTuple):
    """All that a registry's document proves, in its order."""

    publishers: tuple[VerifiedAttestation, ...]  # from provenance; () where there is none
    publishes: tuple[VerifiedPublish, ...]


def verify_npm_attestations(
    bundles: tuple[NpmBundle, ...],
    name: str,
    version: str,
    digest: str,
    keys: RegistryKeys,
    root: TrustRoot,
    now: datetime,
) -> NpmEvidence:
    """Verify all attestations of a release whose tarball has `digest` ("sha512:<hex>"), in their order.

    `keys` are those of the registry that serves the document; `now` has a time zone. Raises `EvidenceRefused` for the
    first attestation that does not hold, `TrustRootRefused` when the root cannot be used at all.
    """
    about = package_version(name, version, digest)
    found = [_verified(bundle, about, keys, root, now) for bundle in bundles]
    return NpmEvidence(
        tuple([one for one in found if isinstance(one, VerifiedAttestation)]),
        tuple([one for one in found if isinstance(one, VerifiedPublish)]),
    )


def _verified(
    bundle: NpmBundle, about: PackageVersion, keys: RegistryKeys, root: TrustRoot, now: datetime
) -> VerifiedAttestation | VerifiedPublish:
    # 1. The purpose decides who has to have signed.
    if bundle.predicate_type not in (PUBLISH, *SLSA):
        raise EvidenceRefused(about.text, PREDICATE, f"its predicate {shown(bundle.predicate_type)} is not known")
    if (bundle.predicate_type == PUBLISH) != bool(bundle.hint):
        expected = "a key of the registry" if bundle.predicate_type == PUBLISH else "a certificate"
        raise EvidenceRefused(about.text, PREDICATE, f"expected {expected} for {shown(bundle.predicate_type)}")
    # 2. The time of signing, by a log that was believed then.
    signed = _time(bundle, about, root, now)
    # 3. Who signed, and that they did.
    verified = _by_key if bundle.hint else _by_certificate
    found = verified(bundle, about, keys, root, signed)
    # 4. What was signed: this release, these bytes, for the purpose that is said.
    check_statement(bundle.payload, bundle.predicate_type, about, keys.registry)
    return found


def _time(bundle: NpmBundle, about: PackageVersion, root: TrustRoot, now: datetime) -> datetime:
    """Return when the log took the entry in, proven; not in the future."""
    entry = bundle.entry
    if entry.integrated > (now + CLOCK_SKEW).timestamp():
        raise EvidenceRefused(about.text, TIME, "it was signed in the future")
    signed = datetime.fromtimestamp(entry.integrated, tz=UTC)
    logs = logs_at(root, signed)
    if not logs:
        raise EvidenceRefused(about.text, TIME, f"the root {root.name} has no valid log for {signed}")
    prove_entry(entry, logs, about.text)
    return signed


def _by_key(
    bundle: NpmBundle, about: PackageVersion, keys: RegistryKeys, root: TrustRoot, signed: datetime
) -> VerifiedPublish:
    """Return what the registry's own key signed."""
    if bundle.key_id != bundle.hint:
        raise EvidenceRefused(about.text, KEY, f"the envelope names {shown(bundle.key_id)}, not {shown(bundle.hint)}")
    key = key_for(keys, bundle.hint, ATTESTATIONS, signed, about.text)
    if not holds(key, bundle.signature, pae(PAYLOAD_TYPE, bundle.payload)):
        raise EvidenceRefused(about.text, SIGNATURE, f"the signature of the key {shown(key.key_id)} does not hold")
    signature = Signed(bundle.payload, bundle.signature, bundle.key_id, key.der, is_certificate=False)
    check_body(bundle.entry, signature, about.text)
    entry = bundle.entry
    return VerifiedPublish(
        registry_signer(keys), key.fingerprint, time_text(signed), entry.log_id.hex(), entry.log_index
    )


def _by_certificate(
    bundle: NpmBundle, about: PackageVersion, keys: RegistryKeys, root: TrustRoot, signed: datetime
) -> VerifiedAttestation:
    """Return what the holder of a certificate signed."""
    certificate = load_certificate(bundle.certificate, about.text)
    if not set(bundle.further) <= authorities(root):
        raise EvidenceRefused(about.text, ISSUER, f"the root {root.name} does not know the certificates behind it")
    if bundle.key_id:
        raise EvidenceRefused(about.text, KEY, f"expected no key id beside a certificate, found {shown(bundle.key_id)}")
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not start <= signed <= end:
        period = f"{time_text(start)} to {time_text(end)}"
        raise EvidenceRefused(about.text, TIME, f"signed {time_text(signed)}, the certificate is valid {period}")
    prove_certified(certificate, bundle.payload, bundle.signature, signed, root, about.text)
    signature = Signed(bundle.payload, bundle.signature, "", bundle.certificate, is_certificate=True)
    check_body(bundle.entry, signature, about.text)
    claims = read_claims(certificate, about.text)
    return VerifiedAttestation(
        identity_of(claims, about.text),
        bundle.predicate_type,
        signed=time_text(signed),
        log_id=bundle.entry.log_id.hex(),
        log_index=bundle.entry.log_index,
        commit=claims.commit,
        ref=claims.ref,
        run=claims.run,
    )
