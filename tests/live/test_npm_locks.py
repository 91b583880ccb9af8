"""To and from npm, on the registry that npm is configured for: our lock installed by npm, npm's and pnpm's taken over.

Needs node and npm; pnpm is had from the registry. Run by `make test-live`.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.live.workloads import ROOT, holdfast, locked
from tests.support.npm_client import npm

pytestmark = pytest.mark.live
WORKLOADS = ("N1", "N2")
BEFORE = "2026-01-15"  # the locks that are taken over are older than what the registry has now
EVIL = "https://evil.example"


def write_project(folder: Path, name: str) -> None:
    """A package.json that asks for a workload, any version."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "bench" / "workloads" / name / "package.json", folder)


def settings(folder: Path) -> dict[str, str]:
    """npm as the machine has it, with an empty cache."""
    return {**os.environ, "npm_config_cache": str(folder.parent / "npm-cache")}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("name", WORKLOADS)
def test_npm_installs_what_we_locked(name: str, scripts: bool, tmp_path: Path) -> None:
    """From nothing but our file; `npm ls --all` finds no problem, and not a byte of the file changes."""
    folder = tmp_path / "project"
    write_project(folder, name)
    holdfast(folder, "lock")
    holdfast(folder, "export", "package-lock", "-o", "package-lock.json")
    text = (folder / "package-lock.json").read_text()
    npm(folder, settings(folder), "ci", *([] if scripts else ["--ignore-scripts"]))
    npm(folder, settings(folder), "ls", "--all")
    assert (folder / "package-lock.json").read_text() == text
    installed = json.loads((folder / "node_modules" / ".package-lock.json").read_text())["packages"]
    pins = {(pin.name, pin.version) for pin in locked(folder).packages}
    assert pins >= {
        (entry.get("name", path.rpartition("node_modules/")[2]), entry["version"])
        for path, entry in installed.items()
        if not entry.get("inBundle")
    }
    holdfast(folder, "check", "--against", "package-lock.json")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """N2 as npm and pnpm locked it some time ago."""
    folder = tmp_path_factory.mktemp("foreign") / "project"
    write_project(folder, "N2")
    npm(folder, settings(folder), "install", "--package-lock-only", "--before", BEFORE)
    npm(folder, settings(folder), "exec", "--yes", "pnpm@10", "--", "import")
    return folder


@pytest.mark.parametrize("file", ["package-lock.json", "pnpm-lock.yaml"])
def test_nothing_moves_and_both_files_are_clean(file: str, foreign: Path, tmp_path: Path) -> None:
    """Every release of the file is locked with its own hash, and none besides."""
    folder = tmp_path / "project"
    shutil.copytree(foreign, folder)
    said = holdfast(folder, "import", file)
    assert "[" not in said
    entries = json.loads((folder / "package-lock.json").read_text())["packages"]
    theirs = {
        (entry.get("name", path.rpartition("node_modules/")[2]), entry["version"])
        for path, entry in entries.items()
        if path and not entry.get("inBundle")
    }
    assert {(pin.name, pin.version) for pin in locked(folder).packages} == theirs
    for other in ("package-lock.json", "pnpm-lock.yaml"):
        holdfast(folder, "check", "--against", other)
    holdfast(folder, "export", "package-lock", "-o", "ours.json")
    assert json.loads((folder / "ours.json").read_text())["packages"].keys() == {
        path for path, entry in entries.items() if not entry.get("inBundle")
    }


JEST = "node_modules/jest"
CHANGES: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "version": ("foreign-version", lambda entry: entry.update(version="29.99.0")),
    "hash": ("foreign-hash", lambda entry: entry.update(integrity="sha512-" + "A" * 86 + "==")),
    "no hash": ("foreign-hash", lambda entry: entry.pop("integrity")),
    "host": (
        "foreign-location",
        lambda entry: entry.update(resolved=f"{EVIL}/jest/-/jest-{entry['version']}.tgz"),
    ),
    "another package": (
        "foreign-location",
        lambda entry: entry.update(resolved=entry["resolved"].replace("/jest", "/jess")),
    ),
}


def test_a_single_change_is_named_with_its_entry_and_line(foreign: Path, tmp_path: Path) -> None:
    """In npm's file as in pnpm's."""
    folder = tmp_path / "project"
    shutil.copytree(foreign, folder)
    holdfast(folder, "import", "package-lock.json")
    text = (folder / "package-lock.json").read_text()
    for code, change in CHANGES.values():
        document = json.loads(text)
        change(document["packages"][JEST])
        (folder / "package-lock.json").write_text(json.dumps(document, indent=2))
        line = json.dumps(document, indent=2).split("\n").index(f'    "{JEST}": {{') + 1
        said = holdfast(folder, "check", "--against", "package-lock.json", code=1)
        assert f"[{code}]: jest" in said
        assert f"entry: {JEST}\n  at: package-lock.json:{line}\n" in said
    text = (folder / "pnpm-lock.yaml").read_text()
    (pin,) = [pin for pin in locked(folder).packages if pin.name == "jest"]
    start = text.index(f"  jest@{pin.version}:\n    resolution: {{integrity: ")
    block = text[start : text.index("}", start)]
    for code, changed in (
        ("foreign-version", block.replace(pin.version, "29.99.0")),
        ("foreign-hash", block.partition("sha512-")[0] + "sha512-" + "A" * 86 + "=="),
        ("foreign-location", f"{block}, tarball: {EVIL}/jest/-/jest-{pin.version}.tgz"),
    ):
        edited = text.replace(f"  jest@{pin.version}(", "  jest@29.99.0(") if code == "foreign-version" else text
        (folder / "pnpm-lock.yaml").write_text(edited.replace(block, changed))
        said = holdfast(folder, "check", "--against", "pnpm-lock.yaml", code=1)
        assert f"[{code}]: jest" in said
        assert "at: pnpm-lock.yaml:" in said
