"""What policy says of capabilities: what is denied by `[policy]` or a rule, and what a rule lets through."""

import pytest

from holdfast.findings.codes import CODES
from holdfast.model.lock import Lock, Pin, Scope
from holdfast.model.policy import Policy, Rule
from holdfast.policy.capabilities import denied
from holdfast.policy.facts import Fact
from holdfast.policy.judge import judge_policy
from holdfast.policy.rulings import NOT_LOOKED_AT, NOT_RECORDED, capability_ruling, case_of
from holdfast.reports.findings_text import listing
from holdfast_resolver.versions.grid import Grid

NOW = "2026-11-21T12:00:00Z"
PIN = Pin("pypi", "click", "8.1.8")
SEEN = Fact(capabilities=("network", "subprocess"))
ALLOW = Rule(("pypi:click",), "it calls home, and says so", line=7, allow_capabilities=("network",))
DENY = Rule(("pypi:*",), "no programs", line=9, deny_capabilities=("subprocess",))
ENDED = DENY._replace(until="2026-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("policy", "refused", "by"),
    [
        (Policy(), [], "default"),
        (Policy(deny_capabilities=("network",)), ["network"], "policy"),
        (Policy(deny_capabilities=("install-script",)), [], "policy"),
        (Policy(deny_capabilities=("network",), rules=(ALLOW,)), [], "rule"),
        (Policy(deny_capabilities=("network", "subprocess"), rules=(ALLOW,)), ["subprocess"], "policy"),
        (Policy(deny_capabilities=("network",), rules=(DENY,)), ["network", "subprocess"], "rule"),
        (Policy(rules=(DENY,)), ["subprocess"], "rule"),
        (Policy(rules=(ENDED,)), [], "default"),
    ],
)
def test_what_is_denied_is_refused_unless_a_rule_allows_it(policy: Policy, refused: list[str], by: str) -> None:
    """By whose word is said as well."""
    case = case_of(policy, PIN, SEEN, NOW)
    assert [one for one, _ in denied(case)] == refused
    assert capability_ruling(case).by == by


@pytest.mark.parametrize("fact", [None, Fact()])
def test_what_nobody_recorded_is_not_known(fact: Fact | None) -> None:
    """It neither holds nor is broken, and says what would tell; where nothing is denied, nobody needs to know."""
    ruling = capability_ruling(case_of(Policy(deny_capabilities=("network",)), PIN, fact, NOW))
    assert (ruling.holds, ruling.is_open, ruling.found) == (None, True, NOT_LOOKED_AT)
    for policy in (Policy(), Policy(deny_capabilities=("network",), rules=(ALLOW,))):
        ruling = capability_ruling(case_of(policy, PIN, fact, NOW))
        assert (ruling.holds, ruling.is_open, ruling.found) == (None, False, NOT_RECORDED)


def test_code_that_was_looked_at_in_part_is_denied_by_what_was_seen_and_else_not_known() -> None:
    """Silence of half a look says nothing; a thing seen is seen."""
    half = Fact(capabilities=("subprocess",), is_whole=False)
    assert capability_ruling(case_of(Policy(deny_capabilities=("subprocess",)), PIN, half, NOW)).holds is False
    assert capability_ruling(case_of(Policy(deny_capabilities=("network",)), PIN, half, NOW)).is_open


def test_what_is_not_known_is_said_once_for_all_packages() -> None:
    """Counted, the first few by name, with the next command; not of those that the caller judges himself."""
    pins = tuple([Pin("pypi", name, "1.0") for name in ("a", "b", "c", "d", "e")])
    lock, policy = Lock(Scope("", "", "", ()), (), pins), Policy(deny_capabilities=("network",))
    facts = {("pypi", "b"): Fact(capabilities=())}
    grid = Grid((), "")
    (found,) = judge_policy(lock, policy, facts, grid, NOW, path="holdfast.toml")
    assert (found.code, found.severity) == ("capability-unknown", "warning")
    assert found.found == "not known of 4 of 5 packages: a 1.0, c 1.0, d 1.0, +1 more"
    assert found.hints == ("holdfast audit --fetch",)
    seen = frozenset({("pypi", "a"), ("pypi", "c"), ("pypi", "d"), ("pypi", "e")})
    assert judge_policy(lock, policy, facts, grid, NOW, path="holdfast.toml", looked_at=seen) == ()
    assert judge_policy(lock, Policy(licenses=("MIT",)), {}, grid, NOW, path="holdfast.toml") == ()


def test_only_packages_that_are_denied_something_have_to_be_known() -> None:
    """A rule for one package says nothing of the others, and is named as who asks."""
    pins = (Pin("pypi", "a", "1.0"), PIN)
    lock = Lock(Scope("", "", "", ()), (), pins)
    rule = DENY._replace(packages=("pypi:click",))
    (found,) = judge_policy(lock, Policy(rules=(rule,)), {}, Grid((), ""), NOW, path="holdfast.toml")
    assert found.found == "not known of 1 of 2 packages: click 8.1.8"
    assert found.expected == "code that is known not to do this: subprocess (holdfast.toml:9)"


def test_the_example_of_what_is_not_known_is_what_is_said() -> None:
    """The table of codes shows a finding as it is made."""
    pins = (Pin("pypi", "click", "8.1.8"), Pin("pypi", "flask", "3.0.3"), Pin("pypi", "werkzeug", "3.1.3"))
    lock, facts = Lock(Scope("", "", "", ()), (), pins), {("pypi", "werkzeug"): Fact(capabilities=())}
    found = judge_policy(lock, Policy(deny_capabilities=("network",)), facts, Grid((), ""), NOW, path="holdfast.toml")
    assert listing(found) == CODES["capability-unknown"].example


def test_code_that_was_seen_to_do_nothing_is_judged() -> None:
    """It holds, and says so: that is another thing than an approval from which nobody knows."""
    ruling = capability_ruling(case_of(Policy(deny_capabilities=("network",)), PIN, Fact(capabilities=()), NOW))
    assert (ruling.holds, ruling.found) == (True, "none")


def test_a_finding_says_where_it_was_seen() -> None:
    """As the approval recorded it, each capability with its place; without places the words alone."""
    lock = Lock(Scope("", "", "", ()), (), (PIN,))
    policy = Policy(deny_capabilities=("network", "subprocess"))
    places = (("network", "click/x.py:4 via socket.socket"), ("subprocess", "click/y.py:9 via os.system"))
    for fact, found in (
        (
            SEEN._replace(places=places),
            "network: click/x.py:4 via socket.socket; subprocess: click/y.py:9 via os.system",
        ),
        (SEEN, "network, subprocess (holdfast.lock)"),
    ):
        (finding,) = judge_policy(lock, policy, {("pypi", "click"): fact}, Grid((), ""), NOW, path="holdfast.toml")
        assert finding.found == found
