"""`cache` on the command line."""

from pathlib import Path

from tests.support.index_server import serving
from tests.support.packages import read_releases
from tests.support.project import Project


def test_dir_names_the_folder(tmp_path: Path) -> None:
    """The folder alone on stdout, for scripts, whether or not it is there; `--cache-dir` wins."""
    project = Project(tmp_path)
    assert project.run("cache", "dir").out == f"{project.cache}\n"
    assert project.run("cache", "dir", "--cache-dir", str(tmp_path / "x")).out == f"{tmp_path / 'x'}\n"
    assert not project.cache.exists()


def test_size_and_clear(tmp_path: Path) -> None:
    """What a lock and a verify left is counted, then freed; a lock works again afterwards."""
    with serving(read_releases("flask 3.0.0 | sdist static\n    click\nclick 8.1.8\n")) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        assert project.run("verify").code == 0
        rows = [line.split() for line in project.run("cache", "size").out.splitlines()]
        assert [row[:3:1] for row in rows] == [
            ["v1", "5", "files"],
            ["modules", "0", "files"],
            ["store", "3", "files"],
            ["total", "8", "files"],
        ]
        done = project.run("cache", "clear")
        assert done.code == 0
        assert done.out.startswith("removed 8 files, ")
        assert project.run("cache", "size").out.splitlines()[-1].split()[1:3] == ["0", "files"]
        assert project.run("cache", "clear").out.startswith("removed 0 files, 0 bytes")
        text = project.lock.read_bytes()
        project.lock.unlink()
        assert project.locked().lock.read_bytes() == text


def test_an_action_is_needed(tmp_path: Path) -> None:
    """Exit 2 without one, and for one that is none."""
    project = Project(tmp_path)
    assert project.run("cache").code == project.run("cache", "purge").code == 2
    assert "dir, size, clear" in project.run("cache", "purge").err
