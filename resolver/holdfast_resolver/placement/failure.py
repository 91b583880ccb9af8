"""What could not be had, or cannot stand together: noted while the tree is built, told in full afterwards.

Knows edges, and how they lead back to the project; no sentence.
"""

from __future__ import annotations

from holdfast_resolver.placement.nodes import Node
from holdfast_resolver.placement.peer_sets import Company, Guest
from holdfast_resolver.placement.pick import near
from holdfast_resolver.placement.port import (
    ENTANGLED,
    NO_MATCH,
    NO_TAG,
    NOT_FOUND,
    PEER_CONFLICT,
    UNSUPPORTED,
    Problem,
    Step,
)
from holdfast_resolver.placement.specs import FOREIGN, TAG, WORKSPACE
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from holdfast_resolver.placement.nodes import Edge
    from holdfast_resolver.placement.peer_sets import AnyEdge, Bystander
    from holdfast_resolver.placement.shelf import Shelf
    from holdfast_resolver.placement.specs import Reading

    Asker: TypeAlias = "Node | Company | Guest | Bystander"

_MOST_TAGS = 6  # and peers


class Failure(NamedTuple):
    """Why there is nothing where a package should stand. `shelf`: what there is instead."""

    reason: str
    reading: Reading
    name: str
    shelf: Shelf | None = None


class Impossible(Exception):
    """There is no tree, for one reason that needs no further looking; caught where the tree is built."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def failure(name: str, reading: Reading, shelf: Shelf | None = None) -> Failure:
    """Return why a reading of a package of that name leads to nothing."""
    if reading.kind in (FOREIGN, WORKSPACE):
        reason = UNSUPPORTED
    elif shelf is None:
        reason = NOT_FOUND
    else:
        reason = NO_TAG if reading.kind == TAG else NO_MATCH
    return Failure(reason, reading, name, shelf)


def problem_of(failed: Failure, edge: AnyEdge) -> Problem:
    """Return the problem of what an edge leads to."""
    shelf = failed.shelf
    there: tuple[str, ...] = ()
    available = 0
    if shelf is not None and failed.reason == NO_TAG:
        there = tuple(sorted(shelf.record.tags))[:_MOST_TAGS]
        available = len(shelf.record.tags)
    elif shelf is not None:
        there = near(shelf, failed.reading.text)
        available = shelf.table.count - shelf.damaged.bit_count()
    return Problem(failed.reason, chain_to(edge), failed.name, there, available)


def peer_conflict(edge: AnyEdge, standing: Node | Guest | None, because: AnyEdge | None) -> Problem:
    """Return the conflict of an edge with what stands where it leads to; `because`: who wants that one."""
    return Problem(
        PEER_CONFLICT,
        chain_to(edge),
        edge.reading.name or edge.name,
        found=standing.package.version if standing is not None else "",
        other=chain_to(because) if because is not None else (),
    )


def entangled(edge: AnyEdge, guest: Node | Guest) -> Problem:
    """Return the problem of peers that ask for each other in more ways than are tried: those beside a guest."""
    names = [one.package.name for one in guest.siblings().values()] or [guest.package.name]
    return Problem(ENTANGLED, chain_to(edge), edge.reading.name or edge.name, tuple(names[:_MOST_TAGS]), len(names))


def names_of(problem: Problem) -> set[str]:
    """Return the packages that a problem speaks of."""
    steps = (*problem.chain, *problem.other)
    return {problem.package} | {step.name for step in steps} | {step.asker.rpartition("@")[0] for step in steps}


def wanted_by(node: Node | Guest) -> AnyEdge | None:
    """Return the edge that best explains why a node stands where it does: one of the project, where there is one."""
    if isinstance(node, Node):
        met = [edge for edge in node.edges_in if edge.valid]
        for edge in met:
            if edge.source.is_importer:
                return edge
        if met:
            return met[0]
    return node.because


def chain_to(edge: AnyEdge) -> tuple[Step, ...]:
    """Return the requirements from the project to an edge, the edge last: the shortest way through the tree."""
    steps = [_step(edge)]
    seen = {id(edge.source)}
    source: Asker = edge.source
    while not source.is_importer:
        above = _way_up(source)
        if above is None or id(above.source) in seen:
            break
        steps.append(_step(above))
        source = above.source
        seen.add(id(source))
    return tuple(reversed(steps))


def _way_up(source: Asker) -> AnyEdge | None:
    """The next edge towards the project: by breadth first in the tree, by what brought it in a peer set."""
    while isinstance(source, Company):  # its host speaks for whom it stands in for
        source = source.source
    if not isinstance(source, Node):
        return source.because
    came: dict[Node, Edge | None] = {source: None}
    todo = [source]
    for node in todo:
        for edge in node.edges_in:
            if edge.valid and edge.source not in came:
                came[edge.source] = edge
                todo.append(edge.source)
                if edge.source.is_importer:
                    return _first_step(edge, came)
    return source.because


def _first_step(edge: Edge, came: dict[Node, Edge | None]) -> Edge:
    """The last edge of the way that begins with `edge`."""
    while edge.to is not None and (below := came[edge.to]) is not None:
        edge = below
    return edge


def _step(edge: AnyEdge) -> Step:
    source, want = edge.source, edge.want
    asker = source.path if source.is_importer else f"{source.package.name}@{source.package.version}"
    return Step(asker, want.name, edge.reading.text if edge.rules else want.spec, want.kind, want.line, want.path)
