"""Where the time of a warm `lock` goes, by room: `python bench/rooms.py M`.

Runs holdfast of the bench's own environment under cProfile, in the project and with the cache that `run.py` made. The
profiler makes calls dearer than they are, so the shares are scaled to the median of unprofiled runs; start-up is
measured, not profiled. Built-in functions count for the room that calls them.
"""

import pstats
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that `python bench/rooms.py` finds the package it belongs to

from bench import measure, peers  # noqa: E402
from bench.measure import Program  # noqa: E402
from bench.places import BENCH, CACHES, OURS  # noqa: E402

# The longest fitting beginning decides.
ROOMS = {
    "": "imports and library",
    "holdfast/cli": "cli, configuration, clients",
    "holdfast/configuration": "cli, configuration, clients",
    "holdfast/files.py": "cli, configuration, clients",
    "holdfast/reports": "cli, configuration, clients",
    "holdfast_resolver/clients": "cli, configuration, clients",
    "holdfast_resolver/manifests": "cli, configuration, clients",
    "holdfast": "assembly and writing",
    "holdfast_resolver/fetch": "cache reading",
    "holdfast_resolver/resolve": "universe",
    "holdfast_resolver/resolve/run.py": "search",
    "holdfast_resolver/solver": "search",
    "holdfast_resolver/versions": "universe",
    "holdfast_resolver/values": "universe",
}
_CODE = """
import cProfile, os, sys
profile = cProfile.Profile()
sys.argv = ["holdfast", *sys.argv[2:]]
def leave(code=0): raise SystemExit(code)
os._exit = leave
profile.enable()
try:
    from holdfast.cli.main import run
    run()
finally:
    profile.disable()
    profile.dump_stats({path!r})
"""
Place = tuple[str, int, str]


def main() -> None:
    """Profile the workloads that are named (M and L without a word)."""
    for workload in sys.argv[1:] or ["M", "L"]:
        _show(workload)


def _show(workload: str) -> None:
    program = peers.locking("holdfast", workload, CACHES / workload / "holdfast")
    python = str(OURS / "bin" / "python")
    bare = measure.median(
        measure.alone(Program((python, "-c", "pass"), program.environment, program.folder), 15), "wall"
    )
    whole = measure.median(measure.alone(program, 15), "wall")
    path = BENCH / f"{workload}.profile"
    program.prepare()
    words = [python, "-c", _CODE.replace("{path!r}", repr(str(path))), *program.words]
    subprocess.run(words, cwd=program.folder, env=program.environment, check=False)
    stats = pstats.Stats(str(path))
    own = _own_times(stats)
    total = sum(own.values())
    scale = (whole - bare) / 1e3 / total
    print(f"\n{workload}: {whole:.0f} ms, of which {bare:.0f} are a bare interpreter; profiled {total * 1e3:.0f} ms\n")
    rooms: dict[str, float] = defaultdict(float)
    for place, seconds in own.items():
        rooms[_room(place)] += seconds
    for room, seconds in sorted(rooms.items(), key=lambda pair: -pair[1]):
        print(f"  {seconds * 1e3 * scale:6.1f} ms  {seconds / total:4.0%}  {room}")
    print("\n  own time (profiled ms, calls)")
    calls = {place: row[1] for place, row in _rows(stats).items()}
    for place, seconds in sorted(own.items(), key=lambda pair: -pair[1])[:12]:
        print(f"  {seconds * 1e3:6.1f}  {calls.get(place, 0):7}  {_short(place)}")
    print("\n  with what it calls (profiled ms, calls)")
    ours = [(row[3], row[1], place) for place, row in _rows(stats).items() if "holdfast" in place[0]]
    for seconds, count, place in sorted(ours, reverse=True)[:24]:
        print(f"  {seconds * 1e3:6.1f}  {count:7}  {_short(place)}")


def _rows(
    stats: pstats.Stats,
) -> dict[Place, tuple[int, int, float, float, dict[Place, tuple[int, int, float, float]]]]:
    rows: dict[Place, tuple[int, int, float, float, dict[Place, tuple[int, int, float, float]]]] = stats.stats  # type: ignore[attr-defined]
    return rows


def _own_times(stats: pstats.Stats) -> dict[Place, float]:
    """Seconds that each function spent itself, built-ins counted for their callers."""
    own: dict[Place, float] = defaultdict(float)
    for place, (_, _, seconds, _, callers) in _rows(stats).items():
        if place[0] == "~" and callers:
            for caller, row in callers.items():
                own[caller] += row[2]
        else:
            own[place] += seconds
    return own


def _room(place: Place) -> str:
    path = place[0].rpartition("site-packages/")[2] if place[2] != "<module>" else ""
    return ROOMS[max((start for start in ROOMS if path.startswith(start)), key=len)]


def _short(place: Place) -> str:
    return f"{place[0].rpartition('site-packages/')[2]}:{place[1]} {place[2]}"


if __name__ == "__main__":
    main()
