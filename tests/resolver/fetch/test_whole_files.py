"""Files of a cache that are written in one step."""

import os
from pathlib import Path

import pytest

from holdfast_resolver.fetch.whole_files import write_whole


def test_a_file_is_written_with_its_folders_and_replaced(tmp_path: Path) -> None:
    """Nothing is left beside it."""
    path = tmp_path / "one" / "two" / "file"
    assert write_whole(str(path), b"old") == ""
    assert write_whole(str(path), b"new") == ""
    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == ["file"]


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """No error: the reason; and where the last step fails, what was written on the way is gone."""
    (tmp_path / "file").write_bytes(b"")
    assert write_whole(str(tmp_path / "file" / "below"), b"x")
    (tmp_path / "folder" / "full").mkdir(parents=True)
    assert write_whole(str(tmp_path / "folder"), b"x")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_who_reads_sees_the_old_until_the_new_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new one lies beside it until the last step."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    seen = []
    replace = os.replace

    def watched(source: str, target: str) -> None:
        seen.append((path.read_bytes(), Path(source).read_bytes()))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    assert write_whole(str(path), b"new") == ""
    assert seen == [(b"old", b"new")]
