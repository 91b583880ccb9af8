"""Who decides: for each key of the policy and each package, the first rule in force that has it, else `[policy]`.

Rule 1: a rule whose end has come decides nothing.
Rule 2: what `[policy]` denies stays denied where a rule denies more; only `allow-...` of a rule lets something through.
Knows who decides; whether a pin keeps to it is `rulings`' to say.
"""

from holdfast.model.policy import Policy, Rule, rule_matches

RULE, POLICY, DEFAULT = "rule", "policy", "default"


def in_force(rule: Rule, now: str) -> bool:
    """Whether a rule holds at `now` (RFC 3339, UTC, whole seconds)."""
    return not rule.until or now < rule.until


def rules_for(policy: Policy, source: str, name: str, now: str) -> tuple[Rule, ...]:
    """Return the rules in force that match a package, in the order of the file."""
    return tuple([rule for rule in policy.rules if in_force(rule, now) and rule_matches(rule, source, name)])


def deciding(rules: tuple[Rule, ...], field: str) -> Rule | None:
    """Return the first of these rules that has a key, by its field in `Rule`: "minimum_age"; None when none has."""
    return next((rule for rule in rules if getattr(rule, field) is not None), None)


def requires_signature(policy: Policy, source: str, name: str, now: str) -> bool:
    """Whether a package must be signed at `now`: by the first rule that says so, else by `require-signatures`."""
    rule = deciding(rules_for(policy, source, name, now), "require_signatures") if policy.rules else None
    if rule is not None:
        return bool(rule.require_signatures)
    return policy.requires_signature(source, name)


def minimum_age(policy: Policy, source: str, name: str, now: str) -> int:
    """Return the seconds that a release of a package must be old at `now`."""
    rule = deciding(rules_for(policy, source, name, now), "minimum_age") if policy.rules else None
    return policy.minimum_age if rule is None or rule.minimum_age is None else rule.minimum_age
