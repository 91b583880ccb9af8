"""The cache measured and emptied: what is ours goes, everything else stays."""

import os
from pathlib import Path

import pytest

from holdfast_resolver.errors import CacheUnwritable
from holdfast_resolver.fetch.upkeep import Part, clear, measure

HEX = "ab" + "0" * 62


NOTHING = (Part("v1", 0, 0), Part("modules", 0, 0), Part("store", 0, 0))


def filled(folder: Path) -> Path:
    """A cache with records, a journal, documents of a module registry, an artifact and an unfinished one."""
    for name, data in (
        ("v1/pypi/click.listing", b"12345"),
        ("v1/pypi/click.facts", b"123"),
        ("v1/npm/left-pad.packument", b"12"),
        ("v1/npm/left-pad.rest", b"1"),
        ("v1/npm/keys.silence", b""),
        (f"modules/{HEX}/metadata/timestamp.json", b"12"),
        (f"modules/{HEX}/targets/modules/@acme/{HEX}.guards.json", b"1"),
        (f"modules/{HEX}/lock", b""),
        (f"store/sha256/ab/{HEX}", b"1234567"),
        (f"store/sha256/ab/{HEX}.77.0a0b.part", b"12"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_each_part_is_measured(tmp_path: Path) -> None:
    """Files and bytes; measuring removes nothing."""
    for _ in range(2):
        assert measure(str(filled(tmp_path))) == (Part("v1", 5, 11), Part("modules", 3, 3), Part("store", 2, 9))


def test_a_cleared_cache_is_gone(tmp_path: Path) -> None:
    """What was removed is told, the folder itself stays; clearing again removes nothing."""
    assert clear(str(filled(tmp_path))) == (Part("v1", 5, 11), Part("modules", 3, 3), Part("store", 2, 9))
    assert os.listdir(tmp_path) == []
    assert clear(str(tmp_path)) == measure(str(tmp_path)) == NOTHING


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """It holds nothing."""
    assert measure(str(tmp_path / "none")) == clear(str(tmp_path / "none")) == NOTHING


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    """Other files beside and among ours are left, and counted; so a wrong folder loses nothing."""
    filled(tmp_path)
    others = ["notes.txt", "v2/x.listing", "v1/pypi/README", "store/goods.csv", "store/sha256/ab/readme"]
    others += ["modules/package.json", "modules/left/metadata/x.json", f"modules/{HEX}/notes.json"]
    for name in others:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
    assert [(part.files, part.left) for part in clear(str(tmp_path))] == [(5, 1), (3, 3), (2, 2)]
    assert all((tmp_path / name).read_bytes() == b"mine" for name in others)


def test_links_are_never_followed(tmp_path: Path) -> None:
    """A link to a folder or a file elsewhere: what it leads to stays whole."""
    outside = filled(tmp_path / "outside")
    cache = tmp_path / "cache"
    (cache / "v1").mkdir(parents=True)
    (cache / "v1" / "pypi").symlink_to(outside / "v1" / "pypi")
    (cache / "v1" / "click.listing").symlink_to(outside / "v1" / "pypi" / "click.listing")
    (cache / "store").symlink_to(outside / "store")
    clear(str(cache))
    assert measure(str(outside)) == (Part("v1", 5, 11), Part("modules", 3, 3), Part("store", 2, 9))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_cache_that_cannot_be_emptied(tmp_path: Path) -> None:
    """It is said, with the place."""
    folder = filled(tmp_path) / "v1" / "pypi"
    folder.chmod(0o500)
    try:
        with pytest.raises(CacheUnwritable):
            clear(str(tmp_path))
    finally:
        folder.chmod(0o700)
