"""Where the bench keeps its things: all under `.bench/`, none of it committed."""

import atexit
import shutil
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / ".bench"
WORKLOADS = ROOT / "bench" / "workloads"
PROJECTS = BENCH / "projects"  # <workload>/<tool>: a copy of the manifest, and the tool's lock beside it
CACHES = BENCH / "cache"  # <workload>/<tool>: the warm cache
RECORDS = BENCH / "records"  # what an index answered; see `replay.py`
HOME = BENCH / "home"  # an empty home, so that nobody's own settings are measured
OURS = BENCH / "venv"  # holdfast as an ordinary wheel
PEERS = BENCH / "venv-peers"  # peers that are not on PATH
NAMES = ("S", "M", "B", "L", "U")
ASIDE = BENCH / "aside"  # caches of earlier cold runs, removed when the bench ends


def set_aside(folder: Path) -> None:
    """Make a folder be gone without removing it now.

    A file system that has just removed thousands of files is slow at making new ones (ext4 passes over the numbers of
    files that were removed in the last seconds): a cold run right after a removal measures that.
    """
    if folder.exists():
        if not ASIDE.exists():
            ASIDE.mkdir(parents=True)
            atexit.register(shutil.rmtree, ASIDE, ignore_errors=True)
        folder.rename(ASIDE / uuid4().hex)
