"""Sets of versions described as ranges."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.intervals import NOTHING, describe
from tests.resolver.versions.version_strategies import families


def parsed_back(table: Candidates, text: str) -> int:
    """The mask that a description means."""
    if text == NOTHING:
        return 0
    mask = 0
    for part in text.split(" or "):
        mask |= table.mask(part)
    return mask


TABLE = Candidates.from_versions(["1.0", "1.5", "1.9", "2.0rc1", "2.0", "2.1", "3.0"])


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        (0b1111111, ""),
        (0, NOTHING),
        (0b1110000, ">=2.0"),
        (0b1111000, ">=2.0rc1"),
        (0b0000111, "<2.0"),
        (0b0001111, "<=2.0rc1"),
        (0b0011111, "<2.1"),
        (0b0000010, "==1.5"),
        (0b0110000, ">=2.0,<3.0"),
        (0b1101111, "!=2.0"),
        (0b1000011, "<1.9 or ==3.0"),
        (0b1000001, "==1.0 or ==3.0"),
        (0b1010101, "==1.0 or ==1.9 or ==2.0 or ..."),
    ],
)
def test_descriptions(mask: int, text: str) -> None:
    """A set reads as a person would say it."""
    assert describe(TABLE, mask) == text


def test_local_versions_cannot_bound_a_range() -> None:
    """Where the grammar cannot order local versions, they are named one by one."""
    table = Candidates.from_versions(["1.0", "1.0+cpu", "1.0+cu118", "2.0"])
    assert describe(table, 0b0001) == "===1.0"
    assert describe(table, 0b0011) == "===1.0 or ==1.0+cpu"
    assert describe(table, 0b0111) == "<2.0"
    assert describe(table, 0b1100) == "==1.0+cu118 or ==2.0"


@settings(max_examples=400, deadline=None)
@given(families(), st.integers(min_value=0))
def test_a_complete_description_means_its_set(texts: list[str], bits: int) -> None:
    """Read back over the table, a complete description is the same set; it is short and deterministic."""
    table = Candidates.from_versions(texts)
    mask = bits & table.everything
    text = describe(table, mask)
    assert text == describe(Candidates.from_versions(texts), mask)
    parts = text.split(" or ")
    assert len(parts) <= 4
    if parts[-1] == "...":
        described = parsed_back(table, " or ".join(parts[:-1]))
        assert described & ~mask == 0
        assert described != mask
    else:
        assert parsed_back(table, text) == mask
