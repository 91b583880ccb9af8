"""The security configuration is a pin of its own: who may change it, and where it begins."""

from holdfast.model.approval import SecurityChange
from holdfast.model.security import security_digest
from tests.support.approval_histories import History
from tests.support.approvals import act, approver, security

ONE = security("alice")
BOTH = security("alice", "bob")
CHANGED = "configuration-changed security configuration"


def begun(rules: object = ONE) -> History:
    """A project with one package."""
    story = History(BOTH if rules is BOTH else ONE)
    story.begin("alice", "click 1.0")
    return story


def test_a_configuration_that_nobody_approved_is_an_error() -> None:
    """It says what differs, who has to approve it, and that nothing is judged by it."""
    story = begun()
    judgement = story.judge("click 1.0", rules=BOTH)
    (found,) = judgement.findings
    assert (found.code, found.severity, found.place.path) == ("configuration-changed", "error", "holdfast.toml")
    assert dict(found.facts)["differs"].startswith("approver added: bob")
    assert found.hints == ("holdfast review --configuration",)
    waiting = judgement.security
    assert waiting is not None
    assert (waiting.before, waiting.before_security, waiting.after) == ((security_digest(ONE),), ONE, BOTH)
    assert (waiting.needed, waiting.have, waiting.reason) == (1, (), "nobody approved it")
    assert waiting.follows == (story.acts[0].digest,)


def test_approvers_of_before_approve_it() -> None:
    """Then those whom it adds count."""
    story = begun()
    story.configure("alice", BOTH)
    story.approve("bob", "click 1.0 -> 1.1")
    assert story.codes("click 1.1") == []


def test_nobody_adds_himself() -> None:
    """Neither with an act under the old configuration nor with one under the new one."""
    story = begun()
    mallory = security("alice", "mallory")
    story.configure("mallory", mallory)
    codes = story.codes("click 1.0")
    assert CHANGED in codes
    assert not [code for code in codes if not code.startswith(("configuration", "approval-uncounted"))]
    story.approve("mallory", "click 1.0 -> 1.1")
    assert "change-unapproved click 1.1" in story.codes("click 1.1")
    follows = (story.acts[0].digest,)
    change = SecurityChange(follows, (security_digest(ONE),), mallory)
    story.add(act(mallory, kind="approval", reviewer="mallory", security=change), "mallory")
    assert CHANGED in story.codes("click 1.0")
    reasons = [reason for _, reason in story.judge("click 1.0").uncounted]
    assert "it names another security configuration than the one that it changes" in reasons


def test_a_threshold_is_lowered_only_by_as_many_as_it_was() -> None:
    """The configuration of before counts, not the one that is approved."""
    two = security("alice", "bob", threshold=2)
    story = History(two)
    story.begin("alice", "click 1.0")
    story.configure("alice", BOTH)
    (found,) = story.judge("click 1.0").findings
    assert (found.code, dict(found.facts)["why"]) == ("configuration-changed", "1 of 2 approvers")
    assert dict(found.facts)["approved by"] == "alice"
    story.configure("bob", BOTH, before=two)
    assert story.codes("click 1.0") == []


def test_a_role_for_the_configuration_is_asked_for() -> None:
    """The role of the policy holds for the configuration as well."""
    rules = security("alice", approver("sue", "security"), role="security")
    story = History(rules)
    story.begin("alice", "click 1.0")
    story.configure("alice", ONE)
    (found,) = story.judge("click 1.0").findings
    assert dict(found.facts)["why"] == "no approver with the role security"
    story.configure("sue", ONE, before=rules)
    assert story.codes("click 1.0") == []


def test_a_rejected_configuration_says_so() -> None:
    """One approver is enough; the one of before stays in force."""
    story = begun(BOTH)
    more = security("alice", "bob", "mallory")
    story.configure("bob", more, kind="rejection", reason="who is that")
    (found,) = story.judge("click 1.0", rules=more).findings
    assert dict(found.facts)["why"] == "rejected by bob: who is that"
    assert story.codes("click 1.0") == []


def test_two_branches_that_change_it_leave_two_heads() -> None:
    """Whoever settles them has to be an approver of both."""
    story = begun(BOTH)
    carol, dave = security("alice", "bob", "carol"), security("alice", "dave")
    left = story.configure("alice", carol, before=BOTH)
    right = story.configure("bob", dave, before=BOTH, follows=(story.acts[0].digest,))
    (found,) = story.judge("click 1.0", rules=dave).findings
    assert (found.code, dict(found.facts)["why"]) == (
        "configuration-changed",
        "two heads, and no approval follows them all",
    )
    digests = tuple(sorted((security_digest(carol), security_digest(dave))))
    story.configure("carol", dave, before=carol, follows=(left, right), digests=digests)
    assert CHANGED in story.codes("click 1.0", rules=dave)
    story.configure("alice", dave, before=carol, follows=(left, right), digests=digests)
    assert CHANGED not in story.codes("click 1.0", rules=dave)


def test_a_configuration_begins_with_a_baseline_only() -> None:
    """An approval that follows nothing would be judged by nobody."""
    story = begun()
    mallory = security("mallory")
    story.add(act(mallory, kind="approval", reviewer="mallory", security=SecurityChange((), (), mallory)), "mallory")
    judgement = story.judge("click 1.0", rules=mallory)
    assert judgement.findings[0].code == "configuration-changed"
    assert [reason for _, reason in judgement.uncounted] == ["a security configuration begins with a baseline"]


def test_a_step_over_one_that_too_few_approved_does_not_count() -> None:
    """The chain stops where it was not approved."""
    two = security("alice", "bob", threshold=2)
    story = History(two)
    story.begin("alice", "click 1.0")
    story.configure("alice", BOTH)
    story.configure("alice", ONE)
    assert CHANGED in story.codes("click 1.0")
    assert [reason for _, reason in story.judge("click 1.0").uncounted] == ["it follows what is not approved"]


def test_approvers_without_a_baseline_are_a_finding() -> None:
    """In force, and nothing was ever approved."""
    story = History(ONE)
    (configuration, package) = story.judge("click 1.0").findings
    assert (configuration.code, configuration.expected) == ("configuration-changed", "one approved configuration")
    assert (package.code, package.expected) == ("change-unapproved", "an approval")


def test_a_baseline_by_nobody_of_its_own_configuration_is_none() -> None:
    """Nor is one by a rule's key, or under another configuration than it carries."""
    for who, rules in (("mallory", ONE), ("ci", security("alice", approver("ci", "rule")))):
        story = History(rules)
        story.begin(who, "click 1.0")
        assert not story.passes("click 1.0")
    story = History(ONE)
    story.begin("alice", "click 1.0")
    one = story.acts[0]
    story.acts = [one._replace(act=one.act._replace(configuration=security_digest(BOTH)))]
    assert not story.passes("click 1.0")


def test_a_baseline_needs_one_approver_whatever_the_threshold() -> None:
    """Day one is one person's."""
    story = History(security("alice", "bob", threshold=2))
    story.begin("bob", "click 1.0")
    assert story.codes("click 1.0") == []


def test_of_two_baselines_the_first_counts() -> None:
    """A second one is an error, even if it only adds what has no chain yet."""
    story = begun(BOTH)
    second = story.begin("bob", "click 1.0", "evil 1.0", date="2026-11-20T13:00:00Z")
    codes = story.codes("click 1.0", "evil 1.0")
    assert codes == [f"baseline-second {second[:12]}", "change-unapproved evil 1.0"]


def test_revoking_each_other_leaves_nothing() -> None:
    """Two branches that declare each other compromised: nobody is believed."""
    story = begun(BOTH)
    start = (story.acts[0].digest,)
    for who, other in (("alice", "bob"), ("bob", "alice")):
        gone = approver(other, revoked="2026-11-20T00:00:00Z", cause="compromised")
        story.configure(who, security(who, gone), before=BOTH, follows=start)
    assert CHANGED in story.codes("click 1.0")
    assert story.judge("click 1.0").standings == {}
