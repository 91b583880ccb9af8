"""A registry behind an ordinary web server: the folder as it is, nothing configured but its place."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import urllib3

from holdfast.trust.registry_client import RegistryView
from tests.support.module_registry import NOW, ModuleRegistry, make_registry

CONFIGURATION = """\
daemon off; master_process off; pid {work}/pid; error_log {work}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
    server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


@pytest.fixture
def registry(tmp_path: Path) -> ModuleRegistry:
    """A registry of acme with one release."""
    made = make_registry(tmp_path / "registry", acme=("@acme/*",))
    made.publish("@acme/base", "1.0.0")
    return made


@pytest.fixture
def address(registry: ModuleRegistry, tmp_path: Path) -> Iterator[str]:
    """Where nginx serves the registry."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("there is no nginx here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    work = tmp_path / "nginx"
    work.mkdir()
    (work / "conf").write_text(CONFIGURATION.format(work=work, port=port, root=registry.path))
    words = [program, "-p", str(work), "-e", str(work / "error.log"), "-c", str(work / "conf")]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("nginx does not answer")


def test_read_through_nginx(registry: ModuleRegistry, address: str, tmp_path: Path) -> None:
    """Plain GETs find each state as soon as it is published, and the archives' very bytes."""
    with urllib3.PoolManager(retries=False) as pool:

        def get(wanted: Mapping[str, int]) -> dict[str, bytes | None]:
            answers = {path: pool.request("GET", address + path) for path in wanted}
            return {path: answer.data if answer.status == 200 else None for path, answer in answers.items()}

        for count, version in enumerate(("1.0.1", "1.0.2", "1.1.0"), 2):
            release = registry.publish("@acme/base", version)
            view = RegistryView.open(
                "acme", registry.root, registry.root_digest, store=str(tmp_path / "store"), get=get, now=NOW
            )
            document = view.index_documents(["@acme/base", "@acme/none"])
            view.close()
            assert (document["@acme/base"] or b"").count(b'"published"') == count
            assert document["@acme/none"] is None
            path = registry.archive("@acme/base", version).relative_to(registry.path).as_posix()
            assert len(get({path: release.size})[path] or b"") == release.size
        listed = pool.request("GET", address + "metadata/")
        assert listed.status in (403, 404)
