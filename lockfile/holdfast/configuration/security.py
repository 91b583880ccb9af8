"""The security configuration of a project: what of its configuration decides who may approve what.

Knows which keys belong to it. What is neither wish, target nor comment does: approvers and policy, where packages come
from, whose signatures are believed. A change of any of it waits for approval, as a change of a pin does.
"""

from holdfast.configuration.configuration import AdvisorySources, Configuration
from holdfast.model.pin_digest import fast_canonical
from holdfast.model.policy import Ignore, Policy, Rule
from holdfast.model.security import Allowance, ApprovalPolicy, Demand, Security


def security_of(configuration: Configuration) -> Security:
    """Return the security configuration; its digest does not depend on how the configuration is formatted."""
    return Security(
        configuration.id,
        tuple(sorted(configuration.approvers)),
        _approval(configuration.policy),
        fast_canonical(_rest(configuration)).decode("utf-8"),
    )


def _approval(policy: Policy) -> ApprovalPolicy:
    demands = [
        Demand(rule.packages, rule.threshold, rule.role, rule.until)
        for rule in policy.rules
        if rule.threshold is not None or rule.role is not None
    ]
    allowances = [
        Allowance(
            rule.packages, rule.approve, _age(rule, policy), rule.until, rule.reason, bool(rule.no_new_capabilities)
        )
        for rule in policy.rules
        if rule.approve is not None
    ]
    return ApprovalPolicy(
        policy.enforce, policy.threshold, policy.role, policy.independent, tuple(demands), tuple(allowances)
    )


def _age(rule: Rule, policy: Policy) -> int:
    return policy.minimum_age if rule.minimum_age is None else rule.minimum_age


def _rest(configuration: Configuration) -> dict[str, object]:
    sources = [*configuration.sources, *configuration.module_sources, *configuration.npm_sources]
    sigstore = configuration.sigstore
    # Only where there are any: a project without has the digest that it always had.
    indexes = [one._asdict() for one in configuration.client_indexes]
    registries = [one._asdict() for one in configuration.client_registries]
    clients = ({"indexes": indexes} if indexes else {}) | ({"registries": registries} if registries else {})
    advisories = _advisories(configuration.advisories)
    more = clients | ({"advisories": advisories} if advisories else {})
    return more | {
        "sources": [
            {"name": one.name, "kind": one.kind, "identity": one.identity, "packages": sorted(one.packages)}
            for one in sorted(sources)
        ],
        "trust": sorted(
            [one.id, sorted(one.names), one.label, one.until, one.revoked, one.reason] for one in configuration.trust
        ),
        "sigstore": None if sigstore is None else {"root": sigstore.digest, "sources": sorted(sigstore.sources)},
        "policy": _policy(configuration.policy),
    }


def _advisories(sources: AdvisorySources) -> list[str]:
    """`["https://osv.acme.example/ for npm, pypi", "records advisories/"]`: in words, since nothing judges by it."""
    asked = [f"{sources.url} for {', '.join(sorted(sources.ask))}"] if sources.url else []
    return asked + [f"records {path}" for path in sorted(sources.records)]


def _policy(policy: Policy) -> dict[str, object]:
    return {
        "privileged": sorted(policy.privileged),
        "require-signatures": sorted(policy.require_signatures),
        "minimum-release-age": policy.minimum_age,
        "deny-permissions": sorted(policy.deny_permissions),
        "deny-capabilities": sorted(policy.deny_capabilities),
        "licenses": None if policy.licenses is None else sorted(policy.licenses),
        "max-depth": policy.max_depth,
        "max-packages": policy.max_packages,
        "rules": [_rule(rule) for rule in policy.rules],
    } | _policy_of_advisories(policy)


def _policy_of_advisories(policy: Policy) -> dict[str, object]:
    """Only where there is any: a policy without has the digest that it always had."""
    ignores = [_ignore(one) for one in sorted(policy.ignores)]
    denied = policy.deny_advisories
    return ({"ignores": ignores} if ignores else {}) | ({"deny-advisories": denied} if denied else {})


def _ignore(ignore: Ignore) -> dict[str, object]:
    return {
        "advisory": ignore.advisory,
        "packages": sorted(ignore.packages),
        "reason": ignore.reason,
        "until": ignore.until,
        "until-fixed": ignore.until_fixed,
    }


def _rule(rule: Rule) -> dict[str, object]:
    values = rule._replace(line=0)._asdict()
    del values["line"]
    if rule.deny_advisories is None:  # rules without have the digest that they always had
        del values["deny_advisories"]
    if rule.no_new_capabilities is None:
        del values["no_new_capabilities"]
    return {key.replace("_", "-"): list(one) if isinstance(one, tuple) else one for key, one in values.items()}
