"""Where the bench keeps its things: all under `.bench/`, none of it committed."""

from pathlib import Path

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
