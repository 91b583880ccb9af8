"""The replayed npm registry as a child process, the recording before it, and the warm caches filled from it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import cold, measure, npm_peers
from bench.measure import Program, UnexpectedEnd
from bench.npm_places import NPM_RECORDS, PORT
from bench.places import BENCH, CACHES, OURS

TOOLS = ("holdfast", "pnpm", "npm")


@contextmanager
def replay(latency: float, upstream: str = "") -> Iterator[cold.Replay]:
    """Serve the records with this latency (ms); with `upstream`, fetch and keep what they lack."""
    words = ["bench.replay", "--form", "npm", "--records", str(NPM_RECORDS), "--port", str(PORT)]
    words += ["--latency", str(latency), *(["--upstream", upstream] if upstream else [])]
    with cold.serving(words) as port:
        yield cold.Replay(port)


def upstream_url() -> str:
    """The registry that npm is configured to use, else the public default; asked in a process of its own."""
    code = (
        "import os, sys\n"
        "from holdfast_resolver.clients.defaults import default_npm_registry_url\n"
        "from holdfast_resolver.clients.npmrc import npm_settings\n"
        "def read(path):\n"
        "    try:\n"
        "        with open(path, 'rb') as stream: return stream.read()\n"
        "    except OSError: return None\n"
        "found = npm_settings(os.environ, read, os.getcwd(), os.path.expanduser('~'), sys.platform)\n"
        "print(found.registry or default_npm_registry_url())\n"
    )
    python = str(OURS / "bin" / "python")
    return subprocess.run([python, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def program_of(tool: str, workload: str) -> Program:
    """A cold `lock` against the server."""
    return npm_peers.locking(tool, workload, BENCH / "cold" / workload / tool, offline=False, cold=True)


def record(workload: str) -> None:
    """Run each tool that is there with an empty cache until it asks for nothing new."""
    tools = [tool for tool in TOOLS if npm_peers.find(tool)]
    done = NPM_RECORDS / f"{workload}.complete"
    if done.exists() and set(tools) <= set(done.read_text().split()):
        return
    with replay(0, upstream_url()) as server:
        for tool in tools:
            cold.repeat(program_of(tool, workload), server, f"{workload} with {tool}")
    done.write_text(" ".join(tools))


def warm(tool: str, workload: str) -> Program:
    """The offline run; its cache is filled from the replay before, unless a run shows that it is full."""
    cache = CACHES / workload / tool
    offline = npm_peers.locking(tool, workload, cache)
    try:
        if not cache.exists():
            raise UnexpectedEnd(offline, 0, "the cache was never filled")
        measure.run(offline)
    except UnexpectedEnd:
        record(workload)
        print(f"filling the cache of {tool} for {workload} from the records", file=sys.stderr)
        _fill(tool, workload, cache)
    return offline


def _fill(tool: str, workload: str, cache: Path) -> None:
    shutil.rmtree(cache, ignore_errors=True)
    with replay(0):
        measure.run(npm_peers.locking(tool, workload, cache, offline=False))
