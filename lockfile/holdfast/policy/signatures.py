"""Which pins must be signed and are not: `require-signatures` of `[policy]` and of its rules."""

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.lock import Pin
from holdfast.model.policy import Policy
from holdfast.model.signers import is_registry, publishers
from holdfast.model.words import spell_pin
from holdfast.policy.decisions import deciding, requires_signature, rules_for
from holdfast.policy.words import command

CODE = "signature-missing"


def judge_signature(pin: Pin, policy: Policy, now: str, *, path: str, lock_path: str) -> tuple[Finding, ...]:
    """Return a finding where an unsigned pin must be signed at `now`; `path` names the configuration."""
    if _is_published(pin) or not requires_signature(policy, pin.source, pin.name, now):
        return ()
    rule = deciding(rules_for(policy, pin.source, pin.name, now), "require_signatures")
    line = rule.line if rule is not None else 0
    written = f"{path}:{line}" if line else path
    return (
        Finding(
            CODE,
            severity(CODE),
            spell_pin(pin),
            f"a publisher's signature ({written}: require-signatures)",
            f"none ({lock_path})",
            (("reason", rule.reason),) if rule is not None else (),
            hints=(command("update", pin.name),),
            place=Place(path, line),
        ),
    )


def _is_published(pin: Pin) -> bool:
    """Whether a publisher signed every artifact; that a registry did is not enough."""
    if any(not is_registry(signer) for signer in pin.signers):
        return True
    return any(not is_registry(signer) for signer in publishers(pin))
