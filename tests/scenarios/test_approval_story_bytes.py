"""The story of approvals: what is pinned. Packages come and go, files are added, taken away and swapped."""

from collections.abc import Callable
from pathlib import Path

from tests.support.approval_story import (
    Change,
    Story,
    approved_by,
    does,
    refused,
    rejected_by,
    ruled,
    says,
)
from tests.support.packages import wheel
from tests.support.project import Done
from tests.support.sigstore_identities import Identity
from tests.support.story_stages import ADA, BEA, CI, DANA, MALLORY, POLICY, RELEASE, SHELF, IndexStage, index_stage

REVIEW = "holdfast review {}".format
DIFF = "holdfast diff"
FORK = RELEASE._replace(owner="mallory", repository="fork", repository_id="666", owner_id="66")
RULE = """
[[{at}policy.rule]]
package = "pypi:tool"
approve = ["artifact-added"]
reason = "one more platform, by the same publisher"
until = "2099-01-01"
"""


def runs(*words: str) -> Callable[[IndexStage], Done]:
    """Dana runs a command."""
    return lambda stage: stage.run(*words, "--refresh")


def moved(*names: str) -> Callable[[IndexStage], Done]:
    """New releases of these appear, and Dana takes them."""

    def do(stage: IndexStage) -> Done:
        stage.release("click", "8.1.8")
        stage.release("flask", "3.0.1")
        return stage.update(*names)

    return do


def back(stage: IndexStage) -> Done:
    """Dana wants the release of before again."""
    stage.edit(stage.configuration, '"flask"', '"flask", "click==8.1.7"')
    return stage.run("lock", "--refresh")


def added(stage: IndexStage) -> Done:
    """One more wheel appears, by the same workflow."""
    stage.index.add(wheel("tool", "1.0"))
    stage.index.attest("tool-1.0-py3-none-any.whl", RELEASE)
    return stage.run("lock", "--refresh")


def forked(stage: IndexStage) -> Done:
    """One more wheel appears, and somebody else signs it."""
    stage.index.add(wheel("tool", "1.0", tag="cp311-none-any"))
    stage.index.attest("tool-1.0-cp311-none-any.whl", FORK)
    return stage.update("tool")


def taken(stage: IndexStage) -> Done:
    """The index has lost a wheel, and Dana locks what is left."""
    stage.index.remove("tool-1.0-py3-none-any.whl")
    return stage.run("lock", "--refresh")


def swapped(name: str, *signers: Identity, take: bool = False) -> Callable[[IndexStage], Done]:
    """The index has other bytes under the same names, signed by these; `take`: Dana takes them."""

    def do(stage: IndexStage) -> Done:
        for file in [one.file for one in stage.index.files.values() if one.package == name]:
            stage.swap(file)
        if signers:
            stage.index.attest(f"{name}-*", *signers)
        return stage.run("lock", "--refresh", *(("--accept-changed", name) if take else ()))

    return do


def unswapped(stage: IndexStage) -> Done:
    """The index has the first bytes again, and Dana takes them."""
    stage.index.add(wheel("attrs", "23.1"))
    return stage.run("lock", "--refresh", "--accept-changed", "attrs")


def invented(stage: IndexStage) -> None:
    """Mallory writes a hash into the lock that no registry has."""
    stage.edit(stage.lock, stage.index.files["attrs-23.1-py3-none-any.whl"].sha256, "5" * 64)


CHANGES = (
    Change(
        "a package that nobody asked for before",
        DANA, runs("add", "idna"),
        lock="0",
        check="1 change-unapproved",
        next={REVIEW("idna"): approved_by(ADA)},
    ),
    Change(
        "it goes again",
        DANA, runs("remove", "idna"),
        lock="0",
        check="1 change-unapproved",
        next={REVIEW("idna"): approved_by(ADA)},
    ),
    Change(
        "two packages move",
        DANA, moved("click", "flask"),
        lock="0",
        check="1 change-unapproved",
        next={REVIEW("click"): approved_by(ADA), REVIEW("flask"): approved_by(BEA)},
    ),
    Change(
        "one goes back to the release of before, which was approved once: it needs an approval of its own",
        DANA, back,
        lock="0",
        check="1 change-unapproved",
        next={REVIEW("click"): approved_by(ADA)},
    ),
    Change(
        "a wheel is added to a pinned release: `lock` keeps the pinned set, `update` takes it in, a rule approves it",
        DANA, added,
        lock="0 artifact-added", told={"holdfast update tool": does("holdfast.lock written")},
        check="1 change-unapproved",
        next={REVIEW("tool"): ruled(CI, "tool")},
    ),
    Change(
        "a wheel by somebody else is added: no rule describes that, and Ada says no",
        DANA, forked,
        lock="1 signer-changed", told={DIFF: says(0, "file added: tool-1.0-cp311")},
        check="1 signer-changed",
        next={REVIEW("tool"): rejected_by(ADA, "who is that")},
        end="1 signer-changed", merged=False,
    ),
    Change(
        "a pinned wheel is gone from the index",
        DANA, taken,
        lock="0 artifact-missing", told={"holdfast update tool": does("holdfast.lock written")},
        check="1 change-unapproved",
        next={REVIEW("tool"): approved_by(ADA)},
    ),
    Change(
        "other bytes under a pinned name: `lock` stops and writes nothing",
        DANA, swapped("click"),
        lock="1 artifact-changed", told={"holdfast explain artifact-changed": says(0, "ask the publisher")},
        check="0", merged=False,
    ),
    Change(
        "Dana takes the other bytes: two approvers, and an end",
        DANA, swapped("attrs", take=True),
        lock="0",
        check="1 artifact-changed",
        next={REVIEW("attrs"): approved_by(ADA, BEA)},
    ),
    Change(
        "the first bytes are back, and approved once: they are other bytes now",
        DANA, unswapped,
        lock="0",
        check="1 artifact-changed",
        next={REVIEW("attrs"): approved_by(BEA, ADA)},
    ),
    Change(
        "signed files are swapped, their evidence is of the old bytes: nothing is written",
        DANA, swapped("tool", take=True),
        lock="1 evidence-refused", told={"holdfast explain evidence-refused": says(0, "evidence-refused")},
        check="0", merged=False,
    ),
    Change(
        "signed files are swapped, and signed by the same workflow",
        DANA, swapped("tool", RELEASE, take=True),
        lock="0",
        check="1 artifact-changed",
        next={REVIEW("tool"): rejected_by(ADA, "a release is not remade")},
        end="1 artifact-changed", merged=False,
    ),
    Change(
        "Mallory writes a hash into the lock that exists nowhere: nobody can approve it",
        MALLORY, invented,
        check="1 artifact-changed",
        next={REVIEW("attrs"): refused(ADA, "artifact-changed")},
        end="1 artifact-changed", merged=False,
    ),
)  # fmt: skip


def test_what_is_pinned(tmp_path: Path) -> None:
    """Each change waits as what it is, and holds when those who have to have said yes."""
    shelf = SHELF + "attrs 23.1\nidna 3.7\n"
    with index_stage(tmp_path, shelf, ("tool", "flask", "attrs"), policy=POLICY + RULE) as stage:
        Story(stage).play_all(CHANGES)
