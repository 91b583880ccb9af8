"""Two months of a real index's updates: every class of change that is found is expected, and expected for true reasons.

The states, when their releases were uploaded, and the expectations are in `fixtures/updates/`.
"""

import tomllib
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from holdfast.format.read import read
from holdfast.model.changes import CLASSES, Change, classify
from holdfast.model.lock import Lock, Pin
from holdfast.model.signers import everybody
from tests.support.record_updates import CUTOFFS, FOLDER, state

EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
RELEASED = tomllib.loads((FOLDER / "released.toml").read_text(encoding="utf-8"))
STATES = [read(state(number).read_bytes(), state(number).name) for number in range(1, len(CUTOFFS) + 1)]
STEPS = (1, 2)
TWINS = {"boto3": "botocore", "pydantic": "pydantic-core"}


class Expected(NamedTuple):
    """A row of the table: one class of change of one package, and what it claims."""

    kind: str
    package: str
    before: str
    after: str
    reasons: tuple[str, ...]
    facts: tuple[str, ...]
    by: tuple[str, ...]
    older: bool

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells rows apart."""
        return self.kind, self.package, self.before, self.after


class Step(NamedTuple):
    """From one state to the next."""

    number: int
    before: Lock
    after: Lock

    @property
    def rows(self) -> list[Expected]:
        """What is expected of it."""
        return [_row(kind, row) for kind, rows in EXPECTED[f"step-{self.number}"].items() for row in rows]

    @property
    def changes(self) -> dict[tuple[str, str, str, str], Change]:
        """What is found."""
        return {
            (one.kind, one.name, one.before.version if one.before else "", one.after.version if one.after else ""): one
            for one in classify(self.before, self.after)
        }

    def in_month(self, pin: Pin) -> bool:
        """Whether a release was uploaded between the two states."""
        day: str = RELEASED[f"{pin.name} {pin.version}"][:10]
        return CUTOFFS[self.number - 1] <= day < CUTOFFS[self.number]


def _row(kind: str, row: dict[str, Any]) -> Expected:
    assert row.get("reasons") or row.get("reason"), row
    reasons, facts, by = (tuple(row.get(key, ())) for key in ("reasons", "facts", "by"))
    return Expected(
        kind, row["package"], row.get("from", ""), row.get("to", ""), reasons, facts, by, row.get("older", False)
    )


def step_of(number: int) -> Step:
    """The step of that number."""
    return Step(number, *STATES[number - 1 : number + 1])


@pytest.fixture(params=STEPS, ids=["first month", "second month"])
def step(request: pytest.FixtureRequest) -> Step:
    """Each step."""
    return step_of(request.param)


def test_the_findings_are_those_that_are_expected(step: Step) -> None:
    """None is missing, none is new, none is listed twice."""
    rows = [row.key for row in step.rows]
    assert sorted(step.changes) == sorted(rows)
    assert len(classify(step.before, step.after)) == len(rows)


def test_nothing_cries_wolf(step: Step) -> None:
    """Ordinary updates of two months hold no alarm, no error and no warning: one note for each moved pin."""
    kinds = [one.kind for one in step.changes.values()]
    assert {CLASSES[kind].severity for kind in kinds} == {"note"}
    moved = {(pin.name, pin.version) for pin in step.after.packages} - {
        (pin.name, pin.version) for pin in step.before.packages
    }
    waiting = {(one.name, one.after.version) for one in step.changes.values() if one.needs_approval and one.after}
    assert waiting == moved
    assert not any(everybody(pin) for lock in STATES for pin in lock.packages)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _first_that_rose(step: Step, change: Change) -> int:
    """The place of the number that rose in a release of this month; -1 for any other."""
    assert change.before is not None
    assert change.after is not None
    old, new = _numbers(change.before.version), _numbers(change.after.version)
    length = max(len(old), len(new))
    pairs = zip(old + [0] * (length - len(old)), new + [0] * (length - len(new)))
    place, (one, other) = next((place, pair) for place, pair in enumerate(pairs) if pair[0] != pair[1])
    return place if one < other and step.in_month(change.after) else -1


def _is_date(step: Step, change: Change) -> bool:
    assert change.after is not None
    year = int(RELEASED[f"{change.name} {change.after.version}"][:4])
    return _first_that_rose(step, change) >= 0 and _numbers(change.after.version)[0] in (year, year % 100)


def _pins(lock: Lock, name: str) -> list[Pin]:
    return [pin for pin in lock.packages if pin.name == name]


def _has_lines(step: Step, change: Change) -> bool:
    assert change.before is not None
    assert change.after is not None
    both = len(_pins(step.before, change.name)), len(_pins(step.after, change.name))
    return both == (2, 2) and change.before.when == change.after.when


def _is_fork(step: Step, change: Change) -> bool:
    pins = {pin.version: (pin.when, pin.requires_python) for pin in _pins(step.after, "soupsieve")}
    lines = {
        "2.10": ("python_version < '3.12'", ">=3.10"),
        "3.0.3": ("python_version >= '3.12'", ">=3.11.5"),
    }
    return change.name == "soupsieve" and pins == lines and len(_pins(step.before, "soupsieve")) == 1


def _needs(pin: Pin | None) -> dict[str, set[str]]:
    assert pin is not None
    needed: dict[str, set[str]] = {}
    for requirement, _ in pin.dependencies:
        needed.setdefault(requirement.name, set()).add(str(requirement))
    return needed


def _asks_for_newer_python(step: Step, change: Change) -> bool:
    assert change.before is not None
    assert change.after is not None
    floors = [_numbers(pin.requires_python.removeprefix(">=")) for pin in (change.before, change.after)]
    return floors[0] < floors[1] <= list(min(target.python for target in step.after.scope.targets))


def _spells_python_anew(step: Step, change: Change) -> bool:
    assert change.before is not None
    assert change.after is not None
    old, new = (set(pin.requires_python.split(",")) for pin in (change.before, change.after))
    return old != new and old == {one.removesuffix(".*") for one in new}


def _has_twin(step: Step, change: Change) -> bool:
    assert change.after is not None
    twin = TWINS[change.name]
    (pin,) = _pins(step.after, twin)
    days = [RELEASED[f"{one.name} {one.version}"][:10] for one in (change.after, pin)]
    newly = _needs(change.after)[twin] - _needs(change.before)[twin]
    return days[0] == days[1] and any(f"={pin.version}" in text for text in newly)


def _other_ranges(step: Step, change: Change) -> bool:
    old, new = _needs(change.before), _needs(change.after)
    return any(old[name] != new[name] for name in old.keys() & new.keys())


def _asks_for_more(step: Step, change: Change) -> bool:
    more = _needs(change.after).keys() - _needs(change.before).keys()
    listed = {row.package for row in step.rows if row.kind == "new-package"}
    return bool(more) and all(name in listed or _pins(step.before, name) for name in more)


def _asks_for_less(step: Step, change: Change) -> bool:
    less = _needs(change.before).keys() - _needs(change.after).keys()
    return bool(less) and all(_pins(step.after, name) for name in less)


# What each word of `[reasons]` claims.
CLAIMS: dict[str, Callable[[Step, Change], bool]] = {
    "patch": lambda step, change: _first_that_rose(step, change) >= 2,
    "minor": lambda step, change: _first_that_rose(step, change) == 1,
    "major": lambda step, change: _first_that_rose(step, change) == 0,
    "date": _is_date,
    "lines": _has_lines,
    "fork": _is_fork,
    "python": _asks_for_newer_python,
    "spelling": _spells_python_anew,
    "twin": _has_twin,
    "range": _other_ranges,
    "more": _asks_for_more,
    "less": _asks_for_less,
}


def test_every_reason_is_true(step: Step) -> None:
    """What a reason claims of a change is so in the locks, and no kind of reason is left that nobody uses."""
    for row in step.rows:
        change = step.changes[row.key]
        false = [reason for reason in row.reasons if not CLAIMS[reason](step, change)]
        assert not false, (row, EXPECTED["reasons"][false[0]])
    used = {reason for number in STEPS for row in step_of(number).rows for reason in row.reasons}
    assert used == EXPECTED["reasons"].keys() == CLAIMS.keys()


def test_every_version_has_one_reason_for_its_size(step: Step) -> None:
    """A moved pin is said to be a patch, a minor or a major release, or a date; other claims come on top."""
    for row in step.rows:
        if row.kind == "version-changed":
            assert len({"patch", "minor", "major", "date"} & set(row.reasons)) == 1, row


def test_every_changed_fact_is_listed(step: Step) -> None:
    """The listed facts are exactly what differs, and each kind of difference has its reason."""
    for row in step.rows:
        if row.kind == "facts-changed":
            assert list(row.facts) == _facts(step.changes[row.key]), row
            assert set(row.reasons) == _kinds_of_facts(step.changes[row.key]), row


def _facts(change: Change) -> list[str]:
    assert change.before is not None
    assert change.after is not None
    lines = []
    if change.before.requires_python != change.after.requires_python:
        lines.append(f"requires-python: {change.before.requires_python} -> {change.after.requires_python}")
    old, new = ({one for some in _needs(pin).values() for one in some} for pin in (change.before, change.after))
    lines += [f"no longer needs {one}" for one in sorted(old - new)]
    return lines + [f"needs {one}" for one in sorted(new - old)]


def _kinds_of_facts(change: Change) -> set[str]:
    """Which reasons a change of facts must have."""
    assert change.before is not None
    assert change.after is not None
    if change.before.when != change.after.when:
        return {"fork"}
    kinds = set()
    if change.before.requires_python != change.after.requires_python:
        kinds.add("spelling" if "," in change.after.requires_python else "python")
    old, new = _needs(change.before), _needs(change.after)
    for name in old.keys() & new.keys():
        if old[name] != new[name]:
            kinds.add("twin" if name == TWINS.get(change.name) else "range")
    if new.keys() - old.keys():
        kinds.add("more")
    if old.keys() - new.keys():
        kinds.add("less")
    return kinds


def test_every_new_package_is_needed_by_what_is_said(step: Step) -> None:
    """Whoever needs it is listed, none of them needed it before, and it is as old as is said."""
    before = {pin.name: _needs(pin) for pin in step.before.packages}
    for row in step.rows:
        if row.kind != "new-package":
            continue
        needing = [pin for pin in step.after.packages if row.package in _needs(pin)]
        assert sorted(f"{pin.name} {pin.version}" for pin in needing) == list(row.by)
        assert not any(row.package in before.get(pin.name, {}) for pin in needing)
        (pin,) = _pins(step.after, row.package)
        assert step.in_month(pin) is not row.older
        assert RELEASED[f"{pin.name} {pin.version}"][:10] < CUTOFFS[step.number]


def test_the_fixtures_name_no_host() -> None:
    """They are facts about releases, not about where they were had."""
    for path in FOLDER.iterdir():
        assert "://" not in path.read_text(encoding="utf-8"), path.name
