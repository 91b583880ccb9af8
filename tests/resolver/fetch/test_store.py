"""The content-addressed store: nothing in it that is not what its name says."""

import hashlib
import multiprocessing
import os
import signal
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast_resolver.errors import CacheUnwritable, InvalidDigest, PackageNotFound, RegistryUnavailable
from holdfast_resolver.fetch.memory import MemoryTransport
from holdfast_resolver.fetch.store import ArtifactStore, DigestMismatch, Stored
from holdfast_resolver.registries.port import Request, Response

URL = "https://files.example/click-8.1.8-py3-none-any.whl"
REQUEST = Request("pypi", "click-8.1.8-py3-none-any.whl", URL)
BODY = b"wheel" * 1000
DIGEST = "sha256:" + hashlib.sha256(BODY).hexdigest()


def files_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(str(tmp_path / "store"))


def test_an_artifact_is_fetched_once_and_found_again(store: ArtifactStore, tmp_path: Path) -> None:
    """The second time the network is not asked, and the bytes were hashed both times."""
    transport = MemoryTransport({URL: BODY})
    first = store.fetch_artifact(transport, REQUEST, DIGEST)
    second = store.fetch_artifact(transport, REQUEST, DIGEST)
    value = DIGEST.removeprefix("sha256:")
    path = str(tmp_path / "store" / "sha256" / value[:2] / value)
    assert first == Stored(path, len(BODY), fetched=True)
    assert second == Stored(path, len(BODY), fetched=False)
    assert transport.requests == 1
    assert Path(path).read_bytes() == BODY
    assert files_below(tmp_path) == [value]


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_every_algorithm_that_may_pin_has_its_folder(store: ArtifactStore, algorithm: str) -> None:
    """The store follows the digest's algorithm."""
    digest = f"{algorithm}:{hashlib.new(algorithm, BODY).hexdigest()}"
    stored = store.fetch_artifact(MemoryTransport({URL: BODY}), REQUEST, digest)
    assert isinstance(stored, Stored)
    assert f"/{algorithm}/" in Path(stored.path).as_posix()


def test_other_bytes_are_an_outcome_and_leave_nothing(store: ArtifactStore, tmp_path: Path) -> None:
    """A mismatch names both digests and keeps no file."""
    outcome = store.fetch_artifact(MemoryTransport({URL: b"evil"}), REQUEST, DIGEST)
    assert outcome == DigestMismatch(DIGEST, "sha256:" + hashlib.sha256(b"evil").hexdigest(), 4)
    assert files_below(tmp_path) == []


@pytest.mark.parametrize("damage", [b"", BODY[:-1], BODY + b"x", b"x" + BODY[1:]])
def test_a_damaged_entry_is_removed_and_fetched_again(store: ArtifactStore, damage: bytes) -> None:
    """Whatever happened to the file, the store does not believe its name."""
    transport = MemoryTransport({URL: BODY})
    path = Path(store.path_of(DIGEST))
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    assert store.verify(DIGEST) is None
    assert not path.exists()
    path.write_bytes(damage)
    assert store.fetch_artifact(transport, REQUEST, DIGEST) == Stored(str(path), len(BODY), fetched=True)
    assert path.read_bytes() == BODY


def test_a_verified_artifact_is_opened_at_its_beginning(store: ArtifactStore) -> None:
    """The handle that was hashed is the handle that is given."""
    store.fetch_artifact(MemoryTransport({URL: BODY}), REQUEST, DIGEST)
    stream = store.open_verified(DIGEST)
    assert stream is not None
    with stream:
        assert stream.read() == BODY
    assert store.open_verified("sha256:" + "0" * 64) is None


@pytest.mark.parametrize("digest", ["md5:" + "0" * 32, "sha256:../../x", "sha256:" + "G" * 64, ""])
def test_a_digest_that_is_none_reaches_no_path(store: ArtifactStore, digest: str) -> None:
    """A path is made of a checked digest only."""
    with pytest.raises(InvalidDigest):
        store.fetch_artifact(MemoryTransport({}), REQUEST, digest)


def test_an_absent_artifact_and_a_broken_network_leave_nothing(store: ArtifactStore, tmp_path: Path) -> None:
    """A 404 and a failure in the middle are errors, and no part stays."""

    class Broken(MemoryTransport):
        def download(self, request: Request, sink: Callable[[bytes], object]) -> Response:
            sink(BODY[:100])
            raise RegistryUnavailable("pypi", request.subject, request.url, "broke off")

    with pytest.raises(PackageNotFound):
        store.fetch_artifact(MemoryTransport({}), REQUEST, DIGEST)
    with pytest.raises(RegistryUnavailable):
        store.fetch_artifact(Broken({}), REQUEST, DIGEST)
    assert files_below(tmp_path) == []


def test_stale_parts_are_swept_and_young_ones_kept(store: ArtifactStore) -> None:
    """What a killed process left more than a day ago goes; what may belong to a running one stays."""
    path = Path(store.path_of(DIGEST))
    path.parent.mkdir(parents=True)
    old, young = (path.with_name(f"{path.name}.1.{name}.part") for name in ("old", "young"))
    for part in (old, young):
        part.write_bytes(b"half")
    two_days_ago = time.time() - 2 * 86_400
    os.utime(old, (two_days_ago, two_days_ago))
    store.fetch_artifact(MemoryTransport({URL: BODY}), REQUEST, DIGEST)
    assert not old.exists()
    assert young.exists()


def test_a_folder_that_cannot_be_made_is_an_error_with_its_reason(tmp_path: Path) -> None:
    """Where a file stands in the way, the path and the system's reason are named."""
    (tmp_path / "store").write_bytes(b"")
    with pytest.raises(CacheUnwritable) as caught:
        ArtifactStore(str(tmp_path / "store")).fetch_artifact(MemoryTransport({URL: BODY}), REQUEST, DIGEST)
    assert str(tmp_path) in caught.value.path
    assert caught.value.reason


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is writable here")
def test_a_read_only_store_is_an_error(tmp_path: Path) -> None:
    """A folder without write permission is named."""
    folder = tmp_path / "store"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(CacheUnwritable):
        ArtifactStore(str(folder)).fetch_artifact(MemoryTransport({URL: BODY}), REQUEST, DIGEST)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_full_disk_is_an_error(store: ArtifactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """ "No space left" reaches the user as the reason."""
    real_open = open
    monkeypatch.setattr(
        "builtins.open",
        lambda path, mode, **options: real_open("/dev/full" if mode == "xb" else path, "wb", **options),
    )
    with pytest.raises(CacheUnwritable) as caught:
        store._fetched(MemoryTransport({URL: BODY}), REQUEST, DIGEST)
    assert caught.value.reason == "No space left on device"


def test_threads_that_fetch_the_same_artifact_do_no_harm(store: ArtifactStore, tmp_path: Path) -> None:
    """Ten at once all get it, and one file stays."""
    transport = MemoryTransport({URL: BODY}, seed=7)
    outcomes: list[Stored | DigestMismatch] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(store.fetch_artifact(transport, REQUEST, DIGEST)))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 10
    assert all(isinstance(outcome, Stored) for outcome in outcomes)
    assert files_below(tmp_path) == [DIGEST.removeprefix("sha256:")]


def _fetch_for_ever(folder: str, ready: str) -> None:
    """Fetch slowly, in small blocks, again and again, so that a kill hits any moment."""

    class Slow(MemoryTransport):
        def download(self, request: Request, sink: Callable[[bytes], object]) -> Response:
            for start in range(0, len(BODY), 500):
                sink(BODY[start : start + 500])
            return Response(200, request.url, {}, b"")

    store = ArtifactStore(folder)
    Path(ready).touch()
    while True:
        outcome = store.fetch_artifact(Slow({}), REQUEST, DIGEST)
        assert isinstance(outcome, Stored)
        Path(outcome.path).unlink()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill")
def test_killed_at_any_time_it_leaves_no_bad_entry(tmp_path: Path) -> None:
    """After each of several kills the entry is absent or whole; parts are never taken for it."""
    folder, ready = tmp_path / "store", tmp_path / "ready"
    context = multiprocessing.get_context("spawn")
    path = Path(ArtifactStore(str(folder)).path_of(DIGEST))
    for round_number in range(3):
        ready.unlink(missing_ok=True)
        process = context.Process(target=_fetch_for_ever, args=(str(folder), str(ready)), daemon=True)
        process.start()
        while not ready.exists():
            time.sleep(0.005)
        time.sleep(0.01 + 0.007 * round_number)
        process.kill()
        process.join()
        process.close()
        if path.exists():
            assert path.read_bytes() == BODY
