"""The rows of the table that are about approvals: what a trail of signed acts costs a `check`, and how fast it grows.

The same 500 pins are checked with approvals and without, in turns. Imports nothing of holdfast: a process of its own
makes the projects (`approval_project.py`).
"""

import shutil
import subprocess
import sys
from pathlib import Path

from bench import measure, peers
from bench.measure import Program
from bench.places import PROJECTS, ROOT
from bench.rows import Effort, paired_row
from bench.signer_rows import difference
from bench.table import Row

ACTS, MANY, MORE = 200, 1_000, 10_000  # signed files
PACKAGES = 500
WAITING = 40  # packages that a review opens with
PLACE = PROJECTS / "approvals"
_PEER = "no approvals"


def approvals(effort: Effort) -> list[Row]:
    """What approvals add to a `check`, whether that grows with their number alone, and how fast a review opens."""
    shutil.rmtree(PLACE, ignore_errors=True)  # acts are dated, and the format of what is signed may be another by now
    plain = checking(project(0))
    few, many, more = [
        measure.pairs(checking(project(acts)), plain, count, warm_up=1)
        for acts, count in ((ACTS, effort.warm), (MANY, effort.warm), (MORE, max(effort.warm // 3, 3)))
    ]
    check = difference("approvals check", f"check, {ACTS} approvals", few)
    found = [difference("", "", paired).found for paired in (few, many, more)]
    growth = Row("approvals growth", "  growth", runs=len(more.ours), found=growth_of(*found))
    opened = measure.alone(reviewing(project(ACTS, WAITING)), effort.warm)
    wall = measure.median(opened, "wall")
    review = Row("approvals review", f"review, {WAITING} packages wait", runs=len(opened), ours=wall, found=wall)
    return [
        check._replace(peer=_PEER),
        paired_row("approvals many", f"check, {MANY:,} approvals", _PEER, many),
        paired_row("approvals more", f"check, {MORE:,} approvals", _PEER, more),
        growth,
        review,
    ]


def growth_of(few: float, many: float, more: float) -> float:
    """What one file more costs among 10,000, by what it costs among 1,000: 1 where time grows with the number alone."""
    return ((more - many) / (MORE - MANY)) / ((many - few) / (MANY - ACTS))


def checking(folder: Path) -> Program:
    """`check` in a project."""
    return Program((peers.find("holdfast"), "check", "-q"), peers.environment(), folder)


def reviewing(folder: Path) -> Program:
    """Opening a review: what waits is judged, classified and told, nothing is fetched; 1, since something waits."""
    return Program((peers.find("holdfast"), "review", "--format", "json"), peers.environment(), folder, expected=1)


def project(acts: int, waiting: int = 0, place: Path | None = None, packages: int = PACKAGES) -> Path:
    """Make a project with so many acts, 0: without approvals, where it is not there yet. Return its folder."""
    place = place or PLACE
    folder = place / folder_name(acts, waiting)
    if not (folder / "holdfast.lock").exists():
        words = [place, "--acts", acts, "--waiting", waiting, "--packages", packages]
        made = [sys.executable, "-m", "bench.approval_project", *map(str, words)]
        subprocess.run(made, cwd=ROOT, check=True)
    return folder


def folder_name(acts: int, waiting: int) -> str:
    """`web`, `approved-200`, `approved-200-40-waiting`"""
    if not acts:
        return "web"
    return f"approved-{acts}" + (f"-{waiting}-waiting" if waiting else "")
