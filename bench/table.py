"""The table as text and as JSON. Knows rows, runs nothing."""

import json
import os
import platform
import time
from typing import NamedTuple

from bench.budgets import BUDGETS, verdict


class Row(NamedTuple):
    """One line. Times in ms, memory in MiB; `found` is what the budget speaks of. A `note` says why it was not run."""

    name: str  # "fresh M"
    what: str  # "lock fresh M, warm"
    peer: str = ""
    runs: int = 0
    ours: float = 0.0
    theirs: float = 0.0
    found: float = 0.0
    spread: tuple[float, float] = (0.0, 0.0)  # quartiles of the ratio
    cpu: tuple[float, float] = (0.0, 0.0)  # ms of CPU, ours and theirs
    peak: tuple[float, float] = (0.0, 0.0)
    packages: tuple[int, int] = (0, 0)
    requests: tuple[int, int] = (0, 0)
    missing: tuple[int, int] = (0, 0)
    live: tuple[float, float] = (0.0, 0.0)  # ms of one run on the real index
    note: str = ""

    @property
    def verdict(self) -> str:
        """See `budgets.verdict`; "skipped" when it was not run."""
        return verdict(self.name, self.found) if self.runs else "skipped"


_TITLES = (
    "work", "runs", "ours ms", "peer", "peer ms", "ratio", "quartiles", "found", "ceiling", "goal", "verdict", "cpu ms",
    "peak MB", "packages", "requests", "unrecorded", "live ms",
)  # fmt: skip
_LEFT = (0, 3, 10)  # columns of words


def render(rows: list[Row]) -> str:
    """Columns as wide as they need, numbers to the right; notes below."""
    lines = [_TITLES, *[_cells(row) for row in rows]]
    used = [index for index in range(len(_TITLES)) if any(line[index] for line in lines[1:])]
    widths = {index: max(len(line[index]) for line in lines) for index in used}
    text = []
    for line in lines:
        cells = [line[i].ljust(widths[i]) if i in _LEFT else line[i].rjust(widths[i]) for i in used]
        text.append("  ".join(cells).rstrip())
    text.insert(1, "-" * max(map(len, text)))
    notes = [f"{row.what}: {row.note}" for row in rows if row.note]
    return "\n".join([*text, *([""] if notes else []), *notes])


def machine() -> dict[str, str | int]:
    """What the figures were taken on."""
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count() or 0,
        "python": platform.python_version(),
    }


def as_json(rows: list[Row], versions: dict[str, str], latency: float) -> str:
    """Everything that was measured, for machines."""
    told = [{**row._asdict(), "verdict": row.verdict} for row in rows]
    return (
        json.dumps({"machine": machine(), "versions": versions, "latency_ms": latency, "rows": told}, indent=2) + "\n"
    )


def _cells(row: Row) -> tuple[str, ...]:
    budget = BUDGETS.get(row.name)
    ceiling = goal = ""
    if budget is not None:
        form = f"{{:g}} {budget.unit}" if budget.absolute else "{:g}"
        ceiling, goal = form.format(budget.ceiling), form.format(budget.goal)
    if not row.runs:
        return (row.what, "", "", row.peer, "", "", "", "", ceiling, goal, row.verdict, *[""] * 6)
    paired = bool(row.theirs)
    ratio = row.found if budget is None or not budget.absolute else (row.ours / row.theirs if paired else 0.0)
    return (
        row.what,
        str(row.runs),
        f"{row.ours:.0f}" if row.ours else "",
        row.peer,
        f"{row.theirs:.0f}" if paired else "",
        f"{ratio:.2f}" if ratio else "",
        f"{row.spread[0]:.2f}-{row.spread[1]:.2f}" if row.spread[1] else "",
        f"{row.found:.4g} {budget.unit}" if budget is not None and budget.absolute else "",
        ceiling,
        goal,
        row.verdict,
        *[_two(pair, paired) for pair in (row.cpu, row.peak, row.packages, row.requests)],
        f"{row.missing[0]} / {row.missing[1]}" if any(row.requests) and paired else "",
        _two(row.live, paired),
    )


def _two(pair: tuple[float, float], paired: bool) -> str:
    """`105 / 90`, or the first alone where there is no peer, or "" where neither is known."""
    if not any(pair):
        return ""
    return f"{pair[0]:.0f} / {pair[1]:.0f}" if paired else f"{pair[0]:.0f}"
