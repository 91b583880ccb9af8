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
    """`177 packages for 16 targets`, `177 packages for 16 targets, 70 npm packages and 3 modules`, `3 modules`"""
    modules = sum([pin.module is not None for pin in lock.packages]) if lock.sources else 0
    npm = sum([pin.npm is not None for pin in lock.packages])
    packages, targets = len(lock.packages) - modules - npm, len(lock.scope.targets)
    said = []
    if packages or targets or not (modules or npm):
        said.append(count(packages, "package") + (f" for {count(targets, 'target')}" if targets else ""))
    if npm:
        said.append(count(npm, "npm package"))
    if modules:
        said.append(count(modules, "module"))
    return " and ".join([part for part in (", ".join(said[:-1]), said[-1]) if part])
