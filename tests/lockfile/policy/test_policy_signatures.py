"""Which pins must be signed: `require-signatures` of `[policy]`, and of rules while they hold."""

import pytest

from holdfast.configuration.configuration import Configuration
from holdfast.model.lock import Pin, PinnedArtifact
from holdfast.model.policy import Policy, Rule
from holdfast.policy.decisions import minimum_age, requires_signature
from holdfast.policy.judge import judge_policy
from holdfast.policy.signatures import judge_signature
from holdfast.workflows.check_modules import check_modules
from holdfast_resolver.versions.grid import Grid
from tests.lockfile.exports.small_locks import digest, lock, pin

NOW = "2026-11-21T06:40:00Z"
LATER = "2026-11-21T06:40:01Z"
ON = Rule(("pypi:*",), "x", require_signatures=True)
OFF = Rule(("pypi:click",), "x", LATER, require_signatures=False)


@pytest.mark.parametrize(
    ("policy", "now", "required"),
    [
        (Policy(), NOW, False),
        (Policy(require_signatures=("pypi:click",)), NOW, True),
        (Policy(require_signatures=("pypi:*",), rules=(OFF,)), NOW, False),
        (Policy(require_signatures=("pypi:*",), rules=(OFF,)), LATER, True),
        (Policy(rules=(ON,)), NOW, True),
        (Policy(rules=(OFF, ON)), NOW, False),
        (Policy(rules=(OFF, ON)), LATER, True),
        (Policy(rules=(ON, OFF)), NOW, True),
        (Policy(rules=(ON._replace(packages=("npm:*",)),)), NOW, False),
    ],
)
def test_the_first_rule_in_force_decides(policy: Policy, now: str, required: bool) -> None:
    """From the second of its end on a rule says nothing."""
    assert requires_signature(policy, "pypi", "click", now) is required
    assert bool(judge_signature(pin("click", "8"), policy, now, path="p", lock_path="l")) is required


def test_an_age_is_decided_likewise() -> None:
    """By the first rule in force that has one; 0 where nobody says anything."""
    rules = (OFF, Rule(("pypi:click",), "x", LATER, minimum_age=0), Rule(("*",), "x", minimum_age=9))
    policy = Policy(minimum_age=7, rules=rules)
    assert [minimum_age(policy, "pypi", "click", now) for now in (NOW, LATER)] == [0, 9]
    assert minimum_age(policy._replace(rules=()), "pypi", "click", NOW) == 7
    assert minimum_age(Policy(), "pypi", "click", NOW) == 0


def test_one_publisher_in_two_ways_is_a_signature() -> None:
    """A pin whose files name the same signer in different ways is signed, though the pin itself names nobody."""
    files = tuple(PinnedArtifact(file, digest(file), (f"github:1/a{mark}",)) for file, mark in (("x", ""), ("y", "#1")))
    policy = Policy(require_signatures=("pypi:*",))
    signed = Pin("pypi", "click", "8", artifacts=files)
    assert judge_signature(signed, policy, NOW, path="p", lock_path="l") == ()
    assert judge_signature(signed._replace(artifacts=()), policy, NOW, path="p", lock_path="l") != ()


@pytest.mark.parametrize("rules", [(), (ON,), (OFF, ON)])
def test_a_missing_signature_is_said_once(rules: tuple[Rule, ...]) -> None:
    """By the check without a clock where no rule speaks of signatures, by the judge of the policy where one does."""
    made = lock(pin("flask", "3"), project=("flask",))
    policy = Policy(require_signatures=("pypi:*",), rules=rules)
    plain = check_modules(made, Configuration("holdfast.toml", policy=policy))
    judged = judge_policy(made, policy, {}, Grid(made.scope.targets), NOW, path="holdfast.toml")
    missing = [one for one in (*plain, *judged) if one.code == "signature-missing"]
    assert [one.subject for one in missing] == ["flask 3"]
    assert bool(plain) is not bool(rules)
