"""The programs that are measured, and how each is asked for the same work.

Every program gets an environment of its own making: no settings of the user or the machine, no variable that turns
bytecode off, an empty home.
"""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from bench.measure import Program
from bench.places import HOME, OURS, PEERS, PROJECTS, WORKLOADS, set_aside

MISSING = "not found on PATH nor under .bench/: `python bench/run.py --setup` installs it"
LOCKS = {"holdfast": "holdfast.lock", "uv": "uv.lock", "nab": "pylock.toml"}
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
_NAB_TARGETS = """
[tool.nab.matrix]
python = ">=3.11,<3.15"
platforms = ["linux_x86_64", "linux_aarch64", "macos_arm64", "windows_amd64"]
"""


def find(name: str) -> str:
    """The path of a program, "" where there is none: PATH, this interpreter's neighbours, the bench's own."""
    if name == "holdfast":
        return str(OURS / "bin" / "holdfast")
    beside = str(Path(sys.executable).parent)
    folders = [*os.environ.get("PATH", "").split(os.pathsep), beside, str(PEERS / "bin")]
    # A shim decides anew at every start which program it stands for: that is not the peer's time.
    real = [folder for folder in folders if "shims" not in Path(folder).parts]
    return shutil.which(name, path=os.pathsep.join(real)) or ""


def interpreter() -> str:
    """The real interpreter, not a link or a shim."""
    return os.path.realpath(sys.executable)


def environment(index_url: str = "") -> dict[str, str]:
    """The environment of every measured program; `index_url` "" is the public default."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    if index_url.startswith("http://127.0.0.1"):
        kept = {name: value for name, value in kept.items() if not name.endswith("_PROXY")}
    # pip's files are settings of ours too, uv's of uv: both are left out.
    made = {**kept, "HOME": str(HOME), "PIP_CONFIG_FILE": os.devnull, "UV_PYTHON_DOWNLOADS": "never"}
    if index_url:
        made |= {"HOLDFAST_INDEX_URL": index_url, "UV_DEFAULT_INDEX": index_url}
    return made


def project(workload: str, tool: str) -> Path:
    """A folder with the manifest of a workload, for one tool."""
    folder = PROJECTS / workload / tool
    folder.mkdir(parents=True, exist_ok=True)
    text = (WORKLOADS / workload / "pyproject.toml").read_text()
    if tool == "nab":
        text += _NAB_TARGETS
    manifest = folder / "pyproject.toml"
    if not manifest.exists() or manifest.read_text() != text:
        manifest.write_text(text)
    return folder


def lock_of(workload: str, tool: str) -> Path:
    """Where the tool writes its lock."""
    return PROJECTS / workload / tool / LOCKS[tool]


def locking(
    tool: str,
    workload: str,
    cache: Path,
    *,
    offline: bool = True,
    index_url: str = "",
    cold: bool = False,
    expected: int = 0,
    after: Callable[[], None] = lambda: None,
) -> Program:
    """A fresh `lock`: the lock file is removed before each run and, with `cold`, the cache as well."""
    path = find(tool)
    lock = lock_of(workload, tool)

    def prepare() -> None:
        lock.unlink(missing_ok=True)
        if cold:
            set_aside(cache)

    words = [path, *_WORDS[tool](offline, cache)]
    made = environment(index_url) | {"HOLDFAST_CACHE_DIR": str(cache)}
    return Program(tuple(words), made, project(workload, tool), expected, prepare, after)


def checking(tool: str, workload: str, cache: Path) -> Program:
    """The gate, with nothing to do: the lock that is there fits the manifest."""
    path = find(tool)
    words = {
        "holdfast": ["check", "-q"],
        "uv": ["lock", "--check", "-q", *_uv_flags(True, cache)],
    }[tool]
    made = environment() | {"HOLDFAST_CACHE_DIR": str(cache)}
    return Program((path, *words), made, project(workload, tool))


def packages(workload: str, tool: str) -> int:
    """How many packages the lock has; uv and nab may count the project itself, which is taken away."""
    lock = lock_of(workload, tool)
    if not lock.exists():
        return 0
    marker = "\n[[packages]]" if tool == "nab" else "\n[[package]]"
    return lock.read_text().count(marker) - (1 if tool == "uv" else 0)


def _uv_flags(offline: bool, cache: Path) -> list[str]:
    flags = ["--no-config", "--no-progress", "--python", interpreter(), "--cache-dir", str(cache)]
    return [*flags, "--offline"] if offline else flags


def _holdfast_words(offline: bool, cache: Path) -> list[str]:
    return ["lock", "-q", *(["--offline"] if offline else [])]


def _uv_words(offline: bool, cache: Path) -> list[str]:
    return ["lock", "-q", *_uv_flags(offline, cache)]


def _nab_words(offline: bool, cache: Path) -> list[str]:
    flags = ["--cache-dir", str(cache), "--project-mode", "universal"]
    return ["-q", "lock", *flags, *(["--offline"] if offline else [])]


_WORDS: dict[str, Callable[[bool, Path], list[str]]] = {
    "holdfast": _holdfast_words,
    "uv": _uv_words,
    "nab": _nab_words,
}
