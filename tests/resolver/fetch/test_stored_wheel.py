"""METADATA of stored wheels: the same strict reading as of wheels on an index."""

from pathlib import Path

import pytest

from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch.stored_wheel import stored_metadata
from holdfast_resolver.registries.core_metadata import parse_core_metadata
from holdfast_resolver.values.wishes import Source
from tests.support.packages import core_metadata, wheel

PYPI = Source("pypi", "pypi", "", "pypi")


@pytest.mark.parametrize("padding", [0, 100, 200_000])
def test_metadata_is_what_the_wheel_says(tmp_path: Path, padding: int) -> None:
    """Wherever it stands in the file."""
    built = wheel("some-thing", "1.0", ["click>=8", "redis ; extra == 'cache'"], padding=padding)
    (tmp_path / "x").write_bytes(built.data)
    found = stored_metadata(str(tmp_path / "x"), PYPI, "some-thing", built.file)
    expected = core_metadata("some-thing", "1.0", ["click>=8", "redis ; extra == 'cache'"])
    assert found == parse_core_metadata(expected, "wheel")


@pytest.mark.parametrize("data", [b"", b"garbage", wheel("other", "1.0").data, wheel("web", "1").data[:-40]])
def test_what_is_no_wheel_of_the_package(tmp_path: Path, data: bytes) -> None:
    """Refused with the file's name, never guessed at."""
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(RegistryAnswerInvalid) as raised:
        stored_metadata(str(tmp_path / "x"), PYPI, "web", "web-1-py3-none-any.whl")
    assert raised.value.subject == "web-1-py3-none-any.whl"


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    """The system's own error."""
    with pytest.raises(OSError):
        stored_metadata(str(tmp_path / "none"), PYPI, "web", "web-1-py3-none-any.whl")
