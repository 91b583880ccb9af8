"""The lock that is there before a command: a whole one, one that a merge left in pieces, or none.

Knows how each is read; nothing of what comes of it.
"""

from holdfast.errors import LockMissing, SignersAdrift
from holdfast.findings.finding import Place
from holdfast.format.read import read
from holdfast.model.lock import Lock, PinnedArtifact
from holdfast.workflows.port import LOCK, Files
from holdfast_resolver.values.tuples import NamedTuple

_MARKER = b"<<<<<<<"


class Remembered(NamedTuple):
    """What an earlier lock, or another tool's file, says of one release: enough to prefer and to check it."""

    source: str
    name: str
    version: str
    artifacts: tuple[PinnedArtifact, ...]
    when: str = ""
    place: Place = Place(LOCK)  # where it is remembered
    npm: bool = False  # an npm package


class Previous(NamedTuple):
    """`lock` is None where there is none, or where a merge left conflicts in it (then `conflicts` counts them)."""

    lock: Lock | None = None
    remembered: tuple[Remembered, ...] = ()  # all but the npm packages
    conflicts: int = 0
    data: bytes | None = None  # as it stands on the disk
    npm: tuple[Remembered, ...] = ()


def read_lock(files: Files) -> Lock:
    """Return the project's lock. Raises `LockMissing`, `LockFormatError`, `FileProblem`."""
    data = files.read(LOCK)
    if data is None:
        raise LockMissing(LOCK)
    return read(data, LOCK)


def read_previous(files: Files) -> Previous:
    """Return what there is. Raises `LockFormatError` for a lock that is neither whole nor what a merge left."""
    data = files.read(LOCK)
    if data is None:
        return Previous()
    if _MARKER in data:
        # start-up: conflicts are rare
        from holdfast.format.conflicts import has_conflicts

        text = data.decode("utf-8", "replace")
        if has_conflicts(text):
            return _merged(text, data)
    try:
        lock = read(data, LOCK)
    except SignersAdrift:
        return _merged(data.decode(), data)
    found = [
        Remembered(pin.source, pin.name, pin.version, pin.artifacts, pin.when, npm=pin.npm is not None)
        for pin in lock.packages
    ]
    return Previous(
        lock, tuple([pin for pin in found if not pin.npm]), 0, data, tuple([pin for pin in found if pin.npm])
    )


def _merged(text: str, data: bytes) -> Previous:
    from holdfast.format.conflicts import read_pins, sides

    found: dict[Remembered, None] = {}
    for side in sides(text):
        for pin in read_pins(side):
            found[Remembered(pin.source, pin.name, pin.version, pin.artifacts, pin.when, npm=pin.npm)] = None
    conflicts = sum(1 for line in text.splitlines() if line.startswith("<<<<<<<"))  # none: signers are adrift
    npm = tuple([pin for pin in found if pin.npm])
    return Previous(None, tuple([pin for pin in found if not pin.npm]), conflicts or 1, data, npm)
