"""Signs from what a registry says of a release: yanked, deprecated, very new, long unmaintained, dynamic metadata.

The clock is an argument. A time that is missing or no RFC 3339 gives no sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from holdfast.risk.facts import DAY, Limits, ReleaseState
from holdfast.risk.score import Sign

_LONGEST = 120  # letters of a publisher's own words


def release_signs(state: ReleaseState, limits: Limits, now: str) -> Iterator[Sign]:
    """Yield the signs of a release; `now` is RFC 3339. Raises `ValueError` for a `now` that is none."""
    if state.yanked is not None:
        yield Sign("yanked", _short(state.yanked) or "no reason given")
    if state.deprecated:
        yield Sign("deprecated", _short(state.deprecated))
    moment = datetime.fromisoformat(now)
    released, newest = _parsed(state.released), _parsed(state.newest)
    if released is not None:
        age = (moment - released).total_seconds()
        if age < limits.very_new:
            yield Sign("very-new", f"released {_date(released)}, {_days(age)} ago")
    if newest is not None:
        age = (moment - newest).total_seconds()
        if age >= limits.unmaintained:
            yield Sign("unmaintained", f"newest release {_date(newest)}, {_years(age)} ago")
    if state.has_dynamic_metadata:
        yield Sign("dynamic-metadata", "its source archive declares its requirements as dynamic")


def _parsed(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _days(seconds: float) -> str:
    days = int(max(seconds, 0) // DAY)
    return f"{days} day" if days == 1 else f"{days} days"


def _years(seconds: float) -> str:
    """Whole years; days where those do not fill one."""
    years = int(seconds // (365 * DAY))
    return _days(seconds) if years < 1 else f"{years} year" if years == 1 else f"{years} years"


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
