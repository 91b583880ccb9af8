"""The same small project, served by other projects' indexes, locks to the same bytes."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.peers import peer_servers
from tests.peers.peer_shelf import EDGES, PINS, PYTHONS, WISHES, files, pinned_hashes
from tests.support.project import Project

pytestmark = pytest.mark.peer
PEERS = ("devpi", "pypiserver", "simple_repository")
INDEXES = ("ours", "ours_as_html", *PEERS)
# What an index says of the release that was withdrawn decides which one is locked.
TOLD_OF_YANKS = {"ours": True, "ours_as_html": True, "devpi": False, "pypiserver": False, "simple_repository": True}


def project(folder: Path, request: pytest.FixtureRequest, index: str, wishes: tuple[str, ...] = WISHES) -> Project:
    """A project on the index with this name."""
    made = Project(folder, wishes, pythons=PYTHONS)
    made.environment["HOLDFAST_INDEX_URL"] = request.getfixturevalue(index).url
    return made


def packages(made: Project) -> list[dict[str, Any]]:
    """The packages of its lock."""
    found: list[dict[str, Any]] = tomllib.loads(made.lock.read_text())["package"]
    return found


@pytest.mark.parametrize("index", INDEXES)
def test_names_versions_hashes_and_edges(index: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Every index gives the pins, the hashes and the edges that follow from the files themselves."""
    pinned = packages(project(tmp_path, request, index).locked())
    assert [f"{one['name']} {one['version']}" for one in pinned] == list(PINS)
    artifacts = [artifact for one in pinned for artifact in one["artifacts"]]
    assert {one["file"]: one["hash"] for one in artifacts} == {
        file: f"sha256:{digest}" for file, digest in pinned_hashes().items()
    }
    assert {one["name"]: tuple(one["dependencies"]) for one in pinned if "dependencies" in one} == EDGES


@pytest.mark.parametrize("index", INDEXES[1:])
def test_the_lock_is_the_same_byte_for_byte(index: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A lock says nothing of the index that it was made from."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    reference = project(tmp_path / "a", request, "ours").locked()
    assert project(tmp_path / "b", request, index).locked().lock.read_text() == reference.lock.read_text()


@pytest.mark.parametrize("index", PEERS)
def test_what_a_peer_serves_can_be_verified(index: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """`check` is content with the lock, a second `lock` keeps it, and `verify` finds the pinned bytes."""
    made = project(tmp_path, request, index).locked()
    before = made.lock.read_bytes()
    assert made.run("check").code == 0
    assert made.run("lock", "--refresh").code == 0
    assert made.lock.read_bytes() == before
    done = made.run("verify")
    assert done.code == 0, done.out + done.err


@pytest.mark.parametrize("index", INDEXES)
def test_a_yanked_release_is_passed_over_where_the_index_tells(
    index: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A yank reaches us through those that can say it; the others offer the release like any other."""
    pinned = packages(project(tmp_path, request, index, ("withdrawn",)).locked())
    assert [one["version"] for one in pinned] == ["1.0" if TOLD_OF_YANKS[index] else "2.0"]


@pytest.mark.parametrize("index", INDEXES)
def test_a_name_that_no_index_has(index: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Each peer's way of not having a package is understood: exit 4, the name told, nothing written."""
    made = project(tmp_path, request, index, ("web-kitt",))
    done = made.run("lock")
    assert done.code == 4, done.out + done.err
    assert "web-kitt" in done.out + done.err
    assert not made.lock.exists()


@pytest.mark.parametrize(
    ("index", "there", "missing"),
    [
        ("devpi", (b'"files"', b"requires-python"), (b"core-metadata", b"yanked")),
        ("pypiserver", (b"<!DOCTYPE html>", b"#sha256="), (b"requires-python", b"core-metadata", b"yanked")),
        ("simple_repository", (b'"files"', b"requires-python", b'"core-metadata": true'), ()),
    ],
)
def test_a_peer_is_as_poor_as_the_tests_believe(
    index: str, there: tuple[bytes, ...], missing: tuple[bytes, ...], request: pytest.FixtureRequest
) -> None:
    """Each peer speaks its own form and leaves its own things out, so that the tests here differ in what they try."""
    accept = {"Accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.1"}
    page = peer_servers.call(f"{request.getfixturevalue(index).url}web-kit/", headers=accept).body
    assert all(word in page for word in there), page
    assert not any(word in page for word in missing), page


@pytest.mark.usefixtures("pypiserver_installed")
def test_a_server_ends_when_its_leash_is_let_go(tmp_path: Path) -> None:
    """A server does not outlive the process that started it, however that ended."""
    with peer_servers.pypiserver(files()[:1], tmp_path) as peer:
        assert peer.process.stdin is not None
        peer.process.stdin.close()
        assert peer.process.wait(10) == 0
