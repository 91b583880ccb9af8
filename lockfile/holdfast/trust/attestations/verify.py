"""Verification of attestations: evidence goes in, verified attestations come out, or one precise refusal.

The steps follow PEP 740, "Attestation verification", and the Sigstore client specification; chain, signatures, SCT and
inclusion are proven by sigstore-python. Bytes in, values out: no network, no disk, and the clock is an argument.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from holdfast.trust.attestations.certificates import load_certificate, read_claims
from holdfast.trust.attestations.claimed_publishers import check_publisher
from holdfast.trust.attestations.errors import (
    CERTIFICATE,
    CERTIFICATE_LOG,
    ISSUER,
    LOG,
    MALFORMED,
    SIGNATURE,
    TIME,
    UNVERIFIED,
    EvidenceRefused,
)
from holdfast.trust.attestations.identities import PublisherIdentity, identity_of
from holdfast.trust.attestations.log_entries import LogEntry, read_entry
from holdfast.trust.attestations.provenance import Attestation, ClaimedPublisher, Provenance
from holdfast.trust.attestations.statements import PAYLOAD_TYPE, read_predicate_type
from holdfast.trust.attestations.trust_root import TrustRoot, first_line
from holdfast.trust.strict_fields import time_text
from holdfast_resolver.values.tuples import NamedTuple

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from sigstore.verify import Verifier


CLOCK_SKEW = timedelta(hours=1)  # by how much a log's clock may be ahead of ours

# How the library's messages begin -> the reason; its classes alone do not tell these apart.
_REASONS = (
    ("not enough sources of verified time", TIME),
    ("invalid signing cert", TIME),
    ("failed to verify SCT", CERTIFICATE_LOG),
    ("Key usage", CERTIFICATE),
    ("Extended usage", CERTIFICATE),
    ("invalid log entry", LOG),
    ("invalid DSSE log entry", LOG),
    ("expected SHA256 payload hash", LOG),
    ("log entry", LOG),
    ("Unsupported DSSE log entry", LOG),
    ("DSSE: invalid signature", SIGNATURE),
)


class VerifiedAttestation(NamedTuple):
    """An attestation that holds: who signed, for which purpose, and what is recorded of it but never compared."""

    identity: PublisherIdentity
    predicate_type: str
    signed: str  # RFC 3339 in UTC: when the log took it in
    log_id: str  # hex
    log_index: int
    commit: str  # "" where the certificate does not say
    ref: str
    run: str  # URI of the run, "" where the certificate does not say


def verify_provenance(
    file_name: str, sha256_hex: str, provenance: Provenance, root: TrustRoot, now: datetime
) -> tuple[VerifiedAttestation, ...]:
    """Verify all attestations of a file (its name, and the sha256 of its bytes) under a root, in their order.

    `now` has a time zone. Raises `EvidenceRefused` for the first attestation that does not hold: one bad attestation
    spoils the whole. Raises `TrustRootRefused` when the root cannot be used at all.
    """
    return tuple(
        [
            _verified(attestation, bundle.publisher, file_name, sha256_hex, root, now)
            for bundle in provenance.bundles
            for attestation in bundle.attestations
        ]
    )


def _verified(
    attestation: Attestation,
    claimed: ClaimedPublisher | None,
    file_name: str,
    digest: str,
    root: TrustRoot,
    now: datetime,
) -> VerifiedAttestation:
    # 1. The form: certificate, log entry.
    entry = read_entry(attestation, file_name)
    certificate = load_certificate(attestation.certificate, file_name)
    # 2. The time of signing, and who was trusted then.
    signed = _time(entry, certificate, file_name, now)
    verifier = root.verifier_at(signed)
    if verifier is None:
        raise EvidenceRefused(file_name, TIME, f"the root {root.name} has no valid authority or log for {signed}")
    # 3. Chain, certificate log, inclusion, signature.
    payload = _proven(attestation, verifier, file_name)
    # 4. What was signed: this file, these bytes, for a known purpose.
    predicate_type = read_predicate_type(payload, file_name, digest)
    # 5. Who signed, by the certificate; the index must not contradict.
    claims = read_claims(certificate, file_name)
    identity = identity_of(claims, file_name)
    if claimed is not None:
        check_publisher(claimed, claims, file_name)
    return VerifiedAttestation(
        identity,
        predicate_type,
        signed=time_text(signed),
        log_id=entry.log_id,
        log_index=entry.log_index,
        commit=claims.commit,
        ref=claims.ref,
        run=claims.run,
    )


def _time(entry: LogEntry, certificate: Certificate, file_name: str, now: datetime) -> datetime:
    """Return when the log took the entry in: within the certificate's time, and not in the future."""
    if entry.integrated > (now + CLOCK_SKEW).timestamp():
        raise EvidenceRefused(file_name, TIME, "it was signed in the future")
    signed = datetime.fromtimestamp(entry.integrated, tz=UTC)
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not start <= signed <= end:
        period = f"{time_text(start)} to {time_text(end)}"
        raise EvidenceRefused(file_name, TIME, f"signed {time_text(signed)}, the certificate is valid {period}")
    return signed


class _AnyIdentity:
    """The policy of step 3: who signed is read from the certificate afterwards."""

    def verify(self, cert: Certificate) -> None:
        """Accept every certificate."""


def _proven(attestation: Attestation, verifier: Verifier, file_name: str) -> bytes:
    """Return the statement, its signature, certificate and log entry proven. Raises `EvidenceRefused`."""
    from cryptography.exceptions import UnsupportedAlgorithm  # start-up: 360 ms, and only where there is evidence
    from cryptography.x509 import ExtensionNotFound
    from pypi_attestations import Attestation as Convertible
    from pypi_attestations import AttestationError
    from sigstore.errors import CertValidationError, Error

    try:
        bundle = Convertible.model_validate_json(attestation.text).to_bundle()
        payload_type, payload = verifier.verify_dsse(bundle, _AnyIdentity())
    except AttestationError as error:
        raise EvidenceRefused(file_name, MALFORMED, first_line(error)) from None
    except CertValidationError as error:
        raise EvidenceRefused(file_name, ISSUER, first_line(error)) from None
    except (ExtensionNotFound, UnsupportedAlgorithm) as error:
        raise EvidenceRefused(file_name, CERTIFICATE, first_line(error)) from None
    except Error as error:
        message = first_line(error)
        reason = next((reason for start, reason in _REASONS if message.startswith(start)), UNVERIFIED)
        raise EvidenceRefused(file_name, reason, message) from None
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:  # what it lets through on odd bytes
        raise EvidenceRefused(file_name, UNVERIFIED, first_line(error)) from None
    if payload_type != PAYLOAD_TYPE or payload != attestation.statement:
        raise EvidenceRefused(file_name, UNVERIFIED, "what was verified is not what was read")
    return payload
