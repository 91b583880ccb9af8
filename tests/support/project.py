"""A project in a folder and holdfast's command line over it, in this process.

project = Project(tmp_path, ["flask"], server.url)
done = project.run("lock")
assert done.code == 0, done.err
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from holdfast.cli.main import main

MANIFEST = """\
[project]
name = "web"
version = "1"
requires-python = ">=3.11"
dependencies = {wishes}
{more}
[tool.holdfast.targets]
python = {pythons}
platforms = ["linux-x86_64", "windows-x86_64"]
"""


class Done(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.out)


class Project:
    """A project with wishes; `index` is the URL of its index, whose cache lies beside the project."""

    def __init__(
        self,
        folder: Path,
        wishes: Sequence[str] = (),
        index: str = "",
        *,
        more: str = "",
        pythons: Sequence[str] = ("3.11",),
    ) -> None:
        self.folder = folder / "web"
        self.folder.mkdir(exist_ok=True)
        self.cache = folder / "cache"
        self.environment = {"HOLDFAST_CACHE_DIR": str(self.cache)} | ({"PIP_INDEX_URL": index} if index else {})
        text = MANIFEST.format(wishes=json.dumps(list(wishes)), more=more, pythons=json.dumps(list(pythons)))
        self.manifest.write_text(text)

    @property
    def manifest(self) -> Path:
        """Its `pyproject.toml`."""
        return self.folder / "pyproject.toml"

    @property
    def lock(self) -> Path:
        """Its `holdfast.lock`."""
        return self.folder / "holdfast.lock"

    def run(self, *words: str) -> Done:
        """Run a command in the project."""
        out, err = io.StringIO(), io.StringIO()
        code = main([*words, "--project", str(self.folder)], self.environment, out, err)
        return Done(code, out.getvalue(), err.getvalue())

    def locked(self) -> "Project":
        """Lock, which must work."""
        done = self.run("lock")
        assert done.code == 0, done.err
        return self
