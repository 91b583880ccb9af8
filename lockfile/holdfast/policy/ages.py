"""Ages: how much time lies between two instants, and how people read it. Never reads a clock."""

_HOUR, _DAY = 3_600, 86_400  # seconds


def age(released: str, now: str) -> int | None:
    """Return the seconds from `released` to `now` (both RFC 3339, UTC), None when `released` is no such instant."""
    from datetime import datetime  # start-up: only where a release must have an age

    try:
        return int((datetime.fromisoformat(now) - datetime.fromisoformat(released)).total_seconds())
    except (ValueError, TypeError):
        return None


def before(now: str, seconds: int) -> str:
    """Return the instant `seconds` before `now` (below zero: after it), in the same spelling, to the whole second.

    An instant before the year 1 is the first of that year.
    """
    from datetime import datetime, timedelta  # start-up: as above

    try:
        instant = datetime.fromisoformat(now) - timedelta(seconds=seconds)
    except OverflowError:
        return "0001-01-01T00:00:00Z"
    return f"{instant.isoformat()[:19]}Z"


def spell_duration(seconds: int) -> str:
    """Return a duration in days where it is a whole number of them, else in hours; both rounded down.

    >>> spell_duration(604800), spell_duration(86400), spell_duration(5400), spell_duration(0)
    ('7 days', '1 day', '1 hour', '0 days')
    """
    hours = seconds // _HOUR
    if seconds % _DAY == 0 or not hours:
        return _counted(seconds // _DAY, "day")
    return _counted(hours, "hour")


def spell_age(seconds: int) -> str:
    """Return how long ago something was: in days from two days on, before in hours; both rounded down."""
    if seconds < 0:
        return "in the future"
    return f"{_counted(seconds // _DAY, 'day') if seconds >= 2 * _DAY else _counted(seconds // _HOUR, 'hour')} ago"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
