"""The bench's replayed index: what was recorded is answered, what was not is counted."""

import gzip
import http.server
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import measure
from bench.budgets import BUDGETS, verdict
from bench.records import Answer, Records
from bench.table import Row, render

ROOT = Path(__file__).parents[2]
PAGE = b'<html><body><a href="../../files/flask-1.0-py3-none-any.whl#sha256=00">flask</a></body></html>'


class _Upstream(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        part = self.headers.get("Range") == "bytes=-4"
        body, status, kind = (PAGE, 200, "text/html")
        if not self.path.endswith("/"):
            body, status, kind = (
                (b"tail", 206, "application/zip") if part else (b"the whole wheel", 200, "application/zip")
            )
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002 - http.server's own name
        pass


@pytest.fixture
def upstream() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (_Upstream,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/simple/", asked
        server.shutdown()
        thread.join()


class _Replay:
    def __init__(self, folder: Path, *words: str) -> None:
        command = [sys.executable, "-m", "bench.replay", "--records", str(folder), "--latency", "0", *words]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> str:
        assert self.process.stdout is not None
        return f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate()


def _get(url: str, **headers: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return bytes(answer.read())


def test_what_was_recorded_is_answered_without_the_index(tmp_path: Path, upstream: tuple[str, list[str]]) -> None:
    """A page, with its links turned to the server itself, and a part of a file come back from the records alone."""
    url, asked = upstream
    file = "/files/0/files/flask-1.0-py3-none-any.whl"
    with _Replay(tmp_path, "--upstream", url) as address:
        page = gzip.decompress(_get(f"{address}/simple/flask/"))
        assert f'href="{file}#sha256=00"'.encode() in page
        assert _get(address + file, Range="bytes=-4") == b"tail"
    fetched = list(asked)
    with _Replay(tmp_path) as address:
        assert gzip.decompress(_get(f"{address}/simple/flask/")) == page
        assert _get(address + file, Range="bytes=-4") == b"tail"
        assert b'"missing": 0' in _get(f"{address}/-/counts")
    assert asked == fetched == ["/simple/flask/", "/files/flask-1.0-py3-none-any.whl"]


def test_what_was_not_recorded_is_404_and_counted(tmp_path: Path) -> None:
    """A request without a record is told apart, so that a distorted run is noticed."""
    with _Replay(tmp_path) as address:
        with pytest.raises(urllib.error.HTTPError) as raised:
            _get(f"{address}/simple/flask/")
        raised.value.close()
        assert raised.value.code == 404
        assert b'"requests": 1, "missing": 1' in _get(f"{address}/-/counts")
        assert b'"requests": 0, "missing": 0' in _get(f"{address}/-/counts")


def test_records_survive_a_restart_and_a_cut_body(tmp_path: Path) -> None:
    """Answers are found again by their key; an answer that was only half written is not there."""
    records = Records(tmp_path)
    records.keep("GET /a  any", Answer(200, (("content-type", "text/plain"),), b"first"))
    records.keep("GET /b  any", Answer(404, (), b""))
    with (tmp_path / "bodies.bin").open("ab") as stream:
        stream.write(b"half of a body")
    again = Records(tmp_path)
    again.keep("GET /c  any", Answer(200, (), b"third"))
    found = Records(tmp_path)
    assert len(found) == 3
    assert [answer.body for key in "abc" if (answer := found.find(f"GET /{key}  any"))] == [b"first", b"", b"third"]


def test_a_program_that_ends_otherwise_than_expected_is_no_measurement(tmp_path: Path) -> None:
    """A wrong exit code raises, with what the program said; the right one gives time and memory."""
    program = measure.Program((sys.executable, "-c", "import sys; sys.exit('no such index')"), {}, tmp_path)
    with pytest.raises(measure.UnexpectedEnd, match="no such index"):
        measure.run(program)
    sample = measure.run(program._replace(expected=1))
    assert sample.wall > 0
    assert sample.peak > 1


def test_verdicts_follow_ceiling_and_goal() -> None:
    """At the goal, under the ceiling, above it; a row without a budget is judged by nobody."""
    ceiling, goal = BUDGETS["fresh M"][:2]
    assert [verdict("fresh M", found) for found in (goal, ceiling, ceiling + 0.01)] == ["goal", "ceiling", "BROKEN"]
    assert verdict("fresh S", 99.0) == ""


def test_the_table_says_why_a_row_was_skipped() -> None:
    """A row that could not be run stays in the table, and its reason stands below."""
    row = Row("fresh M", "lock fresh M, warm", "uv", 15, 100.0, 90.0, 1.11, (1.0, 1.2))
    text = render([row, Row("nab S", "lock fresh S, warm", "nab", note="nab not found")])
    assert "skipped" in text
    assert text.endswith("lock fresh S, warm: nab not found")
    assert "1.11" in text
