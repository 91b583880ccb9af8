"""What Mallory writes into a branch: each function is one attack on a stage where click, tool and flask were decided.

stage.git("checkout", "-b", "mine"); ATTACKS...; stage.commit(MALLORY, "nothing to see here")
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.module_projects import clock
from tests.support.project import Done
from tests.support.story_forgery import Forgery
from tests.support.story_stages import ADA, BEA, MALLORY, RELEASE, IndexStage, index_stage
from tests.support.story_team import Person

Deed = Callable[[IndexStage], Done | None]


def moved(name: str, version: str) -> Callable[[IndexStage], Done]:
    """A release appears, and is taken."""

    def do(stage: IndexStage) -> Done:
        stage.release(name, version, *([RELEASE] if name == "tool" else []))
        return stage.update(name)

    return do


def act_of(stage: IndexStage, name: str, kind: str = "approval") -> Path:
    """The file of an act of this kind that speaks of a package."""
    listed = stage.run("approvals", "list", name, "--format", "json").json["approvals"]
    return stage.approvals / str(next(one["file"] for one in listed if one["kind"] == kind))


def _moving(stage: IndexStage) -> Forgery:
    """click moves; the forgery knows what was locked before."""
    forge = Forgery(stage)
    moved("click", "8.1.9")(stage)
    return forge


def _a_second_later(stage: IndexStage) -> None:
    """Wait until an act of now is later than those of the project: they tell seconds, and a test makes many in one."""
    listed = stage.run("approvals", "list", "--format", "json").json["approvals"]
    while clock() <= max(one["date"] for one in listed):
        time.sleep(0.02)


# The files of approvals.


def deleted(stage: IndexStage) -> None:
    """An approval is gone."""
    act_of(stage, "click").unlink()


def spoilt(change: Callable[[bytes], bytes]) -> Deed:
    """An approval has other bytes."""

    def do(stage: IndexStage) -> None:
        path = act_of(stage, "click")
        data = change(path.read_bytes())
        assert data != path.read_bytes()
        path.write_bytes(data)

    return do


def unrejected(stage: IndexStage) -> None:
    """A rejection is gone, and what it rejected is locked."""
    act_of(stage, "flask", "rejection").unlink()
    moved("flask", "3.0.1")(stage)


def replayed(stage: IndexStage) -> None:
    """An approval once more, under another name."""
    (stage.approvals / f"{'0' * 64}.json").write_bytes(act_of(stage, "click").read_bytes())


def readdressed(stage: IndexStage) -> None:
    """Ada's signature of one approval, on another of click."""
    forge = _moving(stage)
    forge.write_signed_as(forge.approval("click", ADA), act_of(stage, "flask", "rejection"))


def disappeared(stage: IndexStage) -> None:
    """No approvals and no approvers."""
    shutil.rmtree(stage.approvals)
    text = stage.configuration.read_text()
    stage.configuration.write_text(text.partition("\n[[tool.holdfast.approver]]")[0])


# Pins that were approved once.


def older_lock(stage: IndexStage) -> None:
    """The lock of before tool moved."""
    stage.git("checkout", "main~2", "--", "holdfast.lock")


def day_one(stage: IndexStage) -> None:
    """The lock and the approvals of the first day."""
    first = stage.git("rev-list", "--max-parents=0", "HEAD")
    shutil.rmtree(stage.approvals)
    stage.git("checkout", first, "--", "holdfast.lock", ".holdfast/approvals")


# Acts written by hand.


def herself(stage: IndexStage) -> None:
    """She is an approver now, says that she may be, and approves."""
    forge = Forgery(stage)
    first = act_of(stage, "tool", "baseline").stem
    stage.configure(MALLORY.table)
    moved("click", "8.1.9")(stage)
    forge.write(forge.approval("click", MALLORY, rules=forge.rules), MALLORY)
    forge.write(forge.configuration(MALLORY, [first]), MALLORY)


def anew(stage: IndexStage) -> None:
    """Approvals begin anew, with her as an approver."""
    _a_second_later(stage)
    shutil.rmtree(stage.approvals)
    stage.configure(MALLORY.table)
    moved("click", "8.1.9")(stage)
    stage.must("approvals", "baseline", by=MALLORY)


def second_baseline(stage: IndexStage) -> None:
    """Somebody who may approve signs everything as it is now, once more."""
    _a_second_later(stage)
    forge = _moving(stage)
    forge.write(forge.baseline(BEA), BEA)


def signed(reviewer: Person, key: Person, **fields: Any) -> Deed:
    """click moves, and an act in the name of `reviewer`, signed by somebody's key, says that it may."""

    def do(stage: IndexStage) -> None:
        forge = _moving(stage)
        forge.write(forge.approval("click", reviewer, **fields), key)

    return do


def stood_in(stage: IndexStage) -> None:
    """A checkpoint of hers in the place of everything."""
    forge = _moving(stage)
    act = forge.checkpoint(MALLORY)
    shutil.rmtree(stage.approvals)
    forge.write(act, MALLORY)


def transplanted(*, same_id: bool) -> Deed:
    """What Ada approved in another project, which has this one's id or one of its own."""

    def do(stage: IndexStage) -> None:
        place = stage.folder.parent / f"sibling-{same_id}"
        place.mkdir()
        with index_stage(place) as other:
            if same_id:
                shutil.rmtree(other.approvals)
                text = stage.configuration.read_text()
                other.configuration.write_text(text.replace(stage.index.url, other.index.url))
                other.must("approvals", "baseline", by=ADA)
            for version in ("8.1.8", "8.1.9"):
                moved("click", version)(other)
                other.must("approve", "click", "--reason", "fine", by=ADA)
            moved("click", "8.1.9")(stage)
            for name in other.acts:
                if b'"kind":"baseline"' not in Forgery(other).payload(name):
                    shutil.copy(other.approvals / name, stage.approvals)

    return do


def renamed(stage: IndexStage) -> None:
    """The project has another id."""
    old = stage.configuration.read_text().partition('id = "')[2][:36]
    stage.edit(stage.configuration, old, "c0a7de11-2b3c-4d5e-9f60-718293a4b5c6")


# The lock.


def relocked(old: str, new: str) -> Deed:
    """The lock says something else."""
    return lambda stage: stage.edit(stage.lock, old, new)


def undressed(stage: IndexStage) -> None:
    """The lock says of what is signed that it is not."""
    Forgery(stage).relock("tool", signers=())


def dressed(stage: IndexStage) -> None:
    """The lock says of what nobody signs that acme does."""
    forge = Forgery(stage)
    forge.relock("click", signers=forge.pin("tool").signers)
