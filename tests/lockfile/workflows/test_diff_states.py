"""Two states of a lock, compared without git."""

import pytest

from holdfast.errors import LockFormatError, LockMissing
from holdfast.format.write import write
from holdfast.workflows.diff import Compared, diff
from tests.support.lock_scenarios import read_lock

OLD = write(read_lock("wish a\na 1\n    b\nb 1\n")).encode()
NEW = write(read_lock("wish a\nwish d\na 1\n    b\nb 1\n    c ; sys_platform == 'win32'\nc 1\nd 1\nlost 1\n")).encode()


class Folder:
    """A project's folder with one lock."""

    def __init__(self, lock: bytes | None) -> None:
        self._lock = lock

    def read(self, name: str) -> bytes | None:
        return self._lock

    def write(self, name: str, data: bytes) -> None:
        raise AssertionError("a diff writes nothing")


def compared(now: bytes | None, then: bytes | None) -> Compared:
    """The comparison with the lock of HEAD."""
    return diff(Folder(now), lambda revision, name: then, "HEAD")


def test_an_added_pin_has_the_shortest_path_to_it() -> None:
    """On a target where it is needed; a pin that nothing leads to has none."""
    assert compared(NEW, OLD).paths == {
        ("pypi", "c", "1"): ("pyproject.toml", "a 1", "b 1", "c 1"),
        ("pypi", "d", "1"): ("pyproject.toml", "d 1"),
    }


def test_what_was_removed_or_moved_has_no_path() -> None:
    """Only what is new asks for a reason."""
    assert compared(OLD, NEW).paths == {}
    assert compared(OLD, OLD) == Compared(compared(OLD, OLD).difference, {}, False)
    assert compared(OLD, OLD).difference.empty


def test_without_a_lock_before_everything_is_new() -> None:
    """And the caller is told."""
    found = compared(OLD, None)
    assert found.before_missing
    assert [change.kind for change in found.difference.pins] == ["added", "added"]


def test_whose_lock_is_broken_is_said() -> None:
    """The one on the disk by its name, the other with its revision."""
    with pytest.raises(LockFormatError) as raised:
        compared(OLD, b"x")
    assert raised.value.path == "holdfast.lock at HEAD"
    with pytest.raises(LockFormatError) as raised:
        compared(b"x", OLD)
    assert raised.value.path == "holdfast.lock"
    with pytest.raises(LockMissing):
        compared(None, OLD)
