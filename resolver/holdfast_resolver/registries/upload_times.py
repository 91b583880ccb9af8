"""Upload times of index pages in one form: RFC 3339 in UTC with a final `Z` (PEP 700)."""

import re

_UTC = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?Z"
)

_USUAL = "0000-00-00T00:00:00.000000+00:00"  # as some npm registries write it, thousands of times
_DIGITS = str.maketrans("0123456789", "0000000000")


def utc_time(text: str) -> str:
    """Return the time in UTC, or "" when `text` is no time or names no zone."""
    if _UTC.fullmatch(text):
        return text
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return ""
        if moment.microsecond and text.translate(_DIGITS) == _USUAL:
            return text[:-6] + "Z"
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    except (ValueError, OverflowError):
        return ""
