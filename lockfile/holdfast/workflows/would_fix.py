"""Whether `holdfast update NAME` would take a release that is not affected: the resolver is asked, nothing is written.

Each package is asked about once. What could not be asked raises, so that nobody is told that an update does not help.
"""

from __future__ import annotations

from collections.abc import Callable

from holdfast.model.lock import Lock, Pin
from holdfast.workflows.lock import Locked, Outcome


class WouldFix:
    """Answers what `judge_advisories` asks. `update` is a dry run of freeing one pin; it raises `ResolverError`."""

    def __init__(self, update: Callable[[Pin], Outcome]) -> None:
        self._update = update
        self._known: dict[tuple[str, str], Lock | None] = {}

    def __call__(self, pin: Pin, fixed: tuple[str, ...]) -> str | None:
        """Return the version that the update would lock in the pin's place; None where it would lock no other."""
        key = (pin.source, pin.name)
        if key not in self._known:
            outcome = self._update(pin)
            self._known[key] = outcome.lock if isinstance(outcome, Locked) else None
        lock = self._known[key]
        if lock is None:
            return None
        versions = [one.version for one in lock.packages if (one.source, one.name) == key]
        if not versions or pin.version in versions:
            return None
        # Where several took its place, the one that is not known to be fixed is the one to be judged.
        return next((one for one in versions if one not in fixed), versions[-1])
