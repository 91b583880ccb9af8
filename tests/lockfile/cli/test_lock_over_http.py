"""`holdfast lock` against an index on loopback: the answers' order and form change nothing, faults change no lock."""

import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.index_server import (
    Fault,
    Habits,
    IndexServer,
    garbage,
    html_for_json,
    redirect,
    serving,
    status,
    truncated,
)
from tests.support.packages import read_releases
from tests.support.project import Done, Project

SHELF = """
app 2.0 | python >=3.8 | sdist static
    left>=1
    right[fast]>=1
    speed<2 ; extra == 'all'
app 1.0
    left>=1
left 3.0 | padding 40000
    shared>=2
left 2.0 | padding 40000
    shared<2
left 1.0
right 2.0
    shared<2
    speed>=1 ; extra == 'fast'
right 1.0
    shared
shared 2.0 | python >=3.12
shared 1.9 | tags cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64 cp311-cp311-win_amd64 py3-none-any
shared 1.0
speed 1.5 | yanked too slow
speed 1.4 | sdist static | tags
"""
SMALL = """
app 1.0
    needed>=1
needed 1.1 | padding 40000
needed 1.0
"""
PAGE = "/simple/needed/"
WHEEL = "/files/needed-1.1-py3-none-any.whl"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come at once: how long they wait is held by the tests of the transport."""
    monkeypatch.setattr("holdfast_resolver.fetch.http.delay", lambda *_: 0.001)


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """An index with the small shelf."""
    with serving(read_releases(SMALL)) as running:
        yield running


def project(folder: Path, server: IndexServer, *wishes: str) -> Project:
    """A project on that index."""
    made = Project(folder, wishes or ("app",), pythons=("3.11", "3.12"))
    made.environment["HOLDFAST_INDEX_URL"] = server.url
    return made


def lock_of(folder: Path, habits: Habits) -> bytes:
    """The lock of the larger shelf, from an empty folder and an empty cache."""
    folder.mkdir()
    with serving(read_releases(SHELF), habits) as server:
        return project(folder, server, "app[all]").locked().lock.read_bytes()


def pins(made: Project) -> list[str]:
    """`name version` of every pin."""
    return [f"{one['name']} {one['version']}" for one in tomllib.loads(made.lock.read_text())["package"]]


def forget(made: Project) -> None:
    """Remove the cache."""
    shutil.rmtree(made.cache)


# --- the same bytes, however they are had ---


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_answers_changes_nothing(seed: int, tmp_path: Path) -> None:
    """Answers that come late and in any order give the same lock."""
    plain = lock_of(tmp_path / "plain", Habits())
    assert lock_of(tmp_path / "late", Habits(seed=seed, delay=0.03)) == plain


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("sidecars", ["hashes", "told", "silent", "none"])
@pytest.mark.parametrize("form", ["json", "html"])
def test_what_the_index_can_do_changes_nothing(form: str, sidecars: str, ranges: bool, tmp_path: Path) -> None:
    """JSON or HTML, with and without sidecars and ranges: the same lock."""
    plain = lock_of(tmp_path / "plain", Habits())
    other = Habits(form, sidecars, ranges=ranges, seed=1, delay=0.005)
    assert lock_of(tmp_path / "other", other) == plain


def test_the_shelf_is_one_where_order_could_matter(tmp_path: Path) -> None:
    """The lock of the tests above has forks, an sdist, and releases that were passed over for three reasons."""
    with serving(read_releases(SHELF)) as server:
        made = project(tmp_path, server, "app[all]").locked()
    # 3.11: shared 2.0 is not for it, so left 3.0 is not either. 3.12: left 3.0 leaves only right 1.0.
    # speed 1.5 is yanked.
    forks = ["left 2.0", "left 3.0", "right 1.0", "right 2.0", "shared 1.9", "shared 2.0"]
    assert pins(made) == ["app 2.0", *forks, "speed 1.4"]


def test_removing_the_cache_changes_nothing(tmp_path: Path, server: IndexServer) -> None:
    """Neither a lock that is kept nor one that is made anew depends on the cache."""
    made = project(tmp_path, server).locked()
    first = made.lock.read_bytes()
    forget(made)
    assert made.locked().lock.read_bytes() == first
    forget(made)
    made.lock.unlink()
    assert made.locked().lock.read_bytes() == first
    made.lock.unlink()
    assert made.locked().lock.read_bytes() == first


# --- what is asked, and how often ---


def test_nothing_is_asked_while_listings_are_fresh(tmp_path: Path, server: IndexServer) -> None:
    """A second run makes no request, nor does one that makes the lock anew."""
    made = project(tmp_path, server).locked()
    asked = server.count()
    made.locked()
    made.lock.unlink()
    made.locked()
    assert server.count() == asked


@pytest.mark.parametrize("sidecars", ["hashes", "none"])
@pytest.mark.parametrize("ranges", [True, False])
def test_immutable_metadata_is_fetched_once(sidecars: str, ranges: bool, tmp_path: Path, server: IndexServer) -> None:
    """`--refresh` asks for the listings again, for the metadata of known files never; nor does a stale listing."""
    server.habits = Habits(sidecars=sidecars, ranges=ranges, max_age=0)
    made = project(tmp_path, server).locked()
    files, pages = server.count("/files/"), server.count("/simple/")
    assert files > 0
    for words in (("lock", "--refresh"), ("lock",), ("update",)):
        assert made.run(*words).code == 0
    assert server.count("/files/") == files
    assert server.count("/simple/") > pages


def test_a_stale_listing_is_confirmed_by_its_etag(tmp_path: Path, server: IndexServer) -> None:
    """A listing that is no longer fresh is asked for with If-None-Match; 304 keeps it, and the lock."""
    server.habits = Habits(max_age=0)
    made = project(tmp_path, server).locked()
    before = made.lock.read_bytes()
    exchanges = recorded(server)
    assert made.run("lock", "--refresh").code == 0
    assert sorted(exchanges) == [("/simple/app/", True, 304), ("/simple/needed/", True, 304)]
    assert made.lock.read_bytes() == before


def test_a_listing_that_changed_is_taken(tmp_path: Path, server: IndexServer) -> None:
    """If-None-Match with an ETag of yesterday gives the new page; the pin stays until it is freed."""
    server.habits = Habits(max_age=0)
    made = project(tmp_path, server).locked()
    server.add(*read_releases("needed 1.2"))
    exchanges = recorded(server)
    assert made.run("lock", "--refresh").code == 0
    assert ("/simple/needed/", True, 200) in exchanges
    assert pins(made) == ["app 1.0", "needed 1.1"]
    assert made.run("update").code == 0
    assert pins(made) == ["app 1.0", "needed 1.2"]


def recorded(server: IndexServer) -> list[tuple[str, bool, int]]:
    """A list that fills with (path, whether If-None-Match was sent, status) from now on."""
    exchanges: list[tuple[str, bool, int]] = []
    handler: Any = server.RequestHandlerClass

    def send_response(self: Any, code: int, message: str | None = None) -> None:
        exchanges.append((self.path, "If-None-Match" in self.headers, code))
        handler.send_response(self, code, message)

    server.RequestHandlerClass = type("Recording", (handler,), {"send_response": send_response})
    return exchanges


def test_offline_needs_a_cache(tmp_path: Path, server: IndexServer) -> None:
    """`--offline` with an empty cache exits 3 and says what is missing; with a full one it locks."""
    made = project(tmp_path, server)
    done = made.run("lock", "--offline")
    is_refused(done, 3, "offline, and the cache has nothing of app")
    assert not made.lock.exists()
    assert server.count() == 0
    made.locked()
    made.lock.unlink()
    asked = server.count()
    assert made.run("lock", "--offline").code == 0
    assert server.count() == asked


# --- faults: one message, the exit code, the old lock whole ---


def is_refused(done: Done, code: int, *words: str) -> None:
    """One sentence and one hint, without a trace of the program's insides."""
    assert done.code == code, done
    assert done.err.count("error: ") == 1, done.err
    assert len(done.err.strip().splitlines()) <= 2, done.err
    assert "Traceback" not in done.err
    assert "internal error" not in done.err
    for word in words:
        assert word in done.err, done.err


LASTING: dict[str, tuple[Callable[[], Fault], str]] = {
    "forbidden": (lambda: status(403), "status 403"),
    "server error": (lambda: status(500), "status 500, after 4 attempts"),
    "too many requests": (lambda: status(429, retry_after="1"), "status 429, after 4 attempts"),
    "another status": (lambda: status(418), "status 418 where 200 or 404 was expected"),
    "half a page": (truncated, "the connection broke off"),
    "noise": (garbage, "expected text in UTF-8"),
    "html for json": (html_for_json, "HTML was delivered"),
    "another scheme": (lambda: redirect("ftp://files.example/needed/"), "a redirect to ftp:"),
    "a file": (lambda: redirect("file:///simple/needed/"), "a redirect to file:"),
    "an unknown host": (lambda: redirect("http://files.example/needed/"), "the host name cannot be resolved"),
    "in circles": (lambda: redirect(PAGE), "more than 10 redirects"),
}


@pytest.mark.parametrize("form", ["json", "html"])
@pytest.mark.parametrize("fault", LASTING)
def test_a_listing_that_cannot_be_had(fault: str, form: str, tmp_path: Path, server: IndexServer) -> None:
    """A lasting fault of a page exits 3 and names the package and the fault; the old lock is as it was."""
    server.habits = Habits(form)
    made = project(tmp_path, server).locked()
    before = made.lock.read_bytes()
    forget(made)
    make, words = LASTING[fault]
    server.faults[PAGE] = [make()]
    is_refused(made.run("lock"), 3, "needed", words, PAGE)
    assert made.lock.read_bytes() == before
    assert [path.name for path in made.folder.iterdir() if "lock" in path.name] == ["holdfast.lock"]
    server.faults.clear()
    assert made.locked().lock.read_bytes() == before


@pytest.mark.parametrize("path", [PAGE, f"{WHEEL}.metadata"])
@pytest.mark.parametrize(
    "make",
    [lambda: status(500, 2), lambda: status(429, 1, "1"), lambda: truncated(2)],
    ids=["server error", "too many requests", "half a body"],
)
def test_a_fault_that_passes(make: Callable[[], Fault], path: str, tmp_path: Path, server: IndexServer) -> None:
    """What goes wrong for a moment is tried again, and the lock is that of a healthy index."""
    made = project(tmp_path, server).locked()
    before = made.lock.read_bytes()
    forget(made)
    made.lock.unlink()
    server.faults[path] = [make()]
    assert made.locked().lock.read_bytes() == before
    assert not server.faults[path]


@pytest.mark.parametrize("wish", ["absent", "app", "app>=9"])
def test_what_the_index_does_not_have(wish: str, tmp_path: Path, server: IndexServer) -> None:
    """An unknown package, one whose page is gone, and a range without releases exit 4; the old lock is as it was."""
    made = project(tmp_path, server).locked()
    before = made.lock.read_bytes()
    forget(made)
    made.manifest.write_text(made.manifest.read_text().replace('["app"]', f'["{wish}"]'))
    if wish == "app":
        server.faults["/simple/app/"] = [status(404)]
    done = made.run("lock")
    assert done.code == 4, done
    assert "no solution for" in done.out
    assert wish in done.out
    assert "Traceback" not in done.out + done.err
    assert made.lock.read_bytes() == before


@pytest.mark.parametrize("moved", [PAGE, f"{WHEEL}.metadata"])
def test_a_redirect_to_another_origin_is_followed_without_credentials(
    moved: str, tmp_path: Path, server: IndexServer
) -> None:
    """A page or a sidecar may be kept elsewhere; the user and password of the index stay with the index."""
    expected = project(tmp_path, server).locked().lock.read_bytes()
    (tmp_path / "moved").mkdir()
    with serving(read_releases(SMALL)) as elsewhere:
        server.faults[moved] = [redirect(elsewhere.origin + moved)]
        here, there = authorised(server), authorised(elsewhere)
        made = project(tmp_path / "moved", server)
        made.environment["HOLDFAST_INDEX_URL"] = server.url.replace("://", "://user:secret@")
        assert made.locked().lock.read_bytes() == expected
        assert moved in [path for path, _ in elsewhere.asked]
        assert all(here)
        assert there
        assert not any(there)
    assert b"secret" not in made.lock.read_bytes()


def authorised(server: IndexServer) -> list[bool]:
    """A list that fills with whether a request carried credentials."""
    seen: list[bool] = []
    handler: Any = server.RequestHandlerClass

    def do_get(self: Any) -> None:
        seen.append("Authorization" in self.headers)
        handler.do_GET(self)

    server.RequestHandlerClass = type("Watching", (handler,), {"do_GET": do_get})
    return seen


def test_credentials_stand_in_no_message(tmp_path: Path, server: IndexServer) -> None:
    """An error names the address without the user and the password."""
    made = project(tmp_path, server)
    made.environment["HOLDFAST_INDEX_URL"] = server.url.replace("://", "://user:secret@")
    server.faults["/simple/app/"] = [status(403)]
    done = made.run("lock", "-v")
    assert done.code == 3
    assert "secret" not in done.out + done.err


def test_nobody_answers(tmp_path: Path, server: IndexServer) -> None:
    """An index that is down exits 3, and the old lock is as it was."""
    made = project(tmp_path, server).locked()
    before = made.lock.read_bytes()
    forget(made)
    with serving([]) as gone:
        made.environment["HOLDFAST_INDEX_URL"] = gone.url
    is_refused(made.run("lock"), 3, "pypi did not answer for app")
    assert made.lock.read_bytes() == before


# --- faults of metadata: a release is never passed over because its metadata came damaged ---

WITHOUT = Habits("html", sidecars="none")


@pytest.mark.parametrize("habits", [Habits(), WITHOUT], ids=["sidecar", "wheel"])
@pytest.mark.parametrize("fault", ["server error", "forbidden", "half a page", "another scheme"])
def test_metadata_that_cannot_be_had(fault: str, habits: Habits, tmp_path: Path, server: IndexServer) -> None:
    """A lasting fault of the metadata exits 3 and names the file; the old lock is as it was."""
    damaged_metadata(LASTING[fault][0](), habits, tmp_path, server)


@pytest.mark.parametrize("fault", ["noise", "html for json", "another status"])
def test_a_wheel_that_comes_damaged(fault: str, tmp_path: Path, server: IndexServer) -> None:
    """Noise, a page of HTML or an odd status in place of a wheel never moves a pin to an older release."""
    damaged_metadata(LASTING[fault][0](), WITHOUT, tmp_path, server)


@pytest.mark.parametrize("habits", [Habits(), Habits(sidecars="told")], ids=["hashed", "told"])
@pytest.mark.parametrize("fault", ["noise", "html for json"])
def test_a_sidecar_that_comes_damaged(fault: str, habits: Habits, tmp_path: Path, server: IndexServer) -> None:
    """Where a sidecar is noise the wheel itself is read, checked against its hash: the lock is the same to the byte."""
    server.habits = habits
    made = project(tmp_path, server).locked()
    before = made.lock.read_bytes()
    forget(made)
    made.lock.unlink()
    server.faults[f"{WHEEL}.metadata"] = [LASTING[fault][0]()]
    assert made.locked().lock.read_bytes() == before


def damaged_metadata(fault: Fault, habits: Habits, folder: Path, server: IndexServer) -> None:
    """The pin of a release whose metadata is not to be had stays, and the command says that it could not decide."""
    server.habits = habits
    made = project(folder, server).locked()
    before = made.lock.read_bytes()
    forget(made)
    server.faults[WHEEL if habits.sidecars == "none" else f"{WHEEL}.metadata"] = [fault]
    done = made.run("lock")
    assert made.lock.read_bytes() == before, done.out
    is_refused(done, 3, "needed-1.1-py3-none-any.whl")
