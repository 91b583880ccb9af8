"""Walking through what waits, one decision after the other: what was decided, what is next, the way back.

    walk = Walk(review.entries)
    walk.approve()          the entry at hand, all packages of a group
    walk.open()             a group becomes its packages, one by one
    walk.reject("backdoor")
    walk.back()             the last decision is taken back

Pure: knows no keyboard, no key and no file. Signs nothing.
"""

from collections.abc import Iterable
from typing import Literal

from holdfast.model.review import Entry, ReviewGroup, ReviewItem, SecurityItem, opened
from holdfast.workflows.choosing import Chosen
from holdfast_resolver.values.tuples import NamedTuple

Verdict = Literal["approve", "reject", "skip"]
VERDICTS: tuple[Verdict, ...] = ("approve", "reject", "skip")


class Decision(NamedTuple):
    """What was decided of an entry."""

    entry: Entry
    verdict: Verdict
    reason: str = ""  # of a rejection


class Walk:
    """The entries in their order; `decisions` are those made so far."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._left = list(entries)
        self.decisions: list[Decision] = []

    @property
    def current(self) -> Entry | None:
        """The entry at hand, None at the end."""
        return self._left[0] if self._left else None

    @property
    def place(self) -> tuple[int, int]:
        """Which entry it is, of how many; the first is 1."""
        return len(self.decisions) + 1, len(self.decisions) + len(self._left)

    def approve(self) -> None:
        """Accept the entry at hand, and go on."""
        self._decide("approve")

    def reject(self, reason: str) -> None:
        """Refuse it."""
        self._decide("reject", reason)

    def skip(self) -> None:
        """Leave it as it is."""
        self._decide("skip")

    def open(self) -> bool:
        """Look at the packages of a group one by one; False for what is no group."""
        entry = self.current
        if not isinstance(entry, ReviewGroup) or len(entry.items) < 2:
            return False
        self._left[:1] = opened(entry)
        return True

    def back(self) -> bool:
        """Take the last decision back; False where there is none."""
        if not self.decisions:
            return False
        self._left.insert(0, self.decisions.pop().entry)
        return True

    def items(self, verdict: Verdict) -> tuple[ReviewItem, ...]:
        """Return the packages that were so decided."""
        return tuple(
            [
                item
                for one in self.decisions
                if one.verdict == verdict and isinstance(one.entry, ReviewGroup)
                for item in one.entry.items
            ]
        )

    def security(self, verdict: Verdict) -> bool:
        """Whether the security configuration was so decided."""
        return any(one.verdict == verdict and isinstance(one.entry, SecurityItem) for one in self.decisions)

    def approved(self, chosen: Chosen) -> Chosen:
        """Return what was accepted, of that which was shown."""
        keys = {item.key for item in self.items("approve")}
        return _part(chosen, keys, self.security("approve"))

    def rejected(self, chosen: Chosen) -> tuple[tuple[str, Chosen], ...]:
        """Return what was refused by its reasons, in the order in which they were given."""
        found: dict[str, list[Entry]] = {}
        for one in self.decisions:
            if one.verdict == "reject":
                found.setdefault(one.reason, []).append(one.entry)
        return tuple(
            [
                (
                    reason,
                    _part(
                        chosen,
                        {item.key for entry in entries if isinstance(entry, ReviewGroup) for item in entry.items},
                        any(isinstance(entry, SecurityItem) for entry in entries),
                    ),
                )
                for reason, entries in found.items()
            ]
        )

    def _decide(self, verdict: Verdict, reason: str = "") -> None:
        if self._left:
            self.decisions.append(Decision(self._left.pop(0), verdict, reason))


def _part(chosen: Chosen, keys: set[tuple[str, str]], security: bool) -> Chosen:
    waiting = tuple([one for one in chosen.waiting if (one.source, one.name) in keys])
    return Chosen(waiting, chosen.security if security else None)
