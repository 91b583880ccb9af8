"""Where the packages of a small graph stand: in columns, each with its name, what needs something left of it.

    project | click      | colorama
            | flask      | werkzeug   markupsafe

A package's column is the length of the longest path to it, where an edge that closes a cycle does not count, so that
edges lead to the right. Within a column the order is that of the mean of what a package hangs on, then of what hangs
on it, some times over (Sugiyama, Tagawa, Toda, "Methods for Visual Understanding of Hierarchical System Structures",
1981). An edge over several columns goes through a lane in each of those between, which all edges to the same package
share, so that none runs behind a box. The same graph always looks the same. Numbers in, numbers out; knows no markup.
"""

from collections.abc import Sequence

from holdfast_resolver.values.tuples import NamedTuple

MOST = 36  # packages that are readable so
HEIGHT = 30.0  # of a box
_ROW = 44.0
_LANE = 22.0  # the height of a row that only edges go through
_GAP = 96.0  # between columns, for the edges
_LETTER = 8.0  # the width of a letter, generously
_LONGEST = 30  # letters of a name that are shown
_PADDING = 34.0
_SWEEPS = 6


class Box(NamedTuple):
    """The place of a package: its left edge, its middle, its width."""

    x: float
    y: float
    width: float


class Layers(NamedTuple):
    """The box of each node, and for each node the lanes, from left to right, that lead to it over other columns."""

    boxes: tuple[Box, ...]
    lanes: tuple[tuple[Box, ...], ...]

    def way(self, one: int, two: int) -> tuple[Box, ...]:
        """Return what an edge goes through: the box it leaves, lanes, the box it comes to."""
        start, end = self.boxes[one], self.boxes[two]
        return (start, *(lane for lane in self.lanes[two] if start.x < lane.x < end.x), end)


def layer(after: Sequence[Sequence[int]], labels: Sequence[str]) -> Layers:
    """Return the layout of nodes, the last of which is the project; what that does not lead to stands next to it."""
    size = len(after)
    places = _columns(after)
    links, targets = _with_lanes(after, places)
    columns: dict[int, list[int]] = {}
    for node, place in enumerate(places):
        columns.setdefault(place, []).append(node)
    ordered = [columns[depth] for depth in sorted(columns)]
    _untangle(ordered, links)
    boxes = [Box(0.0, 0.0, 0.0)] * len(links)
    x = 0.0
    for column in ordered:
        width = max(min(len(labels[node]), _LONGEST) * _LETTER + _PADDING for node in column if node < size)
        y = -sum(_ROW if node < size else _LANE for node in column) / 2
        for node in column:
            height = _ROW if node < size else _LANE
            boxes[node] = Box(x, y + height / 2, width)
            y += height
        x += width + _GAP
    lanes: list[list[Box]] = [[] for _ in after]
    for number, target in enumerate(targets):
        lanes[target].append(boxes[size + number])
    return Layers(tuple(boxes[:size]), tuple(tuple(sorted(those)) for those in lanes))


def _with_lanes(after: Sequence[Sequence[int]], places: list[int]) -> tuple[list[list[int]], list[int]]:
    """(the edges with a node for each lane behind the others, the target of each lane); `places` grows by the lanes."""
    links: list[list[int]] = [[] for _ in after]
    targets: list[int] = []
    made: dict[tuple[int, int], int] = {}
    for node, others in enumerate(after):
        for other in others:
            at = node
            for place in range(places[node] + 1, places[other]):
                lane = made.get((other, place), -1)
                if lane < 0:
                    lane = made[other, place] = len(links)
                    links.append([])
                    places.append(place)
                    targets.append(other)
                if lane not in links[at]:
                    links[at].append(lane)
                at = lane
            if other not in links[at]:
                links[at].append(other)
    return links, targets


def shorten(label: str) -> str:
    """Return what fits into a box: the end of a name is kept, since it tells names of a scope apart."""
    return label if len(label) <= _LONGEST else label[: _LONGEST // 2 - 1] + "…" + label[-_LONGEST // 2 :]


def _columns(after: Sequence[Sequence[int]]) -> list[int]:
    """The length of the longest path from the last node to each."""
    root = len(after) - 1
    rank = {node: place for place, node in enumerate(reversed(_postorder(after, root)))}
    columns = [1] * root + [0]
    for node in sorted(rank, key=lambda one: rank[one]):
        for other in after[node]:
            if rank[other] > rank[node]:
                columns[other] = max(columns[other], columns[node] + 1)
    return columns


def _postorder(after: Sequence[Sequence[int]], root: int) -> list[int]:
    """Return what the root leads to, each node after what a depth-first search finds behind it; the root is last."""
    order: list[int] = []
    seen = {root}
    stack = [(root, iter(after[root]))]
    while stack:
        node, rest = stack[-1]
        for other in rest:
            if other not in seen:
                seen.add(other)
                stack.append((other, iter(after[other])))
                break
        else:
            order.append(node)
            stack.pop()
    return order


def _untangle(columns: list[list[int]], after: Sequence[Sequence[int]]) -> None:
    before: list[list[int]] = [[] for _ in after]
    for node, others in enumerate(after):
        for other in others:
            before[other].append(node)
    for sweep in range(_SWEEPS):
        rows = {node: row - len(column) / 2 for column in columns for row, node in enumerate(column)}
        for column in columns if sweep % 2 == 0 else reversed(columns):
            near = before if sweep % 2 == 0 else after
            means = {
                node: sum(rows[one] for one in near[node]) / len(near[node]) if near[node] else rows[node]
                for node in column
            }
            column.sort(key=lambda node: (means[node], rows[node]))
            rows.update({node: row - len(column) / 2 for row, node in enumerate(column)})
