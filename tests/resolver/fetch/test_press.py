"""The press: the same record whether a child or a thread makes it, and no page lost with a child."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, signal, sys, tempfile
from holdfast_resolver.errors import RegistryAnswerInvalid
from holdfast_resolver.fetch import press
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.values.wishes import Source

source = Source("pypi", "pypi", "", "pypi")
links = "".join(
    f'<a href="https://files.example/demo-{n}.0-py3-none-any.whl#sha256={n:064x}">demo-{n}.0-py3-none-any.whl</a>'
    for n in range(400)
)
body = f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
page = press.Page(source, "demo", "text/html", "https://index.example/simple/demo/", body, 7, 600, "", "")
folder = sys.argv[2]
case = sys.argv[1]
if case == "stale":
    older = page._replace(body=b"<!DOCTYPE html><html><body></body></html>")
    Cache(folder).keep_record(source, "demo", press.press(older).record)
    Cache.write_record = lambda *_: False
made = press.Press(Cache(folder))
assert len(made._children) == 2, "this process has no threads yet"
if case == "killed":
    for child in made._children:
        os.kill(child._process, signal.SIGKILL)
if case == "unwritable":
    open(folder, "w").close()
if case == "invalid":
    try:
        made.make(page._replace(body=body[:-20]))
    except RegistryAnswerInvalid as error:
        assert error.subject == "demo"
    else:
        raise SystemExit("half a page was taken")
record = made.make(page)
assert record.table.count == 400
assert record.artifacts(399)[0].file == "demo-399.0-py3-none-any.whl"
made.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork") or (os.cpu_count() or 1) < 2, reason="nothing to fork here")
@pytest.mark.parametrize("case", ["plain", "killed", "unwritable", "stale", "invalid"])
def test_a_page_is_pressed_whatever_happens_to_the_child(case: str, tmp_path: object) -> None:
    """By a child, or by a thread where the child is killed or cannot write; a bad page is an error."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, case, f"{tmp_path}/cache"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
