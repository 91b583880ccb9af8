"""The wheel as others get it."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]


def run(*words: str | Path) -> str:
    """Run a program, which must succeed; return what it prints."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_overwrites_nothing_of_the_distribution_lockfile(tmp_path: Path) -> None:
    """Installed beside the old distribution `lockfile`, which has a package of that name, both work whole."""
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("holdfast-*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "lockfile", wheel)
    names = (
        "from importlib.metadata import files\n"
        "import lockfile, holdfast, holdfast_resolver\n"
        "ours, theirs = ({str(path) for path in files(name)} for name in ('holdfast', 'lockfile'))\n"
        "assert not {path for path in ours & theirs}, ours & theirs\n"
        "print(sorted({path.split('/')[0] for path in ours if not path.startswith('..')}))\n"
    )
    tops = run(python, "-c", names)
    assert "'holdfast', " in tops
    assert "'holdfast_resolver'" in tops
    assert "'tests'" not in tops
    assert run(tmp_path / "venv" / "bin" / "holdfast", "--version").startswith("holdfast ")
    typed = "from importlib.resources import files; print((files('holdfast') / 'py.typed').is_file())"
    assert run(python, "-c", typed).strip() == "True"
