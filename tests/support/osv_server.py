"""An OSV service on loopback: `POST /v1/query`, `POST /v1/querybatch` with pages, `GET /v1/vulns/{id}`.

    with serving(record, ...) as service:
        service.url                             # what the configuration's `url` is set to
        service.asked                           # ["POST /v1/querybatch", "GET /v1/vulns/GHSA-1", ...]
        service.answers["/v1/vulns/GHSA-1"] = (500, b"")

It judges by the plain reference, as the real one does by its own code; what has no answer is not affected.
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.loopback import running
from tests.support.osv_reference import NotJudged, is_vulnerable


class OsvService(ThreadingHTTPServer):
    """Answers from `records`; `page` is how many ids a page has, `answers` replace what a path would say."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *records: dict[str, Any], page: int = 1000) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.records = {record["id"]: record for record in records}
        self.page = page
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.queries: list[dict[str, Any]] = []
        self.guard = threading.Lock()

    @property
    def url(self) -> str:
        """Its address, below which the API lies."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def about(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """The records that affect a release, withdrawn ones included, in the order of their ids."""
        package = query["package"]
        found = []
        for _, record in sorted(self.records.items()):
            with contextlib.suppress(NotJudged):
                if is_vulnerable(record, package["ecosystem"], package["name"], query["version"]):
                    found.append(record)
        return found

    def reply(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of an answer."""
        with self.guard:
            self.asked.append(f"{method} {path}")
        if path in self.answers:
            return self.answers[path]
        if method == "GET" and path.startswith("/v1/vulns/"):
            record = self.records.get(path.removeprefix("/v1/vulns/"))
            return (404, b"{}") if record is None else (200, json.dumps(record).encode())
        if method == "POST" and path == "/v1/query":
            found = self.about(json.loads(body))
            return 200, json.dumps({"vulns": found} if found else {}).encode()
        if method == "POST" and path == "/v1/querybatch":
            queries = json.loads(body)["queries"]
            with self.guard:
                self.queries += queries
            return 200, json.dumps({"results": [self._page(query) for query in queries]}).encode()
        return 404, b"{}"

    def _page(self, query: dict[str, Any]) -> dict[str, Any]:
        start = int(query.get("page_token", "0"))
        rows = [{"id": one["id"], "modified": one["modified"]} for one in self.about(query)]
        result: dict[str, Any] = {"vulns": rows[start : start + self.page]} if rows else {}
        if start + self.page < len(rows):
            result["next_page_token"] = str(start + self.page)
        return result


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: OsvService

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        status, data = self.server.reply(method, self.path, body)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", data.decode())
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        """Silence."""


@contextlib.contextmanager
def serving(*records: dict[str, Any], page: int = 1000) -> Iterator[OsvService]:
    """A running service; it is down afterwards."""
    server = OsvService(*records, page=page)
    with running(server):
        yield server
