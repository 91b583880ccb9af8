"""Whether a pin keeps to a policy, key by key, and by whose word: one function a key, one row each in `RULINGS`.

`judge` makes findings of what does not hold, and `explain` shows all of it: they cannot disagree.
"""

from collections.abc import Callable
from typing import TypeAlias

from holdfast.model.lock import Pin
from holdfast.model.policy import Policy, Rule, rule_matches
from holdfast.model.signers import is_registry, publishers
from holdfast.policy.ages import age, spell_age, spell_duration
from holdfast.policy.decisions import DEFAULT, POLICY, RULE, deciding, in_force
from holdfast.policy.facts import Fact
from holdfast_resolver.values.tuples import NamedTuple

NOT_RECORDED = "not judged: no approval recorded it"
NOT_LOOKED_AT = "not known: no approval recorded all that its code can do; `holdfast audit --fetch` looks at it"


class Ruling(NamedTuple):
    """What a key demands of a pin, who says so, and what was found."""

    key: str  # as in the configuration: "minimum-release-age"
    value: str  # what is demanded: "7 days"; "" = nothing
    by: str  # RULE, POLICY or DEFAULT
    rule: Rule | None  # which one, where `by` is RULE
    found: str  # "released 2026-11-19T12:00:00Z, 2 days ago"
    holds: bool | None = None  # None: not judged here, or nothing is demanded
    known: bool = True  # False: it is not known whether it is so

    @property
    def is_open(self) -> bool:
        """Whether something is demanded, and nobody knows whether it is so: neither held nor broken."""
        return bool(self.value) and self.holds is None and not self.known


class Case(NamedTuple):
    """One pin before the policy. `rules` are those in force that match it, in the order of the file."""

    policy: Policy
    rules: tuple[Rule, ...]
    pin: Pin
    fact: Fact | None
    now: str  # RFC 3339, UTC, whole seconds


Judge: TypeAlias = Callable[[Case], Ruling]


def case_of(policy: Policy, pin: Pin, fact: Fact | None, now: str) -> Case:
    """Return a pin with the rules that may decide of it."""
    rules = [rule for rule in policy.rules if in_force(rule, now) and rule_matches(rule, pin.source, pin.name)]
    return Case(policy, tuple(rules), pin, fact, now)


def source_ruling(case: Case) -> Ruling:
    """`sources` of a rule: where these packages may come from, and from nowhere else."""
    rule = deciding(case.rules, "sources")
    if rule is None or rule.sources is None:
        return Ruling("sources", "", DEFAULT, None, f"from {case.pin.source}")
    holds = case.pin.source in rule.sources
    return Ruling("sources", ", ".join(rule.sources), RULE, rule, f"from {case.pin.source}", holds)


def signature_ruling(case: Case) -> Ruling:
    """`require-signatures`: whether a publisher must have signed."""
    policy, pin = case.policy, case.pin
    rule = deciding(case.rules, "require_signatures")
    demanded = policy.requires_signature(pin.source, pin.name) if rule is None else bool(rule.require_signatures)
    by = RULE if rule is not None else POLICY if demanded else DEFAULT
    value = "a publisher's signature" if demanded else "false" if rule is not None else ""
    signers = publishers(pin)
    found = f"signed by {', '.join(signers)}" if signers else "unsigned"
    published = any(not is_registry(signer) for signer in signers)
    return Ruling("require-signatures", value, by, rule, found, published if demanded else None)


def age_ruling(case: Case) -> Ruling:
    """`minimum-release-age`: how long ago the release must have been published."""
    rule = deciding(case.rules, "minimum_age")
    least = case.policy.minimum_age if rule is None or rule.minimum_age is None else rule.minimum_age
    by = RULE if rule is not None else POLICY if least else DEFAULT
    value = spell_duration(least) if least or rule is not None else ""
    ruling = Ruling("minimum-release-age", value, by, rule, NOT_RECORDED)
    if case.fact is None:
        return ruling
    old = age(case.fact.released, case.now) if case.fact.released else None
    if old is None:
        return ruling._replace(found="not known: the index said no date", holds=False if least else None, known=False)
    found = f"released {case.fact.released}, {spell_age(old)}"
    return ruling._replace(found=found, holds=old >= least if least else None)


def license_ruling(case: Case) -> Ruling:
    """`licenses`: whether what the release declares is among what is allowed."""
    rule = deciding(case.rules, "licenses")
    allowed = case.policy.licenses if rule is None else rule.licenses
    by = RULE if rule is not None else POLICY if allowed is not None else DEFAULT
    ruling = Ruling("licenses", ", ".join(allowed or ()), by, rule, NOT_RECORDED)
    if case.fact is None:
        return ruling
    if not case.fact.licence:
        found = "not known: the release declares no SPDX expression"
        return ruling._replace(found=found, holds=None if allowed is None else False, known=False)
    if allowed is None:
        return ruling._replace(found=case.fact.licence)
    from holdfast.policy.licenses import is_allowed  # start-up: only where licenses are judged

    answer = is_allowed(case.fact.licence, allowed)
    if answer is None:
        found = f"not known: {case.fact.licence} is no SPDX expression"
        return ruling._replace(found=found, holds=False, known=False)
    return ruling._replace(found=case.fact.licence, holds=answer)


def permission_ruling(case: Case) -> Ruling:
    """`deny-permissions` of `[policy]` and of the first rule that has it, but for what `allow-permissions` allows.

    The ruling is named after the rule that denies, after the one that allows where something was denied but for it,
    and else after `[policy]`.
    """
    from holdfast.policy.permissions import first_covering, first_touching  # start-up: only for modules

    denying, allowing = deciding(case.rules, "deny_permissions"), deciding(case.rules, "allow_permissions")
    own = (denying.deny_permissions if denying is not None else None) or ()
    allowed = (allowing.allow_permissions if allowing is not None else None) or ()
    asked = case.pin.module.permissions if case.pin.module is not None else ()
    let = [one for one in asked if first_covering(allowed, one)]
    by_rule = [one for one in asked if one not in let and first_touching(own, one)]
    by_policy = [one for one in asked if one not in let and first_touching(case.policy.deny_permissions, one)]
    denied = [one for one in asked if one in by_rule or one in by_policy]
    rule = denying if by_rule or not case.policy.deny_permissions else None
    by = RULE if rule is not None else POLICY if case.policy.deny_permissions else DEFAULT
    if let and not denied and any(first_touching((*own, *case.policy.deny_permissions), one) for one in let):
        rule, by = allowing, RULE
    value = ", ".join(dict.fromkeys((*own, *case.policy.deny_permissions)))
    if allowed and value:
        value += f", but for {', '.join(allowed)}"
    if case.pin.module is None:
        return Ruling("deny-permissions", value, by, rule, "not judged: no module")
    found = ", ".join(denied or asked) or "none"
    return Ruling("deny-permissions", value, by, rule, found, not denied if value else None)


def capability_ruling(case: Case) -> Ruling:
    """`deny-capabilities`: whether the code of a release can do what policy denies it."""
    denying, allowing = deciding(case.rules, "deny_capabilities"), deciding(case.rules, "allow_capabilities")
    own = (denying.deny_capabilities if denying is not None else None) or ()
    allowed = (allowing.allow_capabilities if allowing is not None else None) or ()
    every = tuple(dict.fromkeys((*own, *case.policy.deny_capabilities)))
    value = ", ".join(every) + (f", but for {', '.join(allowed)}" if allowed and every else "")
    # A capability that both deny is the rule's, which stands nearer to the package.
    looked = None if case.fact is None else case.fact.capabilities
    seen = looked or ()
    by_rule = [one for one in seen if one in own and one not in allowed]
    refused = [one for one in seen if one in every and one not in allowed]
    rule = denying if by_rule or (own and not case.policy.deny_capabilities) else None
    by = RULE if rule is not None else POLICY if every else DEFAULT
    if every and not refused and any(one in every for one in seen):
        rule, by = allowing, RULE
    ruling = Ruling("deny-capabilities", value, by, rule, NOT_RECORDED)
    is_demanded = any(one not in allowed for one in every)
    if not refused and is_demanded and (looked is None or (case.fact is not None and not case.fact.is_whole)):
        return ruling._replace(found=NOT_LOOKED_AT, known=False)
    if looked is None:
        return ruling
    return ruling._replace(found=", ".join(refused or seen) or "none", holds=not refused if every else None)


# key: (code of the finding, how it is ruled)
RULINGS: dict[str, tuple[str, Judge]] = {
    "sources": ("policy-source", source_ruling),
    "require-signatures": ("signature-missing", signature_ruling),
    "minimum-release-age": ("policy-age", age_ruling),
    "licenses": ("policy-license", license_ruling),
    "deny-permissions": ("policy-permission", permission_ruling),
    "deny-capabilities": ("capability-denied", capability_ruling),
}


def active_keys(policy: Policy) -> tuple[str, ...]:
    """Return the keys of `RULINGS` that a policy says anything of, in their order."""
    said = {
        "require-signatures": bool(policy.require_signatures),
        "minimum-release-age": policy.minimum_age > 0,
        "licenses": policy.licenses is not None,
        "deny-permissions": bool(policy.deny_permissions),
        "deny-capabilities": bool(policy.deny_capabilities),
    }
    for rule in policy.rules:
        said["sources"] = said.get("sources", False) or rule.sources is not None
        said["require-signatures"] |= rule.require_signatures is not None
        said["minimum-release-age"] |= rule.minimum_age is not None
        said["licenses"] |= rule.licenses is not None
        said["deny-permissions"] |= rule.deny_permissions is not None
        said["deny-capabilities"] |= rule.deny_capabilities is not None
    return tuple([key for key in RULINGS if said.get(key)])
