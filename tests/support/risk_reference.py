"""The measures once more, written to be read: every path is walked, nothing is clever. For small graphs only."""

from collections.abc import Iterable, Iterator

from holdfast.risk.graph import Package, RiskGraph

Path = tuple[int, ...]


def simple_paths(graph: RiskGraph, starts: Iterable[int], without: int = -1) -> Iterator[Path]:
    """Yield every path without repetition from any start, also those that go on."""
    waiting: list[Path] = [(start,) for start in sorted(set(starts)) if start != without]
    while waiting:
        path = waiting.pop()
        yield path
        waiting += [(*path, other) for other in graph.successors[path[-1]] if other not in path and other != without]


def shortest(graph: RiskGraph, starts: Iterable[int]) -> dict[int, Path]:
    """The shortest path to each place, the first by alphabet among equals."""
    found: dict[int, Path] = {}
    for path in simple_paths(graph, starts):
        known = found.get(path[-1])
        if known is None or (len(path), path) < (len(known), known):
            found[path[-1]] = path
    return found


def reached(graph: RiskGraph, starts: Iterable[int], without: int = -1) -> set[int]:
    """All places on any path."""
    return {path[-1] for path in simple_paths(graph, starts, without)}


def brought_in(graph: RiskGraph, place: int) -> set[int]:
    """What leaves when a place is taken out, itself not counted."""
    return reached(graph, graph.direct) - reached(graph, graph.direct, place) - {place}


def on_one_path(graph: RiskGraph) -> set[int]:
    """The places to which exactly one path leads."""
    ends = [path[-1] for path in simple_paths(graph, graph.direct)]
    return {place for place in ends if ends.count(place) == 1}


def together(graph: RiskGraph) -> list[list[int]]:
    """The groups of places that lead to each other."""
    places = range(len(graph.packages))
    below = [reached(graph, [place]) for place in places]
    groups = {tuple(sorted(other for other in below[place] if place in below[other])) for place in places}
    return [list(group) for group in sorted(groups)]


def shortest_cycle(graph: RiskGraph, place: int) -> Path:
    """The shortest cycle through a place, the first by alphabet among equals; () for none."""
    closed = [path for path in simple_paths(graph, [place]) if place in graph.successors[path[-1]]]
    return min(closed, key=lambda path: (len(path), path), default=())


def signed_by(package: Package) -> list[set[str]]:
    """Who signed each file of a package."""
    pin = package.pin
    return [set(pin.signers if one.signers is None else one.signers) for one in pin.artifacts]


def level(package: Package) -> str:
    """How a package is signed: as its worst file is."""
    files = signed_by(package)
    if not files or not all(files):
        return "unsigned"
    return "publisher" if all(signers - {"npm:key"} for signers in files) else "registry"


def holdings(graph: RiskGraph) -> dict[str, list[int]]:
    """The places of the packages of which each signer signed a file."""
    every = {signer for package in graph.packages for signers in signed_by(package) for signer in signers}
    return {
        signer: [
            place for place, package in enumerate(graph.packages) if any(signer in one for one in signed_by(package))
        ]
        for signer in sorted(every)
    }


def concentration(graph: RiskGraph) -> tuple[float, str]:
    """The largest share of packages that one publisher holds, and the first by alphabet who holds it."""
    shares = [
        (len(places) / len(graph.packages), signer) for signer, places in holdings(graph).items() if signer != "npm:key"
    ]
    most = max([one for one, _ in shares], default=0.0)
    return round(most, 6), min([signer for one, signer in shares if one == most], default="")
