"""Building the tree, as npm builds its ideal tree: place by place, from the top down, by depth and then by path.

    take the next place   ->   for each edge of it that is not met: choose a release, gather its peers
                          ->   place them in the order of their names; each may queue places that it upset

Then optional packages that could not be had are let go, anything else that could not is a problem, and what only they
led to is left out. A generator: it yields the names it needs. Source: npm's documentation of `npm install` (algorithm).
"""

from __future__ import annotations

from heapq import heappop, heappush

from holdfast_resolver.placement.ahead import Scout
from holdfast_resolver.placement.failure import (
    Failure,
    Impossible,
    names_of,
    peer_conflict,
    problem_of,
    wanted_by,
)
from holdfast_resolver.placement.flags import Flags, flags_of
from holdfast_resolver.placement.gather import Host
from holdfast_resolver.placement.nodes import Edge, Node
from holdfast_resolver.placement.order import collated, collated_name
from holdfast_resolver.placement.overrides import rules_of
from holdfast_resolver.placement.peer_sets import Guest
from holdfast_resolver.placement.place import Placing
from holdfast_resolver.placement.port import (
    ENTANGLED,
    OVERRIDE_CONFLICT,
    Need,
    NoPackage,
    PlacementRequest,
    Problem,
    Unplaceable,
)
from holdfast_resolver.placement.reach import only_needed_by
from holdfast_resolver.placement.result import placement
from holdfast_resolver.placement.shelf import MEMBER, PEER_OPTIONAL, importer_package
from holdfast_resolver.placement.shields import keep_shields
from holdfast_resolver.placement.stock import Stock
from holdfast_resolver.placement.tree import Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from holdfast_resolver.placement.port import Placement, Record
    from holdfast_resolver.placement.shelf import Package

# Places that upset each other may go round for ever.
_MOST_TIMES = 50  # that one release is placed at one path
_MOST_TRIES = 5  # that one optional peer is met


def place(
    request: PlacementRequest, listing: Callable[[str], Record | NoPackage | None]
) -> Generator[Need, None, Placement | Unplaceable]:
    """Build the tree of a project; yield what is needed, return the tree or why there is none.

    The same request and records give the same answer, whatever was here when. Pins that stand in the way are freed:
    those of the packages that a problem speaks of, and no others while that is enough.
    """
    outcome = yield from _Builder(request, listing).run()
    while isinstance(outcome, Unplaceable):
        named = {name for problem in outcome.problems for name in names_of(problem)}
        tired = any(problem.reason == ENTANGLED for problem in outcome.problems)  # once more is enough
        freed = set() if tired else (named & request.pins.keys()) - request.freed
        if not freed:
            if request.freed >= request.pins.keys():
                return outcome
            freed = set(request.pins) - request.freed
        request = request._replace(freed=request.freed | freed)
        outcome = yield from _Builder(request, listing).run()
    return outcome


class _Builder:
    def __init__(self, request: PlacementRequest, listing: Callable[[str], Record | NoPackage | None]) -> None:
        self._stock = Stock(request, listing)
        self._source_of = request.source_of
        rules = rules_of(request.overrides)
        self._scout = Scout(self._stock, rules)
        root, members = request.importers[0], request.importers[1:]
        folders = [(member.name, _folder(member.path)) for member in members]
        self._root = Node(root.name, importer_package(root, folders), rules)
        tree = self._tree = Tree(self._root)
        for member in members:
            package = importer_package(member)
            node = Node(member.name, package, rules.for_member(package) if rules is not None else None)
            tree.add_member(node, _folder(member.path))
            self._scout.notice(package)
        self._scout.notice(self._root.package)
        self._host = Host(self._stock, self._scout, tree)
        self._queue: list[tuple[int, tuple[str, str], int, Node]] = []
        self._queued: set[Node] = set()
        self._pushed = 0
        self._seen: set[Node] = set()
        self._failed: dict[Node, None] = {}
        self._tries: dict[tuple[str, Package, str], int] = {}  # how often an optional peer was met
        self._times: dict[tuple[str, Package], int] = {}  # how often a release was placed at a path

    def run(self) -> Generator[Need, None, Placement | Unplaceable]:
        clashes = self._override_clashes()
        if clashes:
            return Unplaceable(tuple(clashes))
        try:
            yield from self._build()
        except Impossible as error:
            return Unplaceable((error.problem,))
        flags = flags_of(self._tree)
        problems = self._problems(flags)
        if problems:
            return Unplaceable(problems)
        hopeless = self._hopeless()
        keep_shields(self._tree, flags, hopeless)
        return placement(self._tree, flags, hopeless, self._source_of)

    def _override_clashes(self) -> list[Problem]:
        """An override may not change what the project itself asks for."""
        found = []
        for edge in self._root.edges_out.values():
            if edge.rules is not None and edge.want.kind != MEMBER and edge.reading != edge.want.reading:
                problem = problem_of(Failure(OVERRIDE_CONFLICT, edge.want.reading, edge.name), edge)
                step = problem.chain[-1]._replace(spec=edge.want.spec)
                found.append(problem._replace(found=edge.rules.value, chain=(*problem.chain[:-1], step)))
        return found

    def _problems(self, flags: dict[Node, Flags]) -> tuple[Problem, ...]:
        found = []
        for node in self._failed:
            if node.alive and not flags[node].extraneous and not flags[node].optional:
                assert node.failure is not None
                edge = next((edge for edge in node.edges_in if not edge.want.may_lack), None) or node.because
                assert edge is not None
                found.append(problem_of(node.failure, edge))
        return tuple(sorted(set(found), key=str))

    def _hopeless(self) -> dict[Node, None]:
        """What could not be had, what cannot be without it, and what only those need: all of it is optional."""
        found = {node: None for node in self._failed if node.alive}
        todo = list(found)
        for node in todo:
            for edge in node.edges_in:
                if not edge.want.may_lack and edge.source not in found:
                    found[edge.source] = None
                    todo.append(edge.source)
        return only_needed_by(found, lambda edge: edge.to not in found)

    def _build(self) -> Generator[Need, None, None]:
        self._push(self._root)
        while True:
            while self._queue:
                node = heappop(self._queue)[3]
                self._queued.discard(node)
                if node not in self._seen and node.alive:
                    self._seen.add(node)
                    yield from self._meet(node)
            for link in self._tree.links.values():
                member = link.target
                assert member is not None
                if member not in self._seen:
                    if link.rules is not None:
                        self._tree.inherit(member, link.rules)
                    self._push(member)
            if not self._queue and not self._left_open():
                return

    def _left_open(self) -> bool:
        """Queue what lost something without anybody noticing: npm would leave it unmet."""
        upset = [
            node
            for node in (self._root, *self._tree.members, *self._tree.nodes())
            if any(self._is_left(edge) for edge in node.edges_out.values())
        ]
        if upset:
            flags = flags_of(self._tree)
            for node in upset:
                if not flags[node].extraneous:
                    self._again(node)
                    self._bound(node)
        return bool(self._queue)

    def _bound(self, node: Node) -> None:
        """Give up on what is met again and again, and never stays met."""
        times = self._times[node.path, node.package] = self._times.get((node.path, node.package), 0) + 1
        if times > _MOST_TIMES:
            edge = next(edge for edge in node.edges_out.values() if self._is_left(edge))
            raise Impossible(peer_conflict(edge, edge.to, wanted_by(edge.to) if edge.to is not None else None))

    def _is_left(self, edge: Edge) -> bool:
        """Whether nothing meets an edge; what its own spec admits is let be, whatever overrides reached it since."""
        if edge.overruled or not self._is_open(edge):
            return False
        return edge.to is None or not edge.to.package.fits(edge.want.reading)

    def _push(self, node: Node) -> None:
        if node not in self._queued:
            self._queued.add(node)
            self._pushed += 1
            heappush(self._queue, (node.depth, collated(node.path), self._pushed, node))

    def _meet(self, node: Node) -> Generator[Need, None, None]:
        """Meet the edges of one node."""
        tasks: list[tuple[Edge, Guest | Node]] = []
        for edge in node.edges_out.values():
            if edge.overruled or not self._is_open(edge) or self._gives_way(edge):
                continue
            company = self._host.company(node)
            dep: Guest | Node | None = None
            tie = company.tie(edge.key)
            if tie is not None and tie.valid and tie.to is not None and edge.served_by(tie.to):
                dep = tie.to
            if dep is None and edge.want.kind == PEER_OPTIONAL:
                dep = self._standing(node.above or node, edge)
            if dep is None:
                dep = yield from self._host.invite(edge, company if edge.want.peer else None)
            tasks.append((edge, dep))
        tasks.sort(key=lambda task: collated_name(task[0].name))
        for edge, dep in tasks:
            if not node.alive:  # what was just placed made it superfluous
                return
            for placing in Placing(self._tree, edge, dep).all():
                if placing.placed is not None:
                    self._after(placing, placing.placed)

    def _is_open(self, edge: Edge) -> bool:
        """Whether something has to be done for an edge."""
        if edge.to is None:
            return edge.want.kind != PEER_OPTIONAL
        return not edge.valid and edge.to not in self._failed

    def _gives_way(self, edge: Edge) -> bool:
        """Let an optional peer be unmet when meeting it upset others again and again."""
        if edge.want.kind != PEER_OPTIONAL:
            return False
        key = (edge.source.path, edge.source.package, edge.key)
        times = self._tries[key] = self._tries.get(key, 0) + 1
        edge.overruled = times > _MOST_TRIES
        return edge.overruled

    def _after(self, placing: Placing, node: Node) -> None:
        """Queue what a placing upset, and what it placed."""
        if node.failure is not None:
            self._failed[node] = None
        times = self._times[node.path, node.package] = self._times.get((node.path, node.package), 0) + 1
        if times > _MOST_TIMES:  # two that push each other out for ever
            raise Impossible(peer_conflict(placing.edge, None, None))
        for edge in node.edges_in:
            if edge is not placing.edge and not edge.valid and not edge.overruled:
                self._again(edge.source)
        self._push(node)
        self._scout.notice(node.package)
        for other in placing.revisit:
            self._again(other)

    def _again(self, node: Node) -> None:
        self._seen.discard(node)
        self._push(node)

    def _standing(self, start: Node, edge: Edge) -> Node | None:
        """Return what serves an edge and stands somewhere below `start` already, the highest first."""
        found = [
            node
            for node in self._tree.named(edge.key)
            if node.parent is not None and node is not start and node.below(start) and edge.served_by(node)
        ]
        return min(found, key=lambda node: node.depth, default=None)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
