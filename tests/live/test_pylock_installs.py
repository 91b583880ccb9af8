"""What `export pylock` writes is what pip and uv install (run by `make test-live`)."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from packaging.markers import Marker

from holdfast.format.read import read
from holdfast.format.write import write
from holdfast.model.lock import Signer
from tests.live.workloads import holdfast, requirements, write_project

pytestmark = pytest.mark.live
SIGNER = Signer("github:101/.github/workflows/release.yml?environment=pypi", "acme/tool")
PIP = "pip>=26.1"  # the first that reads a `pylock.toml`


def run(*command: str, folder: Path) -> str:
    """Run a command that must work; return its stdout."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def python_of(environment: Path) -> str:
    """The interpreter of a virtual environment."""
    return str(environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def with_pip(environment: Path, folder: Path) -> str:
    """A fresh environment with a pip that reads the format; its interpreter."""
    venv.create(environment, with_pip=True)
    python = python_of(environment)
    run(python, "-m", "pip", "install", "--quiet", "--upgrade", PIP, folder=folder)
    return python


@pytest.fixture(scope="module", params=["S", "M"])
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was locked for the default targets and exported, each package with a made-up signer."""
    folder = tmp_path_factory.mktemp(request.param)
    write_project(folder, requirements(request.param))
    holdfast(folder, "lock")
    sign(folder / "holdfast.lock")
    holdfast(folder, "export", "pylock", "-o", str(folder / "pylock.toml"))
    return folder


def sign(path: Path) -> None:
    """Let the lock say that one publisher signed every package: installers must take what they do not verify."""
    lock = read(path.read_bytes(), path.name)
    packages = tuple(pin._replace(signers=(SIGNER.id,)) for pin in lock.packages)
    path.write_text(write(lock._replace(packages=packages, signers=(SIGNER,))))


def test_the_export_has_identities(exported: Path) -> None:
    """Every package carries the publisher object, so that the tests below install from such a file."""
    packages = tomllib.loads((exported / "pylock.toml").read_text())["packages"]
    expected = {"kind": "GitHub", "repository": "acme/tool", "workflow": "release.yml", "environment": "pypi"}
    assert all(package["attestation-identities"] == [expected] for package in packages)


def wanted(folder: Path) -> dict[str, str]:
    """The packages of the export whose marker holds here, as `packaging` sees it."""
    packages = tomllib.loads((folder / "pylock.toml").read_text())["packages"]
    return {
        package["name"]: package["version"]
        for package in packages
        if "marker" not in package or Marker(package["marker"]).evaluate()
    }


def installed(python: str, folder: Path) -> dict[str, str]:
    """What is in an environment, without pip and what came with it."""
    listing = (
        "import importlib.metadata as m, json; print(json.dumps([(d.name, d.version) for d in m.distributions()]))"
    )
    found = json.loads(run(python, "-c", listing, folder=folder))
    names = {name.lower().replace("_", "-").replace(".", "-"): version for name, version in found}
    return {
        name: version for name, version in names.items() if name in wanted(folder) or name not in ("pip", "setuptools")
    }


def test_pip_installs_the_export(exported: Path, tmp_path: Path) -> None:
    """`pip install --no-deps -r pylock.toml` installs exactly what holds here, and `pip check` is content."""
    python = with_pip(tmp_path / "environment", tmp_path)
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(exported / "pylock.toml"), folder=tmp_path)
    assert installed(python, exported) == wanted(exported)
    assert "No broken requirements found" in run(python, "-m", "pip", "check", folder=tmp_path)


def test_uv_installs_the_export(exported: Path, tmp_path: Path) -> None:
    """`uv pip sync pylock.toml` installs exactly what holds here, and pip, asked from outside, is content."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    environment = tmp_path / "environment"
    run(uv, "venv", "--quiet", "--python", sys.executable, str(environment), folder=tmp_path)
    run(uv, "pip", "sync", "--quiet", "--python", str(environment), str(exported / "pylock.toml"), folder=tmp_path)
    assert installed(python_of(environment), exported) == wanted(exported)
    checker = with_pip(tmp_path / "checker", tmp_path)
    checked = run(checker, "-m", "pip", "--python", str(environment), "check", folder=tmp_path)
    assert "No broken requirements found" in checked
