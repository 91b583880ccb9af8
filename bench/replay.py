"""An index on loopback that answers from records, each answer after a fixed latency.

A simple index of Python, or an npm registry (`--form npm`).

The measured programs share the machine with it, so it does little: answers are bytes made once, a request costs one
look-up. With an `--upstream` it fetches and records what is missing (see `record.py`); without, a missing answer is
404 and is counted, so that a distorted run is noticed.

`/-/counts` tells the counters since the last asking: {"requests": 12, "missing": 0, "sent": bytes, "first": [...]}.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from bench.records import Answer, Records, accept_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bench.record import Recorder

COUNTS = b"/-/counts"
_REASONS = {200: "OK", 206: "Partial Content", 304: "Not Modified", 404: "Not Found", 416: "Range Not Satisfiable"}


def prepared(answer: Answer, head_only: bool) -> bytes:
    """The whole answer as bytes."""
    lines = [f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Other')}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if not head_only:
        lines.append(f"content-length: {len(answer.body)}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head if head_only else head + answer.body


class Server:
    """The state that all connections share."""

    def __init__(self, records: Records, latency: float, upstream: str, form: str = "simple") -> None:
        self.records = records
        self.latency = latency  # seconds
        self.ready: dict[str, bytes] = {}  # key -> answer, made when first asked for
        self.requests = self.sent = 0
        self.missing: list[str] = []
        self.recorder: Recorder | None = None
        if upstream:
            from bench import npm_record, record  # the plain replay has no HTTP client

            kind = npm_record.PackumentRecorder if form == "npm" else record.Recorder
            self.recorder = kind(records, upstream)

    def counts(self) -> bytes:
        """Tell the counters and set them back."""
        told = {
            "requests": self.requests,
            "missing": len(self.missing),
            "sent": self.sent,
            "first": self.missing[:5],
        }
        self.requests = self.sent = 0
        self.missing = []
        body = json.dumps(told).encode()
        return prepared(Answer(200, (("content-type", "application/json"),), body), False)

    def answer(self, key: str) -> bytes | None:
        """The prepared answer for a key, None when it was not recorded."""
        found = self.ready.get(key)
        if found is None:
            answer = self.records.find(key)
            if answer is not None:
                found = self.ready[key] = prepared(answer, key.startswith("HEAD "))
        return found


class Connection(asyncio.Protocol):
    """One client. Neither of the measured clients sends a second request before the first is answered."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.transport: asyncio.Transport
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self.buffer += data
        while True:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self.buffer = rest
            self.handle(head)

    def handle(self, head: bytes) -> None:
        """Answer one request, which has no body."""
        line, _, fields = head.partition(b"\r\n")
        method, path, _ = line.split(b" ", 2)
        if path == COUNTS:
            self.transport.write(self.server.counts())
            return
        server = self.server
        server.requests += 1
        headers = _headers(fields)
        path = path.replace(b"%2F", b"%2f")  # a scoped name of npm, which clients write in either way
        key = " ".join((method.decode(), path.decode(), headers.get(b"range", b"").decode(), accept_class(headers)))
        found = server.answer(key)
        loop = asyncio.get_running_loop()
        if found is None:
            server.missing.append(key)
            if server.recorder is not None:
                task = loop.create_task(server.recorder.serve(key, self.transport))
                task.add_done_callback(_tell)
                return
            found = prepared(Answer(404, (("content-type", "text/plain"),), b"not recorded"), method == b"HEAD")
        server.sent += len(found)
        loop.call_later(server.latency, self.send, found)

    def send(self, data: bytes) -> None:
        """Send unless the client is gone."""
        if not self.transport.is_closing():
            self.transport.write(data)


def _headers(fields: bytes) -> dict[bytes, bytes]:
    pairs = (field.partition(b":") for field in fields.split(b"\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _tell(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        print(f"recording failed: {task.exception()!r}", file=sys.stderr, flush=True)


async def serve(folder: Path, latency: float, upstream: str, port: int, form: str = "simple") -> None:
    """Serve until killed; the first line on stdout is the port."""
    server = Server(Records(folder), latency, upstream, form)
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: Connection(server), "127.0.0.1", port, backlog=256)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()


def main() -> None:
    """The command line: `python -m bench.replay --records FOLDER [--latency MS] [--upstream URL]`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--records", type=Path, required=True)
    parser.add_argument("--latency", type=float, default=20.0, help="milliseconds before each answer")
    parser.add_argument("--upstream", default="", help="the index to ask for what is not recorded")
    parser.add_argument("--form", choices=("simple", "npm"), default="simple", help="what kind of index it is")
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.records, arguments.latency / 1e3, arguments.upstream, arguments.port, arguments.form))


if __name__ == "__main__":
    main()
