"""Where things are on this machine: project and cache folder."""

import os
import sys
from pathlib import Path

import platformdirs
import pytest

from holdfast.cli.project import ProjectFolder, cache_folder, open_project
from holdfast.cli.table import find
from holdfast.cli.words import Arguments, parse
from holdfast.errors import FileProblem


def arguments(*words: str) -> Arguments:
    """The words after `holdfast lock`."""
    row = find("lock")
    assert row is not None
    return parse(row, words, {})


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs itself is asked")
@pytest.mark.parametrize("xdg", [None, "", "  ", "/var/cache/of me", "relative/cache"])
def test_the_cache_is_where_platformdirs_says(xdg: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule is spelled out for start-up's sake; a relative XDG folder counts as none, as the specification says."""
    if xdg is None:
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", xdg)
    environment = {name: value for name, value in os.environ.items() if name != "HOLDFAST_CACHE_DIR"}
    if xdg == "relative/cache":
        assert cache_folder(arguments(), environment) == os.path.expanduser("~/.cache/holdfast")
    else:
        assert cache_folder(arguments(), environment) == platformdirs.user_cache_dir("holdfast", appauthor=False)


def test_the_cache_can_be_named(tmp_path: Path) -> None:
    """The flag beats the variable; a tilde is one's home."""
    environment = {"HOLDFAST_CACHE_DIR": "~/elsewhere"}
    assert cache_folder(arguments(), environment) == os.path.expanduser("~/elsewhere")
    assert cache_folder(arguments("--cache-dir", str(tmp_path)), environment) == str(tmp_path)


def test_the_project_is_here_or_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is named is taken as it is; one that does not exist is refused."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'web'\n")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    assert open_project(arguments()).folder == str(tmp_path)
    assert open_project(arguments("--project", "..")).folder == str(tmp_path / "deep")
    with pytest.raises(FileProblem):
        open_project(arguments("--project", "nowhere"))


def test_an_overlay_stands_in_for_a_file(tmp_path: Path) -> None:
    """An edit that is not written yet is read like any file."""
    (tmp_path / "a").write_text("old")
    folder = ProjectFolder(str(tmp_path), {"a": b"new"})
    assert folder.read("a") == b"new"
    assert ProjectFolder(str(tmp_path)).read("a") == b"old"
    assert folder.read("b") is None
