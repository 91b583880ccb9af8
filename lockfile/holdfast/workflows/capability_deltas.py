"""What a change of release lets code do, from the scans of both sides; what is missing for them may be fetched.

Law 1: half a comparison is a guess. Without all of the new release nothing is said of it but why; without the release
before, what the new one has is said to be had, not gained.
Law 2: only what changed is fetched, and only through what comes in (`Fetch`). Never prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from holdfast.model.lock import Lock, NpmFacts, Pin
from holdfast.model.release_facts import CodeDelta
from holdfast.model.scan import Scan, Unread
from holdfast.risk.delta import earliest, gains, holdings, losses, spell
from holdfast.risk.graph import pin_id
from holdfast.risk.installed_code import joined
from holdfast.workflows.scans import Rooms, Scanned, Tell, Wanted, absent, scan_all, wanted_of

# Has archives brought into the store; returns why not, by the hashes of those that could not be had.
Fetch: TypeAlias = Callable[[list[Wanted]], Mapping[str, str]]
Pair: TypeAlias = "tuple[Pin | None, Pin]"  # the release before, and the one that takes its place

_NAMED = 3  # files that are named


def _silent(done: int, every: int) -> None:
    """Nobody is told."""


class CapabilityDeltas:
    """Answers for one pair of pins; `lock` says for which targets. Without `fetch` only the store is looked into."""

    def __init__(self, lock: Lock, place: Rooms, tell: Tell = _silent, fetch: Fetch | None = None) -> None:
        self._lock, self._place, self._tell, self._fetch = lock, place, tell, fetch
        self._failed: dict[str, str] = {}  # by hash: why it could not be had
        self.absent = 0  # archives that are not in the store, and that nobody tried to fetch
        self.packages = 0  # of which there are such

    def gather(self, pairs: Iterable[Pair], most: int | None = None) -> int:
        """Have what some pairs lack fetched at once, and all of them scanned on every core.

        `most`: nobody asked for it, so nothing is fetched where that would be more archives, and nothing a second time.
        Returns how many archives are not there now.
        """
        pins = [pin for pair in pairs for pin in _sides(*pair)]
        wanted = wanted_of(self._lock, pins)
        missing = absent(wanted, self._place)
        count = _count(missing)
        again = most is not None and any(each.hash in self._failed for one in missing for each in one.artifacts)
        if missing and self._fetch is not None and not again and (most is None or count <= most):
            self._failed |= dict.fromkeys([each.hash for one in missing for each in one.artifacts], "")
            self._failed |= self._fetch(missing)
            count = _count(absent(missing, self._place))
        scan_all(wanted, self._place, self._tell)
        return count

    def __call__(self, before: Pin | None, after: Pin) -> CodeDelta:
        """Return what the new release gains and loses, and what was not looked at."""
        if before is not None and {one.hash for one in before.artifacts} == {one.hash for one in after.artifacts}:
            return CodeDelta(())
        sides = _sides(before, after)
        new = scan_all(wanted_of(self._lock, sides[:1]), self._place, self._tell)
        old = scan_all(wanted_of(self._lock, sides[1:]), self._place, self._tell)
        untried, unseen = self._said(new, old)
        if untried:
            self.absent, self.packages = self.absent + untried, self.packages + 1
        after_scan = new.scans.get(pin_id(after))
        if new.missing or after_scan is None:
            return CodeDelta(None, unseen, untried)
        if before is None:
            return CodeDelta(gains(None, after_scan), (*unseen, *_unread(after_scan, None)))
        before_scan = old.scans.get(pin_id(before))
        if old.missing or before_scan is None:
            return CodeDelta(holdings(after_scan), (*unseen, *_unread(after_scan, None)), untried)
        lines = (*gains(before_scan, after_scan), *losses(before_scan, after_scan))
        return CodeDelta(lines, (*unseen, *_unread(after_scan, before_scan)))

    def _said(self, *sides: Scanned) -> tuple[int, tuple[str, ...]]:
        """How many archives nobody tried to have, and why others could not be had."""
        artifacts = [one for side in sides for wanted in side.missing for one in wanted.artifacts]
        tried = [one for one in artifacts if one.hash in self._failed]
        lines = [f"{one.file}: {self._failed[one.hash] or 'its bytes are damaged'}" for one in tried]
        return len(artifacts) - len(tried), _some("", lines)


def of_its_kind(before: Pin, after: Pin) -> Pin:
    """Return the release before as the lock would have it: approvals keep no facts of npm's, scans go by the kind."""
    return before._replace(npm=NpmFacts()) if after.npm is not None and before.npm is None else before


def seen_code(scanned: Scanned) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...] | None]:
    """Return what an approval records of code: `Seen.capabilities` and `Seen.places`."""
    scan = joined(scanned.scans.values())
    places = {capability: _printable(spell(place)) for capability, place in earliest(scan).items()}
    words = tuple(sorted(places))
    return words, None if scanned.missing or not scanned.scans else tuple(sorted(places.items()))


def _sides(before: Pin | None, after: Pin) -> list[Pin]:
    return [after] if before is None else [after, of_its_kind(before, after)]


def _count(wanted: Iterable[Wanted]) -> int:
    return sum([len(one.artifacts) for one in wanted])


def _unread(after: Scan, before: Scan | None) -> tuple[str, ...]:
    """Files of code that cannot be read in the new release, and were not so before."""
    old: tuple[Unread, ...] = () if before is None else before.unread
    return _some("cannot be read: ", [f"{one.path}: {one.reason}" for one in after.unread if one not in old])


def _some(lead: str, lines: list[str]) -> tuple[str, ...]:
    more = [f"{lead}and {len(lines) - _NAMED} more"] if len(lines) > _NAMED else []
    return (*[f"{lead}{line}" for line in lines[:_NAMED]], *more)


def _printable(text: str) -> str:
    return "".join([one if one.isprintable() else one.encode("unicode_escape").decode() for one in text])
