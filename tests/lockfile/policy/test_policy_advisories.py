"""What policy says of advisories: the least severity that is refused, by `[policy]` or a rule, and by whose word."""

import pytest

from holdfast.model.lock import Pin
from holdfast.model.policy import Policy, Rule
from holdfast.policy.advisories import advisory_ruling, refuser
from holdfast.policy.rulings import case_of

NOW = "2026-11-21T12:00:00Z"
PIN = Pin("pypi", "click", "8.1.8")
STRICT = Rule(("pypi:click",), "it guards all else", line=7, deny_advisories="low")
LAX = STRICT._replace(deny_advisories="critical")
ENDED = STRICT._replace(until="2026-01-01T00:00:00Z")
OTHER = STRICT._replace(packages=("pypi:flask",))


@pytest.mark.parametrize(
    ("policy", "least", "by"),
    [
        (Policy(), "", "default"),
        (Policy(deny_advisories="high"), "high", "policy"),
        (Policy(deny_advisories="high", rules=(STRICT,)), "low", "rule"),
        (Policy(deny_advisories="high", rules=(LAX,)), "high", "policy"),
        (Policy(deny_advisories="high", rules=(ENDED,)), "high", "policy"),
        (Policy(deny_advisories="high", rules=(OTHER,)), "high", "policy"),
        (Policy(rules=(LAX,)), "critical", "rule"),
    ],
)
def test_the_stricter_of_rule_and_policy_decides(policy: Policy, least: str, by: str) -> None:
    """A rule adds; what `[policy]` denies stays denied."""
    ruling = advisory_ruling(case_of(policy, PIN, None, NOW))
    assert (ruling.value, ruling.by) == (least, by)


@pytest.mark.parametrize(
    ("severity", "by"),
    [("none", ""), ("low", ""), ("medium", ""), ("high", "at"), ("critical", "at"), ("unknown", "at")],
)
def test_a_severity_is_refused_from_the_named_one_up(severity: str, by: str) -> None:
    """One that nobody says is refused too: it is not known to be below any."""
    said = refuser(Policy(deny_advisories="high"), "holdfast.toml", NOW)(PIN, severity)
    assert said == ("deny-advisories of [policy] in holdfast.toml" if by else "")


def test_a_rule_is_named_by_its_line() -> None:
    """And one that has nothing to say of severities refuses none."""
    assert refuser(Policy(rules=(STRICT,)), "holdfast.toml", NOW)(PIN, "low") == "holdfast.toml:7"
    assert refuser(Policy(), "holdfast.toml", NOW)(PIN, "critical") == ""
