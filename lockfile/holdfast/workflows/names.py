"""Names that a person gives must be of packages in the lock. Loaded only where names are given."""

from collections.abc import Iterable

from holdfast.errors import LockMissing, UsageError
from holdfast.workflows.port import LOCK
from holdfast.workflows.previous import Previous


def refuse_unknown(names: Iterable[str], previous: Previous) -> None:
    """Raise `UsageError` for a normalised name that is not locked, with the nearest that are."""
    if previous.data is None:
        raise LockMissing(LOCK)
    refuse_unlocked(names, {pin.name for pin in previous.remembered})


def refuse_unlocked(names: Iterable[str], known: set[str]) -> None:
    """Raise `UsageError` for a name that is not among the locked ones."""
    for name in sorted(names):
        if name not in known:
            raise UsageError("the name of a locked package", name, near(name, known))


def near(name: str, known: Iterable[str]) -> str:
    """Return `did you mean click?`, or "" when nothing is near."""
    from difflib import get_close_matches

    found = get_close_matches(name, sorted(known), 3, 0.6)
    if not found:
        return ""
    return f"did you mean {found[0]}?" if len(found) == 1 else f"did you mean one of {', '.join(found)}?"
