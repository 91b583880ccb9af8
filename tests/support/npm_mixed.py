"""One project of three worlds: Python and npm packages and signed modules, each with its registry on loopback, and git.

with mixed_project(tmp_path) as project:           # not locked yet; Ada may approve
    project.must("lock")
    project.begin()                                # Ada's baseline, committed as `main`
    project.publish_newer()                        # one newer release in each world
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from holdfast.format.read import read
from holdfast.model.lock import Lock
from tests.support.index_server import IndexServer
from tests.support.index_server import serving as index_of
from tests.support.module_project import NOW, ModuleProject, module_project
from tests.support.npm_registry import NpmRegistry, release
from tests.support.npm_registry import serving as npm_of
from tests.support.packages import read_releases
from tests.support.story_team import ADA, DANA, Team

PYTHON = "flask 3.0.0\n    werkzeug>=3\nwerkzeug 3.0.1\ndebug 1.0.0"
NPM = (
    release("@acme/view", "1.0.0", peerDependencies={"react": "^18"}),
    release("@babel/types", "7.2.0"),
    release("app", "1.0.0", dependencies={"debug": "^2", "@babel/types": "^7"}),
    release("debug", "2.6.9"),
    release("debug", "4.3.0"),
    release("react", "18.3.1"),
)
PYPROJECT = """\
[project]
name = "web"
version = "1"
requires-python = ">=3.11"
dependencies = [
    "debug",
    "flask",
]
"""
PACKAGE = """\
{
  "name": "web",
  "version": "1.0.0",
  "dependencies": {
    "app": "^1.0.0",
    "debug": "^4"
  }
}
"""
TARGETS = """\
[targets]
python = ["3.11"]
platforms = ["linux-x86_64"]
"""
ID = 'id = "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c56"\n'
OLD = {
    "acme:@acme/base 1.2.0",
    "acme:@acme/guards 2.1.0",
    "npm:@babel/types 7.2.0",
    "npm:app 1.0.0",
    "npm:debug 2.6.9",
    "npm:debug 4.3.0",
    "pypi:debug 1.0.0",
    "pypi:flask 3.0.0",
    "pypi:werkzeug 3.0.1",
}


class MixedProject(Team):
    """The project, and what its registries have."""

    def __init__(self, world: ModuleProject, index: IndexServer, npm: NpmRegistry) -> None:
        home = world.folder.parent
        environment = {
            "HOLDFAST_CACHE_DIR": str(world.cache),
            "HOME": str(home),
            "PIP_INDEX_URL": index.url,
            "npm_config_globalconfig": str(home / "none"),
            "npm_config_userconfig": str(home / "none either"),
        }
        super().__init__(world.folder, environment, "holdfast.toml")
        self.world, self.index, self.npm = world, index, npm
        (self.folder / "pyproject.toml").write_text(PYPROJECT)
        (self.folder / "package.json").write_text(PACKAGE)
        (self.folder / ".npmrc").write_text(npm.npmrc)
        world.configure({"@acme/guards": "^2"}, TARGETS)
        self.configuration.write_text(ID + self.configuration.read_text())

    @property
    def locked(self) -> Lock:
        """The lock, read."""
        return read(self.lock.read_text())

    @property
    def pins(self) -> set[str]:
        """`npm:app 1.0.0` of every pin."""
        return {f"{pin.source}:{pin.name} {pin.version}" for pin in self.locked.packages}

    def line_of(self, path: str, text: str) -> int:
        """The number of the first line of a file that has a text."""
        lines = (self.folder / path).read_text().splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def begin(self) -> str:
        """Ada begins approvals; return the full id of the commit."""
        self.configure(ADA.table)
        self.must("approvals", "baseline", by=ADA)
        return self.commit(DANA, "day one")

    def publish_newer(self) -> None:
        """A newer release in each world: werkzeug, npm's debug 2, @acme/base."""
        self.index.add(*read_releases("werkzeug 3.1.0"))
        self.npm.publish(release("debug", "2.6.10"), tag="")
        self.world.registry.publish("@acme/base", "1.3.0", now=NOW)


@contextlib.contextmanager
def mixed_project(folder: Path) -> Iterator[MixedProject]:
    """A mixed project that is not locked yet."""
    with (
        module_project(folder, installed=False, locked=False) as world,
        index_of(read_releases(PYTHON)) as index,
        npm_of(*NPM) as npm,
    ):
        yield MixedProject(world, index, npm)
