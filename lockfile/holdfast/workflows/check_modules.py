"""What policy and trust of a project say of the pins that are locked: offline, and without a clock.

Whether a trusted key's time is over is asked where there is a clock: by `lock`, `install` and `load`.
"""

from holdfast.configuration.configuration import Configuration, TrustEntry
from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Lock, Pin
from holdfast.model.signers import publishers
from holdfast.policy.signatures import judge_signature
from holdfast.workflows.port import LOCK
from holdfast_resolver.values.modules import pattern_claims


def check_modules(lock: Lock, configuration: Configuration) -> tuple[Finding, ...]:
    """Return what policy and trust have against the pins of a lock, in its order."""
    findings: list[Finding] = []
    policy = configuration.policy
    # a rule may have an end: where one speaks of signatures they are judged by `policy.judge`, which has a clock
    clockless = all(rule.require_signatures is None for rule in policy.rules)
    for pin in lock.packages:
        if clockless:
            findings += judge_signature(pin, policy, "", path=configuration.path, lock_path=LOCK)
        if pin.module is not None:
            findings += _trust(pin, configuration)
            if pin.module.privileged:
                findings += _privileged(pin, configuration)
    return tuple(findings)


def _trust(pin: Pin, configuration: Configuration) -> list[Finding]:
    """A signer that the project revoked, and a name that it trusts others for."""
    revoked = {entry.id: entry for entry in configuration.trust if entry.revoked}
    findings = [_revoked(pin, revoked[one], configuration) for one in publishers(pin) if one in revoked]
    claiming = {entry.id for entry in _claiming(pin, configuration)}
    if publishers(pin) and claiming and not claiming & set(publishers(pin)):
        findings.append(
            Finding(
                "signer-untrusted",
                severity("signer-untrusted"),
                _named(pin),
                "a key that is trusted for this name",
                ", ".join(publishers(pin)),
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
    if not claiming & set(publishers(pin)):
        return [
            Finding(
                "privileged-untrusted",
                severity("privileged-untrusted"),
                _named(pin),
                "a signature by a key that this project trusts for the name",
                ", ".join(publishers(pin)) or "nobody's",
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
