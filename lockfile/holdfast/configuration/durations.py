"""Durations: `minimum-release-age`, in words that people read without counting zeros.

Knows one spelling: a whole number and a unit, "36 hours", "7 days", "2 weeks". Months and years are no units: their
length varies. Never reads a clock.
"""

EXPECTED = 'a duration such as "36 hours", "7 days" or "2 weeks"'
_UNITS = {"hour": 3_600, "day": 86_400, "week": 604_800}  # seconds
_LONGEST = 100 * 366 * 86_400  # seconds: more is a slip


def parse_duration(text: str) -> int | None:
    """Return a duration in seconds, None for any other text.

    >>> parse_duration("7 days"), parse_duration("1 day"), parse_duration("a week")
    (604800, 86400, None)
    """
    number, _, unit = text.partition(" ")
    if not (number.isascii() and number.isdigit()) or len(number) > 6:
        return None
    size = _UNITS.get(unit.removesuffix("s"))
    if size is None or unit.endswith("ss"):
        return None
    seconds = int(number) * size
    return seconds if seconds <= _LONGEST else None
