"""Instants: the cutoff of `exclude-newer`, the ends of trust, in one spelling.

Knows RFC 3339; never reads a clock, and never the machine's time zone.
"""

EXPECTED = "a date such as 2025-01-31, or an instant with its offset such as 2025-01-31T12:00:00Z"


def parse_instant(text: str) -> str | None:
    """Return an RFC 3339 date or instant in UTC, or None for any other text.

    A date means its first second in UTC.

    >>> parse_instant("2025-01-31")
    '2025-01-31T00:00:00Z'
    >>> parse_instant("2025-01-31T14:00:00+02:00")
    '2025-01-31T12:00:00Z'
    """
    from datetime import UTC, datetime  # start-up: most projects have no cutoff

    # `fromisoformat` knows more of ISO 8601 than RFC 3339: week dates, ordinals, texts without separators.
    if not text.isascii() or len(text) < 10 or text[4] != "-" or text[7] != "-" or "W" in text:
        return None
    if len(text) == 10:
        text += "T00:00:00Z"
    if text[10] not in "Tt " or len(text) < 20 or text[13] != ":" or text[16] != ":":
        return None
    try:
        instant = datetime.fromisoformat(text.upper())
        if instant.tzinfo is None:
            return None
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant.replace(tzinfo=None).isoformat() + "Z"


def parse_second(text: str) -> str | None:
    """Return what `parse_instant` returns, to the whole second before it: such texts sort as their times do."""
    instant = parse_instant(text)
    return None if instant is None else f"{instant[:19]}Z"


def spelled(second: str) -> str:
    """Return the shortest text that `parse_second` reads as `second`: a date where it is one."""
    return second.removesuffix("T00:00:00Z")
