"""The rows of the table that are about approvals: what a trail of signed acts costs a `check`, and how fast it grows.

The same 500 pins are checked with approvals and without, in turns. Imports nothing of holdfast: a process of its own
makes the projects (`approval_project.py`).
"""

import subprocess
import sys
from pathlib import Path

from bench import measure, peers
from bench.measure import Program
from bench.places import OURS, PROJECTS, ROOT
from bench.rows import Effort
from bench.signer_rows import difference
from bench.table import Row

ACTS = 200
MANY, MORE = 1_000, 10_000  # acts between which growth is measured
WAITING = 40  # packages that a review opens with
_PLACE = PROJECTS / "approvals"


def approvals(effort: Effort) -> list[Row]:
    """What approvals add to a `check`, whether that grows with their number alone, and how fast a review opens."""
    plain = checking(project(0))
    found = measure.pairs(checking(project(ACTS)), plain, effort.warm)
    row = difference("approvals check", f"check, {ACTS} approvals", found)._replace(peer="none")
    few = difference("approvals many", f"check, {MANY:,} approvals", _paired(MANY, plain, effort))
    more = difference("approvals more", f"check, {MORE:,} approvals", _paired(MORE, plain, effort))
    growth = Row("approvals growth", "  of that, growth per file", runs=more.runs, found=growth_of(few, more))
    opened = measure.alone(reviewing(project(ACTS, WAITING)), effort.warm)
    wall = measure.median(opened, "wall")
    review = Row("approvals review", f"review, {WAITING} packages wait", runs=len(opened), ours=wall, found=wall)
    return [row, few._replace(peer="none"), more._replace(peer="none"), growth, review]


def growth_of(few: Row, more: Row) -> float:
    """What one file more costs among many, by what it costs among few: 1 where time grows with the number alone."""
    return (more.found / MORE) / (few.found / MANY)


def checking(folder: Path) -> Program:
    """`check` in a project."""
    return Program((peers.find("holdfast"), "check", "-q"), peers.environment(), folder)


def reviewing(folder: Path) -> Program:
    """Opening a review: what waits is judged, classified and told; nothing is fetched."""
    return Program((peers.find("holdfast"), "review", "--format", "json"), peers.environment(), folder)


def project(acts: int, waiting: int = 0, place: Path = _PLACE, packages: int = 500) -> Path:
    """Make a project with so many acts, once; 0: the one without approvals. Return its folder."""
    named = f"approved-{acts}" + (f"-{waiting}-waiting" if waiting else "")
    folder = place / (named if acts else "web")
    if not (folder / "holdfast.lock").exists():
        words = [place, "--acts", max(acts, 1), "--waiting", waiting, "--packages", packages]
        python = OURS / "bin" / "python"
        subprocess.run(
            [python if python.exists() else sys.executable, "-m", "bench.approval_project", *map(str, words)],
            cwd=ROOT,
            check=True,
        )
    return folder


def _paired(acts: int, plain: Program, effort: Effort) -> measure.Paired:
    return measure.pairs(checking(project(acts)), plain, max(effort.warm // 3, 3), warm_up=1)
