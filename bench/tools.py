"""Whom is measured: how each tool is called for a piece of work, and in what environment. Knows no results."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
BENCH = ROOT / ".bench"
WORKLOADS = Path(__file__).parent / "workloads"


class Tool(NamedTuple):
    """One tool. Words are appended to `program`; `{python}` in them stands for the interpreter that is asked about."""

    name: str
    program: str
    lock: tuple[str, ...]
    offline: tuple[str, ...]
    check: tuple[str, ...]
    lock_file: str


def ours() -> Tool:
    """The working tree as a user has it: a wheel, installed into an environment of its own, compiled."""
    folder = BENCH / "venv"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(BENCH / "wheel", ignore_errors=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [*pip, "wheel", "--no-deps", "--wheel-dir", str(BENCH / "wheel"), str(ROOT)],
        [*pip, "install", "--compile", *map(str, [*(BENCH / "wheel").glob("*.whl")] or [ROOT])],
    ):
        subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)
    return Tool(
        "holdfast", str(folder / "bin" / "holdfast"), ("lock", "--quiet"), ("--offline",), ("check",), "holdfast.lock"
    )


def peers() -> list[Tool]:
    """Those that are installed beside this interpreter."""
    python = str(Path(sys.executable).resolve())
    known = [
        Tool(
            "uv",
            "uv",
            ("lock", "--quiet", "--python", python),
            ("--offline",),
            ("lock", "--check", "--quiet", "--offline", "--python", python),
            "uv.lock",
        ),
        Tool(
            "nab",
            "nab",
            ("-qq", "lock", "--project-mode", "specific", "--project-build-policy", "never", "--output", "pylock.toml"),
            ("--offline",),
            ("-qq", "lock", "--locked", "--offline"),
            "pylock.toml",
        ),
    ]
    found = []
    for tool in known:
        program = shutil.which(tool.program, path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
        if program is not None:
            found.append(tool._replace(program=program))
    return found


def environment(tool: Tool, cache: Path, index_url: str) -> dict[str, str]:
    """What a run sees: one index, one cache folder, nobody's settings."""
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
    own = {name: os.environ[name] for name in kept if name in os.environ}
    home = BENCH / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {
        **own,
        "HOME": str(home),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": index_url,
        "UV_NO_CONFIG": "1",
        "UV_DEFAULT_INDEX": index_url,
        "UV_CACHE_DIR": str(cache / tool.name),
        "UV_PYTHON_DOWNLOADS": "never",
        "NAB_CACHE_DIR": str(cache / tool.name),
        "XDG_CACHE_HOME": str(cache / tool.name),
        "HOLDFAST_CACHE_DIR": str(cache / tool.name),
    }


def project(tool: Tool, workload: str) -> Path:
    """A folder of the tool's own with the workload as its `pyproject.toml`, and no lock."""
    folder = BENCH / "projects" / f"{tool.name}-{workload}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(WORKLOADS / f"{workload}.toml", folder / "pyproject.toml")
    return folder
