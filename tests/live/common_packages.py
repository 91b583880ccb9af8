"""The packages of a workload that most of its other packages depend on, with their scans and their source.

How they are chosen: by the number of other packages of the lock with an edge to them; where that is equal, by the
number that reach them over any number of edges; then by name. A package counts once, whatever versions of it are
locked. M is locked for one version of Python on three systems, so that no wheel comes sixteen times.
"""

import shutil
from pathlib import Path

from holdfast.model.lock import Lock, Pin, PinnedArtifact
from holdfast.model.scan import Scan
from holdfast.risk.graph import pin_id
from holdfast.workflows.archive_contents import read_contents
from holdfast.workflows.scans import Rooms, rooms, scan_all, wanted_of
from holdfast_resolver.fetch.store import ArtifactStore
from holdfast_resolver.values.tuples import NamedTuple
from tests.live.workloads import ROOT, holdfast, locked, requirements, write_project

SYSTEMS = 'targets = { python = ["3.12"], platforms = ["linux-x86_64", "macos-arm64", "windows-x86_64"] }\n'


class Fetched(NamedTuple):
    """One locked package as it was downloaded: its scan, and its files by archive."""

    pin: Pin
    scan: Scan
    archives: tuple[tuple[str, bytes], ...]  # (file, bytes)

    def line(self, path: str, number: int) -> str:
        """Return a line of a file, without the space around it; of the whole file (0) the empty text.

        A line that ends in an open bracket goes on with the next.
        """
        for file, data in self.archives:
            text = read_contents(file, data).get(path)
            if text is not None and number:
                rows = [row.strip() for row in text.decode("utf-8", "replace").split("\n")[number - 1 : number + 1]]
                return " ".join(rows if rows[0].endswith(("(", "[", "{")) else rows[:1])
        return ""


def lock_workload(folder: Path, name: str) -> Lock:
    """Lock a workload of the bench in an empty folder, as a user would."""
    if (ROOT / "bench" / "workloads" / name / "package.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "bench" / "workloads" / name / "package.json", folder)
    else:
        write_project(folder, requirements(name), SYSTEMS)
    holdfast(folder, "lock")
    return locked(folder)


def dependents(lock: Lock) -> dict[str, tuple[int, int]]:
    """Return for each name how many other packages of a lock depend on it: directly, and by any path."""
    names = {pin.name for pin in lock.packages}
    below: dict[str, set[str]] = {name: set() for name in names}
    for pin in lock.packages:
        below[pin.name].update({wish.name for wish, _ in pin.dependencies} & names - {pin.name})
    direct, reaching = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for name, own in below.items():
        for one in own:
            direct[one] += 1
        seen, waiting = {name}, list(own)
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                reaching[one] += 1
                waiting.extend(below[one])
    return {name: (direct[name], reaching[name]) for name in names}


def most_common(lock: Lock, count: int) -> list[str]:
    """Return the names of the packages that most others depend on, those with the most dependents first."""
    numbers = dependents(lock)
    return sorted(numbers, key=lambda name: (-numbers[name][0], -numbers[name][1], name))[:count]


def fetched(folder: Path, lock: Lock, names: list[str], cache: str) -> list[Fetched]:
    """Download packages of a lock into the cache, their hashes checked, and scan them."""
    pins = [pin for pin in lock.packages if pin.name in names]
    holdfast(folder, "verify", *sorted({f"{pin.source}:{pin.name}" for pin in pins}))
    place = rooms(cache)
    wanted = wanted_of(lock, pins)
    scanned = scan_all(wanted, place, lambda done, every: None)
    assert not scanned.missing
    return [
        Fetched(one.pin, scanned.scans[pin_id(one.pin)], _archives(one.artifacts, place))
        for one in wanted
        if one.artifacts
    ]


def _archives(artifacts: tuple[PinnedArtifact, ...], place: Rooms) -> tuple[tuple[str, bytes], ...]:
    store = ArtifactStore(place.store)
    return tuple([(one.file, Path(store.path_of(one.hash)).read_bytes()) for one in artifacts])
