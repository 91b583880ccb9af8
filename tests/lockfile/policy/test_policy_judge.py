"""What a policy has against a lock: each finding names the entry, who demands what, what was found and what is next."""

from typing import Any

import pytest

from holdfast.findings.finding import Finding
from holdfast.model.lock import Lock, ModuleFacts, Pin
from holdfast.model.policy import DAY, Policy, Rule
from holdfast.policy.facts import Fact
from holdfast.policy.judge import judge_policy
from holdfast_resolver.versions.grid import Grid
from tests.lockfile.exports.small_locks import lock, pin

NOW = "2026-11-21T06:40:00Z"
YOUNG, OLD = "2026-11-19T06:40:00Z", "2026-11-14T06:40:00Z"
ENDED, LATER = NOW, "2026-11-21T06:40:01Z"
WEEK = 7 * DAY
GUARDS = Pin(
    "acme",
    "@acme/guards",
    "2.1.0",
    module=ModuleFacts("sha256:" + 64 * "a", permissions=("network:api.acme.example", "program:git")),
)
LOCK = lock(pin("click", "8.1.8"), pin("flask", "3.0.3", "click"), project=("flask",))


def rule(*packages: str, line: int = 9, until: str = "", **keys: Any) -> Rule:
    return Rule(packages or ("*",), "so it is", until, line)._replace(**keys)


def judged(policy: Policy, made: Lock = LOCK, **facts: Fact) -> tuple[Finding, ...]:
    found = {("acme" if name == "guards" else "pypi", name): fact for name, fact in facts.items()}
    return judge_policy(made, policy, found, Grid(made.scope.targets), NOW, path="holdfast.toml")


def codes(policy: Policy, made: Lock = LOCK, **facts: Fact) -> list[tuple[str, str]]:
    return [(one.code, one.subject) for one in judged(policy, made, **facts)]


def with_guards(made: Lock = LOCK) -> Lock:
    return made._replace(packages=(GUARDS, *made.packages))


def test_a_policy_that_says_nothing_finds_nothing() -> None:
    """Neither does one whose keys others judge."""
    assert judged(Policy(), click=Fact(YOUNG, "GPL-3.0-only")) == ()
    others = Policy(("@acme/guards",), ("pypi:*",), "alarms", 2, "security", True)
    assert judged(others, click=Fact(YOUNG, "GPL-3.0-only")) == ()


# -- age


def test_a_release_that_is_too_young_is_named() -> None:
    """With the date it was published, who demands an age, and the command that takes an older release."""
    (young,) = judged(Policy(minimum_age=WEEK), click=Fact(YOUNG, approved_on=NOW), flask=Fact(OLD))
    assert (young.code, young.severity, young.subject) == ("policy-age", "error", "click 8.1.8")
    assert young.expected == "released at least 7 days ago (minimum-release-age of [policy] in holdfast.toml)"
    assert young.found == f"released {YOUNG}, 2 days ago (holdfast.lock)"
    assert young.hints == ("holdfast update click",)
    assert young.place.path == "holdfast.toml"


def test_a_rule_says_where_it_stands_and_why() -> None:
    """The first rule in force that matches and has the key decides; its line and reason are named."""
    rules = (
        rule("pypi:flask", minimum_age=0, line=1),
        rule("pypi:click", threshold=2, line=2),
        rule("pypi:click", minimum_age=0, until=ENDED, line=3),
        rule("pypi:c*", minimum_age=3 * DAY, line=4),
        rule("pypi:click", minimum_age=0, line=5),
    )
    found = judged(Policy(minimum_age=WEEK, rules=rules), click=Fact(YOUNG), flask=Fact(YOUNG))
    young = found[0]
    assert [one.code for one in found] == ["policy-age", "rule-expired"]
    assert young.expected == "released at least 3 days ago (holdfast.toml:4)"
    assert (young.place.line, young.facts) == (4, (("reason", "so it is"),))


@pytest.mark.parametrize(
    ("released", "holds"),
    [(OLD, True), ("2026-11-14T06:40:01Z", False), ("2026-11-22T00:00:00Z", False), ("", False), ("once", False)],
)
def test_the_age_is_that_of_now(released: str, holds: bool) -> None:
    """From exactly the minimum on it is old enough; what is not known is not, and is said not to be known."""
    found = judged(Policy(minimum_age=WEEK), click=Fact(released))
    assert (found == ()) is holds
    if released in ("", "once"):
        assert found[0].found == "not known: the index said no date (holdfast.lock)"
        assert found[0].hints == ("holdfast policy explain click",)


def test_what_nobody_recorded_is_not_judged() -> None:
    """A pin without a record, such as one of the baseline, has neither age nor licence; nor has the old one of two."""
    policy = Policy(minimum_age=WEEK, licenses=("MIT",))
    assert codes(policy) == []
    fork = lock(pin("click", "7", when="sys_platform == 'win32'"), pin("click", "8", when="sys_platform != 'win32'"))
    assert codes(policy, fork, click=Fact(YOUNG, "MIT")) == [("policy-age", "click 8")]


# -- licences


@pytest.mark.parametrize(
    ("licence", "found"),
    [
        ("MIT", None),
        ("MIT OR GPL-3.0-only", None),
        ("GPL-3.0-only", "GPL-3.0-only"),
        ("", "not known: the release declares no SPDX expression"),
        ("see LICENSE", "not known: see LICENSE is no SPDX expression"),
    ],
)
def test_a_license_is_allowed_or_named(licence: str, found: str | None) -> None:
    """What is declared is shown; what is not declared, or is no expression, is said not to be known."""
    findings = judged(Policy(licenses=("MIT", "Apache-2.0")), click=Fact(OLD, licence))
    assert [one.found for one in findings] == ([] if found is None else [f"{found} (holdfast.lock)"])
    for one in findings:
        assert one.code == "policy-license"
        assert one.expected == "a license that these allow: MIT, Apache-2.0 (licenses of [policy] in holdfast.toml)"
        assert one.hints == ("holdfast policy explain click",)


def test_a_rule_has_a_list_of_its_own() -> None:
    """For its packages it stands in place of that of `[policy]`."""
    policy = Policy(licenses=("MIT",), rules=(rule("pypi:click", licenses=("GPL-3.0-only",)),))
    assert codes(policy, click=Fact(OLD, "GPL-3.0-only"), flask=Fact(OLD, "MIT")) == []
    assert codes(policy, click=Fact(OLD, "MIT")) == [("policy-license", "click 8.1.8")]


# -- sources


def test_a_package_from_a_source_that_is_not_its_own_is_named() -> None:
    """Of a name that only the own index may serve, the one from elsewhere is found."""
    policy = Policy(rules=(rule("pypi:click", "internal:click", sources=("internal",)),))
    (wrong,) = judged(policy)
    assert (wrong.code, wrong.expected) == ("policy-source", "from internal (holdfast.toml:9)")
    assert (wrong.found, wrong.facts) == ("from pypi (holdfast.lock)", (("reason", "so it is"),))
    own = lock(pin("click", "8.1.8")._replace(source="internal"))
    assert codes(policy, own) == []


# -- permissions


def test_a_permission_that_is_denied_is_named() -> None:
    """Only what the policy denies, in one finding a module; packages that are no modules have none."""
    (denied,) = judged(Policy(deny_permissions=("program", "network:*.evil.example")), with_guards())
    assert (denied.code, denied.subject, denied.found) == (
        "policy-permission",
        "@acme/guards 2.1.0",
        "program:git (holdfast.lock)",
    )
    assert denied.expected == (
        "no permission of these: program, network:*.evil.example (deny-permissions of [policy] in holdfast.toml)"
    )
    assert denied.hints == ("holdfast policy explain '@acme/guards'",)


@pytest.mark.parametrize(
    ("keys", "denied"),
    [
        ({"allow_permissions": ("program:git",)}, "network:api.acme.example"),
        ({"allow_permissions": ("program", "network")}, ""),
        ({"allow_permissions": ("network:api.acme.example:443", "program")}, "network:api.acme.example"),
        ({"deny_permissions": ("environment",)}, "network:api.acme.example, program:git"),
        ({"allow_permissions": ("program",), "until": ENDED}, "network:api.acme.example, program:git"),
        ({"allow_permissions": ("program",), "until": LATER}, "network:api.acme.example"),
    ],
)
def test_only_a_rule_in_force_lets_a_permission_through(keys: dict[str, Any], denied: str) -> None:
    """What a rule denies is added to what `[policy]` denies, never put in its place."""
    policy = Policy(deny_permissions=("network", "program"), rules=(rule("acme:*", **keys),))
    found = [one.found for one in judged(policy, with_guards()) if one.code == "policy-permission"]
    assert found == ([f"{denied} (holdfast.lock)"] if denied else [])


def test_a_rule_may_deny_on_its_own() -> None:
    """Without a word of `[policy]`, and with its line."""
    (denied,) = judged(Policy(rules=(rule("acme:*", deny_permissions=("network",)),)), with_guards())
    assert denied.expected == "no permission of these: network (holdfast.toml:9)"
    assert denied.place.line == 9


# -- signatures


def test_signatures_are_judged_here_where_a_rule_speaks_of_them() -> None:
    """By the first rule in force; where none matches, by the list of `[policy]`."""
    rules = (
        rule("pypi:click", require_signatures=False, until=LATER),
        rule("pypi:flask", require_signatures=True, line=12),
    )
    made = with_guards()
    (missing,) = judged(Policy(rules=rules), made)
    assert (missing.code, missing.subject) == ("signature-missing", "flask 3.0.3")
    assert missing.expected == "a publisher's signature (holdfast.toml:12: require-signatures)"
    all_of_them = Policy(require_signatures=("pypi:*", "acme:*"), rules=rules)
    assert codes(all_of_them, made) == [
        ("signature-missing", "@acme/guards 2.1.0"),
        ("signature-missing", "flask 3.0.3"),
    ]
    ended = Policy(require_signatures=("pypi:*",), rules=(rules[0]._replace(until=ENDED), rules[1]))
    assert ("signature-missing", "click 8.1.8") in codes(ended, made)
    signed = lock(*[one._replace(signers=("ed25519:x",)) for one in LOCK.packages], project=("flask",))
    assert codes(all_of_them, signed) == []


# -- the rules themselves


def test_a_rule_that_matches_nothing_is_a_warning() -> None:
    """It is named with its line; one of several patterns is enough to be used, and an empty lock uses none."""
    policy = Policy(rules=(rule("pypi:clickk", "npm:*", threshold=2, line=3), rule("npm:*", "pypi:flask", threshold=2)))
    (unused,) = judged(policy)
    assert (unused.code, unused.severity, unused.subject) == (
        "rule-unused",
        "warning",
        "[[policy.rule]] pypi:clickk, npm:*",
    )
    assert (unused.place.line, unused.found) == (3, "none")
    assert unused.hints == ("holdfast explain rule-unused",)
    assert codes(policy, lock()) == []


def test_a_rule_that_has_ended_is_an_error() -> None:
    """From the very second of its end, whether it matches anything or not; it is not said to be unused besides."""
    rules = (rule("pypi:click", threshold=2, until=ENDED), rule("npm:x", threshold=2, until=ENDED, line=10))
    found = judged(Policy(rules=(*rules, rule(threshold=2, until=LATER))))
    assert [(one.code, one.severity, one.place.line) for one in found] == [
        ("rule-expired", "error", 9),
        ("rule-expired", "error", 10),
    ]
    assert found[0].found == f"it ended at {ENDED}"


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("artifact-changed", "artifact-changed, an alarm: it takes people"),
        ("signer-impersonated", "signer-impersonated, an alarm: it takes people"),
        ("signer-lost", "signer-lost, an alarm: it takes people"),
        ("verison-changed", "verison-changed, which is no class of change (did you mean version-changed?)"),
        ("everything", "everything, which is no class of change"),
        ("version-changed", None),
        ("signer-changed", None),
    ],
)
def test_a_rule_cannot_hide_an_alarm(kind: str, found: str | None) -> None:
    """A class that is an alarm, or no class at all, is an error at the rule's line."""
    findings = judged(Policy(rules=(rule(approve=("new-package", kind), until=LATER),)))
    assert [(one.code, one.found) for one in findings] == ([] if found is None else [("rule-hides-alarm", found)])
