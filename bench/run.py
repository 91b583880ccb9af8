"""Measures holdfast against its peers and prints the table: `make bench`, or `python bench/run.py`.

Everything it makes is under `.bench/`. The first run fills caches and records from the real index; later runs need
no network.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that `python bench/run.py` finds the package it belongs to

from bench import approval_rows, audit_rows, measure, module_rows, npm_peers, npm_rows, peers, rows, signer_rows, table  # noqa: E402
from bench.npm_places import NPM_NAMES  # noqa: E402
from bench.places import BENCH, HOME, NAMES, PROJECTS  # noqa: E402
from bench.rows import Effort, attempt  # noqa: E402
from bench.table import Row  # noqa: E402

Plan = tuple[str, str, list[str], Callable[[], list[Row]]]  # name, what is measured, programs that it takes, how


def main() -> int:
    """The command line. 1 with `--enforce` when a ceiling is broken."""
    arguments = _arguments()
    HOME.mkdir(parents=True, exist_ok=True)
    PROJECTS.mkdir(parents=True, exist_ok=True)
    wanted_peers = ["--peers"] if arguments.setup else []
    # A process of its own keeps this one small; see `measure.py`.
    subprocess.run([sys.executable, "-m", "bench.setup", *wanted_peers], cwd=ROOT, check=True)
    if arguments.setup:
        return 0
    effort = _effort(arguments)
    versions = {tool: _version(tool) for tool in ("holdfast", "uv", "nab", "pnpm", "npm")}
    facts = table.machine()
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    print(", ".join(f"{tool}: {version}" for tool, version in versions.items()))
    print(
        f"runs in pairs, in turns; ratio: the median of ours / peer, pair by pair; replay latency {effort.latency:g} ms"
    )
    found = _measure(arguments.rows, effort)
    print(f"smallest peak that can be told: {measure.floor(BENCH):.0f} MB\n")
    print(table.render(found))
    if arguments.json:
        arguments.json.write_text(table.as_json(found, versions, effort.latency))
    broken = [row.what for row in found if row.verdict == "BROKEN"]
    if broken:
        print(f"\nceilings broken: {', '.join(broken)}")
    return 1 if broken and arguments.enforce else 0


def _measure(wanted: list[str], effort: Effort) -> list[Row]:
    """All rows, or those whose names begin with a wanted word: `fresh`, `cold`, `check L`."""
    both = ["holdfast", "uv"]
    plan: list[Plan] = [
        *[(f"fresh {w}", f"lock fresh {w}, warm", both, lambda w=w: rows.fresh(w, effort)) for w in NAMES[:4]],
        ("check L", "check L, nothing to do", both, lambda: rows.check("L", effort)),
        ("refuse U", "refuse U, warm", both, lambda: rows.refuse("U", effort)),
        *[(f"cold {w}", f"lock cold {w}, replay", both, lambda w=w: rows.cold_lock(w, effort)) for w in ("M", "L")],
        *[
            (f"nab {w}", f"lock fresh {w}, warm", ["holdfast", "nab"], lambda w=w: rows.fresh_nab(w, effort))
            for w in ("S", "M")
        ],
        ("modules lock", "lock 200 modules, cold", ["holdfast"], lambda: module_rows.lock(effort)),
        ("modules far", "lock 200 modules, cold, far", ["holdfast"], lambda: module_rows.lock_far(effort)),
        ("modules publish", "publish one release", ["holdfast"], lambda: module_rows.publish(effort)),
        ("modules verify", "verify 500 pins", ["holdfast", "sha256sum"], lambda: module_rows.verify(effort)),
        ("modules conflicts", "solve 10,000 modules", ["holdfast"], lambda: module_rows.conflicts(effort)),
        ("signers", "lock with evidence of 500 files", ["holdfast"], lambda: signer_rows.signers(effort)),
        ("approvals", "check of a trail of approvals", ["holdfast"], lambda: approval_rows.approvals(effort)),
    ]
    plan += [*_audit_plan(effort), *_npm_plan(effort)]
    found: list[Row] = []
    for name, what, needed, make in plan:
        if not wanted or any(name.startswith(word) for word in wanted):
            against = f", against {needed[1]}" if needed[1:] else ""
            print(f"measuring: {what}{against}", file=sys.stderr)
            found += attempt(name, what, needed, make)
    return found


def _audit_plan(effort: Effort) -> list[Plan]:
    """The rows of audits."""
    return [
        ("audit scan", "scan of Python source", ["holdfast"], lambda: audit_rows.scanning(effort)),
        ("audit whole", "audit L", ["holdfast"], lambda: audit_rows.whole(effort)),
        ("audit graph", "measures of a large graph", ["holdfast"], lambda: audit_rows.graph(effort)),
        ("audit page", "page of 2,000 packages", ["holdfast"], lambda: audit_rows.page(effort)),
    ]


def _npm_plan(effort: Effort) -> list[Plan]:
    """The rows of npm projects."""
    pnpm, npm = ["holdfast", "pnpm"], ["holdfast", "npm"]
    plan: list[Plan] = []
    for w in NPM_NAMES:
        plan.append((f"npm fresh {w}", f"lock fresh {w}, warm", pnpm, partial(npm_rows.fresh, w, effort)))
        plan.append((f"npm all {w}", f"lock fresh {w}, warm", npm, partial(npm_rows.fresh_npm, w, effort)))
        plan.append((f"npm cold {w}", f"lock cold {w}, replay", pnpm, partial(npm_rows.cold_lock, w, effort)))
    plan.append(("npm check N3", "check N3, nothing to do", pnpm, partial(npm_rows.check, "N3", effort)))
    return plan


def _effort(arguments: argparse.Namespace) -> Effort:
    if arguments.quick:
        return Effort(5, 3, 1, arguments.latency)
    return Effort(arguments.pairs, arguments.pairs, arguments.cold_pairs_l, arguments.latency)


def _version(tool: str) -> str:
    path = npm_peers.find(tool)
    if not path:
        return peers.MISSING
    words = [path, "--version"]
    told = subprocess.run(words, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    return told.strip().removeprefix(tool).strip()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "rows",
        nargs="*",
        help="only rows that begin so: fresh, `cold M`, check, refuse, modules, signers, approvals, audit, npm",
    )
    parser.add_argument("--setup", action="store_true", help="install holdfast and the peers under .bench/, then stop")
    parser.add_argument("--quick", action="store_true", help="few repetitions: for a look, not for a verdict")
    parser.add_argument("--pairs", type=int, default=15, help="pairs of runs of each row (default: 15)")
    parser.add_argument("--cold-pairs-l", type=int, default=3, help="pairs of runs of cold L (default: 3)")
    parser.add_argument("--latency", type=float, default=20.0, help="of the replayed index, in ms (default: 20)")
    parser.add_argument("--enforce", action="store_true", help="exit 1 when a ceiling is broken")
    parser.add_argument("--json", type=Path, help="write all figures to this file as well")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
