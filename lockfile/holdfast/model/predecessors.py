"""Which pin of an earlier lock a pin is compared with: the rule stands in `changes.py`. Knows versions and pins."""

from collections.abc import Iterable

from holdfast.model.lock import Pin
from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.versions.schemes import scheme_of


def predecessor(pin: Pin, earlier: Iterable[Pin]) -> Pin | None:
    """Return the one of the earlier pins of the same name and source that a pin follows; None where there is none.

    >>> predecessor(Pin("pypi", "numpy", "1.26.4"), [Pin("pypi", "numpy", "1.25.2"), Pin("pypi", "numpy", "2.1.0")])
    Pin(source='pypi', name='numpy', version='1.25.2', ...)
    """
    found = sorted(earlier, key=order)
    same = next((one for one in found if one.version == pin.version), None)
    if same is None:  # `2.2.0` and `2.2.0.0` are one version
        key = order(pin)[0]
        same = next((one for one in found if key and order(one)[0] == key), None)
    if same is not None or not found:
        return same
    shared = [_shared(_numbers(one.version), _numbers(pin.version)) for one in found]
    line = [one for one, count in zip(found, shared) if count == max(shared)]
    below = [one for one in line if order(one) <= order(pin)]
    return below[-1] if below else line[0]


def order(pin: Pin) -> tuple[str, str]:
    """A key that sorts pins of one name by version; a version outside of its scheme comes first."""
    try:
        return scheme_of("@" if pin.npm is not None else pin.name).key(pin.version), pin.version
    except InvalidVersion:
        return "", pin.version


def shared_numbers(one: str, other: str) -> int:
    """Return how many leading numbers two versions share, their epochs aside: 2 for 4.3.0 and 4.3.9."""
    return max(_shared(_numbers(one), _numbers(other)) - 1, 0)


def _numbers(version: str) -> tuple[int, ...]:
    """`1!2.0rc1` -> (1, 2, 0): the epoch, then the numbers of the release."""
    epoch, mark, release = version.lower().removeprefix("v").rpartition("!")
    numbers = [int(epoch) if mark and _is_number(epoch) else 0]
    for part in release.split("."):
        digits = part[: next((place for place, character in enumerate(part) if not _is_number(character)), len(part))]
        if digits:
            numbers.append(int(digits))
        if digits != part or not digits:
            break
    return tuple(numbers)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _shared(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
