"""`export` on the command line, against an index on loopback."""

import tomllib
from pathlib import Path

import pytest

from tests.support.index_server import serving
from tests.support.packages import read_releases, wheel
from tests.support.project import Project

SHELF = """
flask 3.0.0 | sdist static | uploaded 2024-01-01T00:00:00Z
    click
click 8.1.8
    colorama ; sys_platform == 'win32'
colorama 0.4.6
pytest 8.0.0
redis 5.0.0
"""
MORE = """
[project.optional-dependencies]
cache = ["redis"]

[dependency-groups]
test = ["pytest"]
"""


def names(text: str) -> list[str]:
    """The packages of a `pylock.toml`."""
    return [package["name"] for package in tomllib.loads(text)["packages"]]


def test_a_pylock_has_urls_and_the_pinned_hashes(tmp_path: Path) -> None:
    """Files come with where they are, without credentials, and with the hashes of the lock."""
    with serving(read_releases(SHELF)) as server:
        url = server.url.replace("http://", "http://user:secret@")
        project = Project(tmp_path, ["flask"], url, more=MORE).locked()
        done = project.run("export", "pylock")
        assert done.code == 0, done.err
        assert "secret" not in done.out
        packages = {package["name"]: package for package in tomllib.loads(done.out)["packages"]}
        assert list(packages) == ["click", "colorama", "flask"]
        flask = packages["flask"]
        assert flask["wheels"][0]["url"] == f"{server.origin}/files/flask-3.0.0-py3-none-any.whl"
        assert f"sha256:{flask['sdist']['hashes']['sha256']}" in project.lock.read_text()
        assert flask["index"] == server.url
        assert packages["colorama"]["marker"] == "sys_platform == 'win32'"


def test_extras_and_groups_are_chosen(tmp_path: Path) -> None:
    """Only what is asked for, each or all; an unknown one is refused with what there is."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url, more=MORE).locked()

        def exported(*words: str) -> list[str]:
            return names(project.run("export", "pylock", *words).out)

        base = ["click", "colorama", "flask"]
        assert exported("--extra", "cache") == [*base, "redis"]
        assert exported("--group", "test") == [*base, "pytest"]
        assert exported("--all-extras", "--all-groups") == [*base, "pytest", "redis"]
        done = project.run("export", "pylock", "--extra", "cash")
        assert done.code == 2
        assert "known: cache" in done.err


def test_requirements_need_no_index(tmp_path: Path) -> None:
    """The lock is enough, so it works without a network and without a cache."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url, more=MORE).locked()
    project.run("cache", "clear")
    done = project.run("export", "requirements", "--offline")
    assert done.code == 0, done.err
    assert "colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:" in done.out


def test_an_output_file_is_written_whole(tmp_path: Path) -> None:
    """`-o FILE` says what was written; a name that installers do not take is remarked."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        target = tmp_path / "pylock.web.toml"
        done = project.run("export", "pylock", "-o", str(target))
        assert done.out == f"{target} written: 3 packages\n"
        assert names(target.read_text()) == ["click", "colorama", "flask"]
        assert done.err == ""
        assert "some take no other name" in project.run("export", "pylock", "-o", str(tmp_path / "web.toml")).err
        assert project.run("export", "pylock", "-o", "-").out == target.read_text()


@pytest.mark.parametrize("name", ["holdfast.lock", "pyproject.toml"])
def test_the_projects_own_files_are_not_written_over(tmp_path: Path, name: str) -> None:
    """Exit 2, and the file stays."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        before = (project.folder / name).read_bytes()
        assert project.run("export", "requirements", "-o", str(project.folder / name)).code == 2
        assert (project.folder / name).read_bytes() == before


def test_a_file_that_cannot_be_located_is_exit_3(tmp_path: Path) -> None:
    """Gone, or with other bytes: nothing is written, and the file and the next command are named."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        target = tmp_path / "pylock.toml"
        server.add(wheel("colorama", "0.4.6", salt="evil"))
        project.run("cache", "clear")
        done = project.run("export", "pylock", "-o", str(target))
        assert done.code == 3
        assert "colorama-0.4.6-py3-none-any.whl is pinned with sha256:" in done.err
        assert "holdfast verify colorama" in done.err
        server.remove("colorama-0.4.6-py3-none-any.whl")
        project.run("cache", "clear")
        done = project.run("export", "pylock", "-o", str(target))
        assert done.code == 3
        assert "is not on the index of pypi" in done.err
        assert not target.exists()


def test_a_cutoff_does_not_hide_what_is_pinned(tmp_path: Path) -> None:
    """`exclude-newer` decides what may be chosen, not where the pinned files are."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        text = project.manifest.read_text()
        project.manifest.write_text(text + '\n[tool.holdfast]\nexclude-newer = "2023-01-01"\n')
        assert project.run("export", "pylock").code == 0
        assert project.run("verify").code == 0


def test_offline_only_the_cache_is_asked(tmp_path: Path) -> None:
    """What is known serves; what is not known is exit 3."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
    assert project.run("export", "pylock", "--offline").code == 0
    project.run("cache", "clear")
    done = project.run("export", "pylock", "--offline")
    assert done.code == 3
    assert "without --offline" in done.err
