"""The index on loopback that cold runs are measured against: `python -m bench.replay STORE [options]`.

Replays recorded answers, each after a fixed latency. With `--record` it asks the index itself for what it does not have,
and keeps it. It prints its port, and its counters on every line read from stdin: requests, misses.
"""

import argparse
import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.store import KEPT, Answer, Key, Store, relinked, upstream_url

_REASONS = {200: "OK", 206: "Partial Content", 304: "Not Modified", 404: "Not Found", 416: "Range Not Satisfiable"}


class Counters:
    """What happened since they were last read."""

    def __init__(self) -> None:
        self.requests = 0
        self.misses: list[Key] = []

    def take(self) -> str:
        """Return them as JSON, and start anew."""
        told = json.dumps({"requests": self.requests, "misses": [" ".join(key) for key in self.misses]})
        self.requests, self.misses = 0, []
        return told


class Upstream:
    """The index itself, while recording."""

    def __init__(self, index_url: str) -> None:
        import urllib3

        self._index_url = index_url
        self._pool = urllib3.PoolManager(maxsize=32, timeout=60)
        self._threads = ThreadPoolExecutor(32)

    async def fetch(self, key: Key) -> Answer:
        """Ask the index."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, key)

    def _ask(self, key: Key) -> Answer:
        method, path, byte_range = key
        headers = {"Accept-Encoding": "identity"}
        if byte_range:
            headers["Range"] = byte_range
        if path.startswith("/simple/"):
            headers["Accept"] = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
        response = self._pool.request(method, upstream_url(path, self._index_url), headers=headers)
        body = relinked(response.data) if path.startswith("/simple/") else response.data
        told = int(response.headers.get("content-length", len(body))) if method == "HEAD" else len(body)
        kept = tuple((name, response.headers[name]) for name in KEPT if name in response.headers)
        return Answer(response.status, kept, body, told)


class Connection(asyncio.Protocol):
    """One client's connection; requests are answered in order."""

    def __init__(self, store: Store, counters: Counters, latency: float, upstream: Upstream | None) -> None:
        self._store = store
        self._counters = counters
        self._latency = latency
        self._upstream = upstream
        self._buffer = b""
        self._queue: asyncio.Queue[Key | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._task = asyncio.get_running_loop().create_task(self._serve(transport))

    def connection_lost(self, exc: Exception | None) -> None:
        self._queue.put_nowait(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            method, path, _ = lines[0].split(" ", 2)
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            self._queue.put_nowait((method, path, fields.get("range", "")))

    async def _serve(self, transport: asyncio.Transport) -> None:
        while (key := await self._queue.get()) is not None:
            self._counters.requests += 1
            answer = self._store.answers.get(key)
            if answer is None:
                self._counters.misses.append(key)
                answer = Answer(404, (), b"", 0)
                if self._upstream is not None:
                    answer = await self._upstream.fetch(key)
                    self._store.keep(key, answer)
            if self._latency:
                await asyncio.sleep(self._latency)
            if not transport.is_closing():
                transport.write(_spelled(key, answer))


def _spelled(key: Key, answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Answer')}", f"Content-Length: {answer.size}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return head if key[0] == "HEAD" else head + answer.body


async def _run(arguments: argparse.Namespace) -> None:
    counters = Counters()
    store = Store(Path(arguments.store))
    upstream = Upstream(arguments.record) if arguments.record else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(store, counters, arguments.latency / 1000, upstream), "127.0.0.1", 0, backlog=512
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(counters.take(), flush=True)


def main() -> None:
    """Serve until stdin ends."""
    parser = argparse.ArgumentParser(prog="bench.replay")
    parser.add_argument("store")
    parser.add_argument("--latency", type=float, default=20.0, help="milliseconds before each answer")
    parser.add_argument("--record", default="", metavar="URL", help="the simple index to ask for what is missing")
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
