"""Each measure of a graph says on random graphs what a plain, slow reference says."""

import pytest

from holdfast.model.audit import Reach
from holdfast.model.signed_files import is_signed
from holdfast.risk.facts import Known, Limits
from holdfast.risk.graph import ROOT
from holdfast.risk.measured import measure
from holdfast.risk.measures_blast import blasts, concentration, packages_of_signers, signer_blasts
from holdfast.risk.measures_capabilities import PRIVILEGED, capabilities_of, privileged_reaches, reaches
from holdfast.risk.measures_closures import Closures, places_in
from holdfast.risk.measures_cycles import cycles
from holdfast.risk.measures_dominators import Dominators
from holdfast.risk.measures_paths import Paths
from holdfast.risk.measures_trust import LEVELS, inherited, level_of
from tests.support import risk_reference as reference
from tests.support.risk_graphs import random_graph

SEEDS = range(150)
GRAPHS = [random_graph(seed) for seed in SEEDS]
over_graphs = pytest.mark.parametrize("seed", SEEDS)


@over_graphs
def test_paths(seed: int) -> None:
    """The path to a package is the shortest and the first by alphabet; its depth is its length."""
    graph = GRAPHS[seed]
    paths = Paths(graph, graph.direct)
    expected = reference.shortest(graph, graph.direct)
    assert {place: paths.to(place) for place in paths.depths} == expected
    assert paths.depths == {place: len(path) for place, path in expected.items()}
    assert paths.depth == max(map(len, expected.values()))
    assert all(paths.to(place) == () for place in range(len(graph.packages)) if place not in expected)


@over_graphs
def test_closures(seed: int) -> None:
    """`below` is what a package leads to, `above` what leads to it; components lead to each other."""
    graph = GRAPHS[seed]
    closures = Closures(graph)
    below = [reference.reached(graph, [place]) for place in range(len(graph.packages))]
    assert [set(places_in(mask)) for mask in closures.below] == below
    assert [set(places_in(mask)) for mask in closures.above] == [
        {other for other, found in enumerate(below) if place in found} for place in range(len(graph.packages))
    ]
    assert sorted(closures.components) == reference.together(graph)


@over_graphs
def test_cycles(seed: int) -> None:
    """Each group of packages that need each other has one cycle: the shortest through its first."""
    graph = GRAPHS[seed]
    found = [reference.shortest_cycle(graph, group[0]) for group in reference.together(graph)]
    assert cycles(graph, Closures(graph).components) == tuple(sorted(cycle for cycle in found if cycle))


@over_graphs
def test_dominators(seed: int) -> None:
    """A package brings in what leaves when it is taken out; it dominates that and itself."""
    graph = GRAPHS[seed]
    dominators = Dominators(graph)
    everything = reference.reached(graph, graph.direct)
    for place in range(len(graph.packages)):
        expected = reference.brought_in(graph, place) if place in everything else set()
        assert set(dominators.brings_in(place)) == expected
        assert dominators.counts[place] == len(expected)
        within = expected | {place} if place in everything else set()
        assert {other for other in range(len(graph.packages)) if dominators.dominates(place, other)} == within


@over_graphs
def test_on_one_path(seed: int) -> None:
    """A package is on one path if exactly one path without repetition leads to it."""
    graph = GRAPHS[seed]
    assert set(Dominators(graph).on_one_path()) == reference.on_one_path(graph)


@over_graphs
def test_blast_radius(seed: int) -> None:
    """At import a package's code runs with all that lead to it; at install time everywhere or nowhere."""
    graph = GRAPHS[seed]
    every = len(graph.packages)
    found = blasts(graph, Closures(graph))
    for place, package in enumerate(graph.packages):
        users = [other for other in range(every) if place in reference.reached(graph, [other])]
        assert found[place].at_import == round(len(users) / every, 6)
        evidence = package.scan.evidence if package.scan is not None else ()
        assert found[place].at_install == float(any(one.moment == "install" for one in evidence))


@over_graphs
def test_blast_radius_of_signers(seed: int) -> None:
    """A signer reaches what the packages reach together that it signed, with all that these can do."""
    graph = GRAPHS[seed]
    every = len(graph.packages)
    found = signer_blasts(graph, Closures(graph))
    holdings = reference.holdings(graph)
    assert [row.signer for row in found] == list(holdings)
    for row in found:
        theirs = holdings[row.signer]
        users = [other for other in range(every) if reference.reached(graph, [other]).intersection(theirs)]
        held = {capability for place in theirs for capability in capabilities_of(graph.packages[place])}
        at_install = ["install" in capabilities_of(graph.packages[place]).values() for place in theirs]
        assert (row.packages, row.blast, row.install_blast) == (
            len(theirs),
            round(len(users) / every, 6),
            float(any(at_install)),
        )
        assert set(row.capabilities) == held
        assert packages_of_signers(graph.packages)[row.signer] == theirs


@over_graphs
def test_reaches(seed: int) -> None:
    """Each capability of each package that is reached comes by the shortest path, at its earliest moment."""
    graph = GRAPHS[seed]
    expected = []
    for place, path in reference.shortest(graph, graph.direct).items():
        package = graph.packages[place]
        expected += [
            Reach(evidence.capability, package.id, graph.named(path), evidence.moment)
            for evidence in (package.scan.evidence if package.scan is not None else ())
        ]
    assert reaches(graph, Paths(graph, graph.direct)) == tuple(sorted(expected))


@over_graphs
def test_privileged_reaches(seed: int) -> None:
    """What reaches a privileged module is what the packages below it can do: the nearest is named, all are counted."""
    graph = GRAPHS[seed]
    privileged = {
        place
        for place, package in enumerate(graph.packages)
        if package.pin.module is not None and package.pin.module.privileged
    }
    expected = set()
    for module in privileged:
        having: dict[str, list[tuple[int, ...]]] = {}
        for place, path in reference.shortest(graph, [module]).items():
            if place != module:
                for one in {*capabilities_of(graph.packages[place]), *([PRIVILEGED] if place in privileged else [])}:
                    having.setdefault(one, []).append(path)
        for capability, ways in having.items():
            nearest = min(ways, key=lambda path: (len(path), path))
            expected.add((graph.ids[module], capability, graph.named(nearest), len(ways)))
    found = privileged_reaches(graph, Closures(graph).below)
    assert {(row.module, row.capability, row.path, row.packages) for row in found} == expected
    assert list(found) == sorted(found)


@over_graphs
def test_levels_and_the_unsigned(seed: int) -> None:
    """A package is signed as its worst file is; the unsigned ones are those of the lowest level."""
    graph = GRAPHS[seed]
    levels = [reference.level(package) for package in graph.packages]
    assert [level_of(package.pin) for package in graph.packages] == levels
    measured = measure(graph, Known(), Limits())
    assert measured.levels == tuple(levels)
    assert measured.unsigned == tuple(place for place, level in enumerate(levels) if level == "unsigned")
    assert [is_signed(package.pin) for package in graph.packages] == [level != "unsigned" for level in levels]


@over_graphs
def test_concentration(seed: int) -> None:
    """The publisher with most packages, of equals the first by alphabet; a registry is none."""
    graph = GRAPHS[seed]
    assert concentration(packages_of_signers(graph.packages), len(graph.packages)) == reference.concentration(graph)


@over_graphs
def test_what_is_measured_together(seed: int) -> None:
    """Taken together the measures are the same; reaches begin at a direct dependency; the nearest dominator is it."""
    graph = GRAPHS[seed]
    measured = measure(graph, Known(), Limits())
    paths = reference.shortest(graph, graph.direct)
    assert {place: measured.paths.to(place) for place in paths} == paths
    assert {reach.path[0] for reach in measured.reaches} <= {graph.ids[place] for place in graph.direct}
    assert measured.on_one_path == reference.on_one_path(graph)
    assert measured.concentration == reference.concentration(graph)
    brought = {place: reference.brought_in(graph, place) for place in paths}
    for place in paths:
        # Of all that every path goes through, the nearest is the one that most of the others bring in.
        above = [other for other in paths if place in brought[other]]
        nearest = max(above, key=lambda other: sum(other in brought[one] for one in above), default=ROOT)
        assert measured.dominators.immediate[place] == nearest


@over_graphs
def test_inherited_trust(seed: int) -> None:
    """A package inherits the weakest level below it, by the shortest path to one that has it."""
    graph = GRAPHS[seed]
    levels = [reference.level(package) for package in graph.packages]
    for place, found in enumerate(inherited(graph, levels)):
        ways = reference.shortest(graph, [place])
        weakest = min([levels[other] for other in ways], key=LEVELS.index)
        assert found.level == weakest
        expected = min(
            [path for end, path in ways.items() if levels[end] == weakest], key=lambda path: (len(path), path)
        )
        assert found.path == expected


def test_the_random_graphs_are_interesting() -> None:
    """Among them are cycles, unreached packages, dominators, second paths and privileged modules that are reached."""
    assert sum(bool(cycles(graph, Closures(graph).components)) for graph in GRAPHS) > 50
    assert sum(len(Paths(graph, graph.direct).depths) < len(graph.packages) for graph in GRAPHS) > 20
    assert sum(any(Dominators(graph).counts) for graph in GRAPHS) > 30
    assert sum(0 < len(Dominators(graph).on_one_path()) < len(graph.packages) for graph in GRAPHS) > 50
    assert sum(reference.concentration(graph)[0] > 0 for graph in GRAPHS) > 100
    assert sum(len({reference.level(package) for package in graph.packages}) == 3 for graph in GRAPHS) > 30
    assert (
        sum(any(len(set(map(frozenset, reference.signed_by(one)))) > 1 for one in graph.packages) for graph in GRAPHS)
        > 50
    )
    assert sum(bool(privileged_reaches(graph, Closures(graph).below)) for graph in GRAPHS) > 30
