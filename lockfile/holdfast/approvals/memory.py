"""What of a chain must outlive its acts, so that a checkpoint in their place forgets no alarm.

Of each package: the bytes that it ever had under a file's name; and of one that was removed, what a package of that
name is compared with when it comes back. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.approvals.alarms import files_of
from holdfast.approvals.effective import Trail, results_of
from holdfast.approvals.roots import Root
from holdfast.approvals.steps import CONFIGURATION_KEY, Key, Result, Step
from holdfast.model.approval import PackageChange
from holdfast.model.pin_digest import ApprovedPin, pin_digest
from holdfast_resolver.values.tuples import NamedTuple


class Memory(NamedTuple):
    """What a checkpoint says of a package besides its pins."""

    gone: tuple[ApprovedPin, ...] = ()  # of a removed package, by their digests
    had: tuple[tuple[str, str], ...] = ()  # (file, hash), sorted

    def same(self, other: Memory) -> bool:
        """Whether both say the same, as far as it is written."""
        return self.had == other.had and _digests(self.gone) == _digests(other.gone)


def memories(trail: Trail) -> dict[Key, Memory]:
    """Return what there is to remember of each package that is approved, or approved to be gone."""
    found: dict[Key, Memory] = {}
    for key in trail.chains:
        heads = trail.heads(key)
        results = results_of(heads)
        if key == CONFIGURATION_KEY or len(results) != 1:
            continue
        looks = trail.look_of(key)
        had = looks.files.difference(files_of(results[0]))
        gone = () if results[0].pins else _gone([pin for step in heads for pin in _past(step, looks.look(step).past)])
        if results[0].pins or gone:
            found[key] = Memory(gone, tuple(sorted(had)))
    return found


def memory_of(root: Root, key: Key) -> Memory:
    """Return what a checkpoint remembers of a package."""
    change = root.steps[key].entries[0].change
    return Memory(_gone(change.gone), change.had) if isinstance(change, PackageChange) else Memory()


def _past(step: Step, past: Iterable[Result]) -> list[ApprovedPin]:
    """What a later step is compared with, or what was removed where nobody knows that any more."""
    found = [pin for result in past for pin in result.pins]
    changes = [entry.change for entry in step.entries]
    return found or [pin for one in changes if isinstance(one, PackageChange) for pin in one.gone]


def _gone(pins: Iterable[ApprovedPin]) -> tuple[ApprovedPin, ...]:
    found = {pin_digest(pin): pin for pin in pins}
    return tuple([found[digest] for digest in sorted(found)])


def _digests(pins: Iterable[ApprovedPin]) -> list[str]:
    return [pin_digest(pin) for pin in pins]
