"""Delays and Retry-After, as tables."""

import pytest

from holdfast_resolver.fetch.retries import LONGEST_DELAY, delay, retry_after


@pytest.mark.parametrize(
    ("attempt", "after", "jitter", "seconds"),
    [
        (0, -1, 0.0, 0.125),
        (0, -1, 1.0, 0.25),
        (1, -1, 1.0, 0.5),
        (2, -1, 1.0, 1.0),
        (90, -1, 1.0, LONGEST_DELAY),
        (0, 0, 0.5, 0.0),
        (0, 7, 0.5, 7.0),
        (0, 86_400, 0.5, LONGEST_DELAY),
    ],
)
def test_delays_double_and_are_half_random(attempt: int, after: float, jitter: float, seconds: float) -> None:
    """A server's wish holds as it is, everything is capped."""
    assert delay(attempt, after, jitter) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", -1),
        ("120", 120),
        (" 3 ", 3),
        ("9" * 50, 999_999_999),
        ("-1", -1),
        ("soon", -1),
        ("\u0663", -1),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 40),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Thu, 99 Jan 1970 00:00:00 GMT", -1),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float) -> None:
    """What cannot be read counts as absent."""
    assert retry_after(text, now=60.0) == seconds
