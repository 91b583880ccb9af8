"""Each row of the npm table: what is run against what, and how often."""

from bench import cold, measure, npm_cold, npm_peers
from bench.measure import Paired
from bench.places import CACHES
from bench.rows import Effort, paired_row
from bench.table import Row

_MOST_NPM = 5  # pairs with npm, which takes seconds; N1 alone is quick enough for more


def fresh(workload: str, effort: Effort) -> list[Row]:
    """A fresh `lock` with a warm cache, offline, ours and pnpm's; of N3 also the memory."""
    paired = measure.pairs(npm_cold.warm("holdfast", workload), npm_cold.warm("pnpm", workload), effort.warm)
    row = paired_row(f"npm fresh {workload}", f"lock fresh {workload}, warm", "pnpm", paired)
    return [row._replace(packages=_packages(workload, "pnpm")), *_memory(workload, "warm", paired)]


def fresh_npm(workload: str, effort: Effort) -> list[Row]:
    """The same against npm."""
    ours, npm = npm_cold.warm("holdfast", workload), npm_cold.warm("npm", workload)
    count = effort.warm if workload == "N1" else min(_MOST_NPM, effort.warm)
    row = paired_row(
        f"npm all {workload}", f"lock fresh {workload}, warm", "npm", measure.pairs(ours, npm, count, warm_up=1)
    )
    return [row._replace(packages=_packages(workload, "npm"))]


def cold_lock(workload: str, effort: Effort) -> list[Row]:
    """A `lock` with an empty cache against the replayed registry, ours and pnpm's; of N3 also the memory."""
    npm_cold.record(workload)
    count = effort.cold_large if workload == "N3" else min(_MOST_NPM, effort.cold_medium)
    with npm_cold.replay(effort.latency) as server:
        programs = {tool: npm_cold.program_of(tool, workload) for tool in ("holdfast", "pnpm")}
        paired, asked = cold.paired(programs, server, count, warm_up=1)
    row = paired_row(f"npm cold {workload}", f"lock cold {workload}, replay", "pnpm", paired)
    row = row._replace(
        packages=_packages(workload, "pnpm"), requests=asked.requests, missing=asked.missing, note=asked.note
    )
    return [row, *_memory(workload, "cold", paired)]


def check(workload: str, effort: Effort) -> list[Row]:
    """The gate with nothing to do, on the locks that `lock` just wrote."""
    for tool in ("holdfast", "pnpm"):
        measure.run(npm_cold.warm(tool, workload))
    ours, pnpm = [npm_peers.checking(tool, workload, CACHES / workload / tool) for tool in ("holdfast", "pnpm")]
    paired = measure.pairs(ours, pnpm, effort.warm)
    row = paired_row(f"npm check {workload}", f"check {workload}, nothing to do", "pnpm", paired)
    return [row._replace(packages=_packages(workload, "pnpm"))]


def _memory(workload: str, state: str, paired: Paired) -> list[Row]:
    """The largest process of ours, in MB; with an empty cache that counts those that read packuments beside it."""
    if workload != "N3":
        return []
    peak = measure.median(paired.ours, "peak")
    what = f"peak memory, lock {workload}, {state}"
    return [Row(f"npm memory {workload} {state}", what, "", len(paired.ours), found=peak, peak=(peak, 0.0))]


def _packages(workload: str, peer: str) -> tuple[int, int]:
    return npm_peers.packages(workload, "holdfast"), npm_peers.packages(workload, peer)
