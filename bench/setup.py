"""Makes what is measured: holdfast as an ordinary wheel in a virtual environment, and the peers in another.

Ours is not editable and its bytecode is compiled, as pip leaves it for anybody.
"""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from bench.npm_places import NODE_PEERS
from bench.places import OURS, PEERS, ROOT

PEER_NAMES = ("uv", "nab")
NODE_PEER_NAMES = ("pnpm",)  # npm comes with node, which nobody here installs


def install_ours() -> Path:
    """Install holdfast unless it is there as the sources are; the path of its console script."""
    python = _environment(OURS)
    stamp = OURS / "installed-from"
    state = "\n".join(_state())
    script = OURS / "bin" / "holdfast"
    if not script.exists() or not stamp.exists() or stamp.read_text() != state:
        if script.exists():
            # Not `--force-reinstall`: what holdfast needs may have changed as well, and the rest is to stay.
            _pip(python, "uninstall", "--yes", "holdfast")
        else:
            # Scripts written by an old pip import `re` before the program begins; those of uv and today's pip don't.
            _pip(python, "install", "--upgrade", "pip")
        _pip(python, "install", str(ROOT))
        stamp.write_text(state)
    return script


def install_peers() -> None:
    """Install the peers, those that the index has."""
    python = _environment(PEERS)
    for name in PEER_NAMES:
        try:
            _pip(python, "install", "--upgrade", name)
        except subprocess.CalledProcessError:
            print(f"could not install {name}; its rows will be left out", file=sys.stderr)


def install_node_peers() -> None:
    """Install the peers that are npm packages, with the npm that is on PATH; their scripts of installation run."""
    if not shutil.which("npm"):
        print("npm is not on PATH; the rows of npm projects will be left out", file=sys.stderr)
        return
    NODE_PEERS.mkdir(parents=True, exist_ok=True)
    for name in NODE_PEER_NAMES:
        words = ["npm", "install", "--prefix", str(NODE_PEERS), "--no-audit", "--no-fund", f"{name}@latest"]
        if subprocess.run(words, check=False, cwd=NODE_PEERS).returncode:
            print(f"could not install {name}; its rows will be left out", file=sys.stderr)


def _environment(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    return python


def _pip(python: Path, *words: str) -> None:
    # Bytecode is compiled at installation; a variable that forbids it would be measured instead of holdfast.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([str(python), "-m", "pip", *quiet, *words], check=True, env=environment)


def _state() -> Iterator[str]:
    """One line per source file; it differs when anything was edited."""
    yield sys.version
    for folder in (ROOT / "pyproject.toml", ROOT / "resolver", ROOT / "lockfile"):
        files = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]
        for file in files:
            facts = file.stat()
            yield f"{file.relative_to(ROOT)} {facts.st_size} {facts.st_mtime_ns}"


if __name__ == "__main__":
    # A process of its own: what it imports would count as memory of everything measured later (see `measure.py`).
    install_ours()
    if "--peers" in sys.argv:
        install_peers()
        install_node_peers()
