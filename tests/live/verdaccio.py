"""verdaccio, a private npm registry, on loopback: everything on it is for users alone.

    with verdaccio(folder) as server:
        token = server.add_user("ann")
        server.publish(token, "@acme/core", "1.0.0")

It is installed from the registry that npm is configured for, into `HOLDFAST_TEST_VERDACCIO` when that names a folder
(once, and kept), else into the folder of the test.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

VERSION = "6.7.4"
PATIENCE = 60.0  # seconds until it must answer
_LEASH = Path(__file__).with_name("npm_leash.js")
_MANIFEST = {
    "name": "private-registry",
    "private": True,
    "dependencies": {"verdaccio": VERSION},
    "overrides": {"node-fetch": "2.6.7"},
}
_SETTINGS = """
storage: ./storage
auth: {htpasswd: {file: ./users, max_users: 10}}
uplinks: {}
packages:
  "@acme/*": {access: $authenticated, publish: $authenticated}
  "@board/*": {access: eve, publish: eve}
log: {type: stdout, format: json, level: warn}
"""


class Verdaccio(NamedTuple):
    """A running registry; `url` has a final "/"."""

    url: str
    folder: Path

    @property
    def place(self) -> str:
        """The address that credentials stand under in an .npmrc."""
        return self.url.partition(":")[2]

    def add_user(self, name: str) -> str:
        """Make a user; return the token."""
        body = json.dumps({"name": name, "password": f"{name}-for-these-tests-only"}).encode()
        address = f"{self.url}-/user/org.couchdb.user:{name}"
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"}, method="PUT")
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return str(json.load(answer)["token"])

    def publish(self, token: str, name: str, version: str, **manifest: Any) -> None:
        """Let npm publish a package."""
        folder = self.folder / "to-publish" / f"{name}-{version}"
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(json.dumps({"name": name, "version": version, **manifest}))
        (folder / "index.js").write_text(f"module.exports = {json.dumps(version)}\n")
        (folder / ".npmrc").write_text(f"registry={self.url}\n{self.place}:_authToken={token}\n")
        npm(folder, "publish", cache=self.folder / "npm-cache")


def npm(folder: Path, *words: str, cache: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run npm, with the user's own settings; return what it prints."""
    settings = {
        **os.environ,
        "npm_config_cache": str(cache),
        "npm_config_ignore_scripts": "true",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        **(environment or {}),
    }
    done = subprocess.run(["npm", *words], cwd=folder, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"npm {' '.join(words)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@contextlib.contextmanager
def verdaccio(folder: Path) -> Iterator[Verdaccio]:
    """A running registry with nothing on it; its data, its log and its users are in `folder`."""
    assert shutil.which("node"), "node is not installed"
    script = _installed(Path(os.environ.get("HOLDFAST_TEST_VERDACCIO") or folder / "installed"))
    (folder / "config.yaml").write_text(_SETTINGS)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    words = ["node", str(_LEASH), str(script), "--config", str(folder / "config.yaml"), "--listen", url]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT)
    try:
        _await(process, f"{url}-/ping", folder / "log")
        yield Verdaccio(url, folder)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.terminate()
        process.wait(PATIENCE)


def _installed(folder: Path) -> Path:
    """The script that starts it, installed where it is not yet."""
    package = folder / "node_modules" / "verdaccio"
    if not (package / "package.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps(_MANIFEST))
        npm(folder, "install", cache=folder / "npm-cache")
    version = json.loads((package / "package.json").read_bytes())["version"]
    assert version == VERSION, f"verdaccio {version} is in {folder}, expected {VERSION}"
    return package / "bin" / "verdaccio"


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=PATIENCE).close()
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"verdaccio does not answer\n{log.read_text()[-2000:]}")
