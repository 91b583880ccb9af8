"""Ceilings and goals: what a row of the table may cost, and what we are after.

A ratio is ours divided by the peer's, the median of paired runs. A row without a ceiling is shown and judged by
nobody.
"""

from typing import NamedTuple


class Budget(NamedTuple):
    """`ceiling` and `goal` are ratios or, where `absolute`, numbers of `unit`."""

    ceiling: float
    goal: float
    absolute: bool = False
    unit: str = "ms"
    at_least: bool = False  # more is better: what is found must not be below


BUDGETS: dict[str, Budget] = {
    "fresh M": Budget(1.2, 0.6),
    "fresh L": Budget(1.2, 0.6),
    "cold M": Budget(0.6, 0.2),
    "cold L": Budget(0.6, 0.2),
    "check L": Budget(2.5, 1.5),
    "memory L": Budget(1.0, 0.3),
    "refuse U": Budget(1000.0, 1000.0, absolute=True),
    "modules lock": Budget(3000.0, 1500.0, absolute=True),
    "modules lock requests": Budget(500.0, 400.0, absolute=True, unit="requests"),
    "modules lock waves": Budget(3.0, 2.5, absolute=True, unit="per level"),
    "modules again requests": Budget(2.0, 2.0, absolute=True, unit="requests"),
    "modules publish bytes": Budget(100.0, 75.0, absolute=True, unit="KB"),
    "modules verify": Budget(1.3, 1.1),
    "modules conflicts": Budget(5000.0, 2500.0, absolute=True),
    "signers cold": Budget(2000.0, 1500.0, absolute=True),
    "signers fresh": Budget(2000.0, 1500.0, absolute=True),
    "signers warm": Budget(10.0, 5.0, absolute=True),
    "signers none": Budget(0.0, 0.0, absolute=True, unit="requests"),
    "npm fresh N1": Budget(1.5, 0.6),
    "npm fresh N2": Budget(0.8, 0.3),
    "npm fresh N3": Budget(0.8, 0.3),
    "npm all N1": Budget(0.05, 0.05),
    "npm all N2": Budget(0.05, 0.05),
    "npm all N3": Budget(0.05, 0.05),
    "npm cold N1": Budget(1.0, 0.6),
    "npm cold N2": Budget(1.0, 0.6),
    "npm cold N3": Budget(1.0, 0.6),
    "npm memory N3 warm": Budget(200.0, 150.0, absolute=True, unit="MB"),
    "npm memory N3 cold": Budget(200.0, 150.0, absolute=True, unit="MB"),
    "approvals check": Budget(150.0, 100.0, absolute=True),
    "approvals growth": Budget(1.5, 1.2, absolute=True, unit="per file"),
    "approvals review": Budget(500.0, 250.0, absolute=True),
    "audit scan": Budget(5.0, 7.5, absolute=True, unit="MB/s", at_least=True),
    "audit again": Budget(0.0, 0.0, absolute=True, unit="archives"),
    "audit new": Budget(3000.0, 1500.0, absolute=True),
    "audit warm": Budget(1000.0, 500.0, absolute=True),
    "audit peer": Budget(0.8, 0.4),
    "audit memory": Budget(500.0, 250.0, absolute=True, unit="MB"),
    "audit graph": Budget(2000.0, 1000.0, absolute=True),
    "audit page": Budget(3.0, 1.5, absolute=True, unit="MB"),
    "audit browser": Budget(2000.0, 1000.0, absolute=True),
}


def verdict(row: str, found: float) -> str:
    """`goal`, `ceiling` (kept), `BROKEN`, or "" for a row without a budget."""
    budget = BUDGETS.get(row)
    if budget is None:
        return ""
    sign = -1 if budget.at_least else 1
    if sign * found <= sign * budget.goal:
        return "goal"
    return "ceiling" if sign * found <= sign * budget.ceiling else "BROKEN"
