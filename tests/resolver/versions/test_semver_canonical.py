"""How npm ranges are stored, and which of them ask for pre-releases."""

import pytest

from holdfast_resolver.errors import InvalidRange
from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.semver import SEMVER
from tests.resolver.versions.semver_worlds import World

TABLE = Candidates.from_versions(["0.1.0", "1.0.0-rc.1", "1.0.0", "1.2.0", "2.0.0-0"], SEMVER)


def test_a_canonical_range_means_the_same() -> None:
    """The stored spelling is strict, is its own canonical spelling, and picks what the written one picks."""
    world = World(3)
    changed = 0
    for _ in range(1_500):
        case = world.case(8)
        table = Candidates.from_versions(case.versions, SEMVER)
        for loose in (False, True):
            try:
                canonical = SEMVER.canonical_range(case.range, loose=loose)
                mask = SEMVER.range_mask(table, case.range, loose=loose)
            except InvalidRange:
                continue
            changed += canonical != case.range
            assert SEMVER.range_mask(table, canonical) == mask, case
            assert SEMVER.canonical_range(canonical) == canonical, case
            assert SEMVER.names_prerelease(canonical) == SEMVER.names_prerelease(case.range, loose=loose), case
            assert "  " not in canonical
            assert canonical.isprintable()
            if not loose:
                for_all = SEMVER.range_mask(table, canonical, prereleases=True)
                assert for_all == SEMVER.range_mask(table, case.range, prereleases=True), case
    assert changed > 300


@pytest.mark.parametrize("text", ["", "*", "x", "X", " ", "||", "x.x.x", "^*", "~x", ">=*", "* || 1.2", "\t*\n"])
def test_any_version_has_one_spelling(text: str) -> None:
    """What asks for any version is stored as "", and picks no pre-release unless all are asked for."""
    assert SEMVER.canonical_range(text) == SEMVER.canonical_range(text, loose=True) == ""
    assert TABLE.mask("") == TABLE.everything & ~TABLE.prereleases
    assert SEMVER.range_mask(TABLE, "", prereleases=True) == TABLE.everything
    assert not SEMVER.names_prerelease("")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^1.2", "^1.2"),
        ("  >=  1.2.3 \t <2  ", ">=1.2.3 <2"),
        ("^ 1.2||~  3", "^1.2 || ~3"),
        ("1.2.3\u00a0-  2.x", "1.2.3 - 2.x"),
        ("v1.2.3+build", "v1.2.3+build"),
        (">=0.0.0", ">=0.0.0"),  # not any version: where pre-releases are asked for it leaves out those of 0.0.0
    ],
)
def test_canonical_spellings(text: str, expected: str) -> None:
    """A range is stored as it was written, but for white space."""
    assert SEMVER.canonical_range(text) == expected


def test_what_only_loose_reading_takes_is_stored_in_plain_comparators() -> None:
    """A range of an old manifest is stored so that strict reading takes it."""
    assert SEMVER.canonical_range("^01.2 beta || latest", loose=True) == ">=1.2.0 <2.0.0-0"
    with pytest.raises(InvalidRange):
        SEMVER.canonical_range("^01.2")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("1.2.3-rc", True),
        (">=1.2.3-0", True),
        ("<=2.0.0-0", True),
        ("1 || ^2.0.0-rc.1", True),
        ("1.2.3-a - 2", True),
        ("^1.2.3", False),
        ("<2.0.0-0", False),  # how `<2` is spelled out: nothing lies between the pre-releases and this
        ("1.2.3+rc", False),
        ("1.2.3-rc || *", False),
        (">1.2.3-rc <1", False),
    ],
)
def test_which_ranges_name_a_prerelease(text: str, named: bool) -> None:
    """A range names a pre-release where some pre-release could be admitted by it."""
    assert SEMVER.names_prerelease(text) is named
