"""The bench of npm projects: the registry that is replayed to all, and how each program is asked for the same work."""

import gzip
import http.server
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import npm_peers, run
from bench.budgets import BUDGETS
from bench.npm_places import NPM_NAMES, REGISTRY, manifest
from bench.rows import Effort

ROOT = Path(__file__).parents[2]
SHORT = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"


class _Registry(http.server.BaseHTTPRequestHandler):
    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Accept"]))
        host = self.headers["Host"]
        tarball = f"http://{host}/npm/@acme/web/-/web-1.0.0.tgz"
        body = json.dumps({"name": "@acme/web", "dist": {"tarball": tarball}, "readme": f"see {tarball}"}).encode()
        self.send_response(200 if self.path.startswith("/npm/@acme") else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", '"other bytes"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002 - http.server's own name
        pass


@pytest.fixture
def registry() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A registry below a path, and what it was asked."""
    asked: list[tuple[str, str]] = []
    handler = type("Handler", (_Registry,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/npm/", asked
        server.shutdown()
        thread.join()


class _Replay:
    def __init__(self, folder: Path, *words: str) -> None:
        command = [sys.executable, "-m", "bench.replay", "--form", "npm", "--records", str(folder), "--latency", "0"]
        self.process = subprocess.Popen([*command, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> str:
        assert self.process.stdout is not None
        return f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate()


def _get(url: str, accept: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept})) as answer:
        assert "ETag" not in answer.headers
        return gzip.decompress(answer.read())


def test_a_packument_is_recorded_once_and_replayed_for_either_spelling_of_its_name(
    tmp_path: Path, registry: tuple[str, list[tuple[str, str]]]
) -> None:
    """`%2F` and `%2f` are one name; tarballs stand at the replayed registry; the two forms are kept apart."""
    upstream, asked = registry
    with _Replay(tmp_path, "--upstream", upstream) as address:
        first = _get(f"{address}/@acme%2Fweb", SHORT)
        assert _get(f"{address}/@acme%2fweb", SHORT) == first
        _get(f"{address}/@acme%2fweb", "application/json")
    assert asked == [("/npm/@acme%2Fweb", SHORT), ("/npm/@acme%2Fweb", "application/json, */*;q=0.5")]
    told = json.loads(first)
    assert told["dist"]["tarball"] == f"{REGISTRY}@acme/web/-/web-1.0.0.tgz"
    assert upstream in told["readme"]  # no address of its own
    with _Replay(tmp_path) as address:
        assert _get(f"{address}/@acme%2Fweb", SHORT) == first
        with pytest.raises(urllib.error.HTTPError) as raised:
            _get(f"{address}/@acme%2Fother", SHORT)
        raised.value.close()
        with urllib.request.urlopen(f"{address}/-/counts") as answer:
            counts = json.loads(answer.read())
    assert (counts["requests"], counts["missing"]) == (2, 1)
    assert len(asked) == 2


def test_what_the_registry_does_not_have_is_recorded_as_well(
    tmp_path: Path, registry: tuple[str, list[tuple[str, str]]]
) -> None:
    """A 404 of the registry is an answer: replayed, and not counted as missing."""
    upstream, asked = registry
    for words in (("--upstream", upstream), ()):
        with _Replay(tmp_path, *words) as address, pytest.raises(urllib.error.HTTPError) as raised:
            _get(f"{address}/nobody", SHORT)
        raised.value.close()
        assert raised.value.code == 404
    assert [path for path, _ in asked] == ["/npm/nobody"]


@pytest.mark.parametrize("workload", NPM_NAMES)
def test_every_tool_locks_the_same_manifest_from_the_same_registry_and_installs_nothing(
    workload: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One manifest, one registry, an empty home, no lock before the run; offline unless the cache is to be filled."""
    monkeypatch.setattr(npm_peers, "PROJECTS", tmp_path / "projects")
    for tool, flag in (("holdfast", "lock"), ("pnpm", "--lockfile-only"), ("npm", "--package-lock-only")):
        program = npm_peers.locking(tool, workload, tmp_path / "cache")
        assert (program.folder / "package.json").read_text() == manifest(workload)
        assert flag in program.words
        assert program.words[-1] == "--offline"
        assert REGISTRY in (*program.words, *program.environment.values())
        assert program.environment["HOME"].endswith("/.bench/home")
        lock = program.folder / npm_peers.NPM_LOCKS[tool]
        lock.write_text("old")
        program.prepare()
        assert not lock.exists()
        assert "--offline" not in npm_peers.locking(tool, workload, tmp_path / "cache", offline=False).words


def test_packages_are_counted_in_the_lock_of_each_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two packages are two, whatever the lock looks like; no lock is none."""
    monkeypatch.setattr(npm_peers, "PROJECTS", tmp_path)
    locks = {
        "holdfast": 'lock-version = 1\n\n[[package]]\nname = "a"\n\n[[package]]\nname = "b"\n',
        "pnpm": (
            "lockfileVersion: '9.0'\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: sha512-a}\n\n"
            "  '@b/c@1.0.0':\n    resolution: {integrity: sha512-b}\n\nsnapshots:\n\n  a@1.0.0:\n    resolution: x\n"
        ),
        "npm": '{\n  "packages": {\n    "node_modules/a": {\n    },\n    "node_modules/b": {\n    }\n',
    }
    for tool, text in locks.items():
        assert npm_peers.packages("N1", tool) == 0
        (npm_peers.project("N1", tool) / npm_peers.NPM_LOCKS[tool]).write_text(text)
        assert npm_peers.packages("N1", tool) == 2


def test_every_budget_of_npm_has_a_row_that_is_planned() -> None:
    """No budget is forgotten: each npm row is in the plan, or is the memory of one that is."""
    planned = {name for name, *_ in run._npm_plan(Effort())}
    budgets = {name for name in BUDGETS if name.startswith("npm ")}
    assert budgets - planned == {"npm memory N3 warm", "npm memory N3 cold"}
    assert planned - budgets == {"npm check N3"}


def test_no_host_stands_in_what_the_repository_has_of_the_npm_bench() -> None:
    """Records are made on the machine itself; files of the bench name loopback alone."""
    for path in [*(ROOT / "bench").glob("npm_*.py"), *(ROOT / "bench" / "workloads").glob("N*/package.json")]:
        text = path.read_text()
        assert "https://" not in text, path
        assert text.count("http://") == text.count("http://127.0.0.1"), path
