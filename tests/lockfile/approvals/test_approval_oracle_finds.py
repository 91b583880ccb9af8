"""What the oracle and the drawn attacks found in judging approvals, each as a case of its own."""

from holdfast.approvals.judge import Judgement
from holdfast.model.approval import Act, SignedAct
from tests.support.approval_histories import SOON, History, lock
from tests.support.approvals import approver, checkpoint, everything, security


def kept_exception(lock_words: str) -> History:
    """A project that only enforces alarms, and accepted one until `SOON`; it was pruned since."""
    story = History(security("alice", "bob", enforce="alarms"))
    story.begin("alice", "click 1.0")
    story.approve("alice bob", "click 1.0 -> 1.0!evil", expires=SOON)
    gone = [one.digest for one in story.acts]
    act: Act = checkpoint(lock(lock_words), story.rules, gone, expires=SOON)
    story.acts = []
    story.add(act._replace(packages=everything(lock(lock_words), ("artifact-changed",))), "alice", "bob")
    return story


def severities(judgement: Judgement) -> list[tuple[str, str]]:
    return [(one.code, one.severity) for one in judgement.findings]


def test_an_exception_that_a_checkpoint_keeps_ends_where_only_alarms_fail() -> None:
    """An alarm that was accepted up to a date is one again after it, though nobody knows any more what it was."""
    story = kept_exception("click 1.0!evil")
    assert severities(story.judge("click 1.0!evil")) == []
    assert severities(story.judge("click 1.0!evil", now=SOON)) == [("approval-expired", "error")]


def test_what_goes_on_from_a_kept_exception_is_an_alarm() -> None:
    """More of a version that a checkpoint keeps as an exception waits as an alarm does."""
    story = kept_exception("click 1.0!evil")
    assert severities(story.judge("click 1.0!evil,2.0")) == [("change-unapproved", "error")]
    assert severities(story.judge("click 2.0")) == [("change-unapproved", "warning")]


def test_what_a_base_pruned_does_not_come_back() -> None:
    """What approved a package that went, or a version taken back, approves nothing once a checkpoint stands for it."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0")
    story.approve("bob", "six - -> 1.0")
    story.approve("bob", "six 1.0 -> -")
    story.approve("bob", "click 1.0 -> 1.1")
    story.approve("bob", "click 1.1 -> 1.0")
    old = story.acts
    before = story.state("click 1.0")
    story.prune("alice", "click 1.0")
    assert story.codes("click 1.0", base=before) == []
    pruned = story.state("click 1.0")
    story.acts = [*story.acts, *[one for one in old if one.act.kind == "approval"]]
    assert not story.passes("click 1.0", "six 1.0", base=pruned)
    assert not story.passes("click 1.1", base=pruned)
    assert {one.partition(" ")[0] for one in story.codes("click 1.0", base=pruned)} == {"approval-uncounted"}
    reasons = {reason for _, reason in story.judge("click 1.1", base=pruned).uncounted}
    assert "by the base: a checkpoint of the base stands for it, and it was deleted there" in reasons


def test_a_signature_on_a_checkpoint_that_a_base_does_not_count_is_named() -> None:
    """An author's signature comes in with no act, not even with one that enough others have signed."""
    alice = approver("alice", emails=("alice@acme.example",))
    bob = approver("bob", emails=("bob@acme.example",))
    story = History(security(alice, bob, independent=True))
    story.begin("alice", "click 1.0")
    base = story.state("click 1.0")
    story.prune("alice bob", "click 1.0")
    assert story.codes("click 1.0", base=base, authors=frozenset(["carol@acme.example"])) == []
    judgement = story.judge("click 1.0", base=base, authors=frozenset(["alice@acme.example"]))
    assert severities(judgement) == [("approval-uncounted", "error")]
    assert [reason for _, reason in judgement.uncounted] == [
        "by the base: alice is an author of the changes: alice@acme.example"
    ]


def pruned_twice(forgets: bool = False) -> tuple[History, list[SignedAct]]:
    """A project that took a package in and out again, and pruned before and after another change; and its old acts."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0")
    story.approve("bob", "six - -> 1.0")
    story.approve("bob", "six 1.0 -> -")
    old = story.acts
    story.prune("alice", "click 1.0")
    story.approve("bob", "click 1.0 -> 1.1")
    story.prune("alice", "click 1.1", forgets=forgets)
    return story, old


def test_what_a_base_pruned_twice_does_not_come_back() -> None:
    """A second checkpoint stands for what the first one stood for as well."""
    story, old = pruned_twice()
    base = story.state("click 1.1")
    story.acts = [*story.acts, *[one for one in old if one.act.kind == "approval"]]
    assert not story.passes("click 1.1", "six 1.0", base=base)


def test_a_checkpoint_of_the_base_goes_only_for_one_that_stands_for_all_of_it() -> None:
    """One that leaves out what an earlier checkpoint stood for does not take its place."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0")
    story.prune("alice", "click 1.0")
    first = story.acts[0]
    base = story.state("click 1.0")
    story.prune("alice", "click 1.0", reason="again")
    assert story.passes("click 1.0", base=base)
    story.acts = [first]
    story.prune("alice", "click 1.0", reason="again", forgets=True)
    assert story.codes("click 1.0", base=base) == [f"approval-removed {first.digest}.json"]


def test_a_prune_does_not_forget_the_bytes_that_a_version_had() -> None:
    """A version that comes back with other bytes after a prune is an alarm, as it is without."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0")
    story.approve("bob", "click 1.0 -> 1.1")
    base = story.state("click 1.1")
    story.prune("alice", "click 1.1")
    assert story.passes("click 1.1", base=base)
    judgement = story.judge("click 1.0!evil")
    assert [one.kind for one in judgement.waiting[0].changes] == ["artifact-changed", "version-changed"]
    assert judgement.waiting[0].needed == 2
    story.approve("bob", "click 1.1 -> 1.0!evil")
    assert not story.passes("click 1.0!evil")
    story.approve("bob", "click 1.1 -> 1.0")
    assert story.passes("click 1.0")


def test_a_prune_does_not_forget_who_signed_what_was_removed() -> None:
    """A package that comes back after a prune without its signer is an alarm, as it is without."""
    story = History(security("alice", "bob"))
    story.begin("alice", "click 1.0", "six 1.0@kim")
    story.approve("bob", "six 1.0@kim -> -")
    story.prune("alice", "click 1.0")
    assert story.passes("click 1.0")
    told = story.judge("click 1.0", "six 1.1").waiting[0]
    assert "signer-lost" in [one.kind for one in told.changes]
    assert told.needed == 2
    assert story.judge("click 1.0", "six 1.1@kim").waiting[0].needed == 1


def test_a_checkpoint_that_forgets_is_none_for_a_base() -> None:
    """A checkpoint that leaves out the bytes that were there, or what was removed, does not say what the base did."""
    for before, step in (("click 1.0", "click 1.0 -> 1.1"), ("six 1.0", "six 1.0 -> -")):
        story = History(security("alice", "bob"))
        story.begin("alice", before, "flask 1.0")
        story.approve("bob", step)
        now = ["flask 1.0", *(["click 1.1"] if before.startswith("click") else [])]
        base = story.state(*now)
        story.prune("alice", *now, forgets=True)
        assert not story.passes(*now, base=base)
