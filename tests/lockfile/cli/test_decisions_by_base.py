"""`review`, `approve` and `reject` with `--base`: what does not count by a base can be decided all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.story_attacks import moved
from tests.support.story_stages import ADA, BEA, IndexStage, index_stage
from tests.support.story_team import commands, told


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[IndexStage]:
    """Ada moved click on a branch and approved it herself, where nobody may approve what they wrote."""
    with index_stage(tmp_path) as made:
        made.git("checkout", "--quiet", "-b", "topic")
        moved("click", "8.1.8")(made)
        made.commit(ADA, "click")
        made.must("approve", "click", "--reason", "mine", by=ADA)
        yield made


def test_by_itself_nothing_waits(stage: IndexStage) -> None:
    """So nobody could add to it."""
    assert told(stage.run("check")) == "0"
    done = stage.must("approve", "click", "--reason", "looked at it", by=BEA)
    assert done.out == "click waits for nothing\nnothing was signed\n"


def test_somebody_else_approves_the_same_step(stage: IndexStage) -> None:
    """The commands that `check --base` prints name the base; what was signed adds to the very step."""
    base = stage.head("main")
    printed = commands(stage.run("check", "--base", base))
    own = next(one for one in stage.acts if one not in stage.git("ls-tree", "-r", "--name-only", base))
    assert printed == [f"holdfast review click --base {base}", f"rm .holdfast/approvals/{own}"]
    done = stage.must("approve", "click", "--reason", "looked at it", "--base", base, by=BEA)
    assert "click: approved" in done.out
    stage.execute(printed[1])
    assert told(stage.run("check", "--base", base)) == "0"
    assert told(stage.run("check")) == "0"


def test_somebody_else_rejects_it(stage: IndexStage) -> None:
    """By the base it is rejected, by itself there are two heads: it holds nowhere."""
    base = stage.head("main")
    stage.must("reject", "click", "--reason", "not yet", "--base", base, by=BEA)
    assert told(stage.run("check", "--base", base)) == "1 approval-uncounted change-rejected"
    assert told(stage.run("check")) == "1 approval-conflict"


def test_what_waits_by_itself_is_told_without_a_base(stage: IndexStage) -> None:
    """The plain command does it there."""
    base = stage.head("main")
    moved("tool", "1.1")(stage)
    printed = commands(stage.run("check", "--base", base))
    assert f"holdfast review click --base {base}" in printed
    assert "holdfast review tool" in printed


def test_a_base_that_is_not_there_is_said(stage: IndexStage) -> None:
    """As `check` says it: 3."""
    for command in ("approve", "reject", "review"):
        done = stage.run(command, "click", "--reason", "x", "--base", "0" * 40, by=BEA)
        assert (done.code, "0" * 40 in done.err) == (3, True)
