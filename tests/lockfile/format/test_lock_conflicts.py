"""A lock that git left in conflict: both sides can be taken apart and read leniently."""

import subprocess
from pathlib import Path

import pytest

from holdfast.format.conflicts import has_conflicts, read_pins, sides
from holdfast.format.read import read
from holdfast.format.write import write
from holdfast.model.lock import Lock
from tests.lockfile.format.lock_worlds import digest, sample
from tests.lockfile.format.npm_locks import npm_sample


def bumped(version: str) -> Lock:
    """The sample with another version of click."""
    lock = sample()
    click = lock.packages[1]
    artifacts = tuple(
        [
            artifact._replace(file=artifact.file.replace("8.1.8", version), hash=digest(9))
            for artifact in click.artifacts
        ]
    )
    return lock._replace(
        packages=(lock.packages[0], click._replace(version=version, artifacts=artifacts), lock.packages[2])
    )


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_both_sides_of_a_git_merge_come_back_whole(tmp_path: Path, style: str, newline: str) -> None:
    """In every conflict style of git, each side is again the text that its branch had."""
    texts = {"base": write(sample()), "ours": write(bumped("8.2.0")), "theirs": write(bumped("8.3.0"))}
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.replace("\n", newline).encode())
    done = subprocess.run(
        ["git", "-c", f"merge.conflictStyle={style}", "merge-file", "-p", "ours", "base", "theirs"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    merged = done.stdout.decode()
    assert has_conflicts(merged)
    ours, theirs = sides(merged)
    assert (ours, theirs) == (texts["ours"], texts["theirs"])
    assert [pin.version for pin in read_pins(ours)] == ["1.0", "8.2.0", "0.4.6"]


def test_a_base_between_the_sides_belongs_to_neither() -> None:
    """The diff3 style's base is dropped."""
    text = "a\n<<<<<<< HEAD\nb\n||||||| base\nc\n=======\nd\n>>>>>>> other\ne\n"
    assert sides(text) == ("a\nb\ne\n", "a\nd\ne\n")


def test_a_text_without_conflicts_is_both_sides() -> None:
    """Markers outside of a conflict are text like any other."""
    text = "a\n=======\n>>>>>>> x\n||||||| y\nb\n"
    assert sides(text) == (text, text)
    assert not has_conflicts(text)


def test_an_endless_conflict_is_read_as_far_as_it_goes() -> None:
    """A conflict that never ends leaves the sides what they have."""
    assert sides("a\n<<<<<<< x\nb\n=======\nc") == ("a\nb", "a\nc")


def test_broken_blocks_are_skipped() -> None:
    """Blocks that are no packages are left out, the others are read."""
    text = write(sample()).replace('version = "8.1.8"', 'version = "8.1')
    assert [pin.name for pin in read_pins(text)] == ["acme-tool", "colorama"]
    text = write(sample()).replace(digest(1), "md5:00").replace("format = 1", "format = 7")
    assert [(pin.name, pin.version) for pin in read_pins(text)] == [("click", "8.1.8"), ("colorama", "0.4.6")]
    assert read_pins("no lock at all") == []


@pytest.mark.parametrize("lock", [sample(), npm_sample()], ids=["python", "npm"])
def test_pins_are_read_as_the_reader_reads_them(lock: Lock) -> None:
    """Of a whole lock the lenient reader gives the same facts as the strict one."""
    text = write(lock)
    expected = [
        (pin.source, pin.name, pin.version, pin.artifacts, pin.when, pin.npm is not None) for pin in read(text).packages
    ]
    assert [tuple(pin) for pin in read_pins(text)] == expected
