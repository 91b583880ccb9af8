"""Connections that look a host up once: urllib3's own ask the name server for each, and thirty at a time is a burst
that many name servers drop, to be asked again five seconds later.

The classes plug into urllib3's pools (`ConnectionCls`); TLS, names in certificates and proxies stay urllib3's work.
"""

import socket
import threading
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

_Address = tuple[int, Any]  # (family, socket address)


class Addresses:
    """Where hosts are, looked up once and one at a time; failures are not remembered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, int], list[_Address]] = {}

    def of(self, host: str, port: int) -> list[_Address]:
        """Return the addresses of a host, the one that answered last first. Raises `socket.gaierror`."""
        with self._lock:
            known = self._known.get((host, port))
            if known is None:
                found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
                known = self._known[host, port] = [(family, address) for family, _, _, _, address in found]
            return list(known)

    def prefer(self, host: str, port: int, address: _Address) -> None:
        """Remember which address answered."""
        with self._lock:
            known = self._known[host, port]
            if known[0] != address:
                known.sort(key=lambda each: each != address)


_ADDRESSES = Addresses()


class _LooksUpOnce(HTTPConnection):
    """Connects as `HTTPConnection` does, by remembered addresses."""

    def _new_conn(self) -> socket.socket:
        port = self.port or 0
        try:
            addresses = _ADDRESSES.of(self.host, port)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        failure: OSError | None = None
        for family, address in addresses:
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                for option in self.socket_options or ():
                    connection.setsockopt(*option)
                connection.settimeout(self.timeout if isinstance(self.timeout, int | float) else None)
                connection.connect(address)
            except OSError as error:
                connection.close()
                failure = error
            else:
                _ADDRESSES.prefer(self.host, port, (family, address))
                return connection
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, f"connection to {self.host} timed out") from failure
        raise NewConnectionError(self, f"failed to establish a new connection: {failure}") from failure


class _SecureLooksUpOnce(_LooksUpOnce, HTTPSConnection):
    """The same under TLS."""


class Pool(HTTPConnectionPool):
    """urllib3's pool, over these connections."""

    ConnectionCls = _LooksUpOnce


class SecurePool(HTTPSConnectionPool):
    """urllib3's pool for TLS, over these connections."""

    ConnectionCls = _SecureLooksUpOnce


POOLS = {"http": Pool, "https": SecurePool}
