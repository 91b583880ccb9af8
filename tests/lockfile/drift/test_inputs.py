"""Manifest against lock."""

import pytest

from holdfast.drift.inputs import compare_inputs
from holdfast.findings.finding import Place
from holdfast_resolver.values.requirements import parse_requirement
from holdfast_resolver.values.wishes import Wish
from tests.support.lock_scenarios import read_lock

LOCK = read_lock(
    """
wish flask>=3.0,<4
wish click
wish pytest>=8 (group test)
constraint urllib3<2
"""
)


def wish(text: str, kind: str = "project", group: str = "", line: int = 0) -> Wish:
    """A wish of pyproject.toml."""
    return Wish(parse_requirement(text), kind, group, "pyproject.toml", line)


SAME = (
    wish("flask>=3.0,<4", line=5),
    wish("click", line=6),
    wish("pytest>=8", "group", "test", 10),
    wish("urllib3<2", "constraint", line=20),
)


def test_the_same_wishes_are_no_drift() -> None:
    """Order, spelling, repetition and the order of version clauses do not matter."""
    assert compare_inputs(LOCK, SAME) == ()
    other = (wish("Flask <4, >=3.0"), *SAME[:0:-1], SAME[1])
    assert compare_inputs(LOCK, other) == ()


def test_the_source_of_a_wish_is_not_compared_here() -> None:
    """A lock notes the source in which a wish resolves; the manifest does not say it."""
    first = LOCK.inputs[0]
    mapped = tuple(one._replace(source="internal") for one in first.requires)
    assert compare_inputs(LOCK._replace(inputs=(first._replace(requires=mapped), *LOCK.inputs[1:])), SAME) == ()


@pytest.mark.parametrize(
    ("wishes", "subject", "expected", "found", "fact", "line"),
    [
        pytest.param(
            (wish("flask>=3.1", line=5), *SAME[1:]),
            "pypi:flask>=3.1",
            "pypi:flask>=3.1 (pyproject.toml)",
            "pypi:flask>=3.0,<4 (holdfast.lock)",
            "a dependency of the project",
            5,
            id="edited",
        ),
        pytest.param(
            (*SAME, wish("six", "extra", "old", 30)),
            "pypi:six",
            "pypi:six (pyproject.toml)",
            "no such wish (holdfast.lock)",
            "in the extra old",
            30,
            id="added",
        ),
        pytest.param(
            (*SAME[:2], SAME[3]),
            "pypi:pytest>=8",
            "no such wish (pyproject.toml)",
            "pypi:pytest>=8 (holdfast.lock)",
            "in the dependency group test",
            0,
            id="removed",
        ),
        pytest.param(
            SAME[:3],
            "pypi:urllib3<2",
            "no such wish (pyproject.toml)",
            "pypi:urllib3<2 (holdfast.lock)",
            "a constraint",
            0,
            id="constraint removed",
        ),
    ],
)
def test_a_changed_wish_is_named(
    wishes: tuple[Wish, ...], subject: str, expected: str, found: str, fact: str, line: int
) -> None:
    """One finding per wish, with both sides, what kind of wish it is, and its line."""
    (finding,) = compare_inputs(LOCK, wishes)
    assert finding.code == "manifest-changed"
    assert (finding.subject, finding.expected, finding.found) == (subject, expected, found)
    assert finding.facts == (("wish", fact),)
    assert finding.place == Place("pyproject.toml", line)
    assert finding.hints == ("holdfast lock",)


def test_a_wish_that_moved_to_a_group_is_two_changes() -> None:
    """The same requirement in another part of the manifest is removed there and added here."""
    moved = (SAME[0], wish("click", "group", "test"), *SAME[2:])
    assert [one.found for one in compare_inputs(LOCK, moved)] == [
        "no such wish (holdfast.lock)",
        "pypi:click (holdfast.lock)",
    ]
