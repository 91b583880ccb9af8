"""Records what a real index makes of workload M in three states a month apart, into `fixtures/updates/`.

    python -m tests.support.record_updates

Run by hand, where an index can be reached that gives upload times; never by CI. What was found between the states is
then judged by a person, change by change, in `fixtures/updates/expected.toml`, which this never writes.
"""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures" / "updates"
WORKLOAD = ROOT / "bench" / "workloads" / "M" / "pyproject.toml"
CUTOFFS = ("2026-08-20", "2026-09-20", "2026-10-20")  # of the states, in this order
_HEADER = (
    "# When the releases of the locks beside this file were uploaded: the earliest of their pinned files, in UTC.\n"
)


def state(number: int) -> Path:
    """The lock of a state; the first is 1."""
    return FOLDER / f"M-{number}.lock"


def record() -> None:
    """Lock, update twice, and keep the locks and the upload times."""
    released: dict[tuple[str, str], str] = {}
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copy(WORKLOAD, project / "pyproject.toml")
        for number, cutoff in enumerate(CUTOFFS, 1):
            _holdfast(project, "lock" if number == 1 else "update", "--exclude-newer", cutoff)
            text = (project / "holdfast.lock").read_text(encoding="utf-8")
            assert "://" not in text, "a lock of the main index names no host"
            state(number).write_text(text, encoding="utf-8")
            released |= _upload_times(project)
    lines = [f'"{name} {version}" = "{time}"\n' for (name, version), time in sorted(released.items())]
    (FOLDER / "released.toml").write_text(_HEADER + "".join(lines), encoding="utf-8")


def _upload_times(project: Path) -> dict[tuple[str, str], str]:
    exported = project / "pylock.toml"
    _holdfast(project, "export", "pylock", "--output", str(exported))
    found = {}
    for package in tomllib.loads(exported.read_text(encoding="utf-8"))["packages"]:
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
        times = [file["upload-time"] for file in files if "upload-time" in file]
        if times:
            found[package["name"], package["version"]] = f"{min(times):%Y-%m-%dT%H:%M:%SZ}"
    return found


def _holdfast(project: Path, *words: str) -> None:
    command = [sys.executable, "-c", "from holdfast.cli.main import run; run()", *words]
    subprocess.run([*command, "--project", str(project)], check=True)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    record()
