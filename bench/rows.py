"""Each row of the table: what is run against what, and how often."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

from bench import cold, measure, npm_peers, peers
from bench.measure import Paired, Program, UnexpectedEnd
from bench.places import BENCH, CACHES
from bench.table import Row

REFUSED = {"holdfast": 4, "uv": 1}  # exit codes that say: no solution
SLOW = 3_000.0  # ms; a peer that takes longer is measured three times, not as often as the others
TOO_SLOW = 15_000.0  # ms; and one that takes longer than this, not at all


class Effort(NamedTuple):
    """How often: pairs of warm runs, pairs of cold M, pairs of cold L; ms of latency of the replay."""

    warm: int = 15
    cold_medium: int = 15
    cold_large: int = 3
    latency: float = 20.0


def fresh(workload: str, effort: Effort) -> list[Row]:
    """A fresh `lock` with a warm cache, offline, ours and uv's; for L also the memory."""
    what = f"lock fresh {workload}, warm"
    ours, uv = warm("holdfast", workload), warm("uv", workload)
    paired = measure.pairs(ours, uv, effort.warm)
    counts = peers.packages(workload, "holdfast"), peers.packages(workload, "uv")
    row = paired_row(f"fresh {workload}", what, "uv", paired)._replace(packages=counts)
    if workload != "L":
        return [row]
    memory = Row("memory L", "peak memory, lock L", "uv", effort.warm, found=paired.peak_ratio, peak=row.peak)
    return [row, memory]


def fresh_nab(workload: str, effort: Effort) -> list[Row]:
    """The same against nab in its mode for many targets, where it is quick enough."""
    name, what = f"nab {workload}", f"lock fresh {workload}, warm"
    nab = warm("nab", workload)
    first = measure.run(nab).wall
    if first > TOO_SLOW:
        return [Row(name, what, "nab", note=f"nab takes {first / 1e3:.0f} s, too long to be repeated")]
    count = 3 if first > SLOW else effort.warm
    paired = measure.pairs(warm("holdfast", workload), nab, count, warm_up=1)
    counts = peers.packages(workload, "holdfast"), peers.packages(workload, "nab")
    return [paired_row(name, what, "nab", paired)._replace(packages=counts)]


def check(workload: str, effort: Effort) -> list[Row]:
    """The gate with nothing to do, on the locks that `lock` just wrote."""
    what = f"check {workload}, nothing to do"
    for tool in ("holdfast", "uv"):
        measure.run(warm(tool, workload))
    ours = peers.checking("holdfast", workload, CACHES / workload / "holdfast")
    uv = peers.checking("uv", workload, CACHES / workload / "uv")
    return [paired_row(f"check {workload}", what, "uv", measure.pairs(ours, uv, effort.warm))]


def refuse(workload: str, effort: Effort) -> list[Row]:
    """How long it takes to say no, with the reason."""
    ours, uv = warm("holdfast", workload), warm("uv", workload)
    row = paired_row(f"refuse {workload}", f"refuse {workload}, warm", "uv", measure.pairs(ours, uv, effort.warm))
    return [row._replace(found=row.ours)]


def cold_lock(workload: str, effort: Effort) -> list[Row]:
    """A `lock` with an empty cache against the replay, with counts, and one live figure of each beside it."""
    tools = ["holdfast", "uv"]
    cold.record(workload, tools, effort.latency)
    count = effort.cold_large if workload == "L" else effort.cold_medium
    with cold.replay(effort.latency) as server:
        programs = {tool: cold.program_of(tool, workload, server) for tool in tools}
        paired, asked = cold.paired(programs, server, count, warm_up=0 if workload == "L" else 1)
    counts = peers.packages(workload, "holdfast"), peers.packages(workload, "uv")
    live = _live()
    row = paired_row(f"cold {workload}", f"lock cold {workload}, replay", "uv", paired)
    return [
        row._replace(
            packages=counts,
            requests=asked.requests,
            missing=asked.missing,
            live=(live.get(f"{workload} holdfast", 0.0), live.get(f"{workload} uv", 0.0)),
            note=asked.note,
        )
    ]


def attempt(name: str, what: str, needed: list[str], make: Callable[[], list[Row]]) -> list[Row]:
    """The rows, or one row that says why there are none."""
    for tool in needed:
        if not npm_peers.find(tool):
            return [Row(name, what, tool, note=f"{tool} {peers.MISSING}")]
    try:
        return make()
    except UnexpectedEnd as error:
        return [Row(name, what, needed[-1], note=str(error))]
    except subprocess.CalledProcessError as error:  # it said itself why
        return [Row(name, what, needed[-1], note=f"`{' '.join(map(str, error.cmd))}` ended with {error.returncode}")]


def warm(tool: str, workload: str) -> Program:
    """The offline run, its cache filled before; filling is a live cold run, whose time is kept."""
    cache = CACHES / workload / tool
    expected = REFUSED.get(tool, 1) if workload == "U" else 0
    offline = peers.locking(tool, workload, cache, expected=expected)
    filled = cache.with_name(f"{tool}.filled")  # an exit code does not tell "no solution" from "nothing cached"
    try:
        if not filled.exists():
            raise UnexpectedEnd(offline, 0, "the cache was never filled")
        measure.run(offline)
    except UnexpectedEnd:
        print(f"filling the cache of {tool} for {workload} from the real index", file=sys.stderr)
        shutil.rmtree(cache, ignore_errors=True)
        sample = measure.run(peers.locking(tool, workload, cache, offline=False, expected=expected))
        file = BENCH / "live.json"
        file.write_text(json.dumps(_live() | {f"{workload} {tool}": sample.wall}))
        filled.touch()
    return offline


def _live() -> dict[str, float]:
    file = BENCH / "live.json"
    return dict(json.loads(file.read_text())) if file.exists() else {}


def paired_row(name: str, what: str, peer: str, paired: Paired) -> Row:
    """The row of two programs that ran in turns; `found` is the ratio."""
    ours, theirs = paired
    return Row(
        name,
        what,
        peer,
        len(ours),
        measure.median(ours, "wall"),
        measure.median(theirs, "wall"),
        paired.ratio,
        paired.spread,
        (measure.median(ours, "cpu"), measure.median(theirs, "cpu")),
        (measure.median(ours, "peak"), measure.median(theirs, "peak")),
    )
