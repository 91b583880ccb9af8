"""`verify` on the command line, against an index on loopback."""

import json
from pathlib import Path

import pytest

from tests.support.index_server import Habits, IndexServer, serving, status
from tests.support.packages import File, read_releases, wheel
from tests.support.project import Project

SHELF = """
flask 3.0.0 | sdist static
    click
click 8.1.8
"""
CLICK = "click-8.1.8-py3-none-any.whl"


def locked(tmp_path: Path, server: IndexServer) -> Project:
    """A locked project that wishes for flask."""
    return Project(tmp_path, ["flask"], server.url).locked()


def stored(project: Project, file: File) -> Path:
    """Where the store keeps a file."""
    return project.cache / "store" / "sha256" / file.sha256[:2] / file.sha256


def test_every_file_is_downloaded_once_and_hashed_each_time(tmp_path: Path) -> None:
    """The first run fetches, the second finds the same files in the store."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        size = sum(len(file.data) for file in server.files.values())
        server.asked.clear()
        done = project.run("verify")
        assert (done.code, done.out) == (0, f"verified 3 artifacts of 2 packages, {size / 1000:.1f} kB\n")
        assert server.count("/files/") == 3
        facts = project.run("verify", "--format", "json").json["summary"]["facts"]
        assert (facts["artifacts"], facts["fetched"], facts["bytes"], facts["unchecked"]) == (3, 0, size, 0)
        assert server.count("/files/") == 3


def test_names_choose(tmp_path: Path) -> None:
    """Only the named packages are verified; an unknown name is refused with the nearest."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        assert project.run("verify", "Click").out.startswith("verified 1 artifact of 1 package, ")
        done = project.run("verify", "clik")
        assert done.code == 2
        assert "did you mean click?" in done.err


def test_a_listing_with_another_hash_is_an_alarm(tmp_path: Path) -> None:
    """The file is not even fetched; the entry, both hashes and the next command are named."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        evil = wheel("click", "8.1.8", salt="evil")
        pinned = server.files[CLICK]
        server.add(evil)
        server.asked.clear()
        done = project.run("verify", "--refresh")
        assert done.code == 1
        assert f"alarm[artifact-changed]: {CLICK}" in done.out
        assert f"expected: sha256:{pinned.sha256}" in done.out
        assert f"found: sha256:{evil.sha256}" in done.out
        assert "next: holdfast diff" in done.out
        assert server.count(f"/files/{CLICK}") == 0


def test_a_download_with_other_bytes_is_an_alarm(tmp_path: Path) -> None:
    """The listing still tells the pinned hash, the bytes are others: found by hashing, and nothing is kept."""
    with serving(read_releases(SHELF), Habits(max_age=3600)) as server:
        project = locked(tmp_path, server)
        pinned = server.files[CLICK]
        evil = wheel("click", "8.1.8", salt="evil")
        server.add(evil)
        done = project.run("verify")
        assert done.code == 1
        assert f"expected: sha256:{pinned.sha256}" in done.out
        assert f"found: sha256:{evil.sha256} ({len(evil.data)} bytes)" in done.out
        assert not stored(project, evil).exists()
        assert not stored(project, pinned).exists()
        assert done.out.endswith(": 1 alarm\n")


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_the_alarm_is_in_every_format(tmp_path: Path, form: str) -> None:
    """Machines get the code and the file."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        server.add(wheel("click", "8.1.8", salt="evil"))
        done = project.run("verify", "--refresh", "--format", form)
        assert done.code == 1
        assert "artifact-changed" in done.out
        assert CLICK in done.out
        if form != "github":
            json.loads(done.out)


def test_a_file_that_is_gone_is_an_error(tmp_path: Path) -> None:
    """Gone from the listing, or listed and answered with 404."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        server.faults[f"/files/{CLICK}"] = [status(404)]
        done = project.run("verify")
        assert done.code == 1
        assert "listed, but the index answers 404" in done.out
        server.faults.clear()
        server.remove(CLICK)
        done = project.run("verify", "--refresh")
        assert done.code == 1
        assert f"error[artifact-missing]: {CLICK}" in done.out
        assert "next: holdfast update click" in done.out


def test_offline_only_the_store_counts(tmp_path: Path) -> None:
    """What is not stored could not be checked: exit 3, and it is said; what is stored is verified."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        assert project.run("verify", "click").code == 0
    done = project.run("verify", "--offline")
    assert done.code == 3
    assert "verified 1 artifact of 1 package" in done.out
    assert "2 could not be checked" in done.out
    assert "warning[artifact-unchecked]: flask 3.0.0" in done.out
    assert project.run("verify", "--offline", "click").code == 0


def test_a_damaged_store_is_no_answer(tmp_path: Path) -> None:
    """Stored bytes are hashed again: damaged ones are fetched anew, or offline not counted."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        project.run("verify")
        place = stored(project, server.files[CLICK])
        place.write_bytes(b"rotten")
        assert project.run("verify", "--offline").code == 3
        assert project.run("verify").code == 0
        assert place.read_bytes() == server.files[CLICK].data


def test_an_index_that_fails_for_one_package(tmp_path: Path) -> None:
    """The others are verified; that one could not be checked, and the exit code says so."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        server.faults["/simple/click/"] = [status(403)]
        done = project.run("verify", "--refresh")
        assert done.code == 3
        assert "the listing of click could not be read: pypi: " in done.out
        assert "verified 2 artifacts of 1 package" in done.out


def test_an_index_that_fails_for_all_is_one_error(tmp_path: Path) -> None:
    """Nothing was verified and nothing is pretended: exit 3, one message."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        server.faults = {f"/simple/{name}/": [status(403)] for name in ("click", "flask")}
        done = project.run("verify", "--refresh")
        assert (done.code, done.out) == (3, "")
        assert "refused" in done.err


def test_a_wheel_that_declares_something_else(tmp_path: Path) -> None:
    """Locked from one wheel, installed from another: the other's own METADATA is compared with the lock."""
    tags = "cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-win_amd64"
    both = [wheel("flask", "3.0.0", ["click"], tag=tags[0]), wheel("flask", "3.0.0", ["click", "evil>=1"], tag=tags[1])]
    shelf = [*both, *read_releases("click 8.1.8\nevil 1.0\n")]
    with serving(shelf, Habits(sidecars="none")) as server:
        project = locked(tmp_path, server)
        assert "evil" not in project.lock.read_text()
        done = project.run("verify")
        assert done.code == 0
        assert f"warning[metadata-differs]: {both[1].file}" in done.out
        assert "also requires evil>=1" in done.out
        assert both[0].file not in done.out


def test_a_full_disk_is_said_once(tmp_path: Path) -> None:
    """A store that cannot be written ends the run with one message and exit 3."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        (project.cache / "store").write_bytes(b"a file where a folder should be")
        done = project.run("verify")
        assert (done.code, done.out) == (3, "")
        assert "cannot write to the cache" in done.err


def test_quiet_says_only_what_is_wrong(tmp_path: Path) -> None:
    """A clean run with -q says nothing."""
    with serving(read_releases(SHELF)) as server:
        project = locked(tmp_path, server)
        assert project.run("verify", "-q") == (0, "", "")
