"""An index server on loopback that answers as a test scripts it, in raw bytes where that is what matters."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Asked:
    """A request as the server saw it; header names in lower case."""

    def __init__(self, path: str, headers: dict[str, str]) -> None:
        self.path = path
        self.headers = headers


class Reply:
    """An answer: status, headers, body. `cut` bytes are left off the end and the connection is closed."""

    def __init__(
        self, status: int = 200, body: bytes = b"", headers: dict[str, str] | None = None, cut: int = 0
    ) -> None:
        self.status = status
        self.body = body
        self.headers = headers or {}
        self.cut = cut


Script = Callable[[Asked], Reply]


class Loopback(ThreadingHTTPServer):
    """`routes` maps a path to a reply, or to a function of the request; anything else is a 404."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes: dict[str, Reply | Script] = {}
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, asked: Asked) -> Reply:
        """Return the answer to a request."""
        route = self.routes.get(asked.path, Reply(404, b"not here"))
        return route if isinstance(route, Reply) else route(asked)

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """A client that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet for an answer: no waiting for delayed acknowledgements
    server: Loopback

    def do_GET(self) -> None:
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()})
        self.server.asked.append(asked)
        reply = self.server.answer(asked)
        self.send_response(reply.status)
        names = {name.lower() for name in reply.headers}
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304 and not names & {"content-length", "transfer-encoding"}:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) - reply.cut])
        if reply.cut:
            self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Silence."""


@contextlib.contextmanager
def loopback() -> Iterator[Loopback]:
    """A running server; it is down and its sockets are closed afterwards."""
    server = Loopback()
    with running(server):
        yield server


@contextlib.contextmanager
def raw_server(handle: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that hands each connection to `handle`; gives its address, host:port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                handle(self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Handler)
    with running(server):
        yield f"127.0.0.1:{server.server_address[1]}"


@contextlib.contextmanager
def running(server: socketserver.BaseServer) -> Iterator[None]:
    """A server that runs meanwhile."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
