"""`[[policy.rule]]`: what holds for some packages instead of what `[policy]` says, why, and until when.

    [[policy.rule]]
    package = "pypi:acme-*"
    minimum-release-age = "0 days"
    reason = "our own packages"

Rule 1: every rule has a reason. One that lets something through that would be held without it has an end, too.
Rule 2: a rule decides something, and no array in it is empty.
"""

from holdfast.configuration.durations import EXPECTED as EXPECTED_DURATION
from holdfast.configuration.durations import parse_duration
from holdfast.configuration.policy_patterns import (
    Kinds,
    read_capabilities,
    read_licenses,
    read_patterns_of_rule,
    read_permissions,
)
from holdfast.configuration.tables import Table
from holdfast.model.policy import SEVERITIES, Policy, Rule
from holdfast.model.security import RULE_ROLE
from holdfast_resolver.manifests.toml import type_name

_FRAME = ("package", "reason", "until", "no-new-capabilities")
_DECIDING = (
    "minimum-release-age",
    "require-signatures",
    "sources",
    "allow-permissions",
    "deny-permissions",
    "allow-capabilities",
    "deny-capabilities",
    "deny-advisories",
    "licenses",
    "threshold",
    "role",
    "approve",
)


def read_rules(section: Table, kinds: Kinds) -> tuple[Rule, ...]:
    """Return the rules in the order of the file; `section` is `[policy]`. Raises `ConfigurationError`."""
    rules: list[Rule] = []
    for index, value in enumerate(section.array("rule")):
        if not isinstance(value, dict):
            raise section.refusal(("rule", index), "a table", type_name(value))
        rules.append(_read_rule(section.table("rule", index), kinds))
    return tuple(rules)


def _read_rule(rule: Table, kinds: Kinds) -> Rule:
    rule.check_keys(_FRAME + _DECIDING)
    packages = read_patterns_of_rule(rule, kinds)
    reason = rule.required("reason", "why this rule is needed")
    _check_decides(rule)
    has = rule.data.__contains__
    found = Rule(
        packages,
        reason,
        rule.second("until"),
        rule.line(),
        read_age(rule) if has("minimum-release-age") else None,
        rule.boolean("require-signatures") if has("require-signatures") else None,
        _sources(rule, kinds) if has("sources") else None,
        read_permissions(rule, "allow-permissions") if has("allow-permissions") else None,
        read_permissions(rule, "deny-permissions") if has("deny-permissions") else None,
        read_capabilities(rule, "allow-capabilities") if has("allow-capabilities") else None,
        read_capabilities(rule, "deny-capabilities") if has("deny-capabilities") else None,
        read_licenses(rule) if has("licenses") else None,
        rule.count("threshold", 1) if has("threshold") else None,
        read_role(rule) if has("role") else None,
        rule.strings("approve") if has("approve") else None,
        rule.choice("deny-advisories", SEVERITIES, "") if has("deny-advisories") else None,
        _condition(rule) if has("no-new-capabilities") else None,
    )
    for index, pattern in enumerate(found.allow_permissions or ()):
        if pattern in (found.deny_permissions or ()):
            raise rule.refusal(("allow-permissions", index), "what deny-permissions of the rule does not have", pattern)
    return found


def check_ends(section: Table, policy: Policy) -> None:
    """Refuse the first rule without an end that lets through what would be held without it."""
    for index, rule in enumerate(policy.rules):
        if policy.loosened_by(rule) and not rule.until:
            expected = "until: when the rule ends, as it lets through what would be held without it"
            hint = 'add until = "2027-01-01", or another date'
            raise section.table("rule", index).refusal((), expected, "no until", hint)


def _check_decides(rule: Table) -> None:
    deciding = [key for key in _DECIDING if key in rule.data]
    if not deciding:
        raise rule.refusal((), "a key that decides something: " + ", ".join(_DECIDING), "none")
    for key in deciding:
        if rule.data[key] == []:
            raise rule.refusal((key,), "at least one entry, or no such key", "an empty array")


def _condition(rule: Table) -> bool:
    """`no-new-capabilities = true`, which says something of `approve` alone."""
    if not rule.boolean("no-new-capabilities"):
        raise rule.refusal(("no-new-capabilities",), "true, or no such key", "false")
    if "approve" not in rule.data:
        raise rule.refusal(
            ("no-new-capabilities",), "approve beside it: it says what of that is left to people", "none"
        )
    return True


def _sources(rule: Table, kinds: Kinds) -> tuple[str, ...]:
    names = rule.strings("sources")
    for index, name in enumerate(names):
        kinds.check(rule, ("sources", index), name)
    return tuple(dict.fromkeys(names))


def read_age(section: Table) -> int:
    """Return `minimum-release-age` in seconds; 0 when the key is missing."""
    text = section.string("minimum-release-age", "0 days")
    seconds = parse_duration(text)
    if seconds is None:
        raise section.refusal(("minimum-release-age",), EXPECTED_DURATION, text or "an empty string")
    return seconds


def read_role(section: Table) -> str:
    """Return `role`, which must be one that people have; "" when the key is missing."""
    role = section.string("role")
    if role == RULE_ROLE:
        expected = (
            'a role of people: a key of the role "rule" approves what `approve` of a rule names, and nothing else'
        )
        raise section.refusal(("role",), expected, role)
    if "role" in section.data and not role:
        raise section.refusal(("role",), 'a role such as "security", or no such key', "an empty string")
    return role
