"""The story of approvals: branches are merged, rebased, reverted and cloned; what was approved on them holds or not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.approval_story import Change, Round, Story, approved_by, rejected_by, restored
from tests.support.story_attacks import moved
from tests.support.story_stages import ADA, BEA, DANA, IndexStage, index_stage
from tests.support.story_team import MALLORY, Person, commands, told

CLICK = "holdfast review click"
RESTORE = "git checkout MAIN -- .holdfast/approvals/ACT.json"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[IndexStage]:
    """Day one of a team in which nobody approves what they wrote."""
    with index_stage(tmp_path) as made:
        yield made


def branch(stage: IndexStage, name: str, package: str, version: str, by: Person = ADA) -> None:
    """A branch of Dana's off the protected one, on which a package moves, and somebody approves it."""
    stage.git("checkout", "--quiet", "-b", name, "main")
    assert moved(package, version)(stage).code == 0
    stage.commit(DANA, f"{package} {version}")
    stage.execute(f"holdfast review {package}", by)
    stage.commit(by, f"approve {package}")


def holds(stage: IndexStage, base: str) -> None:
    """The tree is approved, by itself and by the base."""
    for words in (("check",), ("check", "--base", base)):
        done = stage.run(*words)
        assert told(done) == "0", done.out


def test_branches_with_different_packages_merge(stage: IndexStage) -> None:
    """With plain git, in both orders; `check` stays 0 all the time, also by the base of before."""
    first = stage.head("main")
    branch(stage, "one", "click", "8.1.8")
    branch(stage, "two", "tool", "1.1", BEA)
    for name in ("one", "two"):
        stage.git("checkout", "--quiet", "main")
        base = stage.head()
        stage.git("merge", "--quiet", "--no-ff", "--no-edit", name)
        holds(stage, base)
        holds(stage, first)


def test_a_rebased_branch_holds(stage: IndexStage) -> None:
    """The commits are others, the approvals are not."""
    branch(stage, "one", "click", "8.1.8")
    branch(stage, "two", "tool", "1.1", BEA)
    stage.git("checkout", "--quiet", "main")
    stage.git("merge", "--quiet", "--ff-only", "one")
    base = stage.head()
    stage.git("checkout", "--quiet", "two")
    behind = stage.run("check", "--base", base)
    assert told(behind) == "1 approval-removed"
    stage.git("rebase", "--quiet", "main")
    holds(stage, base)


def test_branches_with_the_same_package_leave_two_heads(stage: IndexStage) -> None:
    """git says that the lock conflicts, `check` that there are two heads; one approval that follows both settles it."""
    base = stage.head("main")
    branch(stage, "one", "click", "8.1.8")
    branch(stage, "two", "click", "8.1.9", BEA)
    stage.git("merge", "--quiet", "--no-edit", "one", code=1)
    stage.git("checkout", "--ours", "--", "holdfast.lock")
    stage.commit(DANA, "merge")
    done = stage.run("check", "--base", base)
    assert told(done) == "1 approval-conflict"
    assert "why: two heads, and no approval follows them all" in done.out
    assert "8.1.8" in done.out
    assert "8.1.9" in done.out
    assert commands(done) == [CLICK]
    approved_by(ADA)(stage, CLICK)
    holds(stage, base)
    stage.commit(ADA, "settled")
    stage.git("checkout", "--quiet", "main")
    stage.git("merge", "--quiet", "--no-edit", "two")
    holds(stage, base)


def test_branches_with_the_same_step_have_one_head(stage: IndexStage) -> None:
    """Two people approved the very same: that is one step with two signatures."""
    base = stage.head("main")
    branch(stage, "one", "click", "8.1.8")
    branch(stage, "two", "click", "8.1.8", BEA)
    stage.git("merge", "--quiet", "--no-edit", "one")
    assert len(stage.acts) == 3
    holds(stage, base)


def written_by_ada(stage: IndexStage) -> None:
    """Ada makes the change, and approves it herself."""
    moved("click", "8.1.8")(stage)
    stage.commit(ADA, "click 8.1.8")
    stage.must("approve", "click", "--reason", "mine", by=ADA)


def merged_without(stage: IndexStage) -> None:
    """Mallory's branch of before is merged with the protected one, and keeps its own lock."""
    stage.git("checkout", "--quiet", "-B", stage.git("branch", "--show-current"), "main~1")
    stage.git("merge", "--quiet", "--no-ff", "--no-commit", "main", by=MALLORY)
    stage.git("checkout", "main~1", "--", "holdfast.lock")


def reverted(stage: IndexStage) -> None:
    """Dana reverts what came last, with its approval."""
    stage.git("revert", "--no-edit", "-m", "1", "HEAD")


CHANGES = (
    Change(
        "Ada made the change: her approval does not count by the base, and Bea's does",
        ADA, written_by_ada,
        check="0", base="1 approval-uncounted change-unapproved",
        next={
            f"{CLICK} --base MAIN": approved_by(BEA),
            "rm .holdfast/approvals/ACT.json": restored,
        },
    ),
    Change(
        "a merge keeps the lock of one side: all approvals are there, and the pin is an older one",
        MALLORY, merged_without,
        check="1 change-unapproved",
        next={CLICK: rejected_by(BEA, "that is the old one")},
        end="1 change-rejected", merged=False,
    ),
    Change(
        "what came last is reverted, its approval too: approvals are only added, and going back is a change",
        DANA, reverted,
        check="0", base="1 approval-removed",
        next={RESTORE: restored},
        more=(Round("1 change-unapproved", {CLICK: approved_by(BEA)}),),
    ),
)  # fmt: skip


def test_what_happens_to_branches(stage: IndexStage) -> None:
    """Each is judged by what the protected branch has."""
    Story(stage).play_all(CHANGES)


def test_a_shallow_clone_fetches_what_it_lacks(stage: IndexStage, tmp_path: Path) -> None:
    """3, and the command that is printed; then the commits between, which name the authors."""
    base = stage.head("main")
    branch(stage, "one", "click", "8.1.8")
    stage.git("clone", "--quiet", "--depth=1", "--branch=one", stage.folder.as_uri(), str(tmp_path / "clone"))
    stage.folder = tmp_path / "clone"
    steps = []
    while (done := stage.run("check", "--base", base)).code == 3:
        (command,) = commands(done)
        steps.append(command.replace(base, "MAIN"))
        stage.execute(command)
    assert steps == ["git fetch --depth=1 origin MAIN", "git fetch --unshallow"]
    assert told(done) == "0"
