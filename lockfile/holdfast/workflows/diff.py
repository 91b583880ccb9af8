"""Two states of the project: as it is on the disk, and as a git revision has it. Never prints.

What is known of releases besides their pins, and what the security configuration was, come in as functions.
"""

from collections.abc import Callable
from typing import TypeAlias

from holdfast.format.read import read
from holdfast.model.difference import LockDifference, PinChange, compare_locks
from holdfast.model.lock import Lock, Pin, Scope
from holdfast.model.lock_paths import LockPaths
from holdfast.model.release_facts import CodeDelta, Released, ReleaseFacts, changed_files
from holdfast.model.signers import everybody
from holdfast.workflows.port import LOCK, Files
from holdfast.workflows.previous import read_lock
from holdfast.workflows.source_difference import AtHand, measure
from holdfast_resolver.values.tuples import NamedTuple

# Gives the bytes of a file of the project at a revision, None where that has no such file. Raises `RevisionUnknown`.
FileAt: TypeAlias = Callable[[str, str], bytes | None]
# Tells when the pinned files of a release were uploaded, as far as this machine knows.
Times: TypeAlias = Callable[[Pin], Released]

# Says what the code of a release gains and loses, and what of it was not looked at.
Delta: TypeAlias = Callable[[Pin | None, Pin], CodeDelta]

PinKey = tuple[str, str, str]  # source, name, version


class Compared(NamedTuple):
    """`paths`: how the project comes to each package that is new or waits. `before_missing`: no lock there.

    `facts` are of pins that came, moved or changed, by the key of the new one; `security` are lines.
    """

    difference: LockDifference
    paths: dict[PinKey, tuple[str, ...]]
    before_missing: bool
    facts: dict[PinKey, ReleaseFacts] = {}  # noqa: RUF012 - never changed
    security: tuple[str, ...] = ()


def diff(files: Files, file_at: FileAt, revision: str) -> Compared:
    """Compare the lock on the disk with that of a revision; without one there, everything is new.

    Raises `LockMissing`, `LockFormatError` (naming the revision where its lock is the bad one), `FileProblem`,
    `RevisionUnknown`.
    """
    after = read_lock(files)
    data = file_at(revision, LOCK)
    before = _NOTHING if data is None else read(data, f"{LOCK} at {revision}")
    difference = compare_locks(before, after)
    return Compared(difference, changed_paths(difference, after), data is None)


def with_capabilities(compared: Compared, delta: Delta) -> Compared:
    """Return the same with what the code of each release that has facts gains and loses."""
    before = {_key(change.after): change.before for change in compared.difference.pins if change.after is not None}
    after = {_key(change.after): change.after for change in compared.difference.pins if change.after is not None}
    facts = {key: one._replace(code=delta(before[key], after[key])) for key, one in compared.facts.items()}
    return compared._replace(facts=facts)


def signing_sources(lock: Lock) -> frozenset[str]:
    """Return the sources of which the lock has something signed: there an unsigned package is news."""
    return frozenset([pin.source for pin in lock.packages if everybody(pin)])


def changed_pairs(compared: Compared) -> list[tuple[Pin | None, Pin]]:
    """Return the pins that came, moved or have other files, each with the one before."""
    return [(one.before, one.after) for one in compared.difference.pins if one.after is not None and _waits(one)]


def with_facts(compared: Compared, times: Times, at_hand: AtHand) -> Compared:
    """Return the same with what is known of each release that came, moved or has other files."""
    facts = {_key(change.after): facts_of(change.before, change.after, times, at_hand)
             for change in compared.difference.pins if change.after is not None and _waits(change)}  # fmt: skip
    return compared._replace(facts=facts)


def facts_of(before: Pin | None, after: Pin, times: Times, at_hand: AtHand) -> ReleaseFacts:
    """Return what is known of a release and of its difference from the one before."""
    same = before is not None and before.artifacts == after.artifacts
    added, removed = changed_files(before, after)
    return ReleaseFacts(times(after), added, removed, None if same else measure(before, after, at_hand))


_NOTHING = Lock(Scope("", "", "", ()), (), ())


def _key(pin: Pin) -> PinKey:
    return pin.source, pin.name, pin.version


def _waits(change: PinChange) -> bool:
    """Whether there is something to judge: edges and targets are facts of the same bytes."""
    return change.kind != "changed" or any(one.needs_approval for one in change.classes)


def changed_paths(difference: LockDifference, after: Lock) -> dict[PinKey, tuple[str, ...]]:
    """Return the shortest path from the manifest to each pin that came, moved or waits, where it is reached at all."""
    wanted = {_key(change.after) for change in difference.pins if change.after is not None and _waits(change)}
    return shortest_paths(after, wanted)


def shortest_paths(lock: Lock, wanted: set[PinKey]) -> dict[PinKey, tuple[str, ...]]:
    """Return the shortest path from the manifest to each of these pins of a lock; what nothing leads to has none."""
    paths = LockPaths(lock)
    found = {_key(pin): paths.to(pin) for pin in lock.packages if _key(pin) in wanted}
    return {key: path for key, path in found.items() if path}
