"""The development server: whole files and ranges, nothing but the registry's own files."""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from holdfast.cli.registry_server import RegistryServer

DATA = bytes(range(256)) * 4


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RegistryServer]:
    """A server of a folder with one blob, one timestamp, and things that are not the registry's."""
    folder = tmp_path / "registry"
    for path, data in {
        "blobs/sha256/ab/abcd": DATA,
        "metadata/timestamp.json": b"{}",
        "metadata/.hidden": b"secret",
        "other/file": b"secret",
        "targets/modules/@acme/1.guards.json": b"{}",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    (tmp_path / "registry.keys").write_bytes(b"secret")
    (folder / "blobs" / "link").symlink_to(tmp_path / "registry.keys")
    with RegistryServer(str(folder)) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    """A client that follows and retries nothing."""
    with urllib3.PoolManager(retries=False) as made:
        yield made


def test_whole_files(server: RegistryServer, pool: urllib3.PoolManager) -> None:
    """With their length; what has a digest in its name may be kept for ever, the timestamp not at all."""
    blob = pool.request("GET", server.url + "blobs/sha256/ab/abcd")
    assert (blob.status, blob.data) == (200, DATA)
    assert "immutable" in blob.headers["Cache-Control"]
    assert pool.request("GET", server.url + "metadata/timestamp.json").headers["Cache-Control"] == "no-cache"
    assert pool.request("GET", server.url + "targets/modules/@acme/1.guards.json").data == b"{}"
    assert pool.request("GET", server.url + "targets/modules/%40acme/1.guards.json").data == b"{}"


def test_head(server: RegistryServer, pool: urllib3.PoolManager) -> None:
    """The same headers, no body."""
    answer = pool.request("HEAD", server.url + "blobs/sha256/ab/abcd")
    assert (answer.status, answer.headers["Content-Length"], answer.data) == (200, str(len(DATA)), b"")


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-0", 206, DATA[:1]),
        ("bytes=10-19", 206, DATA[10:20]),
        ("bytes=1000-", 206, DATA[1000:]),
        ("bytes=1000-99999", 206, DATA[1000:]),
        ("bytes=-24", 206, DATA[-24:]),
        ("bytes=-99999", 206, DATA),
        ("bytes=1024-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=20-10", 416, b""),
        ("bytes=0-1,5-6", 200, DATA),
        ("lines=1-2", 200, DATA),
    ],
)
def test_ranges(server: RegistryServer, pool: urllib3.PoolManager, asked: str, status: int, body: bytes) -> None:
    """One range is answered; what is no such range is passed over, what lies outside is refused."""
    answer = pool.request("GET", server.url + "blobs/sha256/ab/abcd", headers={"Range": asked})
    assert (answer.status, answer.data) == (status, body)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "metadata",
        "metadata/",
        "metadata/.hidden",
        "other/file",
        "blobs/link",
        "blobs/../../registry.keys",
        "blobs/%2e%2e/%2e%2e/registry.keys",
        "blobs//sha256",
        "registry.keys",
        "metadata/none.json",
    ],
)
def test_nothing_else(server: RegistryServer, path: str) -> None:
    """No listings, hidden files, links, nor anything above the folder."""
    host, port = server.server_address[:2]
    with contextlib.closing(http.client.HTTPConnection(str(host), int(port))) as connection:
        connection.putrequest("GET", "/" + path)
        connection.endheaders()
        with connection.getresponse() as answer:
            assert answer.status == 404
