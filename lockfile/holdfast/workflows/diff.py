"""Two states of the lock: as it is on the disk, and as a git revision has it. Never prints."""

from collections.abc import Callable
from typing import TypeAlias

from holdfast.format.read import read
from holdfast.model.difference import LockDifference, compare_locks
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock, Scope
from holdfast.model.paths import ShortestPaths
from holdfast.workflows.port import LOCK, Files
from holdfast.workflows.previous import read_lock
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid

# Gives the bytes of a file of the project at a revision, None where that has no such file. Raises `RevisionUnknown`.
FileAt: TypeAlias = Callable[[str, str], bytes | None]

PinKey = tuple[str, str, str]  # source, name, version


class Compared(NamedTuple):
    """`paths`: how the project comes to each package that is new. `before_missing`: the revision has no lock."""

    difference: LockDifference
    paths: dict[PinKey, tuple[str, ...]]
    before_missing: bool


def diff(files: Files, file_at: FileAt, revision: str) -> Compared:
    """Compare the lock on the disk with that of a revision; without one there, everything is new.

    Raises `LockMissing`, `LockFormatError` (naming the revision where its lock is the bad one), `FileProblem`,
    `RevisionUnknown`.
    """
    after = read_lock(files)
    data = file_at(revision, LOCK)
    before = _NOTHING if data is None else read(data, f"{LOCK} at {revision}")
    difference = compare_locks(before, after)
    return Compared(difference, _paths(difference, after), data is None)


_NOTHING = Lock(Scope("", "", "", ()), (), ())


def _paths(difference: LockDifference, after: Lock) -> dict[PinKey, tuple[str, ...]]:
    """The shortest path from the manifest to each added pin, where it is reached at all."""
    added = {
        (change.source, change.name, change.after.version)
        for change in difference.pins
        if change.kind == "added" and change.after is not None
    }
    if not added:
        return {}
    graph = LockGraph(after, Grid(after.scope.targets, after.scope.requires_python))
    reached = graph.reach(after.inputs)
    shortest = ShortestPaths(graph)
    paths = {}
    for place, pin in enumerate(after.packages):
        key = (pin.source, pin.name, pin.version)
        if key in added and place in reached:
            paths[key] = shortest.to(place, reached[place])
    return paths
