"""Scans of all that a lock installs: from what is kept, else from the stored archives, on every core.

Law 1: a scan is kept under the hash of its artifact and the version of the scanner, so that nothing is scanned twice.
Law 2: what is not in the store is told by its package, never passed over.

Never prints; asks no network.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from hashlib import sha256

from holdfast.model.lock import Lock, Pin, PinnedArtifact
from holdfast.model.scan import Scan
from holdfast.risk.graph import pin_id
from holdfast.risk.installed_code import installed_files, joined
from holdfast.risk.scan import SCANNER_VERSION
from holdfast.workflows.scan_text import ENDED, read_scan, write_scan
from holdfast_resolver.fetch.entries import Entries
from holdfast_resolver.fetch.store import ArtifactStore
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid

# Told after every archive: (archives done, archives in all).
Tell = Callable[[int, int], None]


class Wanted(NamedTuple):
    """What of one pin is to be scanned."""

    pin: Pin
    artifacts: tuple[PinnedArtifact, ...]


class Scanned(NamedTuple):
    """`scans` are by id of the pin; `missing` are pins of which some artifact is not in the store."""

    scans: dict[str, Scan]
    missing: tuple[Wanted, ...]
    looked: int = 0  # archives that were scanned just now


class Rooms(NamedTuple):
    """Where archives and scans are kept."""

    store: str  # folders
    entries: Entries


def rooms(cache: str) -> Rooms:
    """Return where archives and scans are kept in a cache folder."""
    return Rooms(os.path.join(cache, "store"), Entries(os.path.join(cache, "scans")))


def wanted_of(lock: Lock, pins: Iterable[Pin] | None = None) -> list[Wanted]:
    """Return what of the pins of a lock, or of some, is installed on its targets."""
    grid = Grid(lock.scope.targets, lock.scope.requires_python)
    return [_wanted(pin, grid) for pin in (lock.packages if pins is None else pins)]


def absent(wanted: Iterable[Wanted], place: Rooms) -> list[Wanted]:
    """Return what is neither scanned nor in the store: what a fetch is for."""
    store, found = ArtifactStore(place.store), []
    for one in wanted:
        files = [
            each
            for each in one.artifacts
            if not os.path.exists(store.path_of(each.hash)) and place.entries.find(_key(one.pin, each)) is None
        ]
        if files:
            found.append(one._replace(artifacts=tuple(files)))
    return found


def scan_all(wanted: list[Wanted], place: Rooms, tell: Tell) -> Scanned:
    """Scan what is wanted; whatever is kept is not scanned again."""
    found: dict[str, Scan] = {}
    whole: dict[str, Scan] = {}
    open_: list[Wanted] = []
    for one in wanted:
        kept = _kept(_key_of_all(one), place)
        if kept is None:
            open_.append(one)
        else:
            whole[pin_id(one.pin)] = kept
    jobs = []
    for one in open_:
        for artifact in one.artifacts:
            kept = _kept(_key(one.pin, artifact), place)
            if kept is not None:
                found[artifact.hash] = kept
            elif os.path.exists(ArtifactStore(place.store).path_of(artifact.hash)):
                jobs.append((one.pin, artifact))
    if jobs:
        found |= _scanned(jobs, place, tell)
    missing = []
    for one in open_:
        gone = tuple([each for each in one.artifacts if each.hash not in found])
        if gone:
            missing.append(one._replace(artifacts=gone))
        scans = [found[each.hash] for each in one.artifacts if each.hash in found]
        if scans:
            whole[pin_id(one.pin)] = scan = joined(scans)
            if not gone and len(scans) > 1 and not _is_accident(scan):
                place.entries.keep(_key_of_all(one), write_scan(scan))
    return Scanned(whole, tuple(missing), len(jobs))


def _scanned(jobs: list[tuple[Pin, PinnedArtifact]], place: Rooms, tell: Tell) -> dict[str, Scan]:
    from holdfast.workflows.scan_workers import Job, scan_jobs  # start-up: only where something is to be scanned

    keys = {artifact.hash: _key(pin, artifact) for pin, artifact in jobs}
    rows = {
        each.hash: Job(kind_of(pin), pin.name, pin.version, each.file, each.hash, place.store) for pin, each in jobs
    }
    found: dict[str, Scan] = {}
    for done, (job, scan) in enumerate(scan_jobs(rows.values()), 1):
        tell(done, len(rows))
        if scan is None:  # it was damaged, and is removed
            continue
        found[job.hash] = scan
        if not _is_accident(scan):
            place.entries.keep(keys[job.hash], write_scan(scan))
    return found


def kind_of(pin: Pin) -> str:
    """Return the kind of a pin's archives: "pypi", "npm" or "modules"."""
    return "modules" if pin.module is not None else "npm" if pin.npm is not None else "pypi"


def _wanted(pin: Pin, grid: Grid) -> Wanted:
    if pin.npm is not None or pin.module is not None:
        return Wanted(pin, pin.artifacts)
    files = set(installed_files(pin, grid))
    return Wanted(pin, tuple([artifact for artifact in pin.artifacts if artifact.file in files]))


def _key(pin: Pin, artifact: PinnedArtifact) -> str:
    return _hashed(kind_of(pin), pin.name, pin.version, artifact.file, artifact.hash)


def _key_of_all(one: Wanted) -> str:
    """The key of all artifacts of a pin together; of a single one it is that one's."""
    if len(one.artifacts) == 1:
        return _key(one.pin, one.artifacts[0])
    return _hashed("all", *[_key(one.pin, artifact) for artifact in one.artifacts])


def _hashed(*words: str) -> str:
    return sha256("\n".join((SCANNER_VERSION, *words)).encode()).hexdigest()


def _kept(key: str, place: Rooms) -> Scan | None:
    data = place.entries.find(key)
    return None if data is None else read_scan(data)


def _is_accident(scan: Scan) -> bool:
    return any(one.reason == ENDED for one in scan.unread)
