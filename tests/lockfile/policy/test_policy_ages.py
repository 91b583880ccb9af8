"""How old something is, and how that is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.policy.ages import age, before, spell_age, spell_duration

NOW = "2026-11-21T06:40:00Z"


@pytest.mark.parametrize(
    ("released", "seconds"),
    [
        ("2026-11-21T06:39:59Z", 1),
        ("2026-11-14T06:40:00Z", 604_800),
        ("2026-11-21T08:40:00+02:00", 0),
        ("2026-11-21T06:40:01Z", -1),
        ("2026-11-21T06:39:58.5Z", 1),
        ("", None),
        ("yesterday", None),
        ("2026-11-21T06:40:00", None),
    ],
)
def test_an_age_is_the_time_since(released: str, seconds: int | None) -> None:
    """In whole seconds; a text that is no instant with an offset has no age."""
    assert age(released, NOW) == seconds


@given(st.integers(0, 3_000_000_000))
def test_before_is_the_inverse_of_age(seconds: int) -> None:
    """What was released so long before now is exactly so old."""
    assert age(before(NOW, seconds), NOW) == seconds


def test_there_is_no_time_before_the_first_year() -> None:
    """An age of more than two thousand years does not break the arithmetic."""
    assert before(NOW, 10**11) == "0001-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 hours ago"), (3_600, "1 hour ago"), (172_799, "47 hours ago"), (172_800, "2 days ago")],
)
def test_an_age_is_said_in_hours_then_in_days(seconds: int, said: str) -> None:
    """Rounded down, so that nothing is said to be older than it is."""
    assert spell_age(seconds) == said


def test_what_is_to_come_is_said_to_be() -> None:
    """An upload after now has no age in words."""
    assert spell_age(-1) == "in the future"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 days"), (86_400, "1 day"), (604_800, "7 days"), (129_600, "36 hours"), (3_600, "1 hour")],
)
def test_a_duration_is_said_as_it_is_written(seconds: int, said: str) -> None:
    """In days where it is a whole number of them, else in hours."""
    assert spell_duration(seconds) == said
