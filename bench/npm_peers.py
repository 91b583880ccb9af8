"""The programs that lock npm projects, and how each is asked for the same work. See `peers.py`.

Every one resolves for all platforms, writes its lock and nothing else: no package is fetched, no script is run.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from bench import peers
from bench.measure import Program
from bench.npm_places import NODE_PEERS, REGISTRY, manifest
from bench.places import PROJECTS, set_aside

NPM_LOCKS = {"holdfast": "holdfast.lock", "pnpm": "pnpm-lock.yaml", "npm": "package-lock.json"}
_COUNTED = {"holdfast": "\n[[package]]", "npm": '\n    "node_modules/'}  # what stands once for each package


def find(tool: str) -> str:
    """The path of a program, "" where there is none: as `peers.find`, and pnpm also where the bench installs it."""
    return peers.find(tool) or shutil.which(tool, path=str(NODE_PEERS / "node_modules" / ".bin")) or ""


def project(workload: str, tool: str) -> Path:
    """A folder with the manifest of a workload, for one tool."""
    folder = PROJECTS / workload / tool
    folder.mkdir(parents=True, exist_ok=True)
    place, text = folder / "package.json", manifest(workload)
    if not place.exists() or place.read_text() != text:
        place.write_text(text)
    return folder


def locking(
    tool: str,
    workload: str,
    cache: Path,
    *,
    offline: bool = True,
    cold: bool = False,
    after: Callable[[], None] = lambda: None,
) -> Program:
    """A fresh `lock`: the lock file is removed before each run and, with `cold`, the cache as well."""
    lock = project(workload, tool) / NPM_LOCKS[tool]

    def prepare() -> None:
        lock.unlink(missing_ok=True)
        if cold:
            set_aside(cache)

    words = (*_WORDS[tool](cache), *(["--offline"] if offline else []))
    return Program((find(tool), *words), _environment(cache), lock.parent, 0, prepare, after)


def checking(tool: str, workload: str, cache: Path) -> Program:
    """The gate, with nothing to do: the lock that is there fits the manifest, and the whole of it is read."""
    words = {
        "holdfast": ("check", "-q"),
        "pnpm": (*_pnpm_words(cache), "--offline", "--frozen-lockfile"),
    }[tool]
    return Program((find(tool), *words), _environment(cache), project(workload, tool))


def packages(workload: str, tool: str) -> int:
    """How many packages the tool's lock has: releases, of npm places."""
    lock = project(workload, tool) / NPM_LOCKS[tool]
    if not lock.exists():
        return 0
    text = lock.read_text()
    if tool != "pnpm":
        return text.count(_COUNTED[tool])
    return text.partition("\npackages:\n")[2].partition("\nsnapshots:\n")[0].count("\n    resolution:")


def _environment(cache: Path) -> dict[str, str]:
    kept = {name: value for name, value in peers.environment().items() if not name.endswith("_PROXY")}
    made = {"npm_config_registry": REGISTRY, "npm_config_globalconfig": os.devnull}
    return kept | made | {"HOLDFAST_CACHE_DIR": str(cache)}


def _holdfast_words(cache: Path) -> list[str]:
    return ["lock", "-q"]


def _pnpm_words(cache: Path) -> list[str]:
    places = [f"--config.cache-dir={cache}", "--store-dir", str(cache / "store"), "--registry", REGISTRY]
    return ["install", "--lockfile-only", "--ignore-scripts", "--reporter", "silent", *places]


def _npm_words(cache: Path) -> list[str]:
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel", "error"]
    return ["install", "--package-lock-only", "--ignore-scripts", *quiet, "--cache", str(cache)]


_WORDS: dict[str, Callable[[Path], list[str]]] = {
    "holdfast": _holdfast_words,
    "pnpm": _pnpm_words,
    "npm": _npm_words,
}
