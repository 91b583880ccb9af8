"""How deep and how large the graph of a lock may be: `max-depth` and `max-packages` of `[policy]`.

The depth of a package is the number of steps of the shortest way to it from the project, on the target where that is
longest: what a manifest asks for has depth 1. Of what lies too deep only the first are named, those right below the
limit: all else hangs on them.
"""

from holdfast.findings.codes import severity
from holdfast.findings.finding import Finding, Place
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock
from holdfast.model.paths import ShortestPaths, outgoing
from holdfast.model.policy import Policy
from holdfast.model.words import spell_pin, targets_in_words
from holdfast.policy.words import command, counted
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.grid import Grid

_LARGEST = 3  # wishes that are named


class Depth(NamedTuple):
    """A pin lies this many steps from the project on the targets of a mask."""

    steps: int
    targets: int


def judge_limits(lock: Lock, grid: Grid, policy: Policy, path: str, lock_path: str) -> tuple[Finding, ...]:
    """Return what lies too deep, in the lock's order, and one finding if there are too many packages."""
    graph = LockGraph(lock, grid)
    findings = [] if policy.max_depth is None else _deep(graph, policy.max_depth, path)
    count = len({(pin.source, pin.name) for pin in lock.packages})
    if policy.max_packages is not None and count > policy.max_packages:
        findings.append(
            Finding(
                "policy-count",
                severity("policy-count"),
                lock_path,
                f"at most {counted(policy.max_packages, 'package')} (max-packages of [policy] in {path})",
                counted(count, "package"),
                tuple([("brings", f"{wish}: {many}") for wish, many in _largest(graph)]),
                hints=("holdfast tree",),
                place=Place(path),
            )
        )
    return tuple(findings)


def depths(graph: LockGraph) -> dict[int, tuple[Depth, ...]]:
    """Return how deep each pin that is reached lies, by its index in the lock; the deepest last, no target twice."""
    walk = graph.walk(graph.lock.inputs)
    known: dict[int, int] = {}  # pin -> targets on which its depth is known
    found: dict[int, tuple[Depth, ...]] = {}
    arriving = [
        (graph.placements(edge.requirement, edge.chosen), edge.mask) for edge in graph.wished(graph.lock.inputs)
    ]
    steps = 0
    while arriving:
        steps += 1
        layer: dict[int, int] = {}
        for placements, mask in arriving:
            for index, when in placements:
                new = mask & when & ~known.get(index, 0)
                if new:
                    layer[index] = layer.get(index, 0) | new
        for index, new in layer.items():
            known[index] = known.get(index, 0) | new
            found[index] = (*found.get(index, ()), Depth(steps, new))
        arriving = [
            (graph.placements(edge.requirement, edge.chosen), edge.mask & new)
            for index, new in layer.items()
            for edge in outgoing(graph, walk, index)
            if edge.mask & new
        ]
    return found


def _deep(graph: LockGraph, most: int, path: str) -> list[Finding]:
    known = depths(graph)
    first = {
        index: targets for index, places in known.items() for steps, targets in places if steps == most + 1
    }  # right below the limit somewhere
    deeper = sum(places[-1].steps > most and index not in first for index, places in known.items())
    paths = ShortestPaths(graph)
    findings = []
    for index, targets in sorted(first.items()):
        pin = graph.lock.packages[index]
        where = targets_in_words(graph.grid, targets)
        facts = ((("targets", where),) if where else ()) + ((("still deeper", str(deeper)),) if deeper else ())
        findings.append(
            Finding(
                "policy-depth",
                severity("policy-depth"),
                spell_pin(pin),
                f"at most {counted(most, 'step')} from the project (max-depth of [policy] in {path})",
                counted(most + 1, "step"),
                facts,
                paths.to(index, targets),
                (command("why", pin.name),),
                Place(path),
            )
        )
    return findings


def _largest(graph: LockGraph) -> list[tuple[str, int]]:
    """The wishes that bring in the most packages, each with how many it reaches, its own included."""
    reached: dict[str, int] = {}
    for part in graph.lock.inputs:
        for requirement in part.requires:
            pins = graph.reach((part._replace(requires=(requirement,)),))
            if pins:
                reached[requirement.name] = max(reached.get(requirement.name, 0), len(pins))
    return sorted(reached.items(), key=lambda one: (-one[1], one[0]))[:_LARGEST]
