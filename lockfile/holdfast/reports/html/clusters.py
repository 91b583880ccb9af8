"""Where the packages of a large graph stand: each one that others hang on alone is a disc with these around it.

    webpack                        every way to these 40 leads through webpack: they are its disc
    direct dependencies            those that bring little or nothing of their own
    shared packages                what several parts of the graph need

A disc is filled from its middle as a sunflower is, the nearest to the project first, so that each package has the same
room, and its size says what would go with it. Discs stand as near to the middle as they fit, the largest first. The
same graph always looks the same. Numbers in, numbers out; knows no markup.
"""

import math
from collections.abc import Sequence

from holdfast_resolver.values.tuples import NamedTuple

DIRECT, SHARED = -1, -2  # heads of the discs that have none
_LEAST = 4  # packages of a disc of its own
_GOLDEN = math.pi * (3 - math.sqrt(5))
_MARGIN = 9.0  # around a disc
_GAP = 30.0  # between discs: room for a title
_STRETCH = 1.7  # the plane is wider than high


class Disc(NamedTuple):
    """A cluster of packages."""

    head: int  # the package that dominates the others; `DIRECT` or `SHARED`
    members: tuple[int, ...]  # the head is the first
    x: float
    y: float
    radius: float


class Clusters(NamedTuple):
    """All discs, and the place of each package by its number."""

    discs: tuple[Disc, ...]
    places: tuple[tuple[float, float], ...]
    step: float  # the room of a package: less than the distance to its nearest neighbour


def cluster(over: Sequence[int], depths: Sequence[int]) -> Clusters:
    """Return the clusters of packages by number: the immediate dominator of each, -1 for none, and its depth.

    A package that the project does not lead to (depth 0) counts as shared.
    """
    root = len(over)
    groups = _groups(over, depths)
    step = 7.2 if root > 600 else 9.5 if root > 150 else 13.0
    sizes = [step * math.sqrt(len(members)) + _MARGIN for _, members in groups]
    middles = _pack([size + _GAP / 2 for size in sizes])
    places = [(0.0, 0.0)] * root
    discs = []
    for (head, members), size, (x, y) in zip(groups, sizes, middles, strict=True):
        for number, member in enumerate(members):
            far = step * math.sqrt(number + 0.35) if number else 0.0
            places[member] = (x + far * math.cos(number * _GOLDEN), y + far * math.sin(number * _GOLDEN))
        discs.append(Disc(head, tuple(members), x, y, size))
    return Clusters(tuple(discs), tuple(places), step)


def _groups(over: Sequence[int], depths: Sequence[int]) -> list[tuple[int, list[int]]]:
    """(head, members) of each disc, the largest first."""
    heads = [_head(over, node) for node in range(len(over))]
    below: dict[int, list[int]] = {}
    for node in sorted(range(len(over)), key=lambda one: (depths[one], one)):
        below.setdefault(heads[node], []).append(node)
    groups: dict[int, list[int]] = {}
    for head, members in below.items():
        ordered = [head, *(one for one in members if one != head)]
        if len(members) >= _LEAST:
            groups[head] = ordered
        else:
            groups.setdefault(DIRECT if depths[head] == 1 else SHARED, []).extend(ordered)
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))


def _head(over: Sequence[int], node: int) -> int:
    while over[node] >= 0:
        node = over[node]
    return node


def _pack(radii: list[float]) -> list[tuple[float, float]]:
    """Middles of discs that do not overlap: each on a spiral from the middle, where it first fits."""
    placed: list[tuple[float, float, float]] = []
    for radius in radii:
        placed.append((*_first_fit(placed, radius), radius))
    return [(x, y) for x, y, _ in placed]


def _first_fit(placed: list[tuple[float, float, float]], radius: float) -> tuple[float, float]:
    angle, hit = 0.0, 0
    while True:
        far = 3.2 * angle
        x, y = far * _STRETCH * math.cos(angle), far * math.sin(angle)
        if not placed or not _meets(placed[hit], x, y, radius):
            hit = next((place for place, one in enumerate(placed) if _meets(one, x, y, radius)), -1)
            if hit < 0:
                return x, y
        angle += 8.0 / max(far, 12.0)


def _meets(disc: tuple[float, float, float], x: float, y: float, radius: float) -> bool:
    return (disc[0] - x) ** 2 + (disc[1] - y) ** 2 < (disc[2] + radius) ** 2
