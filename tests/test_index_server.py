"""The index that other tests talk to does what they believe of it."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from http.client import IncompleteRead
from io import BytesIO
from pathlib import Path

import pytest
from packaging.metadata import Metadata

from tests.support.index_server import Habits, IndexServer, garbage, html_for_json, redirect, serving, status, truncated
from tests.support.packages import read_releases, sdist, wheel

SHELF = """
flask 3.0.0 | python >=3.8 | sdist static | uploaded 2024-01-01T00:00:00Z
    werkzeug>=3
    redis ; extra == 'cache'
flask 3.0.1 | yanked broken
"""


def get(url: str, **headers: str) -> tuple[int, bytes]:
    """Status and body."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b""


def test_the_same_release_has_the_same_bytes() -> None:
    """Built twice, files are equal; a salt makes other bytes of the same name."""
    assert read_releases(SHELF) == read_releases(SHELF)
    assert wheel("a", "1").data != wheel("a", "1", salt="other").data
    assert sdist("a", "1").data == sdist("a", "1").data


def test_metadata_is_what_packaging_reads() -> None:
    """Extras follow from the markers; a dynamic sdist names no requirement."""
    flask = Metadata.from_email(read_releases(SHELF)[0].metadata)
    assert flask.provides_extra == ["cache"]
    assert [str(need) for need in flask.requires_dist or ()] == ["werkzeug>=3", 'redis; extra == "cache"']
    assert Metadata.from_email(sdist("a", "1", ["b"], static=False).metadata).requires_dist is None


def test_pip_installs_a_wheel(tmp_path: Path) -> None:
    """A built wheel is a wheel for pip too."""
    built = wheel("some-thing", "1.0", padding=100)
    (tmp_path / built.file).write_bytes(built.data)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target"]
    done = subprocess.run(
        [*command, str(tmp_path / "to"), str(tmp_path / built.file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "to" / "some_thing.py").exists()


def test_pages_tell_what_the_habits_say() -> None:
    """JSON with sidecar digests, HTML without."""
    with serving(read_releases(SHELF)) as server:
        page = json.loads(get(f"{server.url}flask/")[1])
        assert [file["yanked"] for file in page["files"]] == [False, False, "broken"]
        assert page["files"][0]["core-metadata"]["sha256"]
        assert "core-metadata" not in page["files"][1]
        server.habits = Habits("html", sidecars="none")
        body = get(f"{server.url}flask/")[1].decode()
        assert 'data-yanked="broken"' in body
        assert "data-core-metadata" not in body
        assert get(f"{server.origin}/files/flask-3.0.0-py3-none-any.whl.metadata")[0] == 404


def test_etag_and_ranges() -> None:
    """A page is answered with 304 where the ETag fits; a suffix range holds the end of the file."""
    with serving([wheel("a", "1", padding=50_000)]) as server:
        with urllib.request.urlopen(f"{server.url}a/", timeout=5) as answer:
            tag = answer.headers["ETag"]
        assert get(f"{server.url}a/", If_None_Match=tag)[0] == 304
        address = f"{server.origin}/files/a-1-py3-none-any.whl"
        _, whole = get(address)
        assert get(address, Range="bytes=-1000") == (206, whole[-1000:])
        assert get(address, Range="bytes=10-19") == (206, whole[10:20])
        assert zipfile.ZipFile(BytesIO(whole)).testzip() is None
        assert server.count("/files/") == 3


@pytest.mark.parametrize("habit", ["json", "html"])
def test_faults_pass(habit: str) -> None:
    """A fault with a number of times is over after them."""
    with serving(read_releases("a 1"), Habits(habit)) as server:
        server.faults["/simple/a/"] = [status(500, times=2), status(429, times=1, retry_after="0"), redirect("/x", 1)]
        codes = [get(f"{server.url}a/")[0] for _ in range(5)]
        assert codes == [500, 500, 429, 404, 200]


def test_bodies_that_are_spoilt() -> None:
    """Half a page, noise, and HTML that is called JSON."""
    with serving(read_releases("a 1")) as server:
        _spoil(server)


def _spoil(server: IndexServer) -> None:
    page = f"{server.url}a/"
    server.faults["/simple/a/"] = [truncated(1), garbage(1), html_for_json(1)]
    with pytest.raises(IncompleteRead):
        get(page)
    assert len(get(page)[1]) == 2_000_000
    assert get(page)[1].startswith(b"<!DOCTYPE")
