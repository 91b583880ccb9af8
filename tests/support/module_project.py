"""A project with `[modules]`, the registry that they come from, and a server between the two that a test turns hostile.

    with module_project(tmp_path) as world:            # @acme/guards 2.1.0 and @acme/base 1.2.0, locked and installed
        world.server.alter("blobs/*", lambda data: data[:-1])
        world.forget_archives()
        before = world.files()
        assert world.run("install").codes == ["module-tampered"]
        assert world.files() == before

Everything is real: files, signatures, HTTP, the command line. Times are told from the machine's clock (`ago`), which
the command line reads. Worlds of one process are copies of one, so that each is made in a few milliseconds.
"""

import atexit
import contextlib
import io
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from holdfast.cli.main import main
from holdfast.format.read import read
from holdfast.model.lock import Lock, Pin
from tests.support.hostile_registry import HostileRegistry, hostile
from tests.support.module_registry import ModuleRegistry, make_registry

HOUR = 3_600
DAY = 24 * HOUR
_STARTED = int(time.time())

SOURCE = """\
[sources.acme]
kind = "modules"
url = "{url}/"
root = "{root}"
"""


def ago(seconds: int) -> str:
    """Return the time so many seconds before these tests began."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(_STARTED - seconds))


NOW = ago(60)  # when what the tests sign is signed, unless they say otherwise
FOUNDED = ago(3 * DAY)


class Said(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.out)

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings of a run with `--format json`."""
        found: list[dict[str, Any]] = self.json.get("findings", [])
        return found

    @property
    def codes(self) -> list[str]:
        """The codes of the findings, in order."""
        return [finding["code"] for finding in self.findings]


class ModuleProject:
    """A project in `folder / "web"`, its cache in `folder / "cache"`, its registry in `folder / "registry"`."""

    def __init__(self, folder: Path, server: HostileRegistry, registry: ModuleRegistry) -> None:
        self.folder = folder / "web"
        self.cache = folder / "cache"
        self.server = server
        self.registry = registry
        self.environment: dict[str, str] = {}  # what commands see besides the cache

    @property
    def configuration(self) -> Path:
        """Its `holdfast.toml`."""
        return self.folder / "holdfast.toml"

    @property
    def lock_file(self) -> Path:
        """Its `holdfast.lock`."""
        return self.folder / "holdfast.lock"

    @property
    def lock(self) -> Lock:
        """The lock, read."""
        return read(self.lock_file.read_bytes(), "holdfast.lock")

    def pin(self, name: str) -> Pin:
        """Return the pin of a module."""
        return next(pin for pin in self.lock.packages if pin.name == name)

    def configure(self, modules: Mapping[str, str] | str, *more: str) -> None:
        """Write `holdfast.toml`: wishes, the one source, and further text before it."""
        wishes = modules if isinstance(modules, str) else _wishes(modules)
        source = SOURCE.format(url=self.server.url, root=self.registry.root_digest)
        self.configuration.write_text("\n".join([wishes, *more, source]), encoding="utf-8")

    def append(self, text: str) -> None:
        """Add text to `holdfast.toml`."""
        self.configuration.write_text(self.configuration.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")

    def run(self, *words: str) -> Said:
        """Run a command in the project, in this process."""
        out, err = io.StringIO(), io.StringIO()
        settings = {"HOLDFAST_CACHE_DIR": str(self.cache)} | self.environment
        code = main([*words, "--project", str(self.folder)], settings, out, err)
        return Said(code, out.getvalue(), err.getvalue())

    def told(self, *words: str) -> Said:
        """Run a command and have its findings as JSON."""
        return self.run(*words, "--format", "json")

    def must(self, *words: str) -> Said:
        """Run a command, which must work."""
        done = self.run(*words)
        assert done.code == 0, done.out + done.err
        return done

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Return what is in the project: the mode and the bytes of each file, links by where they lead.

        What keeps processes apart (`*.lock` beside the lock itself) is no part of it.
        """
        found: dict[str, tuple[int, bytes]] = {}
        for inside, folders, names in os.walk(self.folder):
            for name in (*folders, *names):
                place = Path(inside, name)
                mode = place.lstat().st_mode
                data = b""
                if stat.S_ISLNK(mode):
                    data = os.readlink(place).encode()
                elif stat.S_ISREG(mode):
                    data = place.read_bytes()
                found[str(place.relative_to(self.folder))] = (mode, data)
        return found

    def forget(self) -> None:
        """Empty the cache: a machine that has seen nothing."""
        shutil.rmtree(self.cache, ignore_errors=True)

    def forget_archives(self) -> None:
        """Empty the store of archives, and take `modules/` away: what is installed must be fetched."""
        shutil.rmtree(self.cache / "store", ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            (self.folder / "modules").unlink()

    def served(self) -> dict[str, bytes]:
        """Return all files of the registry as they are now, to be replayed later."""
        return {path: self.server.read(path) for path, size in self.registry.folder.files() if size >= 0}


@contextlib.contextmanager
def module_project(folder: Path, *, installed: bool = True, locked: bool = True) -> Iterator[ModuleProject]:
    """A project that wishes `@acme/guards` ^2, over a registry of its own.

    The registry has `@acme/base` 1.2.0 and `@acme/guards` 2.1.0, co-signed, which needs it, by the publisher acme; and
    a publisher umbrella, which claims `@umbrella/*`.
    """
    shutil.copytree(_template(installed), folder, symlinks=True, dirs_exist_ok=True, copy_function=_copy)
    registry = ModuleRegistry(folder / "registry", folder / "registry.keys")
    with hostile(folder / "registry") as server:
        world = ModuleProject(folder, server, registry)
        world.configure({"@acme/guards": "^2"})
        if not locked:
            world.lock_file.unlink()
            shutil.rmtree(world.folder / ".holdfast" / "state")
            world.forget()
        yield world


def _copy(source: str, target: str) -> None:
    """Copy a file; files of a registry are never written to, only replaced, so that a link serves."""
    if f"{os.sep}registry{os.sep}" in source:
        with contextlib.suppress(OSError):  # another file system
            os.link(source, target)
            return
    shutil.copy2(source, target, follow_symlinks=False)


def new_registry(path: Path) -> ModuleRegistry:
    """Make the registry of these worlds, with nothing published."""
    return make_registry(path, founded=FOUNDED, acme=("@acme/*",), umbrella=("@umbrella/*",))


@cache
def _template(installed: bool) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="holdfast-modules-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    registry = new_registry(folder / "registry")
    registry.publish("@acme/base", "1.2.0", now=NOW)
    permissions = {"network": ["api.acme.example"]}
    registry.publish(
        "@acme/guards", "2.1.0", dependencies={"@acme/base": "^1.2"}, permissions=permissions, cosign=True, now=NOW
    )
    with hostile(folder / "registry") as server:
        world = ModuleProject(folder, server, registry)
        (world.folder / ".holdfast" / "roots").mkdir(parents=True)
        (world.folder / ".holdfast" / "roots" / "acme.json").write_bytes(registry.root)
        world.configure({"@acme/guards": "^2"})
        world.must("lock")
        if installed:
            world.must("install")
    return folder


def _wishes(modules: Mapping[str, str]) -> str:
    rows = [f"{json.dumps(name)} = {json.dumps(wish)}" for name, wish in modules.items()]
    return "\n".join(["[modules]", *rows, ""])
