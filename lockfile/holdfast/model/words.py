"""How the parts of a lock are spelled in messages: pins, parts of a manifest, sets of targets."""

from holdfast.model.lock import Input, Pin
from holdfast_resolver.versions.grid import Grid

_NAMED_TARGETS = 3


def spell_pin(pin: Pin) -> str:
    """`click 8.1.8`"""
    return f"{pin.name} {pin.version}"


def spell_part(part: Input) -> str:
    """`pyproject.toml`, `pyproject.toml (group test)`"""
    return f"{part.path} ({part.kind} {part.name})" if part.name else part.path


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
