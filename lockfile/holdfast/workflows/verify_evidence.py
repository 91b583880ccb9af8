"""Verify signers: the evidence of pinned files is had anew and verified, and must say what the lock says.

Law 1: nothing is taken from the cache but offline: an index that serves other evidence today is heard.
Law 2: that the index has no evidence for what the lock says was signed is `signer-lost`, whatever the bytes: a lock
        could be edited to name a signer. Only that it does not answer is `evidence-unavailable`.
Law 3: what could not be verified again is counted, and never as verified.

Loaded only where the lock has signers, or an index links to evidence.
"""

from collections.abc import Iterable

from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock, Pin, PinnedArtifact, Signer
from holdfast.model.signers import artifact_signers, records
from holdfast.model.words import spell_pin
from holdfast.workflows.evidence import (
    EvidenceDesk,
    gather,
    reason_of,
    refused_finding,
    unavailable_findings,
)
from holdfast.workflows.locate import Offers
from holdfast.workflows.signer_findings import verified_findings
from holdfast_resolver.fetch.evidence_need import EvidenceNeed
from holdfast_resolver.values.tuples import NamedTuple


class VerifiedSigners(NamedTuple):
    """What came of it. `files` were signed as the lock says, `unsure` could not be verified again."""

    findings: tuple[Finding, ...] = ()
    files: int = 0
    unsure: int = 0


class _Case(NamedTuple):
    pin: Pin
    artifact: PinnedArtifact
    need: EvidenceNeed | None  # None: nothing to be asked
    reason: str  # why there is nothing to be asked; "" where the index says that there is no evidence


def wants_evidence(pins: Iterable[Pin], offers: Offers | None) -> bool:
    """Whether a pin is signed, or an index links to evidence of one of its files."""
    for pin in pins:
        if pin.signers or any(one.signers for one in pin.artifacts):
            return True
        listed = offers.files.get(pin[:3], {}) if offers is not None else {}
        if any(one.file in listed and listed[one.file].provenance for one in pin.artifacts):
            return True
    return False


def verify_signers(lock: Lock, pins: Iterable[Pin], offers: Offers, desk: EvidenceDesk) -> VerifiedSigners:
    """Verify the signers of some pins of a lock anew; `offers` is what the listings say of them now.

    Raises `TrustRootRefused` when the root of trust cannot be used.
    """
    cases = [case for pin in pins for case in _cases(pin, offers)]
    evidence = gather([case.need for case in cases if case.need is not None], desk, refresh=True)
    known = records(lock)
    findings: list[Finding] = []
    unavailable: list[tuple[str, str, str]] = []
    found: dict[Pin, dict[str, tuple[Signer, ...]]] = {}
    for case in cases:
        package = spell_pin(case.pin)
        if case.need is None and case.reason:
            unavailable.append((package, case.artifact.file, case.reason))
        elif case.need in evidence.missing:
            unavailable.append((package, case.artifact.file, reason_of(evidence.missing[case.need])))
        elif case.need in evidence.refused:
            findings.append(refused_finding(case.need, evidence.refused[case.need], package))
        else:
            signers = evidence.signers[case.need] if case.need is not None else ()
            found.setdefault(case.pin, {})[case.artifact.file] = signers
    good = 0
    for pin, proven in found.items():
        compared = verified_findings(pin, known, proven)
        findings += compared.findings
        good += compared.same
    return VerifiedSigners((*findings, *unavailable_findings(unavailable)), good, len(unavailable))


def _cases(pin: Pin, offers: Offers) -> list[_Case]:
    """What is to be verified of a pin: files that the lock has as signed, or the index links evidence of."""
    error = offers.failed.get((pin.source, pin.name))
    listed = offers.files.get(pin[:3], {})
    cases = []
    for artifact in pin.artifacts:
        signed = bool(artifact_signers(pin, artifact))
        now = listed.get(artifact.file)
        need, reason = None, ""
        if error is not None:
            reason = reason_of(error)
        elif now is None or now.hash != artifact.hash:
            reason = "the index does not offer these bytes"
        elif now.provenance and not artifact.hash.startswith("sha256:"):
            reason = "evidence speaks of sha256, and the lock pins another hash"
        elif now.provenance:
            need = EvidenceNeed(pin.source, artifact.file, artifact.hash, now.provenance)
        if signed or need is not None:
            cases.append(_Case(pin, artifact, need, reason))
    return cases
