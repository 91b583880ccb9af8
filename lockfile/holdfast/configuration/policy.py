"""`[policy]`: what may be locked, and whose approval a change needs.

    [policy]
    minimum-release-age = "7 days"
    require-signatures = ["acme:*", "pypi:acme-*"]
    threshold = 2

Rule: a policy that would silently never apply is refused, such as one with a misspelled key or an unknown source.
"""

from collections.abc import Iterable

from holdfast.configuration.modules import read_patterns
from holdfast.configuration.policy_patterns import (
    Kinds,
    read_capabilities,
    read_licenses,
    read_pattern,
    read_permissions,
)
from holdfast.configuration.policy_rules import check_ends, read_age, read_role, read_rules
from holdfast.configuration.tables import Table
from holdfast.model.policy import ENFORCE, SEVERITIES, Ignore, Policy

_KEYS = (
    "enforce",
    "threshold",
    "role",
    "independent",
    "privileged",
    "require-signatures",
    "minimum-release-age",
    "deny-permissions",
    "deny-capabilities",
    "deny-advisories",
    "licenses",
    "max-depth",
    "max-packages",
    "rule",
    "ignore",
)
_ECOSYSTEMS = ("pypi", "npm")  # sources that need no section of their own


def read_policy(
    table: Table, module_sources: Iterable[str], sources: Iterable[str], npm_sources: Iterable[str] = ()
) -> Policy:
    """Return the policy; `table` is the whole configuration.

    `module_sources`, `sources` of Python packages and `npm_sources` are the names of those configured. Raises
    `ConfigurationError`.
    """
    section = table.table("policy")
    section.check_keys(_KEYS)
    modules = tuple(module_sources)
    npm = ("npm", *npm_sources)
    packages = [name for name in dict.fromkeys((*_ECOSYSTEMS, *sources, *npm)) if name not in modules]
    kinds = Kinds(modules, tuple(packages), npm)
    signed = section.strings("require-signatures")
    normal = [read_pattern(section, ("require-signatures", index), text, kinds) for index, text in enumerate(signed)]
    has = section.data.__contains__
    policy = Policy(
        read_patterns(section, "privileged"),
        tuple(dict.fromkeys(normal)),
        section.choice("enforce", ENFORCE, ENFORCE[0]),
        section.count("threshold", 1),
        read_role(section),
        section.boolean("independent"),
        read_age(section),
        read_permissions(section, "deny-permissions") if has("deny-permissions") else (),
        read_capabilities(section, "deny-capabilities"),
        read_licenses(section) if has("licenses") else None,
        section.count("max-depth", 1) if has("max-depth") else None,
        section.count("max-packages", 1) if has("max-packages") else None,
        read_rules(section, kinds),
        _ignores(section, kinds) if has("ignore") else (),
        section.choice("deny-advisories", SEVERITIES, "") if has("deny-advisories") else "",
    )
    check_ends(section, policy)
    return policy


def _ignores(section: Table, kinds: Kinds) -> tuple[Ignore, ...]:
    from holdfast.configuration.policy_ignores import read_ignores  # start-up: most projects ignore nothing

    return read_ignores(section, kinds)
