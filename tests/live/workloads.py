"""The requirement sets that live tests and the bench speak of, locked by the command, as a user would."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from holdfast.format.read import read
from holdfast.model.lock import Lock

ROOT = Path(__file__).parents[2]
ONE_TARGET = 'targets = { python = ["3.11"], platforms = ["linux-x86_64 glibc-2.28"] }\n'


def requirements(name: str) -> list[str]:
    """Return the requirements of the workload S, M, L, B or U."""
    manifest = tomllib.loads((ROOT / "bench" / "workloads" / name / "pyproject.toml").read_text())
    return list(manifest["project"]["dependencies"])


def write_project(folder: Path, wishes: list[str], configuration: str = "") -> None:
    """Write a project that asks for `wishes`; `configuration` becomes its `holdfast.toml`."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f'    "{wish}",\n' for wish in wishes)
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "demo"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = [\n{lines}]\n'
    )
    if configuration:
        (folder / "holdfast.toml").write_text(configuration)


def holdfast(folder: Path, *words: str, code: int = 0) -> str:
    """Run the command in a project and return its standard output; the exit code must be `code`."""
    command = [str(Path(sys.executable).parent / "holdfast"), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout


def locked(folder: Path) -> Lock:
    """Read the lock of a project."""
    return read((folder / "holdfast.lock").read_bytes())
