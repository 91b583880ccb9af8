"""What changes between two locks of npm packages beyond what changes of any package. Pure values.

Several versions of one name are ordinary, so which of them moved to which is told by the release line:

    debug 2.6.8, 4.3.0  ->  debug 2.6.9, 4.4.0        4.3.0 -> 4.4.0 and 2.6.8 -> 2.6.9
"""

from __future__ import annotations

from holdfast.model.lock import Instance, Lock, NpmFacts, Pin
from holdfast.model.predecessors import shared_numbers
from holdfast_resolver.values.tuples import NamedTuple

_NOTHING = NpmFacts()


class InstanceChange(NamedTuple):
    """One instance that only one of the locks has, or that both have with other dependents or edges."""

    kind: str  # "added" | "removed" | "changed"
    source: str
    name: str
    version: str
    number: int
    dependents: tuple[str, ...]


def pairs(gone: list[Pin], came: list[Pin]) -> list[tuple[Pin | None, Pin | None]]:
    """Return which pin of a name became which, both lists sorted with the highest first.

    First those of one release line (the same major version, then the most numbers shared), then the rest in order.
    """
    left, new = list(gone), list(came)
    found: list[tuple[Pin | None, Pin | None]] = []
    for pin in came:
        near = [(shared_numbers(old.version, pin.version), -place, old) for place, old in enumerate(left)]
        best = max(near, default=None)
        if best is not None and best[0] > 0:
            found.append((best[2], pin))
            left.remove(best[2])
            new.remove(pin)
    for place in range(max(len(left), len(new))):
        old = left[place] if place < len(left) else None
        found.append((old, new[place] if place < len(new) else None))
    return found


def fact_rows(old: NpmFacts | None, new: NpmFacts | None) -> tuple[tuple[str, object, object], ...]:
    """Return (what, before, after) of each fact of npm packages."""
    if old is None and new is None:
        return ()
    one, other = old or _NOTHING, new or _NOTHING
    return (
        ("install-script", one.install_script, other.install_script),
        ("bin", one.bins, other.bins),
        ("os", one.os, other.os),
        ("cpu", one.cpu, other.cpu),
        ("libc", one.libc, other.libc),
        ("engines", one.engines, other.engines),
        ("optional", one.optional, other.optional),
        ("bundled", one.bundled, other.bundled),
    )


def instance_changes(before: Lock, after: Lock) -> tuple[InstanceChange, ...]:
    """Return what became of the instances, in the order of releases and numbers."""
    olds, news = _by_release(before), _by_release(after)
    found = []
    for key in sorted(olds.keys() | news.keys()):
        old, new = olds.get(key), news.get(key)
        if old != new:
            kind = "added" if old is None else "removed" if new is None else "changed"
            some = new or old
            assert some is not None
            found.append(InstanceChange(kind, *key, some.dependents))
    return tuple(found)


def _by_release(lock: Lock) -> dict[tuple[str, str, str, int], Instance]:
    return {(one.source, one.name, one.version, one.number): one for one in lock.instances}
