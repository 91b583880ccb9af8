"""Cold runs: the replaying server as a child process, and the recording that comes before it."""

import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bench import measure, peers
from bench.places import BENCH, OURS, RECORDS, ROOT

PASSES = 6  # a resolver that races its own requests asks for something else each time


class Counts(NamedTuple):
    """What the server saw during one run: requests, those without a record, and bytes sent."""

    requests: int
    missing: int
    sent: int
    first: tuple[str, ...] = ()


class Asked(NamedTuple):
    """What two programs asked in their runs: medians of requests, the most without a record, and what to say of it."""

    requests: tuple[int, int]
    missing: tuple[int, int]
    note: str


class Replay:
    """A running server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}/simple/"

    def counts(self) -> Counts:
        """What was counted since the last asking. A bare socket: an HTTP client would weigh on every figure."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"GET /-/counts HTTP/1.1\r\n\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                answer += connection.recv(65536)
        told = json.loads(answer.partition(b"\r\n\r\n")[2])
        return Counts(told["requests"], told["missing"], told["sent"], tuple(told["first"]))


@contextmanager
def replay(latency: float, upstream: str = "") -> Iterator[Replay]:
    """Serve the records with this latency (ms); with `upstream`, fetch and keep what they lack."""
    words = ["bench.replay", "--records", str(RECORDS), "--latency", str(latency)]
    with serving([*words, *(["--upstream", upstream] if upstream else [])]) as port:
        yield Replay(port)


@contextmanager
def serving(words: list[str]) -> Iterator[int]:
    """Run a server of the bench, a module and its words, as a child process; its port is its first line."""
    with subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"{words[0]} did not start")
            yield int(line)
        finally:
            process.terminate()


def paired(
    programs: dict[str, measure.Program], server: Replay, count: int, warm_up: int
) -> tuple[measure.Paired, Asked]:
    """Run two programs against the server in turns; what they took, and what they asked."""
    seen: dict[str, list[Counts]] = {tool: [] for tool in programs}

    def counted(tool: str) -> Callable[[], None]:
        return lambda: seen[tool].append(server.counts())

    ours, peer = [program._replace(after=counted(tool)) for tool, program in programs.items()]
    times = measure.pairs(ours, peer, count, warm_up)
    requests = [int(statistics.median(one.requests for one in told)) for told in seen.values()]
    missing = [max(one.missing for one in told) for told in seen.values()]
    example = next((one.first[0] for told in seen.values() for one in told if one.first), "")
    note = f"distorted: something was asked for that is not recorded, such as {example}" if example else ""
    return times, Asked((requests[0], requests[1]), (missing[0], missing[1]), note)


def upstream_url() -> str:
    """The index that pip and uv are configured to use, else the public default; asked in a process of its own."""
    code = (
        "import os, sys\n"
        "from holdfast_resolver.clients.defaults import default_index_url\n"
        "from holdfast_resolver.clients.settings import index_settings\n"
        "def read(path):\n"
        "    try:\n"
        "        with open(path, 'rb') as stream: return stream.read()\n"
        "    except OSError: return None\n"
        "found = index_settings(os.environ, read, os.getcwd(), os.path.expanduser('~'), sys.platform)\n"
        "print(found.index_url or default_index_url())\n"
    )
    python = str(OURS / "bin" / "python")
    return subprocess.run([python, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def record(workload: str, tools: list[str], latency: float) -> None:
    """Run each tool with an empty cache until it asks for nothing new."""
    done = RECORDS / f"{workload}.complete"
    if done.exists() and set(tools) <= set(done.read_text().split()):
        return
    with replay(latency, upstream_url()) as server:
        for tool in tools:
            repeat(program_of(tool, workload, server), server, f"{workload} with {tool}")
    done.write_text(" ".join(tools))


def repeat(program: measure.Program, server: Replay, what: str) -> None:
    """Run a program until it asks the server for nothing that is not recorded."""
    for number in range(1, PASSES + 1):
        begin = time.monotonic()
        measure.run(program)
        counts = server.counts()
        print(
            f"recorded {what}, pass {number}: {counts.requests} requests, "
            f"{counts.missing} new, {time.monotonic() - begin:.1f} s",
            file=sys.stderr,
        )
        if not counts.missing:
            break


def program_of(tool: str, workload: str, server: Replay) -> measure.Program:
    """A cold `lock` against the server."""
    cache = BENCH / "cold" / workload / tool
    return peers.locking(tool, workload, cache, offline=False, index_url=server.url, cold=True)
