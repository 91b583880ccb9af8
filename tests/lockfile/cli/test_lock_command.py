"""`lock` and `update` on the command line, against an index on loopback."""

import os
import threading
from pathlib import Path

import pytest

from holdfast.format.read import read
from holdfast.model.lock import Lock, Pin
from tests.support.index_server import Habits, serving
from tests.support.packages import read_releases, wheel
from tests.support.project import Project

SHELF = """
flask 3.0.0 | sdist static
    click>=8
flask 3.1.0
    click>=8
click 8.1.7
click 8.1.8
"""


def lock_of(project: Project) -> Lock:
    """The lock on the disk."""
    return read(project.lock.read_text())


def pin_of(project: Project, name: str) -> Pin:
    """The one pin of a name."""
    (pin,) = [pin for pin in lock_of(project).packages if pin.name == name]
    return pin


def test_an_up_to_date_lock_is_not_touched(tmp_path: Path) -> None:
    """The second run writes nothing: the file keeps its time, also where a checkout gave it CRLF."""
    with serving(read_releases(SHELF), Habits(max_age=3600)) as server:
        project = Project(tmp_path, ["flask"], server.url).locked()
        assert project.run("lock").out == "holdfast.lock is up to date: 2 packages for 2 targets\n"
        project.lock.write_bytes(project.lock.read_bytes().replace(b"\n", b"\r\n"))
        os.utime(project.lock, (1, 1))
        asked = server.count()
        done = project.run("lock")
        assert (done.code, done.out) == (0, "holdfast.lock is up to date: 2 packages for 2 targets\n")
        assert project.lock.stat().st_mtime == 1
        assert server.count() == asked


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """It says what a run would do."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url)
        done = project.run("lock", "--dry-run")
        assert (done.code, done.out) == (0, "holdfast.lock would be written: 2 packages for 2 targets\n")
        assert not project.lock.exists()


def test_what_moved_is_said(tmp_path: Path) -> None:
    """One line for each pin that moved, and the count."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask<3.1", "click<8.1.8"], server.url).locked()
        project.manifest.write_text(project.manifest.read_text().replace("click<8.1.8", "click"))
        done = project.run("lock")
        assert "upgraded" not in done.out
        done = project.run("update", "click")
        assert "upgraded      click 8.1.7 -> 8.1.8\n\n1 upgraded\nholdfast.lock written: 2 packages" in done.out
        assert pin_of(project, "flask").version == "3.0.0"


def test_update_wants_names_of_the_lock(tmp_path: Path) -> None:
    """The nearest locked names are offered; without a lock there is nothing to name."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url)
        assert "there is no holdfast.lock here yet" in project.run("update", "flask").err
        project.locked()
        done = project.run("update", "Flsk")
        assert done.code == 2
        assert "hint: did you mean flask?" in done.err
        assert project.run("lock", "--accept-changed", "nothing-like-it").code == 2


def test_a_first_lock_chooses_its_targets_and_keeps_them(tmp_path: Path) -> None:
    """Without declared targets `[scope]` keeps the choice; a newest minor without wheels is left out, and said."""
    releases = "native 1.0 | tags cp312-cp312-manylinux_2_17_x86_64 cp313-cp313-manylinux_2_17_x86_64"
    with serving(read_releases(releases)) as server:
        project = Project(tmp_path, ["native"], server.url)
        text = project.manifest.read_text().replace('python = ["3.11"]\n', "").replace(', "windows-x86_64"', "")
        project.manifest.write_text(text.replace(">=3.11", ">=3.12,<3.15"))
        done = project.run("lock")
        assert done.code == 0, done.out + done.err
        assert "note[target-left-out]: cp314" in done.out
        assert [str(target) for target in lock_of(project).scope.targets] == [
            "cp312 linux-x86_64 glibc-2.28",
            "cp313 linux-x86_64 glibc-2.28",
        ]
        server.add(wheel("native", "1.0", tag="cp314-cp314-manylinux_2_17_x86_64"))
        assert "up to date" in project.run("lock").out
        assert project.run("check").code == 0


def test_new_targets_bring_new_files(tmp_path: Path) -> None:
    """A pinned release takes in the wheels of a target that is declared later, and drops them with it."""
    releases = (
        "native 1.0 | tags cp311-cp311-manylinux_2_17_x86_64 cp312-cp312-manylinux_2_17_x86_64 py3-none-win_amd64"
    )
    with serving(read_releases(releases)) as server:
        project = Project(tmp_path, ["native"], server.url).locked()
        assert len(pin_of(project, "native").artifacts) == 2
        project.manifest.write_text(project.manifest.read_text().replace('["3.11"]', '["3.11", "3.12"]'))
        assert project.run("lock").code == 0
        assert len(pin_of(project, "native").artifacts) == 3
        assert project.run("check").code == 0
        project.manifest.write_text(project.manifest.read_text().replace('["3.11", "3.12"]', '["3.12"]'))
        assert project.run("lock").code == 0
        assert len(pin_of(project, "native").artifacts) == 2


def test_a_pin_that_is_needed_on_more_targets_takes_their_files_in(tmp_path: Path) -> None:
    """A package that was only needed on Windows has no Linux wheel pinned; a wish for it everywhere brings it."""
    releases = "native 1.0 | sdist static | tags py3-none-win_amd64 cp311-cp311-manylinux_2_17_x86_64"
    with serving(read_releases(releases)) as server:
        project = Project(tmp_path, ["native ; sys_platform == 'win32'"], server.url).locked()
        assert len(pin_of(project, "native").artifacts) == 2
        project.manifest.write_text(project.manifest.read_text().replace(" ; sys_platform == 'win32'", ""))
        assert project.run("lock").code == 0
        assert len(pin_of(project, "native").artifacts) == 3
        assert project.run("check").code == 0


def test_a_file_that_the_index_no_longer_offers_stays_pinned(tmp_path: Path) -> None:
    """A warning names it; the lock is as it was."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask<3.1"], server.url).locked()
        before = project.lock.read_bytes()
        server.remove("flask-3.0.0.tar.gz")
        done = project.run("lock", "--refresh")
        assert done.code == 0
        assert "warning[artifact-missing]: flask-3.0.0.tar.gz" in done.out
        assert project.lock.read_bytes() == before


def test_extra_indexes_are_said_and_not_asked(tmp_path: Path) -> None:
    """One line; with -v each with the lines that would map it. A mapped one is none of them."""
    with serving(read_releases(SHELF)) as server, serving(read_releases("click 9.9")) as other:
        project = Project(tmp_path, ["flask"], server.url)
        project.environment["PIP_EXTRA_INDEX_URL"] = other.url
        done = project.run("lock")
        assert "note: 1 extra index of pip or uv is not consulted; -v names it" in done.err
        assert other.count() == 0
        said = project.run("lock", "-v").out
        assert f"note[extra-index-unused]: {other.url}" in said
        assert f'[sources.NAME] with kind = "pypi", url = "{other.url}"' in said
        mapped = f'\n[tool.holdfast.sources.extra]\nkind = "pypi"\nurl = "{other.url}"\npackages = ["click"]\n'
        project.manifest.write_text(project.manifest.read_text() + mapped)
        done = project.run("lock", "-v")
        assert "extra-index-unused" not in done.out
        assert pin_of(project, "click")[:3] == ("extra", "click", "9.9")
        assert [(source.name, source.identity) for source in lock_of(project).sources] == [("extra", other.url)]
        assert project.run("check").code == 0


def test_a_cache_that_cannot_be_written_is_only_a_warning(tmp_path: Path) -> None:
    """The lock is written; the console says once that nothing was remembered."""
    (tmp_path / "cache").write_text("in the way")
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url)
        done = project.run("lock")
        assert done.code == 0
        assert done.err.count("warning: cannot write to the cache") == 1
        assert len(lock_of(project).packages) == 2


@pytest.mark.skipif(os.name != "posix", reason="waits by flock")
def test_two_locks_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """The second says that it waits, and then finds the first one's work."""
    import fcntl

    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url)
        descriptor = os.open(project.folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        timer = threading.Timer(0.2, lambda: fcntl.flock(descriptor, fcntl.LOCK_UN))
        timer.start()
        done = project.run("lock")
        timer.join()
        os.close(descriptor)
        assert done.code == 0
        assert "waiting for another holdfast that works on this project" in done.err


def test_the_outcome_as_json(tmp_path: Path) -> None:
    """Counts for machines; no solution is a document too."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url)
        facts = project.run("lock", "--format", "json").json["summary"]["facts"]
        assert (facts["packages"], facts["targets"], facts["changed"]) == (2, 2, 1)
        project.manifest.write_text(project.manifest.read_text().replace('"flask"', '"flask>=9"'))
        done = project.run("lock", "--format", "json")
        assert done.code == 4
        assert done.json["impossible"]["sentences"]
        assert done.json["impossible"]["suggestions"][0]["after"]


def test_quiet_says_nothing_that_is_not_wrong(tmp_path: Path) -> None:
    """Neither stdout nor stderr; an alarm is said all the same."""
    with serving(read_releases(SHELF)) as server:
        project = Project(tmp_path, ["flask"], server.url)
        assert project.run("lock", "-q")[1:] == ("", "")
        server.add(wheel("click", "8.1.8", salt="evil"))
        done = project.run("lock", "-q", "--refresh")
        assert done.code == 1
        assert "alarm[artifact-changed]" in done.out


def test_a_cutoff_leaves_later_files_out(tmp_path: Path) -> None:
    """`--exclude-newer` decides what is a candidate; a text that is no date is refused."""
    shelf = "click 8.1.7 | uploaded 2023-08-17T00:00:00Z\nclick 8.1.8 | uploaded 2024-12-21T00:00:00Z"
    with serving(read_releases(shelf)) as server:
        project = Project(tmp_path, ["click"], server.url)
        assert project.run("lock", "--exclude-newer", "2024-01-01").code == 0
        assert pin_of(project, "click").version == "8.1.7"
        done = project.run("lock", "--exclude-newer", "yesterday")
        assert done.code == 2
        assert "after --exclude-newer, found yesterday" in done.err
