"""Taking over from uv: its `uv.lock` and `pylock.toml` of M, on the real index (run by `make test-live`)."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.live.workloads import holdfast, locked, requirements, write_project

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with workload M, locked by uv in both forms."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    folder = tmp_path_factory.mktemp("uv")
    write_project(folder, requirements("M"))
    python = ["--python", os.path.realpath(sys.executable)]
    subprocess.run([uv, "lock", "-q", *python], cwd=folder, check=True)
    subprocess.run(
        [uv, "export", "-q", *python, "--format", "pylock.toml", "-o", "pylock.toml"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder


@pytest.mark.parametrize("file", ["uv.lock", "pylock.toml"])
def test_nothing_moves_and_every_hash_is_checked(file: str, project: Path, tmp_path: Path) -> None:
    """`import` keeps every pin of the file, and `check --against` both files is clean; an edit is named."""
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    said = holdfast(folder, "init", "--from", file)
    assert "moved" not in said
    theirs = {
        (package["name"], package["version"])
        for package in tomllib.loads((folder / "uv.lock").read_text())["package"]
        if "registry" in package["source"]
    }
    assert {(pin.name, pin.version) for pin in locked(folder).packages} <= theirs
    for other in ("uv.lock", "pylock.toml"):
        holdfast(folder, "check", "--against", other)
    text = (folder / file).read_text()
    pin = next(pin for pin in locked(folder).packages if pin.name == "boto3")
    start = text.index('name = "boto3"')
    for old, new, code in (
        (f'version = "{pin.version}"', 'version = "1.0.0"', "foreign-version"),
        (pin.artifacts[-1].hash.partition(":")[2], "0" * 64, "foreign-hash"),
    ):
        place = text.index(old, start)
        (folder / file).write_text(text[:place] + new + text[place + len(old) :])
        said = holdfast(folder, "check", "--against", file, code=1)
        assert code in said
        assert "boto3" in said
        (folder / file).write_text(text)
