"""The wheel beside an old distribution of the index that installs a package `lockfile` (run by `make test-live`)."""

import subprocess
import sys
import venv
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.live.workloads import ROOT

pytestmark = pytest.mark.live


def test_the_wheel_overwrites_nobodys_files(tmp_path: Path) -> None:
    """Installed next to the `lockfile` distribution, no file belongs to both, and both import."""
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "lockfile", str(ROOT)], check=True)
    packages = next((tmp_path / "env" / "lib").iterdir()) / "site-packages"
    files = {
        found.metadata["Name"]: {str(file) for file in found.files or ()}
        for found in distributions(path=[str(packages)])
    }
    assert files["holdfast"]
    assert files["lockfile"]
    assert not files["holdfast"] & files["lockfile"]
    subprocess.run([python, "-c", "import lockfile, holdfast, holdfast_resolver"], check=True)
    assert "holdfast/py.typed" in files["holdfast"]
    assert "holdfast_resolver/py.typed" in files["holdfast"]
    assert sys.version_info >= (3, 11)
