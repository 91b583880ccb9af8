"""The peers, each started once for all tests that need it.

A peer that is not installed skips its tests; with `HOLDFAST_TEST_PEERS=required` they fail instead.
"""

import io
import os
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from tests.peers import peer_servers, peer_shelf
from tests.peers.peer_servers import Peer
from tests.support.index_server import Habits, IndexServer, serving

REQUIRED = os.environ.get("HOLDFAST_TEST_PEERS") == "required"


def _need(package: str, distribution: str) -> None:
    if not peer_servers.installed(package):
        missing(f"{distribution} is not installed (`pip install --group peers`)")


def missing(reason: str) -> NoReturn:
    """Skip a test for want of a peer; fail it where peers are required."""
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def ours() -> Iterator[IndexServer]:
    """Our own loopback index with the project: JSON and sidecars."""
    with serving(peer_shelf.files()) as server:
        yield server


@pytest.fixture(scope="session")
def ours_as_html() -> Iterator[IndexServer]:
    """Our own loopback index with the project: HTML, without sidecars."""
    with serving(peer_shelf.files(), Habits("html", sidecars="none")) as server:
        # simple-repository-server asks for the headers of a file before it redirects to it.
        handler: Any = server.RequestHandlerClass
        server.RequestHandlerClass = type("WithHead", (handler,), {"do_HEAD": _head})
        yield server


def _head(handler: Any) -> None:
    """Answer as to GET, without the body (RFC 9110, section 9.3.2)."""
    stream, handler.wfile = handler.wfile, io.BytesIO()
    try:
        handler.do_GET()
        whole: bytes = handler.wfile.getvalue()
    finally:
        handler.wfile = stream
    stream.write(whole.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")


@pytest.fixture(scope="session")
def devpi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """devpi-server with the project uploaded."""
    _need("devpi_server", "devpi-server")
    with peer_servers.devpi(peer_shelf.files(), tmp_path_factory.mktemp("devpi")) as peer:
        yield peer


@pytest.fixture(scope="session")
def pypiserver_installed() -> None:
    """pypiserver is there, though none runs."""
    _need("pypiserver", "pypiserver")


@pytest.fixture(scope="session")
def pypiserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """pypiserver over a folder with the project."""
    _need("pypiserver", "pypiserver")
    with peer_servers.pypiserver(peer_shelf.files(), tmp_path_factory.mktemp("pypiserver")) as peer:
        yield peer


@pytest.fixture(scope="session")
def simple_repository(tmp_path_factory: pytest.TempPathFactory, ours_as_html: IndexServer) -> Iterator[Peer]:
    """simple-repository-server in front of our HTML index."""
    _need("simple_repository_server", "simple-repository-server")
    with peer_servers.simple_repository(ours_as_html.url, tmp_path_factory.mktemp("simple")) as peer:
        yield peer
