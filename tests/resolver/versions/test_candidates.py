"""The candidate table and the admission of pre-releases."""

from hypothesis import given, settings
from packaging.version import Version

from holdfast_resolver.versions.candidates import Candidates
from holdfast_resolver.versions.pep440 import PEP440
from holdfast_resolver.versions.port import Scheme
from holdfast_resolver.versions.prereleases import admitted
from tests.resolver.versions.version_strategies import families


@settings(max_examples=200)
@given(families())
def test_a_table_of_texts_is_sorted_and_free_of_duplicates(texts: list[str]) -> None:
    """A table holds each version once, in ascending order, whatever the order of the texts."""
    table = Candidates.from_versions(texts)
    assert list(map(Version, table.versions)) == sorted(set(map(Version, texts)))
    assert table.keys == sorted(set(table.keys))
    assert Candidates.from_versions(reversed(texts)).versions == table.versions
    assert all(table.versions[table.index(text)] for text in texts)
    assert [table.index(version) for version in table.versions] == list(range(table.count))
    expected = sum(1 << i for i, version in enumerate(table.versions) if Version(version).is_prerelease)
    assert table.prereleases == expected


def test_what_is_no_version_is_left_out() -> None:
    """Texts of before the grammar do not become candidates."""
    assert Candidates.from_versions(["2004d", "1.0", "", "x"]).versions == ["1.0"]


def test_index_of_another_spelling() -> None:
    """A version is found in any spelling; what is absent, or no version, is at -1."""
    table = Candidates.from_versions(["1.0", "2.0rc1"])
    assert table.index("2.0.0-RC.1") == 1
    assert table.index("3") == -1
    assert table.index("1.5") == -1
    assert table.index("nonsense") == -1


def test_a_stored_prerelease_mask_is_taken_as_it_is() -> None:
    """A table made of stored lists works nothing out that it was given."""
    table = Candidates(["A1-", "A2-"], ["1", "2"], prereleases=0b10)
    assert table.prereleases == 0b10


def test_a_mask_is_remembered() -> None:
    """A range is turned into a mask once per table."""
    asked: list[str] = []

    class Counting(type(PEP440)):  # type: ignore[misc]
        __slots__ = ()

        @staticmethod
        def range_mask(table: Candidates, text: str) -> int:
            asked.append(text)
            return PEP440.range_mask(table, text)

    table = Candidates(["A1-", "A2-"], ["1", "2"], scheme=Counting())
    assert [table.mask(">1"), table.mask(">1"), table.mask("<2")] == [0b10, 0b10, 0b01]
    assert asked == [">1", "<2"]


def test_pep440_implements_the_port() -> None:
    """The scheme fits the port; the type checker holds the shapes, this the name."""
    scheme: Scheme = PEP440
    assert scheme.name == "pep440"


def test_admission_of_prereleases() -> None:
    """Each rule admits what it says; "if-necessary" gives way to a naming wish and to a lack of finals."""
    mixed = Candidates.from_versions(["1.0", "2.0rc1", "2.0.dev1", "2.0.post1"])  # dev, rc between 1.0 and post
    finals = 0b1001
    assert admitted(mixed, "allow", named=False) == 0b1111
    assert admitted(mixed, "disallow", named=True) == finals
    assert admitted(mixed, "if-necessary", named=False) == finals
    assert admitted(mixed, "if-necessary", named=True) == 0b1111
    unfinished = Candidates.from_versions(["1.0a1", "1.0b1"])
    assert admitted(unfinished, "if-necessary", named=False) == 0b11
    assert admitted(unfinished, "disallow", named=False) == 0
