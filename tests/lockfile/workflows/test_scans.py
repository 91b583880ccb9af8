"""Scans of what a lock installs: the same in processes as in this one, kept once, and honest about accidents."""

from hashlib import sha256
from pathlib import Path

import pytest

from holdfast.model.lock import Lock, Pin, PinnedArtifact, Scope
from holdfast.model.scan import Evidence, Imported, Scan, Unread
from holdfast.workflows import scan_workers
from holdfast.workflows.scan_text import ENDED, read_scan, write_scan
from holdfast.workflows.scan_workers import Job, scan_jobs, scan_stored
from holdfast.workflows.scans import absent, rooms, scan_all, wanted_of
from holdfast_resolver.values.targets import parse_target
from tests.support.packages import wheel

SCAN = Scan(
    (Evidence("network", "python-network", "a.py", 3, "socket.socket", "import"),),
    (Imported("socket", "a.py", 1, "import"),),
    ("a",),
    (Unread("b.py", "Python 2 source"),),
    2,
    100,
    "MIT",
    1,
)
CODE = "import socket\nsocket.create_connection(('a.example', 1))\n"


def stored(cache: Path, *names: str) -> Lock:
    """A lock of packages whose wheels are in the store of a cache."""
    pins = []
    for name in names:
        file = wheel(name, "1.0", code={f"{name}/net.py": CODE})
        digest = sha256(file.data).hexdigest()
        place = cache / "store" / "sha256" / digest[:2]
        place.mkdir(parents=True)
        (place / digest).write_bytes(file.data)
        pins.append(Pin("pypi", name, "1.0", artifacts=(PinnedArtifact(file.file, f"sha256:{digest}"),)))
    return Lock(Scope("", "", "", (parse_target("cp312 linux-x86_64 glibc-2.28"),)), (), tuple(pins))


def jobs_of(lock: Lock, cache: Path) -> list[Job]:
    """A job for each pin."""
    return [
        Job("pypi", pin.name, pin.version, pin.artifacts[0].file, pin.artifacts[0].hash, str(cache / "store"))
        for pin in lock.packages
    ]


def silent(done: int, every: int) -> None:
    """Nobody is told."""


def test_a_scan_reads_back_as_it_was_written() -> None:
    """And nothing else reads as one."""
    assert read_scan(write_scan(SCAN)) == SCAN
    for data in (b"", b"{}", b"[]", b"[1,2,3,4,5,6,7,8]", write_scan(SCAN)[:-1], write_scan(SCAN._replace(files="2"))):  # type: ignore[arg-type]  # what a damaged cache may hold
        assert read_scan(data) is None


def test_processes_see_what_one_process_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever order they answer in."""
    lock = stored(tmp_path, "one", "two", "three")
    jobs = jobs_of(lock, tmp_path)
    alone = {job.hash: scan_stored(job) for job in jobs}
    monkeypatch.setattr(scan_workers, "FEW", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert {job.hash: scan for job, scan in scan_jobs(jobs)} == alone
    assert all(scan is not None and scan.evidence for scan in alone.values())


def test_a_scanner_that_ends_takes_one_archive_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as unread and not kept; the others are scanned."""
    lock = stored(tmp_path, "one", "two", "three")
    ending = "import os; from holdfast.workflows import scan_workers as w; scan = w.scan_stored; "
    ending += "w.scan_stored = lambda job: os._exit(1) if job.name == 'two' else scan(job); w.serve()"
    monkeypatch.setattr(scan_workers, "_PROGRAM", "import sys; sys.path[:] = {path!r}; " + ending)
    monkeypatch.setattr(scan_workers, "FEW", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    found = scan_all(wanted_of(lock), rooms(str(tmp_path)), silent)
    unread = {id_: [one.reason for one in scan.unread] for id_, scan in found.scans.items()}
    assert unread == {"pypi:one 1.0": [], "pypi:two 1.0": [ENDED], "pypi:three 1.0": []}
    monkeypatch.undo()
    again = scan_all(wanted_of(lock), rooms(str(tmp_path)), silent)
    assert again.looked == 1
    assert not again.scans["pypi:two 1.0"].unread


def test_an_archive_that_is_refused_is_told_as_unread(tmp_path: Path) -> None:
    """With the reason, and never passed over."""
    data = b"no archive"
    digest = sha256(data).hexdigest()
    place = tmp_path / "store" / "sha256" / digest[:2]
    place.mkdir(parents=True)
    (place / digest).write_bytes(data)
    job = Job("pypi", "a", "1.0", "a-1.0-py3-none-any.whl", f"sha256:{digest}", str(tmp_path / "store"))
    scan = scan_stored(job)
    assert scan is not None
    assert scan.unread[0].path == "a-1.0-py3-none-any.whl"
    assert scan.unread[0].reason.startswith("the archive is refused: ")


def test_a_refused_archive_is_not_looked_at_again(tmp_path: Path) -> None:
    """What it is refused for is a fact of its bytes, and kept as any scan is."""
    lock = stored(tmp_path, "one")
    data = b"no archive"
    digest = sha256(data).hexdigest()
    place = tmp_path / "store" / "sha256" / digest[:2]
    place.mkdir(parents=True)
    (place / digest).write_bytes(data)
    pin = lock.packages[0]
    artifact = pin.artifacts[0]._replace(hash=f"sha256:{digest}")
    wanted = wanted_of(lock._replace(packages=(pin._replace(artifacts=(artifact,)),)))
    first, again = (scan_all(wanted, rooms(str(tmp_path)), silent) for _ in range(2))
    assert (first.looked, again.looked) == (1, 0)
    assert again.scans == first.scans
    assert "refused" in again.scans["pypi:one 1.0"].unread[0].reason


def test_what_is_missing_or_damaged_is_said(tmp_path: Path) -> None:
    """A stored file with other bytes is as good as none."""
    lock = stored(tmp_path, "one", "two")
    digest = lock.packages[0].artifacts[0].hash.removeprefix("sha256:")
    path = tmp_path / "store" / "sha256" / digest[:2] / digest
    path.write_bytes(b"other bytes")
    place = rooms(str(tmp_path))
    found = scan_all(wanted_of(lock), place, silent)
    assert [one.pin.name for one in found.missing] == ["one"]
    assert list(found.scans) == ["pypi:two 1.0"]
    assert [one.pin.name for one in absent(wanted_of(lock), place)] == ["one"]
