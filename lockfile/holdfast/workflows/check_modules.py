"""What policy and trust of a project say of the pins that are locked: offline, and without a clock.

Whether a trusted key's time is over is asked where there is a clock: by `lock`, `install` and `load`.
"""

from holdfast.configuration.configuration import Configuration, TrustEntry
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock, Pin
from holdfast.workflows.port import LOCK
from holdfast_resolver.values.modules import pattern_claims


def check_modules(lock: Lock, configuration: Configuration) -> tuple[Finding, ...]:
    """Return what policy and trust have against the pins of a lock, in its order."""
    findings: list[Finding] = []
    for pin in lock.packages:
        if not pin.signers and configuration.policy.requires_signature(pin.source, pin.name):
            findings.append(_unsigned(pin, configuration))
        if pin.module is not None:
            findings += _trust(pin, configuration)
            if pin.module.privileged:
                findings += _privileged(pin, configuration)
    return tuple(findings)


def _unsigned(pin: Pin, configuration: Configuration) -> Finding:
    return Finding(
        "signature-missing",
        severity("signature-missing"),
        _named(pin),
        f"a publisher's signature ({configuration.path}: require-signatures)",
        f"none ({LOCK})",
        hints=(f"holdfast update {pin.name}",),
        place=Place(configuration.path),
    )


def _trust(pin: Pin, configuration: Configuration) -> list[Finding]:
    """A signer that the project revoked, and a name that it trusts others for."""
    revoked = {entry.id: entry for entry in configuration.trust if entry.revoked}
    findings = [_revoked(pin, revoked[one], configuration) for one in pin.signers if one in revoked]
    claiming = {entry.id for entry in _claiming(pin, configuration)}
    if pin.signers and claiming and not claiming & set(pin.signers):
        findings.append(
            Finding(
                "signer-untrusted",
                severity("signer-untrusted"),
                _named(pin),
                "a key that is trusted for this name",
                ", ".join(pin.signers),
                hints=("holdfast trust list",),
                place=Place(configuration.path),
            )
        )
    return findings


def _revoked(pin: Pin, entry: TrustEntry, configuration: Configuration) -> Finding:
    return Finding(
        "signer-revoked",
        severity("signer-revoked"),
        _named(pin),
        "a key that was not revoked",
        f"{entry.id} ({entry.reason or 'revoked by this project'}, since {entry.revoked})",
        hints=(f"holdfast update {pin.name}",),
        place=Place(configuration.path, entry.line),
    )


def _privileged(pin: Pin, configuration: Configuration) -> list[Finding]:
    claiming = {entry.id for entry in _claiming(pin, configuration)}
    if not claiming & set(pin.signers):
        return [
            Finding(
                "privileged-untrusted",
                severity("privileged-untrusted"),
                _named(pin),
                "a signature by a key that this project trusts for the name",
                ", ".join(pin.signers) or "nobody's",
                hints=("holdfast trust list",),
                place=Place(configuration.path),
            )
        ]
    if configuration.policy.allows_privileged(pin.name):
        return []
    return [
        Finding(
            "privileged-unlisted",
            severity("privileged-unlisted"),
            _named(pin),
            "its name under privileged in [policy]",
            "not listed, so nothing privileged is loaded",
            hints=("holdfast explain privileged-unlisted",),
            place=Place(configuration.path),
        )
    ]


def _claiming(pin: Pin, configuration: Configuration) -> list[TrustEntry]:
    return [entry for entry in configuration.trust if any(pattern_claims(pattern, pin.name) for pattern in entry.names)]


def _named(pin: Pin) -> str:
    return f"{pin.name} {pin.version}"
