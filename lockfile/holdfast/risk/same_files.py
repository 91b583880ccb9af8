"""Files that stand in many archives of one release, at the same path with the same bytes: each is looked at once.

    @once
    def scan_python(path: str, data: bytes, moment: str = "import") -> Scan: ...

A wheel for each platform brings the same code. Only pure functions of their arguments may be marked. What is remembered
is dropped by `forget`, and by itself beyond a bound.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar

from holdfast.model.scan import Scan

MOST = 20_000  # files
_known: dict[tuple[Any, ...], Scan] = {}

_Scanner = TypeVar("_Scanner", bound=Callable[..., Scan])


def once(scanner: _Scanner) -> _Scanner:
    """Return a scanner of (path, data, ...) that answers from memory what it was asked before."""

    @wraps(scanner)
    def remembering(path: str, data: bytes, *more: object, **named: object) -> Scan:
        key = (scanner.__name__, path, sha256(data).digest(), more, tuple(sorted(named.items())))
        found = _known.get(key)
        if found is None:
            if len(_known) >= MOST:
                forget()
            found = _known[key] = scanner(path, data, *more, **named)
        return found

    return remembering  # type: ignore[return-value]  # it takes and gives the same


def forget() -> None:
    """Drop all that is remembered: the next archive is of another release."""
    _known.clear()
