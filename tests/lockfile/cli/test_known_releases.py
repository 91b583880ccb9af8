"""What this machine knows without asking: times by cached listings, stored bytes up to a bound, never a bad byte."""

import hashlib
from pathlib import Path

import pytest

from holdfast.cli import known_releases
from holdfast.cli.known_releases import ReleaseTimes, StoredBytes
from holdfast.cli.words import Arguments
from holdfast.model.lock import ModuleFacts, Pin, PinnedArtifact
from holdfast.model.release_facts import Released
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.records import distil
from holdfast_resolver.values.artifacts import Artifact, Listing
from holdfast_resolver.values.wishes import Source

SOURCE = Source("pypi", "pypi", "", "pypi")
HASHES = [f"sha256:{number}" + "0" * 63 for number in range(3)]
FILES = ["a-1-py3-none-any.whl", "a-1.tar.gz", "a-1.zip"]
TIMES = ["2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z"]


def known(tmp_path: Path, times: list[str]) -> ReleaseTimes:
    """A cache with one listing, long stale."""
    cache = Cache(str(tmp_path))
    artifacts = [
        Artifact(file, "1", "", hash_, upload_time=when) for file, hash_, when in zip(FILES, HASHES, times, strict=True)
    ]
    cache.write_record(SOURCE, "a", distil(Listing("a", tuple(artifacts)), fetched=1, fresh_for=1))
    return ReleaseTimes(cache, (SOURCE,))


def pin(*places: int, source: str = "pypi", version: str = "1", module: ModuleFacts | None = None) -> Pin:
    """A release that pins some of the files."""
    artifacts = tuple(PinnedArtifact(FILES[place], HASHES[place]) for place in places)
    return Pin(source, "a", version, artifacts=artifacts, module=module)


def test_the_times_are_those_of_the_pinned_files(tmp_path: Path) -> None:
    """A file that is not pinned makes no release older; an old listing serves."""
    assert known(tmp_path, TIMES)(pin(0, 1)) == Released("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z")
    assert known(tmp_path, TIMES)(pin(0)) == Released("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z")


def test_what_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    """No time in the listing, another version, another source, no listing, other bytes, a module."""
    found = known(tmp_path, TIMES)
    other = Pin("pypi", "a", "1", artifacts=(PinnedArtifact(FILES[0], "sha256:" + "f" * 64),))
    unknown = [pin(0, version="2"), pin(0, source="internal"), pin(0)._replace(name="b"), other]
    for one in (*unknown, pin(0, module=ModuleFacts("sha256:"))):
        assert found(one) == Released()
    assert known(tmp_path, ["", "", ""])(pin(0)) == Released()


def stored(tmp_path: Path, data: bytes) -> PinnedArtifact:
    """An artifact in the store."""
    hash_ = f"sha256:{hashlib.sha256(data).hexdigest()}"
    place = tmp_path / "store" / "sha256" / hash_[7:9] / hash_[7:]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return PinnedArtifact("a.whl", hash_)


def bytes_of(tmp_path: Path, most: int) -> StoredBytes:
    """The store of a cache folder."""
    return StoredBytes(Arguments("diff", frozenset(), {}, {}), {"HOLDFAST_CACHE_DIR": str(tmp_path)}, most)


def test_stored_bytes_are_read_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is hashed; what is too large, or would be too much in all, is as if it were not there."""
    first, second = stored(tmp_path, b"x" * 60), stored(tmp_path, b"y" * 50)
    read = bytes_of(tmp_path, 100)
    assert read(first) == b"x" * 60
    assert read(second) is None
    assert bytes_of(tmp_path, 100)(second) == b"y" * 50
    monkeypatch.setattr(known_releases, "LARGEST", 55)
    assert bytes_of(tmp_path, 100)(first) is None


def test_a_damaged_entry_is_nothing(tmp_path: Path) -> None:
    """And so is one that is not there."""
    one = stored(tmp_path, b"good")
    path = tmp_path / "store" / "sha256" / one.hash[7:9] / one.hash[7:]
    path.write_bytes(b"evil")
    assert bytes_of(tmp_path, 100)(one) is None
    assert bytes_of(tmp_path, 100)(PinnedArtifact("b.whl", HASHES[0])) is None
