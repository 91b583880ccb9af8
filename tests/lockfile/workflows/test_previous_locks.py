"""The lock that is there before a command."""

import pytest

from holdfast.errors import LockFormatError, LockMissing
from holdfast.format.write import write
from holdfast.model.lock import Input, Lock, Pin, PinnedArtifact, Scope
from holdfast.workflows.previous import read_lock, read_previous
from holdfast_resolver.values.requirements import parse_entry
from holdfast_resolver.values.targets import parse_target


class Shelf:
    """Files in memory."""

    def __init__(self, **files: bytes) -> None:
        self.files = files

    def read(self, name: str) -> bytes | None:
        return self.files.get(name.removeprefix("holdfast."))

    def write(self, name: str, data: bytes) -> None:
        raise AssertionError("nothing is written here")


def text(version: str) -> str:
    """A lock with click in some version."""
    file = PinnedArtifact(f"click-{version}-py3-none-any.whl", "sha256:" + version.replace(".", "").ljust(64, "0"))
    return write(
        Lock(
            Scope("", "highest", "if-necessary", (parse_target("cp311 linux-x86_64 glibc-2.28"),)),
            (Input("pyproject.toml", "project", "", (parse_entry("pypi:click"),)),),
            (Pin("pypi", "click", version, artifacts=(file,)),),
        )
    )


def test_no_lock() -> None:
    """Nothing is remembered; a command that needs one says so."""
    assert read_previous(Shelf()) == (None, (), 0, None, ())
    with pytest.raises(LockMissing):
        read_lock(Shelf())


def test_a_whole_lock_is_remembered_pin_by_pin() -> None:
    """With its bytes, so that it is known whether anything has to be written."""
    data = text("8.1.8").encode()
    previous = read_previous(Shelf(lock=data))
    assert previous.lock == read_lock(Shelf(lock=data))
    assert [(pin.name, pin.version) for pin in previous.remembered] == [("click", "8.1.8")]
    assert (previous.conflicts, previous.data) == (0, data)


def test_a_lock_in_conflict_gives_the_pins_of_both_sides() -> None:
    """There is no lock to compare with, but both versions with their hashes."""
    ours, theirs = text("8.1.7").splitlines(), text("8.1.8").splitlines()
    merged = ["<<<<<<< HEAD", *ours, "=======", *theirs, ">>>>>>> other", ""]
    previous = read_previous(Shelf(lock="\n".join(merged).encode()))
    assert previous.lock is None
    assert previous.conflicts == 1
    assert {pin.version for pin in previous.remembered} == {"8.1.7", "8.1.8"}
    assert all(pin.artifacts for pin in previous.remembered)


def test_a_broken_lock_is_no_conflict() -> None:
    """It is refused with its place: `lock` never overwrites what it cannot read."""
    with pytest.raises(LockFormatError):
        read_previous(Shelf(lock=b"format = 1\n[scope\n"))
