"""Entries of a cache: what is kept comes back, and whatever is not whole is a miss."""

import zlib
from hashlib import sha256
from pathlib import Path

import pytest

from holdfast_resolver.fetch import entries
from holdfast_resolver.fetch.entries import Entries

KEY = 32 * "ab"


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    """By another object too, and replaced by what is kept later."""
    Entries(str(tmp_path)).keep(KEY, b"one")
    Entries(str(tmp_path)).keep(KEY, b"two")
    assert Entries(str(tmp_path)).find(KEY) == b"two"
    assert Entries(str(tmp_path)).find(32 * "cd") is None


def test_every_damaged_byte_is_a_miss(tmp_path: Path) -> None:
    """Changed, cut off or added: nothing of it is believed."""
    kept = Entries(str(tmp_path))
    kept.keep(KEY, b"content")
    path = tmp_path / "ab" / KEY
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert kept.find(KEY) is None
        path.write_bytes(whole[:place])
        assert kept.find(KEY) is None
    path.write_bytes(whole + b"x")
    assert kept.find(KEY) is None


def test_an_entry_that_inflates_beyond_the_bound_is_a_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However well its digest fits."""
    monkeypatch.setattr(entries, "LARGEST", 1000)
    body = zlib.compress(5000 * b"a")
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / KEY).write_bytes(b"holdfast-entry 1 " + sha256(body).hexdigest().encode() + b"\n" + body)
    assert Entries(str(tmp_path)).find(KEY) is None


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """And costs nothing else."""
    (tmp_path / "file").write_text("")
    kept = Entries(str(tmp_path / "file"))
    kept.keep(KEY, b"one")
    assert kept.unwritable
    assert kept.find(KEY) is None


def test_a_key_cannot_lead_elsewhere(tmp_path: Path) -> None:
    """Only hex is one."""
    with pytest.raises(ValueError, match="no key"):
        Entries(str(tmp_path)).find("../../../etc/passwd")
