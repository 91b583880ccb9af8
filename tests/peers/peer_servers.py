"""Other projects' index servers as processes on loopback, each with the small project on it.

A server ends when its context ends, and at the latest with the process of the tests (see `leash.py`). Its folder holds
its data and its log; nothing of the machine's settings reaches it.
"""

import base64
import contextlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support.packages import File

PATIENCE = 60.0  # seconds until a server must answer
_LEASH = Path(__file__).with_name("leash.py")
_SCRIPTS = Path(sys.executable).parent
_DEVPI_USER = "root"  # the one that devpi makes
_DEVPI_PASSWORD = "for-these-tests-only"


class PeerFailed(AssertionError):
    """A peer did not start or did not take the project."""


class Peer(NamedTuple):
    """A running index. `url` is what a client is configured with."""

    url: str
    process: subprocess.Popen[bytes]


class Answer(NamedTuple):
    """Status and body."""

    status: int
    body: bytes


def installed(package: str) -> bool:
    """Whether a peer's import package is there."""
    return importlib.util.find_spec(package) is not None


@contextlib.contextmanager
def pypiserver(files: Sequence[File], folder: Path) -> Iterator[Peer]:
    """pypiserver: a folder as HTML with hashes; no requires-python, no yanks, no sidecars."""
    _lay_out(files, folder / "packages")
    arguments = ["run", "--interface", "127.0.0.1", "--port", "{port}", "--disable-fallback", "--hash-algo", "sha256"]
    arguments += ["--server", "wsgiref", str(folder / "packages")]
    with _running("pypi-server", arguments, folder, "/simple/") as (origin, process):
        yield Peer(f"{origin}/simple/", process)


@contextlib.contextmanager
def simple_repository(upstream: str, folder: Path) -> Iterator[Peer]:
    """simple-repository-server in front of another index: adds JSON and sidecars, redirects to the files."""
    arguments = ["--host", "127.0.0.1", "--port", "{port}", upstream]
    with _running("simple-repository-server", arguments, folder, "/simple/web-kit/") as (origin, process):
        yield Peer(f"{origin}/simple/", process)


@contextlib.contextmanager
def devpi(files: Sequence[File], folder: Path) -> Iterator[Peer]:
    """devpi-server with one index that the files are uploaded to: JSON with requires-python, no ranges."""
    data = ["--serverdir", str(folder / "data")]
    _once("devpi-init", [*data, "--no-root-pypi", "--root-passwd", _DEVPI_PASSWORD], folder)
    arguments = [*data, "--host", "127.0.0.1", "--port", "{port}", "--offline-mode"]
    with _running("devpi-server", arguments, folder, "/+api") as (origin, process):
        token = _devpi_login(origin)
        stage = f"{origin}/{_DEVPI_USER}/dev"
        index = {"type": "stage", "volatile": True, "bases": []}
        _must(call(stage, "PUT", json.dumps(index).encode(), {**token, **_JSON}))
        for file in files:
            body, kind = _upload_form(file)
            _must(call(f"{stage}/", "POST", body, {**token, "Content-Type": kind}))
        yield Peer(f"{stage}/+simple/", process)


_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def _devpi_login(origin: str) -> dict[str, str]:
    words = {"user": "root", "password": _DEVPI_PASSWORD}
    answer = _must(call(f"{origin}/+login", "POST", json.dumps(words).encode(), _JSON))
    pair = f"root:{json.loads(answer.body)['result']['password']}"
    return {"X-Devpi-Auth": base64.b64encode(pair.encode()).decode()}


def _upload_form(file: File) -> tuple[bytes, str]:
    """The form of the legacy upload API, and its content type."""
    edge = "edge-of-a-part"
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "name": file.package,
        "version": file.version,
        "requires_python": file.requires_python,
        "filetype": "bdist_wheel" if file.is_wheel else "sdist",
        "pyversion": "py3" if file.is_wheel else "source",
        "metadata_version": "2.2",
    }
    part = f'--{edge}\r\nContent-Disposition: form-data; name="'
    head = "".join(f'{part}{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    head += f'{part}content"; filename="{file.file}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    return head.encode() + file.data + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


@contextlib.contextmanager
def moto(folder: Path) -> Iterator[Peer]:
    """moto's server, which answers as S3 does; `url` is its endpoint."""
    arguments = ["-H", "127.0.0.1", "-p", "{port}"]
    with _running("moto_server", arguments, folder, "/moto-api/") as (origin, process):
        yield Peer(origin, process)


def nginx_program() -> str | None:
    """Return where nginx is; it is seldom in a user's path."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@contextlib.contextmanager
def nginx(program: str, root: Path, folder: Path) -> Iterator[Peer]:
    """nginx over a folder of files, as a distribution configures it but for its places."""
    port = _free_port()
    (folder / "conf").write_text(_NGINX.format(folder=folder, port=port, root=root))
    # The shell is its leash: it ends nginx when its own input is closed.
    shell = f'"{program}" -p "{folder}" -e "{folder}/log" -c "{folder}/conf" & cat >/dev/null; kill $!; wait'
    process = subprocess.Popen(["/bin/sh", "-c", shell], stdin=subprocess.PIPE, env=_environment(folder))
    try:
        (folder / "log").touch()
        _wait(f"http://127.0.0.1:{port}/", process, folder / "log")
        yield Peer(f"http://127.0.0.1:{port}", process)
    finally:
        _stop(process)


_NGINX = """\
daemon off; master_process off; pid {folder}/pid;
events {{ worker_connections 128; }}
http {{
    access_log off; gzip on; gzip_types *; sendfile on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


def _lay_out(files: Sequence[File], folder: Path) -> None:
    folder.mkdir()
    for file in files:
        (folder / file.file).write_bytes(file.data)


@contextlib.contextmanager
def _running(
    script: str, arguments: Sequence[str], folder: Path, ready: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server on a free port, once it answers at the path `ready`; gives its origin and its process."""
    port = _free_port()
    words = [argument.replace("{port}", str(port)) for argument in arguments]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(_LEASH), str(_SCRIPTS / script), *words],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=_environment(folder),
        )
    try:
        _wait(f"http://127.0.0.1:{port}{ready}", process, folder / "log")
        yield f"http://127.0.0.1:{port}", process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            call(url)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise PeerFailed(f"no answer at {url}: {log.read_text(errors='replace')[-2000:]}")


def _once(script: str, words: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(_SCRIPTS / script), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=folder,
        env=_environment(folder),
        check=False,
        timeout=PATIENCE,
    )
    if done.returncode:
        raise PeerFailed(f"{script}: {done.stdout}{done.stderr}")


def _environment(folder: Path) -> dict[str, str]:
    """The least that a program needs; home and temporary files are in the server's own folder."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
    return {**kept, "HOME": str(folder), "USERPROFILE": str(folder), "TMPDIR": str(folder), "PYTHONSAFEPATH": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def call(url: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """One request; a status is an answer, whichever it is. Raises `OSError` when there is none."""
    request = urllib.request.Request(url, body, dict(headers or {}), method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return Answer(answer.status, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read())


def _must(answer: Answer) -> Answer:
    if answer.status not in (200, 201):
        raise PeerFailed(f"status {answer.status}: {answer.body[:500]!r}")
    return answer
