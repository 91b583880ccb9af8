"""How the checks of a lock spell what they found: targets, pins, files."""

from holdfast.model.lock import Lock, Pin
from holdfast.model.paths import spell_pin
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.versions.grid import Grid

_NAMED_TARGETS = 3


def targets_in_words(grid: Grid, targets: int) -> str:
    """Return the targets of a mask, at most three by name; "" for all of them and for none.

    >>> targets_in_words(grid, 0b11111)  # of 20
    'cp311 linux-x86_64 glibc-2.28, cp311 linux-aarch64 glibc-2.28, cp311 macos-arm64 11.0, +2'
    """
    if targets == grid.everything:
        return ""
    names = grid.names(targets)
    more = [f"+{len(names) - _NAMED_TARGETS}"] if len(names) > _NAMED_TARGETS else []
    return ", ".join([*names[:_NAMED_TARGETS], *more])


def facts_of(grid: Grid, targets: int) -> tuple[tuple[str, str], ...]:
    """Return the fact that names the targets concerned; no fact when that is all of them."""
    words = targets_in_words(grid, targets)
    return (("targets", words),) if words else ()


def pinned(lock: Lock, index: int, requirement: Requirement) -> str:
    """Return the pin that a requirement met: `click 8.1.8`; where it met none, whether the name is pinned elsewhere."""
    if index >= 0:
        return spell_pin(lock.packages[index])
    if any(pin.name == requirement.name and pin.source == requirement.source for pin in lock.packages):
        return f"no pin of {requirement.name} for these targets"
    sources = [pin.source for pin in lock.packages if pin.name == requirement.name]
    return f"a pin from the source {sources[0]} only" if sources else "no pin"


def files_in_words(pin: Pin) -> str:
    """Return how many files a pin has that serve none of the targets a finding names."""
    count = len(pin.artifacts)
    return f"{count} files, none of which does" if count > 1 else "one file, which does not" if count else "no file"
