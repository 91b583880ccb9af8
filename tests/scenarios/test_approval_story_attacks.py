"""The story of approvals: pull requests by Mallory. What can be written into a branch, and what it comes to.

Nothing of hers is merged. `check` alone judges a tree by its own word, so some of it passes there; `check --base` with
the full id of the protected branch does not, and the commands that it prints undo what she did, or let Ada say no.
"""

from pathlib import Path

import pytest

from tests.support import story_attacks as deeds
from tests.support.approval_story import (
    Change,
    Round,
    Story,
    Then,
    approved_by,
    each,
    maybe_restored,
    refused,
    rejected_by,
    restored,
    says,
)
from tests.support.story_attacks import Deed, moved, relocked, signed, spoilt, transplanted
from tests.support.story_stages import ADA, BEA, CI, DANA, MALLORY, IndexStage, index_stage
from tests.support.story_team import Team

REVIEW = "holdfast review {}".format
CONFIGURATION = "holdfast review --configuration"
VERIFY = "holdfast approvals verify"
BY_BASE = f"{VERIFY} --base MAIN"
RESTORE = "git checkout MAIN -- .holdfast/approvals/ACT.json"
REMOVE = "rm .holdfast/approvals/ACT.json"
IDLE = says(0, "waits for nothing", by=ADA)
NO = rejected_by(ADA, "not like this")
UNSIGNED = "no approver has signed it"
UNAPPROVED = "1 change-unapproved"
UNCOUNTED = "1 approval-uncounted change-unapproved"
REJECTED = "1 change-rejected"
BROKEN = "1 approval-broken change-unapproved"
EDITED = "1 approval-broken approval-edited change-unapproved"


def taken_back(team: Team, _command: str) -> None:
    """Dana takes her change back; what was signed stays."""
    team.git("checkout", "main", "--", "holdfast.lock")


def honest(what: str, name: str, version: str, then: Then) -> Change[IndexStage]:
    """A change of the protected branch."""
    return Change(what, DANA, moved(name, version), check=UNAPPROVED, next={REVIEW(name): then}, lock="0")


def attack(
    what: str, do: Deed, check: str, base: str, then: dict[str, Then], *more: Round, end: str = "0"
) -> Change[IndexStage]:
    """A pull request that is never merged."""

    def quietly(stage: IndexStage) -> None:
        do(stage)

    return Change(what, MALLORY, quietly, check=check, base=base, next=then, more=more, end=end, merged=False)


HONEST = (
    honest("click moves", "click", "8.1.8", approved_by(ADA)),
    honest("tool moves", "tool", "1.1", approved_by(BEA)),
    honest("Ada says no to a release, Dana takes it back, the rejection stays", "flask", "3.0.1",
           each(rejected_by(ADA, "it phones home"), taken_back)),
)  # fmt: skip

FILES = (
    attack("an approval is deleted", deeds.deleted,
           UNAPPROVED, "1 approval-removed change-unapproved", {RESTORE: restored, REVIEW("click"): IDLE}),
    attack("an approval is edited", spoilt(lambda data: data.replace(b"A", b"B", 1)),
           BROKEN, EDITED, {VERIFY: says(1, "broken"), RESTORE: restored, REVIEW("click"): IDLE}),
    attack("an approval is cut off", spoilt(lambda data: data[:-20]),
           BROKEN, EDITED, {VERIFY: says(1, "broken"), RESTORE: restored, REVIEW("click"): IDLE}),
    attack("an approval is only formatted: it says the same, and is another file", spoilt(lambda data: data + b"\n"),
           "0", "1 approval-edited", {RESTORE: restored}),
    attack("a rejection is deleted, and what it rejected is locked", deeds.unrejected,
           UNAPPROVED, "1 approval-removed change-unapproved",
           {RESTORE: restored, REVIEW("flask"): rejected_by(BEA, "Ada was right")}, end="1 change-rejected"),
    attack("an approval lies there twice", deeds.replayed,
           "1 approval-broken", "1 approval-broken", {VERIFY: says(1, "broken")}, end="1 approval-broken"),
    attack("a signature of Ada's stands under another act", deeds.readdressed,
           BROKEN, BROKEN, {VERIFY: says(1, "broken"), REVIEW("click"): NO}, end="1 approval-broken change-rejected"),
    attack("approvals and approvers disappear", deeds.disappeared,
           "0", "1 approval-removed configuration-changed",
           {"git checkout MAIN -- .holdfast/approvals pyproject.toml": restored, RESTORE: maybe_restored}),
    attack("an older lock is brought back: it was approved once", deeds.older_lock,
           UNAPPROVED, UNAPPROVED, {REVIEW("tool"): NO}, end="1 change-rejected"),
    attack("the first day is brought back, approvals and all", deeds.day_one,
           "0", "1 approval-removed", {RESTORE: restored},
           Round(UNAPPROVED, {REVIEW("click"): NO, REVIEW("tool"): NO}), end="1 change-rejected"),
)  # fmt: skip

ACTS = (
    attack("she adds herself, says that she may, and approves", deeds.herself,
           "1 approval-uncounted change-unapproved configuration-changed", "",
           {VERIFY: says(1, "not an approver"), REMOVE: restored, CONFIGURATION: NO, REVIEW("click"): NO},
           end="1 change-rejected configuration-changed"),
    attack("approvals begin anew, and she is one of those who approve", deeds.anew,
           "0", "1 approval-removed baseline-second change-unapproved configuration-changed",
           {RESTORE: restored, BY_BASE: says(1, "baseline"), CONFIGURATION: NO, REVIEW("click"): NO,
            REVIEW("flask"): IDLE, REVIEW("tool"): IDLE},
           end="1 baseline-second change-rejected configuration-changed"),
    attack("an approver signs a second baseline", deeds.second_baseline,
           "1 baseline-second change-unapproved", "",
           {VERIFY: says(1, "baseline"), BY_BASE: says(1, "baseline"),
            REVIEW("click"): NO},
           end="1 baseline-second change-rejected"),
    attack("she signs as herself", signed(MALLORY, MALLORY),
           UNCOUNTED, "", {VERIFY: says(1, UNSIGNED), REMOVE: restored, REVIEW("click"): NO}, end=REJECTED),
    attack("she signs in the name of Ada", signed(ADA, MALLORY),
           UNCOUNTED, "", {VERIFY: says(1, UNSIGNED), REMOVE: restored, REVIEW("click"): NO}, end=REJECTED),
    attack("she has the key of the rules, which describe nothing like it", signed(CI, CI),
           UNCOUNTED, "", {VERIFY: says(1, "rule"), REMOVE: restored, REVIEW("click"): NO}, end=REJECTED),
    attack("she has the key of the rules, and signs as a person", signed(CI, CI, role=""),
           UNCOUNTED, "", {VERIFY: says(1, "rule"), REMOVE: restored, REVIEW("click"): NO}, end=REJECTED),
    attack("a checkpoint of hers stands for everything", deeds.stood_in,
           "1 approval-uncounted change-unapproved configuration-changed",
           "1 approval-removed approval-uncounted change-unapproved configuration-changed",
           {VERIFY: says(1, UNSIGNED), RESTORE: restored, REMOVE: restored, CONFIGURATION: IDLE,
            REVIEW("click"): NO, REVIEW("flask"): IDLE, REVIEW("tool"): IDLE}, end=REJECTED),
    attack("Ada approved it in another project", transplanted(same_id=False),
           UNCOUNTED, "", {VERIFY: says(1, "which is not here"), REMOVE: restored, REVIEW("click"): NO}, end=REJECTED),
    attack("Ada approved it in another project with the id of this one", transplanted(same_id=True),
           UNCOUNTED, "", {VERIFY: says(1, "which is not here"), REMOVE: restored, REVIEW("click"): NO}, end=REJECTED),
    attack("the project has another id", deeds.renamed,
           "1 approval-uncounted change-unapproved configuration-changed project-changed",
           "1 configuration-changed project-changed",
           {"holdfast explain project-changed": says(0, "Put the id back"),
            "git checkout MAIN -- pyproject.toml": restored, CONFIGURATION: IDLE, REVIEW("click"): IDLE,
            REVIEW("flask"): IDLE, REVIEW("tool"): IDLE, VERIFY: says(0, "all of them hold")}),
)  # fmt: skip

LOCK = (
    attack("the lock has another name for a signer", relocked('label = "acme/tool"', 'label = "acme/tools"'),
           "1 signer-renamed", "", {REVIEW("tool"): refused(ADA)}, end="1 signer-renamed"),
    attack("the lock has another owner of a signer", relocked('owner-id = "7"', 'owner-id = "8"'),
           "1 signer-impersonated", "", {REVIEW("tool"): refused(ADA)}, end="1 signer-impersonated"),
    attack("the lock has another context of a signer", relocked("ref=tag", "ref=branch:main"),
           "1 signer-changed", "", {REVIEW("tool"): refused(ADA)}, end="1 signer-changed"),
    attack("evidence is dropped from the lock", deeds.undressed,
           "1 signer-lost", "", {REVIEW("tool"): refused(ADA)}, end="1 signer-lost"),
    attack("the lock says who signed what nobody signed", deeds.dressed,
           UNAPPROVED, "", {REVIEW("click"): refused(ADA)}, end=UNAPPROVED),
)  # fmt: skip


@pytest.mark.parametrize("attacks", [FILES, ACTS, LOCK], ids=["files", "acts", "lock"])
def test_what_is_written_into_a_branch(tmp_path: Path, attacks: tuple[Change[IndexStage], ...]) -> None:
    """It is stopped by the base, and named; where a command is named that mends it, it does."""
    with index_stage(tmp_path) as stage:
        story = Story(stage)
        story.play_all(HONEST)
        story.play_all(attacks)
