"""The policy of a project, as values: what may be locked, and what needs whose approval.

A key of the first rule (in the order of the file) that matches a package and has that key decides; where no rule has
it, `[policy]` does. Knows nothing of TOML, of clocks and of findings.
"""

from holdfast_resolver.values.tuples import NamedTuple

ENFORCE = ("changes", "alarms")
SEVERITIES = ("low", "medium", "high", "critical")  # of advisories, ascending
DAY = 86_400  # seconds


class Rule(NamedTuple):
    """One `[[policy.rule]]`. A key that a rule does not have is None; `()` is an empty list that was written."""

    packages: tuple[str, ...]  # patterns: "pypi:requests", "acme:@acme/*", "npm:*", "*"
    reason: str
    until: str = ""  # RFC 3339, UTC, whole seconds: in force before it; "" = without end (only for rules that tighten)
    line: int = 0  # 1-based, in the configuration
    minimum_age: int | None = None  # seconds between the release and its approval
    require_signatures: bool | None = None
    sources: tuple[str, ...] | None = None  # the only sources that these packages may come from
    allow_permissions: tuple[str, ...] | None = None  # of modules: "network:api.acme.example", "network:*"
    deny_permissions: tuple[str, ...] | None = None
    allow_capabilities: tuple[str, ...] | None = None  # words of `scan.CAPABILITIES`
    deny_capabilities: tuple[str, ...] | None = None
    licenses: tuple[str, ...] | None = None  # SPDX expressions that are allowed
    threshold: int | None = None  # how many distinct approvers
    role: str | None = None  # one of them has this role
    approve: tuple[str, ...] | None = None  # classes of change that a key of role "rule" may approve
    deny_advisories: str | None = None  # of SEVERITIES: advisories of it or worse are refused
    no_new_capabilities: bool | None = None  # with `approve`: only of changes that are known to gain none

    @property
    def loosens(self) -> bool:
        """Whether it lets something through, whatever `[policy]` says: such a rule must have an end."""
        return (
            any(value is not None for value in (self.allow_permissions, self.allow_capabilities, self.approve))
            or self.require_signatures is False
        )


class Ignore(NamedTuple):
    """One `[[policy.ignore]]`: an advisory that is known and does not count. It has an end, or holds until a fix."""

    advisory: str  # its id, or any alias of it: "GHSA-462w-v97r-4m45"
    reason: str
    until: str = ""  # RFC 3339, UTC, whole seconds: ignored before it; "" only with `until_fixed`
    until_fixed: bool = False  # ignored as long as no version is known that fixes it
    packages: tuple[str, ...] = ()  # patterns, as a rule has them; () = every package that it affects
    line: int = 0  # 1-based, in the configuration


class Policy(NamedTuple):
    """`[policy]` with its rules; each default is what holds where the configuration is silent."""

    privileged: tuple[str, ...] = ()  # modules that may export privileged things: names, or "@acme/*"
    require_signatures: tuple[str, ...] = ()  # "acme:*", "acme:@acme/*", "pypi:requests"
    enforce: str = ENFORCE[0]
    threshold: int = 1
    role: str = ""
    independent: bool = False  # an approver may not be an author or committer of the changes
    minimum_age: int = 0  # seconds
    deny_permissions: tuple[str, ...] = ()
    deny_capabilities: tuple[str, ...] = ()
    licenses: tuple[str, ...] | None = None
    max_depth: int | None = None
    max_packages: int | None = None
    rules: tuple[Rule, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    deny_advisories: str = ""  # of SEVERITIES; "" = none is refused by severity

    def allows_privileged(self, name: str) -> bool:
        """Whether the project lets a module be privileged."""
        return any(claims(pattern, name) for pattern in self.privileged)

    @property
    def asks_for_ages(self) -> bool:
        """Whether a release of some package must have an age."""
        return bool(self.minimum_age) or any(rule.minimum_age is not None for rule in self.rules)

    def loosened_by(self, rule: Rule) -> bool:
        """Whether a rule lets something through that would be held without it: such a rule must have an end."""
        return (
            rule.loosens
            or (rule.threshold is not None and rule.threshold < self.threshold)
            or (rule.minimum_age is not None and rule.minimum_age < self.minimum_age)
            or bool(self.licenses is not None and set(rule.licenses or ()) - set(self.licenses))
        )

    def requires_signature(self, source: str, name: str) -> bool:
        """Whether a package of a source must be signed, by `require-signatures` of `[policy]` alone."""
        return any(pattern_matches(pattern, source, name) for pattern in self.require_signatures)


def pattern_matches(pattern: str, source: str, name: str) -> bool:
    """Whether a pattern (`pypi:requests`, `acme:@acme/*`, `npm:*`, `*`) claims a package of a source."""
    if pattern == "*":
        return True
    owner, _, rest = pattern.partition(":")
    return owner == source and claims(rest, name)


def rule_matches(rule: Rule, source: str, name: str) -> bool:
    """Whether one of a rule's patterns claims a package."""
    return any(pattern_matches(pattern, source, name) for pattern in rule.packages)


def claims(pattern: str, name: str) -> bool:
    """Whether a name or a beginning with "*" claims a name: "@acme/*" is a beginning, "@acme/guards" a name."""
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
