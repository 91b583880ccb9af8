"""How the parts of a lock are spelled in messages: pins, parts of a manifest, sets of targets."""

from __future__ import annotations

from holdfast.model.lock import Input, Pin
from holdfast_resolver.versions.grid import Grid

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Container

_NAMED_TARGETS = 3
_TABLES = ("dev", "optional", "peer")  # of a package.json, besides that of its dependencies


def spell_pin(pin: Pin) -> str:
    """`click 8.1.8`"""
    return f"{pin.name} {pin.version}"


def is_named(pin: Pin, names: Container[str]) -> bool:
    """Whether one of some names, such as `click` or `pypi:click`, means a pin."""
    return pin.name in names or f"{pin.source}:{pin.name}" in names


def spell_part(part: Input) -> str:
    """`pyproject.toml`, `pyproject.toml (group test)`, `package.json (dev)`"""
    if part.name:
        return f"{part.path} ({part.kind} {part.name})"
    return f"{part.path} ({part.kind})" if part.kind in _TABLES else part.path


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
