"""The CPython minors, when each was first released and when its support ends (PEP 602 and the release PEPs).

Used once, when a first lock chooses its targets; afterwards `[scope]` keeps the choice.
"""

from holdfast_resolver.values.targets import DEFAULT_PLATFORMS, Target, default_floor
from holdfast_resolver.versions.grid import Grid

# minor: (first release, end of support), both as RFC 3339 dates.
MINORS = {
    (3, 8): ("2019-10-14", "2024-10-07"),
    (3, 9): ("2020-10-05", "2025-10-31"),
    (3, 10): ("2021-10-04", "2026-10-31"),
    (3, 11): ("2022-10-24", "2027-10-31"),
    (3, 12): ("2023-10-02", "2028-10-31"),
    (3, 13): ("2024-10-07", "2029-10-31"),
    (3, 14): ("2025-10-07", "2030-10-31"),
    (3, 15): ("2026-10-01", "2031-10-31"),
    (3, 16): ("2027-10-01", "2032-10-31"),
    (3, 17): ("2028-10-01", "2033-10-31"),
}


def default_targets(requires_python: str, today: str) -> tuple[Target, ...]:
    """Return the targets of a project that declares none, on `today` (RFC 3339 date).

    These are the minors in support of which `requires_python` admits a release, on the four common platforms; where
    there is none, the newest released minor that it admits. Empty when it admits no known minor.
    Raises `InvalidRange`.
    """
    released = [minor for minor, (first, _) in MINORS.items() if first <= today]
    probe = Grid(tuple(Target(minor, "linux-x86_64", "glibc-2.28") for minor in released))
    mask = probe.admits_some(requires_python)
    admitted = [minor for place, minor in enumerate(released) if mask >> place & 1]
    supported = [minor for minor in admitted if MINORS[minor][1] >= today]
    return tuple(
        Target(minor, platform, default_floor(platform))
        for minor in supported or admitted[-1:]
        for platform in DEFAULT_PLATFORMS
    )
