"""Values that the tests of this room share."""

import pytest

from holdfast_resolver.values.wishes import Source


@pytest.fixture(scope="session")
def source() -> Source:
    """The main index."""
    return Source("pypi", "pypi", "https://index.example/simple/", "pypi")
