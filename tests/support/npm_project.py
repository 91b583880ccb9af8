"""An npm project in a folder, over a registry on loopback, and holdfast's command line over it, in this process.

    with serving(release("left-pad", "1.3.0")) as registry:
        project = NpmProject(tmp_path, registry, {"left-pad": "^1"})
        assert project.run("lock").code == 0

Nothing of the machine's own settings of npm counts: HOME is a folder of the test.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from holdfast.cli.main import main
from holdfast.format.read import read
from holdfast.model.lock import Lock, Pin
from tests.support.npm_registry import NpmRegistry
from tests.support.project import Done


class NpmProject:
    """A project whose `package.json` has these dependencies and further keys; its cache lies beside it."""

    def __init__(
        self,
        folder: Path,
        registry: NpmRegistry,
        dependencies: Mapping[str, str] | None = None,
        *,
        npmrc: str | None = None,
        **more: Any,
    ) -> None:
        self.folder = folder / "web"
        self.folder.mkdir(exist_ok=True)
        (folder / "home").mkdir(exist_ok=True)
        self.environment = {
            "HOLDFAST_CACHE_DIR": str(folder / "cache"),
            "HOME": str(folder / "home"),
            "npm_config_globalconfig": str(folder / "none"),
            "npm_config_userconfig": str(folder / "home" / ".npmrc"),
        }
        (self.folder / ".npmrc").write_text(registry.npmrc if npmrc is None else npmrc)
        self.write(
            "package.json", {"name": "web", "version": "1.0.0", "dependencies": dict(dependencies or {}), **more}
        )

    def write(self, path: str, content: object) -> None:
        """Write a file: a text as it is, anything else as JSON."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content if isinstance(content, str) else json.dumps(content, indent=2) + "\n")

    def read(self, path: str) -> str:
        """The text of a file."""
        return (self.folder / path).read_text()

    def run(self, *words: str) -> Done:
        """Run a command in the project."""
        out, err = io.StringIO(), io.StringIO()
        code = main([*words, "--project", str(self.folder)], self.environment, out, err)
        return Done(code, out.getvalue(), err.getvalue())

    def locked(self) -> "NpmProject":
        """Lock, which must work."""
        done = self.run("lock")
        assert done.code == 0, done.out + done.err
        return self

    @property
    def lock(self) -> Lock:
        """Its lock."""
        return read(self.read("holdfast.lock"))

    def pin(self, name: str, version: str = "") -> Pin:
        """The one pin of a name, or of a version of it."""
        (found,) = [pin for pin in self.lock.packages if pin.name == name and version in ("", pin.version)]
        return found

    @property
    def versions(self) -> set[str]:
        """`name@version` of all pins."""
        return {f"{pin.name}@{pin.version}" for pin in self.lock.packages}
