"""Ranges of old releases are mended or given up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from holdfast_resolver.versions.pep440_ranges import canonical_range, repair_range
from tests.resolver.versions.version_strategies import clauses


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("", ""),
        (">=2.7", ">=2.7"),
        (">=2.7.*", ">=2.7"),
        (">3.0.*", ">3.0"),
        ("<4.*", "<4"),
        (">=2.7, !=3.0*, !=3.1*", ">=2.7,!=3.0.*,!=3.1.*"),
        (">=3.6,", ">=3.6"),
        (",>=3.6", ">=3.6"),
        (">=2.6 !=3.0.*", ">=2.6,!=3.0.*"),
        (">=7.2.0<8.0.0", ">=7.2.0,<8.0.0"),
        (">=2.7!=3.0.*", ">=2.7,!=3.0.*"),
        (">= 3.6'", ">=3.6"),
        ('">=3.6"', ">=3.6"),
        ("~=3.6.*", "~=3.6"),
        ("~=3.*", "==3.*"),
        ("=>3.6", ">=3.6"),
        ("> = 3.6", ">=3.6"),
        (">=3.x", ">=3"),
        ("==3.x", "==3.*"),
        ("!=~5.0", "!=5.0.*"),
        (">=3.6.", ">=3.6"),
        ("==*", ""),
        (">dev", ">0.dev0"),
        ("=3.8", "==3.8"),
        (">=1!2.0 <1!3", ">=1!2.0,<1!3"),
        (">=1.0+cu118", ">=1.0"),
    ],
)
def test_common_mistakes(text: str, repaired: str) -> None:
    """Each mistake that indexes hold is read as what it must have meant."""
    assert repair_range(text) == repaired


@pytest.mark.parametrize("text", ["3.6", "3", "foo", ">=2004d", ">=", "!=*", "^3.6", "python>=3", ">=3.6 3.7", "<=>1"])
def test_hopeless_texts(text: str) -> None:
    """What has no single likely meaning is given up."""
    assert repair_range(text) is None


@settings(max_examples=300)
@given(st.lists(clauses(), max_size=3))
def test_valid_ranges_come_back_canonical(parts: list[str]) -> None:
    """A range in good grammar is never changed."""
    text = ",".join(parts)
    assert repair_range(text) == canonical_range(text)


@settings(max_examples=400)
@given(st.text(alphabet="<>=!~*.,x 0123rcdev'\"()+-", max_size=16))
def test_any_text_is_mended_or_given_up(text: str) -> None:
    """No text raises, and what comes back is a range for `packaging` too."""
    repaired = repair_range(text)
    if repaired is not None:
        assert canonical_range(repaired) == repaired
        SpecifierSet(repaired)
