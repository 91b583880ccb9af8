"""What holds for every test: no network but loopback, an empty cache of its own, nobody's settings, fixed seeds.

`live` tests may reach the network. `HYPOTHESIS_PROFILE=explore` looks for new examples instead of repeating the same.
"""

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

# Settings of the machine and of its user that must not reach a test.
_FOREIGN = ("PIP_", "UV_", "HOLDFAST_", "GIT_", "XDG_", "GITHUB_")
_FOREIGN_NAMES = frozenset(
    ("NETRC", "VIRTUAL_ENV", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NO_COLOR", "FORCE_COLOR", "CI")
)

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


class NetworkClosed(AssertionError):
    """A test reached for something other than loopback."""


def _is_loopback(host: str | bytes | None) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host or "localhost"
    if name in ("localhost", "::", "0.0.0.0"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return name.endswith(".localhost")


def _guard(sock: socket.socket, address: Any) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
        raise NetworkClosed(f"a test without the marker `live` connects to {address[0]}:{address[1]}")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _guard(self, address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _guard(self, address)
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: str | bytes | None, *arguments: Any, **options: Any) -> Any:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host or ""
    if not _is_loopback(name) and not name.replace(".", "").isdigit() and ":" not in name:
        # What a machine without a network says; names of the `.example` kind are looked up in tests.
        raise socket.gaierror(socket.EAI_NONAME, "name or service not known")
    return _getaddrinfo(host, *arguments, **options)


@pytest.fixture(autouse=True)
def closed_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Connections leave this process for loopback only, unless the test is `live`."""
    if request.node.get_closest_marker("live") is not None:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded_connect)
        patch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", _guarded_getaddrinfo)
        yield


@pytest.fixture(autouse=True)
def own_environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[pytest.MonkeyPatch]:
    """No setting of pip, uv, git or proxies is seen; home and cache are folders of this test.

    A `live` test keeps the machine's settings, which tell it where the index is, but not its cache.
    """
    own = tmp_path_factory.getbasetemp() / "own" / str(next(_numbers))
    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("live") is None:
            for name in list(os.environ):
                if name.startswith(_FOREIGN) or name.upper() in _FOREIGN_NAMES:
                    patch.delenv(name)
            patch.setenv("HOME", str(own / "home"))
            patch.setenv("USERPROFILE", str(own / "home"))
            patch.setenv("HOLDFAST_NODE", "any")  # the Node of the machine decides nothing
            patch.setenv("PIP_CONFIG_FILE", os.devnull)
            patch.setenv("UV_NO_CONFIG", "1")
            patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
            patch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
        patch.setenv("HOLDFAST_CACHE_DIR", str(own / "cache"))
        yield patch


def _counting() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_numbers = _counting()
