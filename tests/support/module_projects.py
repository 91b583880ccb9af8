"""A project that asks for modules, its registry behind HTTP, and holdfast's command line over both.

    with serving_folder(registry.path) as server:
        project = ModuleProject(tmp_path, registry, server.url, {"@acme/guards": "^2.1"})
        project.locked().installed()

Commands read the machine's clock: `clock()` is that time, for a registry that must be in time (`live_registry`).
"""

import contextlib
import io
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from copy import copy as copy_value
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from holdfast.cli.main import main
from tests.support.module_registry import ModuleRegistry, make_registry
from tests.support.project import Done
from tests.support.signing_keys import public

DAY = 24 * 3600
_STARTED = time.time()  # one founding for all registries of a process, so that they share their keys


def clock(seconds: float = 0, base: float | None = None) -> str:
    """Return the time, or a time `seconds` later, as documents have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime((time.time() if base is None else base) + seconds))


def live_registry(path: Path) -> ModuleRegistry:
    """Make a registry that was founded an hour before the tests began; acme publishes `@acme/*` in it."""
    return make_registry(path, founded=clock(-3600, _STARTED), acme=("@acme/*",))


class ModuleProject:
    """A project in a folder with a `holdfast.toml`; its cache lies beside it."""

    def __init__(
        self,
        folder: Path,
        registry: ModuleRegistry,
        url: str,
        modules: Mapping[str, str],
        *,
        trust: Sequence[str] = (),
        privileged: Sequence[str] = (),
        require: Sequence[str] = (),
        more: str = "",
    ) -> None:
        """`trust` are words of keys that this project trusts for `@acme/*`."""
        self.folder = folder / "project"
        self.cache = folder / "cache"
        self.url = url
        self.index = ""  # the URL of an index of Python packages
        self._registry, self._shared = registry, False
        self._server: FolderServer | None = None
        (self.folder / ".holdfast" / "roots").mkdir(parents=True)
        (self.folder / ".holdfast" / "roots" / "acme.json").write_bytes(registry.root)
        self.configure(modules, trust=trust, privileged=privileged, require=require, more=more)

    def configure(
        self,
        modules: Mapping[str, str],
        *,
        trust: Sequence[str] = (),
        privileged: Sequence[str] = (),
        require: Sequence[str] = (),
        more: str = "",
    ) -> None:
        """Write its configuration anew. `more` is further TOML."""
        lines = ["[modules]", *[f"{json.dumps(name)} = {json.dumps(wanted)}" for name, wanted in modules.items()]]
        lines += ["[sources.acme]", 'kind = "modules"', f"url = {json.dumps(self.url)}"]
        lines += [f"root = {json.dumps(self._registry.root_digest)}", "[policy]"]
        lines += [f"privileged = {json.dumps(list(privileged))}", f"require-signatures = {json.dumps(list(require))}"]
        for word in trust:
            lines += ["[[trust]]", f"key = {json.dumps(public(word).text)}", 'names = ["@acme/*"]']
        self.configuration.write_text("\n".join([*lines, more]) + "\n")

    def copied(self, folder: Path, server: "FolderServer | None" = None) -> "ModuleProject":
        """Return a copy of the project and its cache in another folder.

        The registry is shared until somebody asks for it: then it is copied too, and that is what `server` serves.
        Its files are hard links: a test that writes into one removes it first.
        """
        for name, place in (("project", self.folder), ("cache", self.cache)):
            if place.exists():
                shutil.copytree(place, folder / name, symlinks=True)
        copy = copy_value(self)
        copy.folder, copy.cache, copy._server, copy._shared = folder / "project", folder / "cache", server, True
        if server is not None:
            copy.url = server.url
            copy.configuration.write_text(copy.configuration.read_text().replace(self.url, server.url))
        return copy

    @property
    def registry(self) -> ModuleRegistry:
        """Its registry, for the operator's acts."""
        if self._shared:
            own = ModuleRegistry(self.folder.parent / "registry", self.folder.parent / "registry.keys")
            shutil.copytree(self._registry.path, own.path, copy_function=os.link)
            shutil.copytree(self._registry.keys_path, own.keys_path)
            self._registry, self._shared = own, False
            if self._server is not None:
                self._server.folder = own.path
        return self._registry

    @property
    def configuration(self) -> Path:
        """Its `holdfast.toml`."""
        return self.folder / "holdfast.toml"

    @property
    def lock(self) -> Path:
        """Its `holdfast.lock`."""
        return self.folder / "holdfast.lock"

    @property
    def modules(self) -> Path:
        """Its `modules/`."""
        return self.folder / "modules"

    @property
    def state(self) -> Path:
        """What it has seen of its registry."""
        return self.folder / ".holdfast" / "state" / "acme.json"

    @property
    def environment(self) -> dict[str, str]:
        """What its commands read of the environment."""
        return {"HOLDFAST_CACHE_DIR": str(self.cache)} | ({"PIP_INDEX_URL": self.index} if self.index else {})

    def run(self, *words: str) -> Done:
        """Run a command in the project."""
        out, err = io.StringIO(), io.StringIO()
        code = main([*words, "--project", str(self.folder)], self.environment, out, err)
        return Done(code, out.getvalue(), err.getvalue())

    def locked(self) -> "ModuleProject":
        """Lock, which must work."""
        return self._done("lock")

    def installed(self) -> "ModuleProject":
        """Install, which must work."""
        return self._done("install")

    def litter(self) -> list[str]:
        """Name what an install must not leave behind."""
        home = self.folder / ".holdfast" / "modules"
        kept = os.path.basename(os.readlink(self.modules)) if self.modules.is_symlink() else ""
        found = [entry for entry in os.listdir(home) if entry not in (".gitignore", ".revocations", kept)]
        found += [entry for entry in os.listdir(home / ".revocations") if entry != "acme.json"]
        return found + [entry for entry in os.listdir(self.folder) if entry.startswith(".modules")]

    def _done(self, command: str) -> "ModuleProject":
        done = self.run(command)
        assert done.code == 0, done.out + done.err
        return self


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *arguments: object) -> None:
        """Silence."""


class FolderServer(ThreadingHTTPServer):
    """A static web server of `folder`, which may become another one."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), lambda *args: _Handler(*args, directory=str(self.folder)))
        self.folder = folder

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


@contextlib.contextmanager
def serving_folder(folder: Path) -> Iterator[FolderServer]:
    """Serve a folder on loopback."""
    server = FolderServer(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
