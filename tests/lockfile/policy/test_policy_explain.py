"""What decides of a package: every key, who decides it, what is known and whether it holds."""

from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock
from holdfast.model.policy import DAY, Policy, Rule
from holdfast.policy.explain import Explained, explain
from holdfast.policy.facts import Fact
from holdfast.policy.judge import judge_policy
from holdfast_resolver.versions.grid import Grid
from tests.lockfile.exports.small_locks import lock, pin

NOW = "2026-11-21T06:40:00Z"
YOUNG = "2026-11-19T06:40:00Z"
LOCK = lock(pin("click", "8.1.8"), pin("flask", "3.0.3", "click"), project=("flask",))
RULE = Rule(("pypi:click",), "needed at once", "2027-01-01T00:00:00Z", 7)
POLICY = Policy(
    threshold=2,
    minimum_age=7 * DAY,
    licenses=("MIT",),
    max_depth=1,
    deny_capabilities=("network",),
    rules=(
        RULE._replace(minimum_age=DAY),
        RULE._replace(role="security", line=8),
        RULE._replace(minimum_age=0, until=NOW, line=9),
        RULE._replace(packages=("*",), approve=("version-changed",), line=10),
    ),
)


def explained(name: str, policy: Policy = POLICY, made: Lock = LOCK, **facts: Fact) -> tuple[Explained, ...]:
    graph = LockGraph(made, Grid(made.scope.targets))
    return explain(graph, name, policy, {("pypi", of): fact for of, fact in facts.items()}, NOW)


def test_each_key_has_one_who_decides() -> None:
    """A rule with its line, `[policy]`, or nobody: then the default holds."""
    (click,) = explained("click", click=Fact(YOUNG, "MIT"))
    told = {one.key: (one.value, one.by, one.rule.line if one.rule else 0, one.holds) for one in click.rulings}
    assert told == {
        "sources": ("", "default", 0, None),
        "require-signatures": ("", "default", 0, None),
        "minimum-release-age": ("1 day", "rule", 7, True),
        "licenses": ("MIT", "policy", 0, True),
        "deny-permissions": ("", "default", 0, None),
        "deny-capabilities": ("network", "policy", 0, None),
        "deny-advisories": ("", "default", 0, None),
        "privileged": ("", "default", 0, None),
        "max-depth": ("1", "policy", 0, False),
        "threshold": ("2", "policy", 0, None),
        "role": ("security", "rule", 8, None),
        "approve": ("version-changed", "rule", 10, None),
    }
    assert [rule.line for rule in click.ended] == [9]
    assert not click.holds


def test_what_is_known_is_shown_even_where_nothing_is_demanded() -> None:
    """Without a policy nothing is judged, and the facts stand there all the same."""
    (click,) = explained("click", Policy(), click=Fact(YOUNG, "MIT"))
    found = {one.key: one.found for one in click.rulings}
    assert found["minimum-release-age"] == f"released {YOUNG}, 2 days ago"
    assert (found["licenses"], found["sources"], found["max-depth"]) == ("MIT", "from pypi", "2 steps from the project")
    assert {one.holds for one in click.rulings} == {None}
    assert click.holds


def test_what_no_approval_recorded_is_said_not_to_be_judged() -> None:
    """Such as a pin of the baseline."""
    (flask,) = explained("flask")
    found = {one.key: (one.found, one.holds) for one in flask.rulings}
    assert found["licenses"] == ("not judged: no approval recorded it", None)
    assert flask.holds


def test_every_pin_of_the_name_is_explained() -> None:
    """Both of a fork; the record is of the one that was approved last."""
    fork = lock(
        pin("click", "7", when="sys_platform == 'win32'"),
        pin("click", "8", when="sys_platform != 'win32'"),
        project=("click",),
    )
    both = explained("click", POLICY, fork, click=Fact(YOUNG, "MIT"))
    assert [(one.pin.version, one.rulings[3].found) for one in both] == [
        ("7", "not judged: no approval recorded it"),
        ("8", "MIT"),
    ]


def test_an_explanation_never_disagrees_with_the_judgement() -> None:
    """What `check` finds against a package is what does not hold here."""
    facts = {("pypi", "click"): Fact(YOUNG, "GPL-3.0-only"), ("pypi", "flask"): Fact("", "")}
    found = judge_policy(LOCK, POLICY, facts, Grid(LOCK.scope.targets), NOW, path="holdfast.toml")
    judged = {(one.subject, one.code) for one in found if one.code.startswith("policy-")}
    codes = {"minimum-release-age": "policy-age", "licenses": "policy-license", "max-depth": "policy-depth"}
    told = set()
    for name in ("click", "flask"):
        for one in explained(name, click=facts["pypi", "click"], flask=facts["pypi", "flask"]):
            told |= {(f"{name} {one.pin.version}", codes[each.key]) for each in one.rulings if each.holds is False}
    assert told == judged
    assert len(judged) == 4
