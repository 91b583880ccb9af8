"""What is declared and what is imported, on random graphs, as a plain, slow reference says."""

import pytest

from holdfast.risk.measures_closures import Closures
from holdfast.risk.measures_imports import imports
from tests.support import imports_reference as reference
from tests.support.import_graphs import random_import_graph

SEEDS = range(250)
GRAPHS = [random_import_graph(seed) for seed in SEEDS]
FOUND = [imports(graph, Closures(graph).below) for graph in GRAPHS]


@pytest.mark.parametrize("seed", SEEDS)
def test_declared_and_imported(seed: int) -> None:
    """Each edge is imported, or certainly not, or nobody can say; what certainly is not is unused."""
    graph, found = GRAPHS[seed], FOUND[seed]
    edges = [(place, other) for place, others in enumerate(graph.successors) for other in others]
    expected = {(place, other): reference.is_imported(graph, place, other) for place, other in edges}
    assert found.imported == expected
    assert list(found.unused) == [edge for edge in edges if expected[edge] is False]


@pytest.mark.parametrize("seed", SEEDS)
def test_imported_and_never_declared(seed: int) -> None:
    """What comes from below and is required nowhere, at its first import by path and line."""
    assert [tuple(row) for row in FOUND[seed].undeclared] == reference.undeclared(GRAPHS[seed])


def test_the_random_code_is_interesting() -> None:
    """Among the graphs are many edges of each verdict, and many imports that nobody declared."""
    verdicts = [verdict for found in FOUND for verdict in found.imported.values()]
    assert min(verdicts.count(one) for one in (True, False, None)) > 80
    assert sum(len(found.undeclared) for found in FOUND) > 40
