"""Servers that the tests of this room share."""

from collections.abc import Iterator

import pytest

from tests.support.loopback import Loopback, loopback


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A scripted index on loopback."""
    with loopback() as running:
        yield running
