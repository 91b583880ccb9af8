"""Distilled packuments: what goes in comes out, and damage of any kind is a miss, never an error."""

import os
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast_resolver.fetch import npm_records
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.npm_distil import distil_npm
from holdfast_resolver.fetch.npm_records import NpmRecord, milliseconds_of
from holdfast_resolver.values.npm import NpmListing, NpmRelease, NpmSignature
from holdfast_resolver.values.wishes import Source
from holdfast_resolver.versions.semver_keys import version_key

SOURCE = Source("npm", "npm", "", "npm")
VERSIONS = ["0.1.0", "1.0.0-rc.1", "1.0.0", "1.2.0", "1.10.0", "2.0.0-0", "2.0.0+build"]
_TIMES = ["", "2026-01-01T00:00:00.000Z", "2025-06-01T12:30:00.500Z", "2011-02-03T04:05:06.007Z"]
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=8)
_PAIRS = st.dictionaries(_TEXT.filter(bool), _TEXT, max_size=3).map(lambda mapping: tuple(sorted(mapping.items())))
_WORDS = st.lists(_TEXT.filter(bool), max_size=2).map(tuple)
_SIGNATURES = st.lists(st.builds(NpmSignature, st.sampled_from(["SHA256:a", "SHA256:b"]), st.just("MEU=")), max_size=2)


def _tarball(version: str) -> st.SearchStrategy[str]:
    usual = f"https://registry.example/demo/-/demo-{version}.tgz"
    return st.sampled_from([usual, usual, "https://elsewhere.example/x.tgz"])


@st.composite
def listings(draw: st.DrawFn) -> NpmListing:
    releases = []
    for version in VERSIONS:
        if draw(st.booleans()):
            address = f"https://registry.example/-/npm/v1/attestations/demo@{version}"
            one = st.builds(
                NpmRelease,
                version=st.just(version),
                dependencies=_PAIRS,
                optional=_PAIRS,
                peers=_PAIRS,
                optional_peers=_WORDS,
                bundled=_WORDS,
                engines=st.sampled_from([(), (("node", ">=18"),), (("node", ">=20"), ("npm", "^9"))]),
                os=_WORDS,
                cpu=_WORDS,
                libc=_WORDS,
                bins=_PAIRS,
                install_script=st.booleans(),
                deprecated=st.sampled_from(["", "use another one"]),
                integrity=st.sampled_from(["", "sha512:" + "ab" * 64, "sha256:" + "0f" * 32]),
                tarball=_tarball(version),
                published=st.sampled_from(_TIMES),
                license=st.sampled_from(["", "MIT", "(MIT OR ISC)"]),
                signatures=_SIGNATURES.map(tuple),
                attestations=st.sampled_from(["", address, "https://elsewhere.example/a"]),
            )
            releases.append(draw(one))
    tags = draw(st.dictionaries(_TEXT.filter(bool), st.sampled_from(VERSIONS), max_size=3))
    return NpmListing("demo", tuple(releases), tuple(sorted(tags.items())))


def distilled(listing: NpmListing, *, full: bool = True) -> bytes:
    keys = [version_key(release.version) for release in listing.releases]
    return distil_npm(listing, keys, fetched=7, fresh_for=600, etag='"x"', full=full)


def parsed(data: bytes) -> NpmRecord:
    record = npm_records.parse(data)
    assert record is not None
    return record


@given(listings())
def test_a_record_gives_back_every_release_as_it_was(listing: NpmListing) -> None:
    """Versions, tags, masks and all that is known of each release."""
    record = parsed(distilled(listing))
    assert record.table.versions == [release.version for release in listing.releases]
    assert record.tags == dict(listing.tags)
    for index, release in enumerate(listing.releases):
        assert record.release(index) == release
        assert bool(record.deprecated >> index & 1) == bool(release.deprecated)
        assert bool(record.table.prereleases >> index & 1) == ("-" in release.version)


@given(listings())
def test_engines_are_columns_of_masks(listing: NpmListing) -> None:
    """Each pair of ranges stands once, with the releases that have it; releases without any are in none."""
    columns = parsed(distilled(listing)).engines()
    found = {index: (node, npm) for node, npm, mask in columns for index in range(10) if mask >> index & 1}
    expected = {}
    for index, release in enumerate(listing.releases):
        engines = dict(release.engines)
        if engines:
            expected[index] = (engines.get("node", ""), engines.get("npm", ""))
    assert found == expected


@given(listings(), st.integers(0, 10_000), st.integers(1, 255))
@settings(max_examples=150)
def test_one_damaged_byte_is_a_miss(listing: NpmListing, place: int, flip: int) -> None:
    """A flipped byte makes the record, or the release it stands in, unreadable; never something else."""
    data = bytearray(distilled(listing))
    whole = parsed(bytes(data))
    data[place % len(data)] ^= flip
    record = npm_records.parse(bytes(data))
    if record is None:
        return
    for index in range(record.table.count):
        found = record.release(index)
        assert found is None or found == whole.release(index)


@given(listings(), st.integers(0, 10_000))
def test_a_truncated_record_is_a_miss(listing: NpmListing, length: int) -> None:
    """Half a file gives no record, or one whose missing releases are unreadable."""
    data = distilled(listing)
    record = npm_records.parse(data[: length % len(data)])
    whole = parsed(data)
    for index in range(record.table.count if record is not None else 0):
        assert record is not None
        assert record.release(index) in (None, whole.release(index))


def many(count: int) -> NpmListing:
    """A package with many releases, each with a long line."""
    releases = [
        NpmRelease(
            f"{n}.0.0",
            tuple((f"dependency-{i}", f"^{n}.0.0") for i in range(20)),
            integrity="sha512:" + "ab" * 64,
            tarball=f"https://registry.example/demo/-/demo-{n}.0.0.tgz",
            published="2026-01-01T00:00:00.000Z",
        )
        for n in range(count)
    ]
    return NpmListing("demo", tuple(releases), (("latest", f"{count - 1}.0.0"),))


def test_a_long_record_is_read_piecewise_from_its_file(tmp_path: Path) -> None:
    """A head longer than the first read, and releases beyond what is kept, are the same as in memory."""
    data = distilled(many(2000))
    path = tmp_path / "demo.packument"
    path.write_bytes(data)
    record, memory = npm_records.load(str(path)), parsed(data)
    assert record is not None
    for index in (0, 1, 999, 1998, 1999):
        assert record.release(index) == memory.release(index)
        assert record.release(index) is not None
    path.unlink()
    assert record.release(1999) is not None, "the newest stay in memory"
    assert record.release(0) is None


def test_a_record_is_smaller_than_what_it_says() -> None:
    """What all releases share is written once: less than half of the text of their fields."""
    listing = many(300)
    text = sum(len("".join(["".join(pair) for pair in one.dependencies])) for one in listing.releases)
    addresses = sum(len(one.tarball) + len(one.integrity) for one in listing.releases)
    assert len(distilled(listing)) < text + addresses + 20 * 300 + 300 * 40


def test_only_the_head_decides_what_a_truncated_file_is(tmp_path: Path) -> None:
    """A file cut in its body keeps its head and its newest releases, and has lost the others."""
    data = distilled(many(500))
    path = tmp_path / "demo.packument"
    path.write_bytes(data)
    os.truncate(path, len(data) - 10)
    record = npm_records.load(str(path))
    assert record is not None
    assert record.release(0) is None
    assert record.release(499) is not None
    os.truncate(path, 2000)
    assert npm_records.load(str(path)) is None
    assert npm_records.load(str(tmp_path / "none")) is None


@given(listings(), st.sampled_from(["2011-02-03T04:05:06.007Z", "2025-12-31T00:00:00Z", "2026-01-01T00:00:00.001Z"]))
def test_a_cut_record_has_what_was_published_before(listing: NpmListing, instant: str) -> None:
    """The releases of unknown or later time are gone, masks and columns follow, tags stay as they are."""
    until = milliseconds_of(instant)
    assert until is not None
    record = parsed(distilled(listing)).before(until)
    kept = [
        release
        for release in listing.releases
        if release.published and (milliseconds_of(release.published) or 0) < until
    ]
    assert [record.release(index) for index in range(record.table.count)] == kept
    assert record.tags == dict(listing.tags)
    for index, release in enumerate(kept):
        assert record.table.versions[index] == release.version
        assert bool(record.deprecated >> index & 1) == bool(release.deprecated)
        assert bool(record.table.prereleases >> index & 1) == ("-" in release.version)
        node = [range_of_node for range_of_node, _, mask in record.engines() if mask >> index & 1]
        assert node == ([dict(release.engines)["node"]] if release.engines else [])


def test_a_record_can_be_cut_again() -> None:
    """An earlier instant leaves fewer releases, a later one brings none back."""
    times = {
        "1.0.0": "2024-01-01T00:00:00.000Z",
        "2.0.0": "2025-01-01T00:00:00.000Z",
        "3.0.0": "2026-01-01T00:00:00.000Z",
    }
    releases = tuple(NpmRelease(v, published=t, tarball="https://registry.example/x.tgz") for v, t in times.items())
    record = parsed(distilled(NpmListing("demo", releases, (("latest", "3.0.0"),))))
    later, earlier = milliseconds_of("2025-06-01T00:00:00Z"), milliseconds_of("2024-06-01T00:00:00Z")
    assert later is not None
    assert earlier is not None
    assert record.before(later).table.versions == ["1.0.0", "2.0.0"]
    assert record.before(later).before(earlier).table.versions == ["1.0.0"]
    assert record.before(earlier).before(later).table.versions == ["1.0.0"]
    assert record.before(later).tags == {"latest": "3.0.0"}


def test_a_table_follows_the_ranges_of_npm() -> None:
    """The record's table is one of SemVer, ready for ranges."""
    releases = tuple(NpmRelease(version, tarball="https://registry.example/x.tgz") for version in VERSIONS)
    table = parsed(distilled(NpmListing("demo", releases, ()))).table
    assert [table.versions[i] for i in range(table.count) if table.mask("^1.0.0") >> i & 1] == [
        "1.0.0",
        "1.2.0",
        "1.10.0",
    ]
    assert table.index("1.2.0") == 3


def test_forms_say_what_is_missing() -> None:
    """A short form that names Linux and no libc is marked, since only the full one tells."""

    def form(*releases: NpmRelease, full: bool = False) -> str:
        return parsed(distilled(NpmListing("demo", releases, ()), full=full)).form

    linux = NpmRelease("1.0.0", os=("linux",))
    assert form(linux, full=True) == "full"
    assert form(linux) == "short-linux"
    assert form(linux._replace(libc=("musl",))) == "short"
    assert form(NpmRelease("1.0.0", os=("darwin",))) == form(NpmRelease("1.0.0")) == "short"


def test_a_confirmed_record_only_becomes_fresh_again(tmp_path: Path) -> None:
    """After 304 the record is the same but for its age; a damaged one is not confirmed."""
    cache = Cache(str(tmp_path))
    record = cache.keep_packument(SOURCE, "demo", distilled(many(5)))
    assert record is not None
    data = cache.confirmed(SOURCE, "demo", 99, 60)
    assert data is not None
    again = parsed(data)
    assert (again.fetched, again.fresh_for, again.etag, again.form) == (99, 60, '"x"', "full")
    assert again.release(3) == record.release(3)
    assert cache.confirmed(SOURCE, "none", 99, 60) is None


def test_names_of_every_kind_have_records_of_their_own(tmp_path: Path) -> None:
    """Scopes and capitals are told apart, and the cache lists them by name."""
    cache = Cache(str(tmp_path))
    for name in ("jsonstream", "JSONStream", "@a/b", "@a/b.packument"):
        assert cache.keep_packument(SOURCE, name, distilled(many(1)._replace(name=name))) is not None
    for name in ("jsonstream", "JSONStream", "@a/b", "@a/b.packument"):
        record = cache.packument(SOURCE, name)
        assert record is not None
        assert record.name == name
    assert sorted(cache.names(SOURCE)) == sorted(["jsonstream", "JSONStream", "@a/b", "@a/b.packument"])


def test_an_unwritable_cache_keeps_the_record_in_memory(tmp_path: Path) -> None:
    """Where nothing can be written every release is still there."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    cache = Cache(str(blocked))
    record = cache.keep_packument(SOURCE, "demo", distilled(many(50)))
    assert record is not None
    assert cache.unwritable
    assert record.release(0) is not None


def test_times_are_whole_milliseconds_since_1970() -> None:
    """Zones are understood; what is no time, or none that a registry can mean, is unknown."""
    assert milliseconds_of("1970-01-01T00:00:01.5Z") == 1500
    assert milliseconds_of("2026-01-01T01:00:00+01:00") == milliseconds_of("2026-01-01T00:00:00Z")
    assert milliseconds_of("1969-12-31T23:59:59Z") is None
    assert milliseconds_of("yesterday") is None
