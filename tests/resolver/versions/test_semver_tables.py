"""Candidate tables of SemVer versions, and their sets in words."""

import random

import pytest

from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.intervals import NOTHING, describe
from holdfast_resolver.versions.port import Scheme
from holdfast_resolver.versions.semver import SEMVER

TABLE = Candidates.from_versions(
    ["1.0.0", "1.5.0", "1.9.0-rc.1", "1.9.0", "2.0.0-rc.1", "2.0.0-rc.2", "2.0.0", "2.1.0", "3.0.0"], SEMVER
)


def test_semver_implements_the_port() -> None:
    """The scheme offers all that a table asks for."""
    scheme: Scheme = SEMVER
    assert scheme.name == "semver"
    assert TABLE.scheme is SEMVER
    assert TABLE.prereleases == 0b000110100


def test_versions_that_differ_in_build_metadata_are_one_candidate() -> None:
    """Of versions of equal precedence the first by text stays, whatever their order; each is found at its place."""
    texts = ["1.0.0+b", "0.9.0", "1.0.0+a", "v1.0.0+a"]
    for written in (texts, texts[::-1]):
        table = Candidates.from_versions(written, SEMVER)
        assert table.versions == ["0.9.0", "1.0.0+a"]
        assert [table.index(text) for text in written] == [1 if "1.0.0" in text else 0 for text in written]
    assert Candidates.from_versions([*texts, "1.0.0"], SEMVER).versions == ["0.9.0", "1.0.0"]


def test_any_version_is_no_prerelease() -> None:
    """A table's mask of "" is the scheme's: without pre-releases for npm's ranges."""
    assert TABLE.mask("") == TABLE.everything & ~TABLE.prereleases
    assert Candidates.from_versions(["1.0", "2.0rc1"]).mask("") == 0b11


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        (0b111111111, ""),
        (0b111001011, ""),
        (0b000000000, NOTHING),
        (0b111000000, ">=2.0.0"),
        (0b111110000, ">=2.0.0-rc.1"),
        (0b000001011, "<2.0.0"),
        (0b000001111, "<=1.9.0-rc.1 or =1.9.0"),
        (0b000000010, "=1.5.0"),
        (0b011000000, ">=2.0.0 <3.0.0"),
        (0b001110000, ">=2.0.0-rc.1 <2.1.0"),
        (0b110001011, "<2.0.0 or >=2.1.0"),
        (0b101001001, "=1.0.0 or >=1.9.0 <2.1.0 or =3.0.0"),
        (0b101000101, "=1.0.0 or =1.9.0-rc.1 or =2.0.0 or ..."),
    ],
)
def test_descriptions(mask: int, text: str) -> None:
    """A set reads as npm's ranges say it."""
    assert describe(TABLE, mask) == text


def test_a_complete_description_means_its_set() -> None:
    """Read back over the table, a complete description is the same set, of any shape."""
    draw = random.Random(5)
    versions = [
        f"{draw.randrange(3)}.{draw.randrange(3)}.{draw.randrange(3)}{draw.choice(('', '', '-a', '-b.1', '+b'))}"
        for _ in range(400)
    ]
    for _ in range(1_000):
        table = Candidates.from_versions(draw.sample(versions, 9), SEMVER)
        mask = draw.getrandbits(table.count) | draw.getrandbits(table.count)
        text = describe(table, mask)
        parts = text.split(" or ")
        assert len(parts) <= 4
        if not text:
            assert mask in (table.everything, table.mask(""))
            continue
        read = 0
        for part in parts:
            read |= 0 if part in ("...", NOTHING) else table.mask(part)
        assert read & ~mask == 0
        assert (read == mask) == (parts[-1] != "...")


def test_the_description_of_a_large_set_is_found_soon() -> None:
    """A thousand candidates with pre-releases among them are not tried one by one."""
    table = Candidates.from_versions(
        [f"{n // 10}.{n % 10}.0{'-rc.1' if n % 4 == 0 else ''}" for n in range(1_000)], SEMVER
    )
    asked: list[str] = []

    class Counting(Candidates):
        def mask(self, range_text: str) -> int:
            asked.append(range_text)
            return super().mask(range_text)

    counting = Counting(table.keys, table.versions, scheme=SEMVER)
    describe(counting, table.everything & ~0b11)
    assert 0 < len(asked) < 100
