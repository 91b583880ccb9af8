"""The recorded updates under approvals: what waits is exactly what is expected, and approving it is enough."""

import pytest

from holdfast.approvals.judge import Judgement, State, judge
from holdfast.findings.finding import Place
from holdfast.model.changes import CLASSES
from holdfast.model.lock import Lock
from holdfast.model.pin_digest import approved_pins
from tests.scenarios.test_recorded_updates import STATES, STEPS, step_of
from tests.support.approvals import NOW, approval, baseline, change, read_all, security, signed, trail

RULES = security("alice")
FIRST = trail(signed(baseline(STATES[0], RULES), "alice"))
Files = dict[str, bytes]


def judged(lock: Lock, files: Files) -> Judgement:
    """The lock under these approvals, without a base."""
    state = State(lock, RULES, read_all(files, RULES), files)
    return judge(state, None, NOW, held=None, lock_path="holdfast.lock", configuration_path="holdfast.toml")


def expected(step: int) -> set[tuple[str, str, str, str]]:
    """The rows of a step whose class waits for approval: (class, package, from, to)."""
    return {row.key for row in step_of(step).rows if CLASSES[row.kind].approval}


def waiting(judgement: Judgement) -> set[tuple[str, str, str, str]]:
    """What waits, in the same form."""
    return {
        (one.kind, one.name, one.before.version if one.before else "", one.after.version if one.after else "")
        for package in judgement.waiting
        for one in package.changes
    }


def with_approved(step: int, files: Files) -> Files:
    """The files with one approval of all that waits in a step; each change follows the head of its package."""
    before, after = STATES[step - 1 : step + 1]
    acts = read_all(files, RULES).acts
    followed = {(one.key, digest) for act in acts for one in act.act.packages for digest in one.follows}
    heads = {one.key: act.digest for act in acts for one in act.act.packages if (one.key, act.digest) not in followed}
    changes = []
    for source, name in sorted({("pypi", row[1]) for row in expected(step)}):
        follows = [heads[source, name]] if (source, name) in heads else []
        kind = "version-changed" if follows else "new-package"
        changes.append(change(name, before, after, follows=follows, classes=(kind,)))
    return files | trail(signed(approval(RULES, *changes), "alice"))


def files_at(state: int) -> Files:
    """The approvals of a state that was approved whole, step by step."""
    files = FIRST
    for step in range(1, state):
        files = with_approved(step, files)
    return files


@pytest.mark.parametrize("state", [1, 2, 3])
def test_an_approved_state_is_green(state: int) -> None:
    """A baseline, and one approval of what each month brought: nothing is found, and every pin has its standing."""
    judgement = judged(STATES[state - 1], files_at(state))
    assert (judgement.findings, judgement.waiting, judgement.uncounted) == ((), (), ())
    assert judgement.standings.keys() == approved_pins(STATES[state - 1]).keys()
    reviewed = {key for key, one in judgement.standings.items() if one.how == "reviewed"}
    assert reviewed == {("pypi", row[1]) for step in range(1, state) for row in expected(step)}


@pytest.mark.parametrize("step", STEPS)
def test_exactly_the_expected_changes_wait(step: int) -> None:
    """After an update each moved package waits with its classes, and there is one finding for each package."""
    judgement = judged(STATES[step], files_at(step))
    assert waiting(judgement) == expected(step)
    packages = {row[1] for row in expected(step)}
    assert len(judgement.findings) == len(judgement.waiting) == len(packages)
    assert {hint for one in judgement.findings for hint in one.hints} == {
        f"holdfast review {name}" for name in packages
    }
    assert {(one.code, one.severity) for one in judgement.findings} == {("change-unapproved", "error")}
    assert {one.place for one in judgement.findings} == {Place("holdfast.lock")}


def test_two_months_without_a_look() -> None:
    """What moved twice waits once, compared with what was approved and not with the month between."""
    judgement = judged(STATES[2], FIRST)
    names = {row[1] for step in STEPS for row in expected(step)}
    assert {one.name for one in judgement.waiting} == names
    assert len(judgement.findings) == len(names)
    found = {(one[1], one[2], one[3]) for one in waiting(judgement)}
    assert ("boto3", "1.43.75", "1.43.115") in found


def test_going_back_waits_as_well() -> None:
    """The state of the month before was approved once; brought back, each of its packages waits."""
    judgement = judged(STATES[1], files_at(3))
    back = {(row[1], row[3], row[2]) for row in expected(2) if row[0] == "version-changed"}
    assert {row[1:] for row in waiting(judgement) if row[0] == "version-changed"} >= back - {
        ("soupsieve", "2.10", "2.9.2"),
        ("soupsieve", "3.0.3", "2.9.2"),
    }
    assert {one.name for one in judgement.waiting} == {row[1] for row in expected(2)}
    assert {row[1] for row in waiting(judgement) if row[0] == "removed"} >= {
        row[1] for row in expected(2) if row[0] == "new-package"
    }
