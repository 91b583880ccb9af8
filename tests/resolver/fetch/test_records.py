"""Distilled listings and journals: what goes in comes out, and damage of any kind is a miss, never an error."""

import os
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from holdfast_resolver.fetch import facts, records
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.cutoff import Withheld, cut
from holdfast_resolver.values.artifacts import Artifact, Listing, ReleaseMetadata
from holdfast_resolver.values.wishes import Source

_DIGEST = "sha256:" + "ab" * 32
_SOURCE = Source("pypi", "pypi", "", "pypi")
_VERSIONS = st.sampled_from(["1.0", "1.0.0", "0.9", "2.0rc1", "2.0", "1!0.1", "1.0.post1", "1.0.dev3", "not-a-version"])
_TAGS = st.sampled_from(
    ["py3-none-any", "cp311-cp311-manylinux_2_17_x86_64", "cp27-none-win32", "pp310-pypy310_pp73-win_amd64", ""]
)
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    artifacts = {}
    for _ in range(draw(st.integers(0, 12))):
        version, tag = draw(_VERSIONS), draw(_TAGS)
        file = f"demo-{version}-{tag}.whl" if tag else f"demo-{version}.tar.gz"
        artifacts[file] = Artifact(
            file,
            version,
            f"https://files.example/{file}",
            _DIGEST,
            draw(st.sampled_from(["", ">=3.8", ">=2.7, !=3.0.*", "\t>=3\n"])),
            draw(st.none() | _TEXT),
            draw(st.sampled_from(["", "2026-01-01T00:00:00Z", "2025-06-01T00:00:00.5Z"])),
            draw(st.sampled_from(["", "unhashed", _DIGEST])),
        )
    return Listing("demo", tuple(artifacts.values()))


def distilled(listing: Listing) -> records.Record:
    record = records.parse(records.distil(listing, fetched=7, fresh_for=600, etag='"x"'))
    assert record is not None
    return record


@given(listings())
def test_a_record_gives_back_every_useful_artifact_of_every_version(listing: Listing) -> None:
    """Versions are sorted and unique; each artifact comes back, its texts without control characters."""
    record = distilled(listing)
    versions = [Version(text) for text in record.table.versions]
    assert versions == sorted(set(versions))
    found = {a.file: a for index in range(record.table.count) for a in record.artifacts(index) or ()}
    named = {a.file for a in listing.artifacts if "not-a-version" not in a.file}
    assert set(found) <= named
    for file in named - set(found):  # only wheels that can serve no target are left out, never a whole release
        assert file.endswith(("win32.whl", "pp73-win_amd64.whl"))
    for artifact in listing.artifacts:
        if artifact.file in found:
            again = found[artifact.file]
            assert (again.hash, again.url, again.metadata) == (artifact.hash, artifact.url, artifact.metadata)
            assert (again.yanked is None) == (artifact.yanked is None)
            assert again.requires_python == " ".join(artifact.requires_python.split())


@given(listings())
def test_yanked_and_prerelease_masks_say_what_the_artifacts_say(listing: Listing) -> None:
    """A release is yanked when all of its files are; a pre-release is what `packaging` calls one."""
    record = distilled(listing)
    for index, text in enumerate(record.table.versions):
        artifacts = record.artifacts(index)
        assert artifacts, "every release keeps a file"
        assert bool(record.yanked >> index & 1) == all(a.yanked is not None for a in artifacts)
        assert bool(record.table.prereleases >> index & 1) == Version(text).is_prerelease


@given(listings(), st.integers(0, 10_000), st.integers(1, 255))
@settings(max_examples=300)
def test_one_damaged_byte_is_a_miss(listing: Listing, place: int, flip: int) -> None:
    """A flipped byte makes the record, or the release it stands in, unreadable; never something else."""
    data = bytearray(records.distil(listing, fetched=7, fresh_for=600))
    whole = distilled(listing)
    data[place % len(data)] ^= flip
    record = records.parse(bytes(data))
    if record is None:
        return
    for index in range(record.table.count):
        found = record.artifacts(index)
        assert found is None or found == whole.artifacts(index)


@given(listings(), st.integers(0, 10_000))
def test_a_truncated_record_is_a_miss(listing: Listing, length: int) -> None:
    """Half a file gives no record, or one whose missing releases are unreadable."""
    data = records.distil(listing, fetched=7, fresh_for=600)
    record = records.parse(data[: length % len(data)])
    whole = distilled(listing)
    for index in range(record.table.count if record is not None else 0):
        assert record is not None
        assert record.artifacts(index) in (None, whole.artifacts(index))


def test_a_long_record_is_read_piecewise_from_its_file(tmp_path: Path) -> None:
    """A record longer than the first read gives the same releases as the one held in memory."""
    artifacts = tuple(
        Artifact(f"demo-{n}.0-py3-none-any.whl", f"{n}.0", f"https://files.example/{'x' * 90}/{n}", _DIGEST, ">=3.8")
        for n in range(2000)
    )
    data = records.distil(Listing("demo", artifacts), fetched=7, fresh_for=600)
    path = tmp_path / "demo.listing"
    path.write_bytes(data)
    record = records.load(str(path))
    memory = records.parse(data)
    assert record is not None
    assert memory is not None
    assert [record.artifacts(i) for i in (0, 999, 1999)] == [memory.artifacts(i) for i in (0, 999, 1999)]
    os.truncate(path, len(data) - 10)
    assert record.artifacts(1999) is None


def test_a_confirmed_record_only_becomes_fresh_again(tmp_path: Path) -> None:
    """After 304 the record is the same but for its age; a damaged one is not confirmed."""
    listing = Listing("demo", (Artifact("demo-1.0.tar.gz", "1.0", "https://files.example/d", _DIGEST),))
    path = tmp_path / "demo.listing"
    path.write_bytes(records.distil(listing, fetched=7, fresh_for=600, etag='"x"'))
    data = records.confirmed(str(path), 99, 60)
    assert data is not None
    record = records.parse(data)
    assert record is not None
    assert (record.fetched, record.fresh_for, record.etag) == (99, 60, '"x"')
    assert record.artifacts(0) == distilled(listing).artifacts(0)
    path.write_bytes(path.read_bytes()[:-5] + b"?????")
    assert records.confirmed(str(tmp_path / "none"), 99, 60) is None


def _uploaded(*files: tuple[str, str]) -> Listing:
    """A listing of (version, upload time) pairs; each is a file of its own."""
    return Listing(
        "demo",
        tuple(
            Artifact(
                f"demo-{version}-{at}-py3-none-any.whl", version, "https://files.example/d", _DIGEST, upload_time=time
            )
            for at, (version, time) in enumerate(files)
        ),
    )


YEARS = ("1.0", "2025-01-01T00:00:00Z"), ("2.0", "2026-01-01T00:00:00Z"), ("3.0", "2026-06-01T00:00:00Z"), ("4.0", "")


def test_a_cutoff_leaves_out_what_is_newer_or_of_unknown_time() -> None:
    """Artifacts uploaded before it stay; releases of which none is left are named, with their earliest upload."""
    found = cut(distilled(_uploaded(*YEARS)), "2025-06-01T00:00:00Z")
    assert found.record.table.versions == ["1.0"]
    assert found.withheld == (Withheld("2.0", YEARS[1][1]), Withheld("3.0", YEARS[2][1]), Withheld("4.0", ""))


def test_what_is_kept_may_be_young_but_is_cut_by_date() -> None:
    """The limit of age leaves kept versions in; the date of `until` does not."""
    record = distilled(_uploaded(*YEARS))
    kept = frozenset({"3.0", "4.0"})
    assert cut(record, "", "2025-06-01T00:00:00Z", kept).record.table.versions == ["1.0", "3.0", "4.0"]
    assert cut(record, "2026-03-01T00:00:00Z", "2025-06-01T00:00:00Z", kept).record.table.versions == ["1.0"]
    assert cut(record, "2025-06-01T00:00:00Z", "2026-03-01T00:00:00Z").record.table.versions == ["1.0"]


def test_a_release_is_as_old_as_its_files() -> None:
    """A file that was added late is left out, and the release stays with those of before."""
    found = cut(distilled(_uploaded(YEARS[0], ("1.0", "2026-01-01T00:00:00Z"), YEARS[2])), "", "2025-06-01T00:00:00Z")
    assert [artifact.upload_time for artifact in found.record.artifacts(0) or ()] == [YEARS[0][1]]
    assert [one.version for one in found.withheld] == ["3.0"]


def test_a_record_says_after_when_nothing_was_uploaded() -> None:
    """The newest upload of all files, and nothing where one of them has no time, or where there is none."""
    assert distilled(_uploaded(*YEARS[:3])).newest == YEARS[2][1]
    assert distilled(_uploaded(*YEARS)).newest == ""
    assert distilled(Listing("demo", ())).newest == ""


# -- journals


def _facts(*requires: str) -> facts.Facts:
    metadata = ReleaseMetadata("demo", "1.0", ">=3.8", requires, ("x", "y"), True)
    return facts.facts_of(metadata, "pypi")


def test_facts_come_back_from_a_journal(tmp_path: Path) -> None:
    """The latest whole line of a digest counts, whatever stands around it."""
    cache = Cache(str(tmp_path))
    first, second = _facts("a>=1"), _facts("b[x]>=2 ; python_version < '3.12'", "c")
    for digest, value in (("sha256:" + "1" * 64, first), ("sha256:" + "2" * 64, second)):
        cache.keep_facts(_SOURCE, "demo", facts.spell(digest, value))
    data = cache.journal(_SOURCE, "demo")
    assert facts.find(data, "sha256:" + "1" * 64) == first
    assert facts.find(data, "sha256:" + "2" * 64) == second
    assert facts.find(data, "sha256:" + "3" * 64) is None


@given(st.integers(0, 400), st.integers(1, 255))
def test_a_damaged_line_is_as_if_it_were_not_there(place: int, flip: int) -> None:
    """A flipped byte loses a line at most; the line before it still counts."""
    digest = "sha256:" + "1" * 64
    old, new = _facts("a>=1"), _facts("a>=2", "b")
    tail = bytearray(facts.spell(digest, new))
    tail[place % len(tail)] ^= flip
    found = facts.find(facts.spell(digest, old) + bytes(tail), digest)
    assert found in (old, new)


def test_a_line_cut_short_by_a_kill_is_skipped() -> None:
    """Appending after half a line loses only that half."""
    digest = "sha256:" + "1" * 64
    whole = facts.spell(digest, _facts("a>=1"))
    data = whole[: len(whole) // 2] + facts.spell(digest, _facts("a>=2"))
    assert facts.find(data, digest) == _facts("a>=2")


def test_dirty_requirements_are_repaired_or_make_the_release_unusable() -> None:
    """What uv and pip tolerate is repaired; a direct reference or nonsense is a reason, not an error."""
    assert [str(need) for need in _facts("a (>=1.0.*)").requires] == ["pypi:a>=1.0"]
    assert "not from an index" in _facts("a @ https://files.example/a.whl").reason
    assert "expected" in _facts("a ; nonsense == 'x'").reason


def test_an_unwritable_cache_is_noted_and_not_fatal(tmp_path: Path) -> None:
    """Where the cache cannot be written the system's reason is kept and the run goes on."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    cache = Cache(str(blocked))
    cache.keep_facts(_SOURCE, "demo", b"\nx")
    cache.keep_record(_SOURCE, "demo", b"x")
    assert cache.unwritable
    assert cache.record(_SOURCE, "demo") is None
    assert cache.journal(_SOURCE, "demo") == b""


def test_two_sources_never_share_a_folder(tmp_path: Path) -> None:
    """Records are kept apart by the identity of the source, however alike the names."""
    cache = Cache(str(tmp_path))
    one = Source("pypi", "pypi", "https://one.example/simple/", "https://one.example/simple/")
    two = one._replace(identity="https://one.example/simple_/")
    data = records.distil(Listing("demo", ()), fetched=7, fresh_for=600)
    cache.keep_record(one, "demo", data)
    assert cache.record(one, "demo") is not None
    assert cache.record(two, "demo") is None
    assert cache.record(_SOURCE, "demo") is None
