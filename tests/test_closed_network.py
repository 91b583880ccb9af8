"""The tests' own walls hold."""

import os
import socket
import urllib.request

import pytest

from tests.conftest import NetworkClosed


def test_a_connection_beyond_loopback_is_an_error() -> None:
    """Connecting to a public address fails at once, and says which."""
    with socket.socket() as sock, pytest.raises(NetworkClosed, match=r"192\.0\.2\.1:80"):
        sock.connect(("192.0.2.1", 80))


def test_a_connection_to_loopback_is_let_through() -> None:
    """Loopback servers are what tests talk to."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as sock:
        sock.connect(server.getsockname())


def test_names_are_not_looked_up() -> None:
    """A host name that is not loopback is unknown, as it is on a machine without a network."""
    with pytest.raises(OSError, match="not known"):
        urllib.request.urlopen("http://index.example/simple/", timeout=1)


def test_no_setting_of_the_machine_is_seen() -> None:
    """pip's, uv's and holdfast's variables are those of the test alone."""
    seen = {name for name in os.environ if name.startswith(("PIP_", "UV_", "HOLDFAST_"))}
    assert seen == {"PIP_CONFIG_FILE", "UV_NO_CONFIG", "HOLDFAST_CACHE_DIR", "HOLDFAST_NODE"}
