"""Where packages stand on the page: discs and boxes that keep their distance."""

import math
from itertools import pairwise

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.reports.html.clusters import DIRECT, SHARED, cluster
from holdfast.reports.html.graph import page_graph
from holdfast.reports.html.layers import HEIGHT, layer
from tests.support.audit_worlds import audit_world


@st.composite
def graphs(draw: st.DrawFn) -> list[list[int]]:
    """Edges of a small graph whose last node is the root; cycles and lonely nodes are among them."""
    size = draw(st.integers(1, 12))
    return [sorted(draw(st.sets(st.integers(0, size - 1), max_size=4)) - {node}) for node in range(size + 1)]


@pytest.mark.parametrize("size", [60, 400])
def test_discs_hold_what_one_package_brings_and_do_not_overlap(size: int) -> None:
    """Every package stands once, inside of its disc, at a distance from others; a head dominates its disc."""
    audit = audit_world(size)
    graph = page_graph(audit)
    found = cluster(graph.over, [one.depth for one in audit.packages])
    assert sorted(member for disc in found.discs for member in disc.members) == list(range(size))
    for place, disc in enumerate(found.discs):
        for other in found.discs[:place]:
            assert math.dist((disc.x, disc.y), (other.x, other.y)) > disc.radius + other.radius
        for member in disc.members:
            assert math.dist((disc.x, disc.y), found.places[member]) < disc.radius
        if disc.head not in (DIRECT, SHARED):
            assert len(disc.members) == audit.packages[disc.head].dominates + 1
    places = sorted(found.places)
    nearest = min(math.dist(one, two) for one, two in pairwise(places))
    assert nearest > found.step


@given(graphs())
def test_boxes_do_not_overlap_and_edges_without_cycles_lead_right(after: list[list[int]]) -> None:
    """Whatever the graph, no two boxes cover each other; without cycles every edge leads to the right."""
    root = len(after) - 1
    layers = layer(after, [f"package-{node} 1.0" for node in range(len(after))])
    boxes = layers.boxes
    for place, one in enumerate(boxes):
        for two in boxes[:place]:
            apart = one.x + one.width <= two.x or two.x + two.width <= one.x
            assert apart or abs(one.y - two.y) >= HEIGHT
    graph = networkx.DiGraph([(node, other) for node, others in enumerate(after) for other in others])
    graph.add_node(root)
    reached = graph.subgraph({root} | networkx.descendants(graph, root))
    if networkx.is_directed_acyclic_graph(reached):
        assert all(boxes[one].x + boxes[one].width < boxes[two].x for one, two in reached.edges)


@given(graphs())
def test_edges_go_round_the_boxes_of_columns_between(after: list[list[int]]) -> None:
    """Where an edge that leads right crosses a column, it has a lane there that meets no box."""
    layers = layer(after, [f"package-{node} 1.0" for node in range(len(after))])
    columns = sorted({box.x for box in layers.boxes})
    for node, others in enumerate(after):
        for other in others:
            start, *lanes, end = layers.way(node, other)
            assert (start, end) == (layers.boxes[node], layers.boxes[other])
            assert [lane.x for lane in lanes] == [x for x in columns if start.x < x < end.x]
            for lane in lanes:
                assert all(abs(lane.y - box.y) > HEIGHT / 2 for box in layers.boxes if box.x == lane.x)


def test_edges_to_what_is_no_package_are_left_out() -> None:
    """An edge to a package that the audit does not have makes no node and no fault."""
    audit = audit_world(10)
    graph = page_graph(audit._replace(packages=audit.packages[:5]))
    assert all(0 <= other < 5 for others in graph.after for other in others)


def test_the_graph_of_the_page_knows_who_dominates() -> None:
    """The package that every path goes through comes from the audit; one that the audit does not have is none."""
    audit = audit_world(60)
    graph = page_graph(audit)
    ids = [one.id for one in audit.packages]
    assert [ids[over] if over >= 0 else "" for over in graph.over] == [one.dominator for one in audit.packages]
    assert any(over >= 0 for over in graph.over)
    lost = audit.packages[0]._replace(dominator="npm:gone 1.0")
    assert page_graph(audit._replace(packages=(lost, *audit.packages[1:]))).over[0] == -1
