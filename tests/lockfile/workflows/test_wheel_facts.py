"""A wheel's own metadata against the edges of its pin."""

import pytest

from holdfast.model.graph import LockGraph
from holdfast.workflows.wheel_facts import Comparison, finding_of
from holdfast_resolver.values.artifacts import ReleaseMetadata
from holdfast_resolver.versions.grid import Grid
from tests.support.lock_scenarios import TARGETS, read_lock

LOCK = read_lock(
    """
wish web[fast]
web 1.0 | python >=3.9
    base>=2
    speed ; extra == 'fast'
    winfix ; sys_platform == 'win32'
base 2.0
speed 1.0
winfix 1.0
"""
)
PLACE = [pin.name for pin in LOCK.packages].index("web")
PURE = "web-1.0-py3-none-any.whl"
LINUX = "web-1.0-cp311-cp311-manylinux_2_28_x86_64.whl"
HONEST = ("base>=2", 'speed; extra == "fast"', 'winfix; sys_platform == "win32"')


def found(
    *requires: str, file: str = PURE, version: str = "1.0", python: str = ">=3.9", declared: tuple[str, ...] = ()
) -> str:
    """What is said of a wheel with these requirements; "" when it is as locked."""
    comparison = Comparison(LockGraph(LOCK, Grid(TARGETS)), declared)
    metadata = ReleaseMetadata("web", version, python, requires, ("fast", "slow"), True)
    difference = comparison.compare(PLACE, file, metadata)
    return difference.found if difference else ""


def test_a_wheel_as_locked() -> None:
    """Spelling, order and what applies nowhere make no difference."""
    assert found(*HONEST) == ""
    assert found(*reversed(HONEST), 'maconly; sys_platform == "sunos5"', 'tests; extra == "slow"') == ""
    assert found("BASE >= 2", *HONEST[1:]) == ""


def test_a_requirement_only_counts_where_the_wheel_serves() -> None:
    """A wheel for Linux need not name what Windows needs."""
    assert found(*HONEST[:2], file=LINUX) == ""
    assert found(*HONEST[:2]) == "does not require winfix ; sys_platform == 'win32'"


@pytest.mark.parametrize(
    ("requires", "words"),
    [
        ((*HONEST, "evil"), "also requires evil"),
        (("base>=3", *HONEST[1:]), "also requires base>=3; does not require base>=2"),
        ((*HONEST, 'evil; extra == "fast"'), "also requires evil ; extra == 'fast'"),
        ((*HONEST, "a", "b", "c", "d", "e"), "also requires a, b, c and 2 more"),
        ((*HONEST, "evil @ https://files.example/evil.whl"), "which is not from an index"),
        ((*HONEST, "???"), "its metadata has '???'"),
    ],
)
def test_a_wheel_that_differs(requires: tuple[str, ...], words: str) -> None:
    """The difference is said in words."""
    assert words in found(*requires)


def test_other_facts_that_differ() -> None:
    """Its version, and a requires-python that leaves a target out."""
    assert found(*HONEST, version="1.0.0") == ""
    assert found(*HONEST, version="1.1") == "METADATA of 1.1"
    assert found(*HONEST, python=">=3.8") == ""
    assert found(*HONEST, python=">=3.12") == "requires-python >=3.12 instead of >=3.9"


def test_declared_metadata_is_not_contradicted() -> None:
    """Where the user declares what a release requires, the wheel has no say; in its version it has."""
    assert found("other", declared=("web",)) == ""
    assert found("other", declared=("web",), version="2") != ""


def test_wheels_with_the_same_difference_are_one_finding() -> None:
    """One names its file; several name the release and the files."""
    comparison = Comparison(LockGraph(LOCK, Grid(TARGETS)))
    difference = comparison.compare(PLACE, PURE, ReleaseMetadata("web", "1.0", ">=3.9", (*HONEST, "evil"), (), True))
    assert difference is not None
    pin = LOCK.packages[PLACE]
    assert finding_of(pin, difference, [PURE]).subject == PURE
    several = finding_of(pin, difference, [f"{n}.whl" for n in range(5)])
    assert several.subject == "web 1.0"
    assert several.facts == (("files", "0.whl, 1.whl, 2.whl, +2"),)
