"""The rows of the table, with what they must not exceed and what they are after. Ratios are ours over the peer's."""

from typing import NamedTuple


class Budget(NamedTuple):
    """One row. `measure` is "wall" (seconds), "memory" (bytes) or "seconds" (absolute, without a peer)."""

    key: str
    work: str
    workload: str
    measure: str
    ceiling: float
    goal: float


BUDGETS = (
    Budget("fresh-S", "lock fresh, warm cache", "S", "wall", 1.2, 0.6),
    Budget("fresh-M", "lock fresh, warm cache", "M", "wall", 1.2, 0.6),
    Budget("fresh-B", "lock fresh, warm cache", "B", "wall", 1.2, 0.6),
    Budget("fresh-L", "lock fresh, warm cache", "L", "wall", 1.2, 0.6),
    Budget("memory-L", "peak memory of lock", "L", "memory", 1.0, 0.3),
    Budget("check-L", "check, nothing to do", "L", "wall", 2.5, 1.5),
    Budget("cold-M", "lock cold, replayed index", "M", "wall", 0.6, 0.2),
    Budget("cold-L", "lock cold, replayed index", "L", "wall", 0.6, 0.2),
    Budget("refuse-U", "say no, warm cache", "U", "seconds", 1.0, 0.3),
    Budget("refuse-cold-U", "say no, empty cache", "U", "seconds", 1.0, 0.5),
)
