"""Amounts as people read them: bytes, files, the size of a lock."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: it is loaded by then, or not needed
    from holdfast.model.lock import Lock

_UNITS = ("kB", "MB", "GB", "TB")


def in_words(size: int) -> str:
    """Return `0 bytes`, `812 bytes`, `35.2 MB`, `1.2 GB`: powers of ten, one digit behind the point."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    amount, place = size / 1000, 0
    while amount >= 999.95 and place + 1 < len(_UNITS):
        amount, place = amount / 1000, place + 1
    return f"{amount:.1f} {_UNITS[place]}"


def count(number: int, noun: str) -> str:
    """`1 file`, `3 files`"""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def size_of(lock: Lock) -> str:
    """`177 packages for 16 targets`, `177 packages for 16 targets and 3 modules`, `3 modules`"""
    modules = sum([pin.module is not None for pin in lock.packages]) if lock.sources else 0
    packages, targets = len(lock.packages) - modules, len(lock.scope.targets)
    said = f"{count(packages, 'package')} for {count(targets, 'target')}"
    if not modules:
        return said
    return f"{said} and {count(modules, 'module')}" if packages or targets else count(modules, "module")
