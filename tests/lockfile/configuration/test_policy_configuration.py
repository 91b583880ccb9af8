"""`[policy]` and its rules: what arrives, what is refused, and which keys wait for the audit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.configuration.configuration import Configuration
from holdfast.configuration.durations import parse_duration
from holdfast.configuration.read import read_configuration
from holdfast.errors import ConfigurationError
from holdfast.model.policy import DAY, Policy, Rule
from holdfast.policy.ages import spell_duration

SOURCES = """
[sources.acme]
kind = "modules"
url = "https://modules.acme.example/"
root = "sha256:7777777777777777777777777777777777777777777777777777777777777777"
[sources.internal]
kind = "pypi"
url = "https://packages.acme.example/simple/"
packages = ["acme-*"]
"""


def reading(text: str) -> Configuration:
    return read_configuration({"holdfast.toml": (SOURCES + text).encode()}.get)


def refused(text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        reading(text)
    return caught.value


def rule(text: str, package: str = '"*"') -> str:
    return f'[[policy.rule]]\npackage = {package}\nreason = "x"\n{text}\n'


def only_rule(text: str, package: str = '"*"') -> Rule:
    (found,) = reading(rule(text, package)).policy.rules
    return found


def test_a_whole_policy_is_read() -> None:
    """Every key of `[policy]` arrives in its normal form; none of them is left unread."""
    found = reading(
        """
[policy]
enforce = "alarms"
threshold = 2
role = "security"
independent = true
privileged = ["@acme/guards"]
require-signatures = ["acme:*", "internal:Acme_*"]
minimum-release-age = "36 hours"
deny-permissions = ["program", "network:*.evil.example", "network:*.evil.example"]
licenses = ["mit", "apache-2.0 or bsd-3-clause", "LicenseRef-Acme"]
max-depth = 12
max-packages = 400
"""
    )
    assert found.policy == Policy(
        privileged=("@acme/guards",),
        require_signatures=("acme:*", "internal:acme-*"),
        enforce="alarms",
        threshold=2,
        role="security",
        independent=True,
        minimum_age=36 * 3600,
        deny_permissions=("program", "network:*.evil.example"),
        licenses=("MIT", "Apache-2.0 OR BSD-3-Clause", "LicenseRef-Acme"),
        max_depth=12,
        max_packages=400,
    )
    assert found.unread == ()
    assert reading("[policy]").policy == Policy()


def test_a_whole_rule_is_read() -> None:
    """Every key of a rule arrives, with the line of the rule; what a rule does not have is None."""
    found = reading(
        """
[policy]
[[policy.rule]]
package = ["pypi:Acme_*", "acme:@acme/*"]
reason = "ours"
until = 2027-06-30
minimum-release-age = "0 days"
require-signatures = false
sources = ["internal"]
allow-permissions = ["network"]
deny-permissions = ["network:evil.example"]
licenses = ["MIT"]
threshold = 2
role = "security"
approve = ["version-changed", "artifact-changed"]
[[policy.rule]]
package = "*"
reason = "all"
threshold = 1
"""
    )
    assert found.policy.rules == (
        Rule(
            packages=("pypi:acme-*", "acme:@acme/*"),
            reason="ours",
            until="2027-06-30T00:00:00Z",
            line=12,
            minimum_age=0,
            require_signatures=False,
            sources=("internal",),
            allow_permissions=("network",),
            deny_permissions=("network:evil.example",),
            licenses=("MIT",),
            threshold=2,
            role="security",
            approve=("version-changed", "artifact-changed"),
        ),
        Rule(("*",), "all", line=25, threshold=1),
    )


def test_capabilities_that_are_denied_or_allowed_are_read() -> None:
    """Of the policy and of its rules."""
    found = reading(
        "[policy]\ndeny-capabilities = ['install-script']\n"
        + rule("threshold = 1")
        + rule("allow-capabilities = ['install-script']\nuntil = 2027-01-01")
        + rule("deny-capabilities = ['network']")
    )
    assert found.policy.deny_capabilities == ("install-script",)
    assert [one.allow_capabilities for one in found.policy.rules] == [None, ("install-script",), None]
    assert found.policy.rules[2].deny_capabilities == ("network",)
    assert found.unread == ()


@pytest.mark.parametrize(
    ("package", "patterns"),
    [
        ('"*"', ("*",)),
        ('"pypi:Zope.Interface"', ("pypi:zope-interface",)),
        ('["npm:esbuild", "npm:@types/*", "npm:esbuild"]', ("npm:esbuild", "npm:@types/*")),
        ('"*:Acme_*"', ("pypi:acme-*", "npm:Acme_*", "internal:acme-*")),
        ('"*:@acme/guards"', ("npm:@acme/guards", "acme:@acme/guards")),
        ('"*:*"', ("pypi:*", "npm:*", "internal:*", "acme:*")),
    ],
)
def test_a_rule_names_packages_by_pattern(package: str, patterns: tuple[str, ...]) -> None:
    """A source of "*" stands for each source whose packages could have the name."""
    assert only_rule("threshold = 1", package).packages == patterns


UNTIL = "until = 2027-01-01\n"


@pytest.mark.parametrize(
    ("text", "where", "expected", "found"),
    [
        ("policy = 3", "policy", "a table", "an integer"),
        ("[policy]\nenforced = 'changes'", "policy.enforced", "enforce", "an unknown key"),
        ("[policy]\nenforce = 'change'", "policy.enforce", "one of changes, alarms", "change"),
        ("[policy]\nthreshold = 0", "policy.threshold", "a whole number from 1", "0"),
        ("[policy]\nthreshold = -1", "policy.threshold", "a whole number from 1", "-1"),
        ("[policy]\nthreshold = true", "policy.threshold", "a whole number", "a boolean"),
        ("[policy]\nthreshold = 1.0", "policy.threshold", "a whole number", "a float"),
        ("[policy]\nthreshold = '2'", "policy.threshold", "a whole number", "a string"),
        ("[policy]\nrole = 'rule'", "policy.role", "a role of people", "rule"),
        ("[policy]\nrole = ''", "policy.role", "a role such as", "an empty string"),
        ("[policy]\nindependent = 'yes'", "policy.independent", "true or false", "a string"),
        ("[policy]\nmax-depth = 0", "policy.max-depth", "a whole number from 1", "0"),
        ("[policy]\nmax-packages = 10000000", "policy.max-packages", "a whole number", "10000000"),
        ("[policy]\nlicenses = []", "policy.licenses", "at least one", "an empty array"),
        ("[policy]\nlicenses = ['MITT']", "policy.licenses[0]", "an SPDX", "MITT"),
        ("[policy]\nlicenses = ['MIT', 'MIT AND']", "policy.licenses[1]", "an SPDX", "MIT AND"),
        ("[policy]\nlicenses = ['']", "policy.licenses[0]", "an SPDX", "an empty string"),
        ("[policy]\ndeny-permissions = ['networks']", "policy.deny-permissions[0]", "a kind of permission", "networks"),
        ("[policy]\ndeny-permissions = ['*']", "policy.deny-permissions[0]", "a kind of permission", "*"),
        ("[policy]\ndeny-permissions = ['network:']", "policy.deny-permissions[0]", "a host", "network:"),
        ("[policy]\ndeny-permissions = ['network:evil*']", "policy.deny-permissions[0]", "a host", "network:evil*"),
        ("[policy]\ndeny-permissions = ['program:/bin/sh']", "policy.deny-permissions[0]", "a program", "/bin/sh"),
        ("[policy]\ndeny-advisories = 'grave'", "policy.deny-advisories", "one of low, medium, high", "grave"),
        (rule("deny-advisories = ''"), "policy.rule[0].deny-advisories", "one of low, medium, high", ""),
        ("[policy]\ndeny-capabilities = ['Install']", "policy.deny-capabilities[0]", "one of", "Install"),
        ("[policy]\ndeny-capabilities = ['natve-code']", "policy.deny-capabilities[0]", "one of", "natve-code"),
        ("[policy]\nrule = 3", "policy.rule", "an array", "an integer"),
        ("[policy]\nrule = [3]", "policy.rule[0]", "a table", "an integer"),
        ("[policy]\n[[policy.rules]]\npackage = '*'", "policy.rules", "rule", "an unknown key"),
        (rule("thresholds = 1"), "policy.rule[0].thresholds", "threshold", "an unknown key"),
        (rule(""), "policy.rule[0]", "a key that decides something", "none"),
        (rule("until = 2027-01-01"), "policy.rule[0]", "a key that decides something", "none"),
        (rule("sources = []"), "policy.rule[0].sources", "at least one entry", "an empty array"),
        (rule("deny-permissions = []"), "policy.rule[0].deny-permissions", "at least one entry", "an empty array"),
        (
            rule("approve = ['version-changed']\nno-new-capabilities = false\n" + UNTIL),
            "policy.rule[0].no-new-capabilities",
            "true, or no such key",
            "false",
        ),
        (
            rule("threshold = 2\nno-new-capabilities = true\n"),
            "policy.rule[0].no-new-capabilities",
            "approve beside it",
            "none",
        ),
        (rule("approve = []\n" + UNTIL), "policy.rule[0].approve", "at least one entry", "an empty array"),
        (rule("sources = ['internall']"), "policy.rule[0].sources[0]", "acme, internal, npm, pypi", "internall"),
        (rule("threshold = 1", "'acme'"), "policy.rule[0].package", "a source, ':'", "acme"),
        (rule("threshold = 1", "'nope:x'"), "policy.rule[0].package", "one of the sources", "nope"),
        (rule("threshold = 1", "['*', 'acme:x']"), "policy.rule[0].package[1]", "a source, ':'", "acme:x"),
        (rule("threshold = 1", "'*:a*b'"), "policy.rule[0].package", "a source, ':'", "*:a*b"),
        (rule("threshold = 1", "[]"), "policy.rule[0].package", "at least one pattern", "an empty array"),
        (rule("threshold = 1", "3"), "policy.rule[0].package", "a string", "an integer"),
        ("[policy]\n[[policy.rule]]\nreason = 'x'\nthreshold = 1", "policy.rule[0]", "package: a source", "no package"),
        ("[policy]\n[[policy.rule]]\npackage = '*'\nthreshold = 1", "policy.rule[0]", "reason: why", "no reason"),
        (rule("until = 'never'\nthreshold = 1"), "policy.rule[0].until", "a date such as", "never"),
        (rule("minimum-release-age = 7"), "policy.rule[0].minimum-release-age", "a string", "an integer"),
        (rule("role = 'rule'"), "policy.rule[0].role", "a role of people", "rule"),
        (rule("threshold = 0"), "policy.rule[0].threshold", "a whole number from 1", "0"),
        (
            rule("allow-permissions = ['network']\ndeny-permissions = ['network']\n" + UNTIL),
            "policy.rule[0].allow-permissions[0]",
            "what deny-permissions of the rule does not have",
            "network",
        ),
    ],
)
def test_a_bad_policy_is_refused_with_its_place(text: str, where: str, expected: str, found: str) -> None:
    """Each fault names the key path, what was expected and what was found; none passes in silence."""
    if text.startswith("policy"):
        with pytest.raises(ConfigurationError) as caught:
            read_configuration({"holdfast.toml": text.encode()}.get)
        error = caught.value
    else:
        error = refused(text)
    assert (error.where, expected in error.expected, found in error.found) == (where, True, True), error


def test_a_slip_is_met_with_the_nearest_key() -> None:
    """A key that is nearly one of ours says which."""
    assert refused("[policy]\nminimum_release_age = '7 days'").hint == "did you mean minimum-release-age?"
    assert refused(rule("allow-permission = ['network']")).hint == "did you mean allow-permissions?"


@pytest.mark.parametrize(
    "loosening",
    [
        "allow-permissions = ['network']",
        "allow-capabilities = ['install-script']",
        "approve = ['version-changed']",
        "require-signatures = false",
    ],
)
def test_a_rule_that_lets_something_through_has_an_end(loosening: str) -> None:
    """Without `until` it is refused, and the refusal says how to give it one; with `until` it is read."""
    error = refused(rule(loosening))
    assert error.where == "policy.rule[0]"
    assert error.expected.startswith("until: when the rule ends")
    assert error.hint.startswith('add until = "')
    assert only_rule(loosening + "\n" + UNTIL).until == "2027-01-01T00:00:00Z"


LOWER = [
    ("threshold = 3", "threshold = 2"),
    ("minimum-release-age = '7 days'", "minimum-release-age = '6 days'"),
    ("licenses = ['MIT']", "licenses = ['MIT', 'ISC']"),
]


@pytest.mark.parametrize(("held", "rule_has"), LOWER)
def test_a_rule_that_asks_for_less_than_the_policy_has_an_end(held: str, rule_has: str) -> None:
    """Less than `[policy]` asks for needs `until`; just as much does not."""
    assert refused(f"[policy]\n{held}\n{rule(rule_has)}").expected.startswith("until: when the rule ends")
    assert reading(f"[policy]\n{held}\n{rule(rule_has)}{UNTIL}").policy.rules[0].until
    assert not reading(f"[policy]\n{held}\n{rule(held)}").policy.rules[0].until


def test_a_rule_that_tightens_needs_no_end() -> None:
    """What holds more than `[policy]` does may hold for ever."""
    text = "require-signatures = true\ndeny-permissions = ['program']\nthreshold = 2\nminimum-release-age = '2 weeks'"
    assert only_rule(text).until == ""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7 days", 7 * DAY),
        ("1 day", DAY),
        ("36 hours", 36 * 3600),
        ("1 hour", 3600),
        ("2 weeks", 14 * DAY),
        ("0 days", 0),
        ("0 hours", 0),
        ("007 days", 7 * DAY),
        ("", None),
        ("7", None),
        ("days", None),
        ("7days", None),
        ("7  days", None),
        ("7 dayss", None),
        ("-7 days", None),
        ("+7 days", None),
        ("1.5 days", None),
        ("٧ days", None),
        ("7 months", None),
        ("7 Days", None),
        ("7 days ", None),
        ("1000000 days", None),
        ("99999 weeks", None),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int | None) -> None:
    """Hours, days and weeks, in one spelling; anything else is no duration."""
    assert parse_duration(text) == seconds


@given(st.integers(0, 24 * 36500))
def test_a_duration_that_is_written_is_read_again(hours: int) -> None:
    """Writing whole hours and reading them are inverse."""
    assert parse_duration(spell_duration(hours * 3600)) == hours * 3600
