"""Measures of a large graph stay within their bound."""

from time import process_time

from holdfast.risk.facts import Known, Limits
from holdfast.risk.measured import measure
from tests.support.risk_graphs import random_large_graph

SECONDS = 2.0  # of one core, for 5,000 packages and 20,000 edges


def test_all_measures_of_a_large_graph_take_two_seconds_at_most() -> None:
    """5,000 packages with 20,000 edges and cycles: paths, closures, dominators, blast radii, imports and all others."""
    graph = random_large_graph(7, 5_000, 20_000)
    assert len(graph.packages) == 5_000
    assert graph.edge_count >= 20_000
    before = process_time()
    measured = measure(graph, Known(), Limits())
    assert process_time() - before <= SECONDS
    assert len(measured.paths.depths) > 4_500
    assert measured.cycles
    assert max(measured.dominators.counts) > 1
