"""The drawing of the graph: an SVG group whose elements carry classes, so that the style sheet chooses their colours.

Small graphs are columns of named boxes, large ones discs of dots. Labels of dots are the script's work, since which of
them fit depends on the zoom. Without a script the drawing still shows.
"""

import math
from itertools import pairwise

from holdfast.model.audit import PackageRisk
from holdfast.reports.audit_escapes import for_html
from holdfast.reports.audit_port import level_of
from holdfast.reports.html.clusters import DIRECT, SHARED, cluster
from holdfast.reports.html.graph import PageGraph
from holdfast.reports.html.layers import HEIGHT, MOST, Box, layer, shorten
from holdfast_resolver.values.tuples import NamedTuple

NAMED_SIGNERS = 7  # that have a colour of their own
TRUSTS = {
    "publisher": "signed by its publisher",
    "registry": "signed by the registry only",
    "unsigned": "unsigned",
}
_DOTS = {"none": 0.40, "low": 0.44, "medium": 0.52, "high": 0.62, "severe": 0.72}  # radius, in steps of the layout
_TITLES = {DIRECT: "other direct dependencies", SHARED: "shared by several"}


class Scene(NamedTuple):
    """The inner markup of the SVG, and the box that holds it: left, top, width, height."""

    markup: str
    box: tuple[float, float, float, float]
    kind: str  # "layers" | "clusters"


def draw(graph: PageGraph) -> Scene:
    """Return the drawing of a graph."""
    return _layers(graph) if len(graph.packages) <= MOST else _clusters(graph)


def _layers(graph: PageGraph) -> Scene:
    root = len(graph.packages)
    labels = [shorten(f"{one.name} {one.version}") for one in graph.packages] + ["this project"]
    layers = layer(graph.after, labels)
    boxes = layers.boxes
    edges, made = [], []
    for node, others in enumerate(graph.after):
        edges += [_through(layers.way(node, other)) for other in others]
    for node, box in enumerate(boxes):
        classes = _classes(graph.packages[node], graph) if node < root else "project"
        at = f"{_short(box.x)} {_short(box.y - HEIGHT / 2)}"
        made.append(
            f'<g class="node box {classes}" data-n="{node}"{_lanes(layers.lanes[node])} transform="translate({at})">'
            f'<rect width="{_short(box.width)}" height="{_short(HEIGHT)}" rx="7"/>'
            f'<circle class="mark" cx="15" cy="15" r="5"/>'
            f'<text x="27" y="19.5">{for_html(labels[node])}</text></g>'
        )
    left = min(box.x for box in boxes) - 12
    rows = [box.y for box in (*boxes, *(lane for lanes in layers.lanes for lane in lanes))]
    top = min(rows) - HEIGHT
    right = max(box.x + box.width for box in boxes) + 12
    bottom = max(rows) + HEIGHT
    markup = f'<path class="edges" d="{"".join(edges)}"/>{"".join(made)}'
    return Scene(markup, (left, top, right - left, bottom - top), "layers")


def _clusters(graph: PageGraph) -> Scene:
    root = len(graph.packages)
    clusters = cluster(graph.over, [one.depth for one in graph.packages])
    discs, dots = [], []
    for disc in clusters.discs:
        title = _TITLES.get(disc.head) or graph.packages[disc.head].name
        discs.append(
            f'<circle class="disc" cx="{_short(disc.x)}" cy="{_short(disc.y)}" r="{_short(disc.radius)}" '
            f'data-title="{for_html(title)}" data-count="{len(disc.members)}" data-head="{disc.head}"/>'
        )
    for node in range(root):
        x, y = clusters.places[node]
        package = graph.packages[node]
        radius = _short(_DOTS[level_of(package.score)] * clusters.step)
        dots.append(
            f'<circle class="node dot {_classes(package, graph)}" data-n="{node}" '
            f'cx="{_short(x)}" cy="{_short(y)}" r="{radius}"/>'
        )
    lines = [
        f"M{_pair(clusters.places[node])}L{_pair(clusters.places[other])}"
        for node in range(root)
        for other in graph.after[node]
    ]
    left = min(disc.x - disc.radius for disc in clusters.discs) - 10
    top = min(disc.y - disc.radius for disc in clusters.discs) - 26
    right = max(disc.x + disc.radius for disc in clusters.discs) + 10
    bottom = max(disc.y + disc.radius for disc in clusters.discs) + 10
    markup = f'{"".join(discs)}<path class="edges" d="{"".join(lines)}"/>{"".join(dots)}'
    return Scene(markup, (left, top, right - left, bottom - top), "clusters")


def trust_of(package: PackageRisk) -> str:
    """Return the key of `TRUSTS` that a package is drawn as; what is not known counts as unsigned."""
    return package.trust if package.trust in TRUSTS else "unsigned"


def signer_of(package: PackageRisk, graph: PageGraph) -> str:
    """Return the number of the first signer, "other" for one without a colour, "none" for nobody."""
    places = [graph.signers.index(signer) for signer in package.signers[:1]]
    return "none" if not places else str(places[0]) if places[0] < NAMED_SIGNERS else "other"


def _classes(package: PackageRisk, graph: PageGraph) -> str:
    return f"risk-{level_of(package.score)} trust-{trust_of(package)} signer-{signer_of(package, graph)}"


def _lanes(lanes: tuple[Box, ...]) -> str:
    said = ";".join(f"{_short(lane.x)} {_short(lane.x + lane.width)} {_short(lane.y)}" for lane in lanes)
    return f' data-lanes="{said}"' if said else ""


def _through(boxes: tuple[Box, ...]) -> str:
    """A line from the right of the first to the left of the last, straight through those between."""
    parts: list[str] = []
    for one, two in pairwise(boxes):
        start, end = (one.x + one.width, one.y), (two.x, two.y)
        bend = max(40.0, abs(end[0] - start[0]) / 2)
        bends = f"{_pair((start[0] + bend, start[1]))} {_pair((end[0] - bend, end[1]))}"
        parts.append(f"{'L' if parts else 'M'}{_pair(start)}C{bends} {_pair(end)}")
    return "".join(parts)


def _pair(place: tuple[float, float]) -> str:
    return f"{_short(place[0])} {_short(place[1])}"


def _short(number: float) -> str:
    """One decimal, the shortest way; -0 is 0."""
    rounded = math.floor(number * 10 + 0.5) / 10
    return f"{rounded:.1f}".removesuffix(".0") if rounded else "0"
