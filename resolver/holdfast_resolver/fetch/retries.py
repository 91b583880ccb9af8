"""When to ask again, and how long to wait before. Knows no socket; the clock is an argument."""

from holdfast_resolver.errors import RegistryError, RegistryUnavailable

RETRIED = frozenset((408, 425, 429, 500, 502, 503, 504))
FIRST_DELAY = 0.25  # seconds; doubles with every attempt
LONGEST_DELAY = 30.0  # seconds, also for what a server asks for


class Failure(Exception):
    """One attempt failed; never leaves `fetch`, where it becomes `error` when retries are used up.

    `again`: another attempt may succeed; `after`: seconds that the server asked for, or -1.
    """

    def __init__(
        self,
        detail: str,
        again: bool = True,
        after: float = -1.0,
        error: type[RegistryError] = RegistryUnavailable,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.again = again
        self.after = after
        self.error = error


def delay(attempt: int, after: float, jitter: float, first: float = FIRST_DELAY) -> float:
    """Seconds to wait after attempt number `attempt` (from 0): exponential, half of it random.

    `jitter` is a random number in [0, 1). A server's own wish (`after` >= 0) holds, but never beyond the
    longest delay.
    """
    if after >= 0:
        return min(after, LONGEST_DELAY)
    whole = min(first * 2.0**attempt, LONGEST_DELAY)
    return whole * (0.5 + 0.5 * jitter)


def retry_after(text: str, now: float) -> float:
    """Seconds of a Retry-After header (RFC 9110, section 10.2.3), -1 when there is none that can be read.

    `now` is in seconds since the epoch, for the form with a date.
    """
    text = text.strip()
    if not text:
        return -1.0
    if text.isascii() and text.isdigit():
        return float(text[:9])
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError, OSError):
        return -1.0
