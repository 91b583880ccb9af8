"""Keys that are asked for ahead: one question, whose answer or error is had later."""

import threading

import pytest

from holdfast_resolver.errors import RegistryUnavailable
from holdfast_resolver.fetch.npm_keys_ahead import KeysAhead


def test_the_answer_is_had_when_it_is_wanted() -> None:
    """It is asked at once, by one thread, and waited for as often as anybody likes."""
    asked, gate = threading.Event(), threading.Event()

    def fetch() -> bytes | None:
        asked.set()
        gate.wait(5)
        return b"keys"

    ahead = KeysAhead(fetch)
    assert asked.wait(5)
    gate.set()
    assert [ahead.answer(), ahead.answer()] == [b"keys", b"keys"]


def test_an_error_is_raised_where_the_answer_is_wanted() -> None:
    """Not in the thread, and not as "there are none"."""

    def fetch() -> bytes | None:
        raise RegistryUnavailable("npm", "the published keys", "https://npm.acme.example/-/npm/v1/keys", "refused")

    with pytest.raises(RegistryUnavailable):
        KeysAhead(fetch).answer()
