"""A folder as a tree: what is found, what is refused, what is never followed."""

import os
import socket
import sys
from pathlib import Path

import pytest

from holdfast.trust.errors import TreeRefused
from holdfast.trust.folder_tree import hash_folder, nothing, read_file, walk_folder
from holdfast.trust.limits import Limits
from holdfast.trust.tree import tree_digest
from tests.support.module_folders import write_files

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and modes of POSIX")
FILES = {"module.toml": b"", "b/x.md": b"1", "a.md": b"2", "tools/run": b"3", "\u00e9.md": b"4"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "module", FILES, ("tools/run",))


@posix
def test_every_file_is_found_in_the_order_of_the_bytes_of_its_path(folder: Path) -> None:
    """Path, mode and hash; whatever the order on the disk."""
    tree = hash_folder(str(folder))
    assert [file.path for file in tree] == ["a.md", "b/x.md", "module.toml", "tools/run", "\u00e9.md"]
    assert [file.path for file in tree if file.executable] == ["tools/run"]
    assert tree[0].digest == "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35"


@posix
def test_of_a_mode_only_the_owners_execute_bit_counts(folder: Path) -> None:
    """Reading and writing bits, and bits of others, change nothing; the owner's execute bit does."""
    before = tree_digest(hash_folder(str(folder)))
    for mode in (0o600, 0o444, 0o666, 0o655):
        (folder / "a.md").chmod(mode)
        assert tree_digest(hash_folder(str(folder))) == before
    (folder / "a.md").chmod(0o744)
    assert tree_digest(hash_folder(str(folder))) != before


def test_what_is_never_part_of_a_module_is_passed_over(folder: Path) -> None:
    """Version control, bytecode, droppings and signatures; empty folders are nothing."""
    before = hash_folder(str(folder))
    write_files(
        folder,
        {".git/config": b"", "b/__pycache__/x.cpython-311.pyc": b"", ".DS_Store": b"", "x.sig": b"", "c.pyc": b""},
    )
    (folder / "empty/deeper").mkdir(parents=True)
    assert hash_folder(str(folder)) == before


def test_an_unpacked_module_hides_nothing(folder: Path) -> None:
    """With `nothing` left out, bytecode that somebody added is seen."""
    write_files(folder, {"b/__pycache__/x.cpython-311.pyc": b"evil"})
    assert "b/__pycache__/x.cpython-311.pyc" in [file.path for file in hash_folder(str(folder), ignore=nothing)]


@posix
@pytest.mark.parametrize("target", ["a.md", "../outside", "/etc/passwd", "b", "dangling", "loop"])
def test_a_link_is_refused_with_its_path(folder: Path, target: str) -> None:
    """To a file, a folder, something outside, nothing, or itself; never followed."""
    (folder / "b/loop").symlink_to(target)
    with pytest.raises(TreeRefused) as refused:
        hash_folder(str(folder))
    assert (refused.value.path, "symbolic link" in refused.value.reason) == ("b/loop", True)


@posix
def test_a_pipe_and_a_socket_are_refused_and_never_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Special files hold no bytes of a module."""
    os.mkfifo(folder / "pipe")
    with pytest.raises(TreeRefused, match="named pipe"):
        hash_folder(str(folder))
    (folder / "pipe").unlink()
    monkeypatch.chdir(folder)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s")
        with pytest.raises(TreeRefused, match="socket"):
            hash_folder(str(folder))


@posix
@pytest.mark.parametrize(
    "name", [b"e\xcc\x81.md", b"a\xff", b"a\nb", b"a:b", b"nul.txt", b"a\\b", b"a. ", b"x\xe2\x80\xaey"], ids=ascii
)
def test_a_name_that_no_module_may_have_is_refused(folder: Path, name: bytes) -> None:
    """As it would be in an archive; not UTF-8, not in normal form, reserved, invisible."""
    with open(os.path.join(os.fsencode(folder), name), "wb"):
        pass
    with pytest.raises(TreeRefused) as refused:
        hash_folder(str(folder))
    assert refused.value.path == os.fsdecode(name)


@posix
def test_a_name_in_another_normal_form_comes_with_the_right_one(folder: Path) -> None:
    """Where a file system decomposes names, the message says what to rename to."""
    (folder / "e\u0301t\u00e9.md").write_bytes(b"")
    with pytest.raises(TreeRefused, match="rename it to \u00e9t\u00e9"):
        hash_folder(str(folder))


@posix
def test_names_that_clash_elsewhere_are_refused(folder: Path) -> None:
    """Case decides here, and not on other systems."""
    (folder / "A.md").write_bytes(b"")
    if len(os.listdir(folder)) == len({name.lower() for name in os.listdir(folder)}):
        pytest.skip("this file system takes them for one")
    with pytest.raises(TreeRefused, match="only case or spelling"):
        hash_folder(str(folder))


def test_limits_hold_before_a_file_is_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Count, bytes of one, bytes of all, depth."""
    monkeypatch.setattr(os, "open", None)
    large = write_files(folder, {"large": b""}) / "large"
    os.truncate(large, 100)
    for limits in (Limits(5, 100, 200), Limits(6, 99, 200), Limits(6, 100, 103)):
        with pytest.raises(TreeRefused):
            walk_folder(str(folder), limits=limits)
    assert len(walk_folder(str(folder), limits=Limits(6, 100, 104))) == 6
    deep = folder / "/".join("d" * 40)
    deep.mkdir(parents=True)
    with pytest.raises(TreeRefused, match="parts"):
        walk_folder(str(folder))


@posix
@pytest.mark.parametrize("change", ["grown", "shrunk", "rewritten", "replaced", "linked", "gone", "mode"])
def test_a_file_that_changes_after_it_was_found_is_refused(folder: Path, change: str) -> None:
    """Between the look and the read, whatever happens to it."""
    found = next(file for file in walk_folder(str(folder)) if file.path == "b/x.md")
    place = folder / "b/x.md"
    if change == "grown":
        place.write_bytes(b"11")
    elif change == "shrunk":
        place.write_bytes(b"")
    elif change == "rewritten":
        place.write_bytes(b"9")
        os.utime(place, ns=(0, 0))
    elif change == "replaced":
        (folder / "new").write_bytes(b"1")
        os.replace(folder / "new", place)
    elif change == "linked":
        place.unlink()
        place.symlink_to(folder / "a.md")
    elif change == "gone":
        place.unlink()
    else:
        place.chmod(0o755)
    with pytest.raises(TreeRefused, match="changed while it was read") as refused:
        read_file(found)
    assert refused.value.path == "b/x.md"


@posix
def test_a_file_that_grows_while_it_is_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more is read than was found, and the growth is noticed."""
    found = next(file for file in walk_folder(str(folder)) if file.path == "a.md")
    real = os.read

    def read(descriptor: int, count: int) -> bytes:
        with open(folder / "a.md", "ab") as file:
            file.write(b"more")
        return real(descriptor, count)

    monkeypatch.setattr(os, "read", read)
    with pytest.raises(TreeRefused, match="changed while it was read"):
        read_file(found)
