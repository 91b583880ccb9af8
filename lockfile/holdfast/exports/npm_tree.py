"""A tree of `node_modules` folders for a graph: each package as high as it can stand, so that every edge is met.

    root --- a 1.0.0 -> c 1.0.0        node_modules/a, node_modules/c (1.0.0), node_modules/b,
         `-- b 1.0.0 -> c 2.0.0        node_modules/b/node_modules/c (2.0.0)

Rule 1: what a package finds for a name, by the algorithm of Node.js, is what its edge in the graph leads to.
Rule 2: what was found once stays found: nothing is put between a package and what it has.
Rule 3: peers are found from the folder in which a package stands, never in its own; they are placed along with it.
Rule 4: folders are filled in the order of their depth, then of their path, as npm sorts: one graph, one tree.
Rule 5: a loop that would nest without end becomes a link to the place above where it began.
Rule 6: where this ends in a place that cannot hold what belongs there, all is done again with that place elsewhere.

Knows no lock and no JSON.
"""

from heapq import heappop, heappush

from holdfast.errors import Undecided
from holdfast.exports.npm_graph import Edge, NpmGraph
from holdfast_resolver.placement.order import collated, folded
from holdfast_resolver.values.npm import PEER_OPTIONAL

_MOST_TRIES = 1_000_000  # folders looked at in one go; the largest real trees need some 50,000
_MOST_TREES = 60
_MOST_COPIES = 30  # folders for each node of the graph, on average


class Place:
    """A folder: the root, a workspace, a package in a `node_modules`, or a link from there."""

    __slots__ = ("alias", "children", "depth", "edges_in", "link", "low", "own", "parent", "path", "target")

    def __init__(
        self, path: str, alias: str, target: int, parent: "Place | None", link: str = "", low: bool = True
    ) -> None:
        self.path = path
        self.alias = alias  # "" for the root and for workspaces
        self.target = target  # a node of the graph, or -1 - the number of a manifest
        self.parent = parent  # whose folder is looked into next
        self.link = link  # the path that it leads to
        self.low = low  # it cannot stand lower
        self.depth: int = 0 if parent is None or not alias else parent.depth + 1
        self.children: dict[str, Place] = {}  # by folded name, as file systems tell them apart
        self.own: dict[str, Edge] = {}
        self.edges_in: list[Place] = []  # the folders from which it was looked for, and found

    @property
    def is_importer(self) -> bool:
        return not self.alias


_Plan = dict[tuple[str, str], tuple[Place, str, int, bool]]  # (path of a folder, slot) -> folder, alias, target, low


class _Elsewhere:
    """What earlier trees have shown: where nodes must not stand, and for whom a place in the root is kept."""

    __slots__ = ("forbidden", "kept")

    def __init__(self) -> None:
        self.forbidden: set[tuple[str, str, int]] = set()  # path of a folder, slot, target
        self.kept: dict[str, int] = {}  # slot -> target

    def admits(self, folder: Place, slot: str, target: int) -> bool:
        if not folder.path and self.kept.get(slot, target) != target:
            return False
        return (folder.path, slot, target) not in self.forbidden

    def learn(self, error: "_StuckError", root: Place) -> bool:
        """Take a place that cannot hold what belongs there, or one around it, elsewhere: lower, else into the root.

        Where none of them can go, what stands in the way goes lower.
        """
        at: Place | None = error.place
        while at is not None and at.parent is not None and not at.is_importer:
            slot = folded(at.alias)
            key = at.parent.path, slot, at.target
            if not at.low and key not in self.forbidden:
                self.forbidden.add(key)
                return True
            wanted = root.own.get(slot)
            if at.parent is not root and slot not in self.kept and (wanted is None or wanted.target == at.target):
                self.kept[slot] = at.target
                return True
            at = at.parent
        for other in error.others:
            key = other.parent.path if other.parent is not None else "", folded(other.alias), other.target
            if not other.low and key not in self.forbidden:
                self.forbidden.add(key)
                return True
        return False


class _StuckError(Exception):
    """A place cannot hold what belongs there; `others` is what it finds where it wants something else."""

    def __init__(self, place: Place, others: tuple[Place, ...] = ()) -> None:
        super().__init__(place.path)
        self.place = place
        self.others = others


def place_all(graph: NpmGraph) -> dict[str, Place]:
    """Return every folder of the tree by its path, the root's "". Raises `Undecided` where no tree meets every edge."""
    elsewhere = _Elsewhere()
    for _ in range(_MOST_TREES):
        builder = _Builder(graph, elsewhere)
        try:
            return builder.run()
        except _StuckError as error:
            stuck = error.place.path or "the project"
            if not elsewhere.learn(error, builder.places[""]):
                break
    raise Undecided(
        f"no tree of folders lets every package find what the lock says: {stuck} does not",
        "npm install --package-lock-only",
    )


def found_from(place: Place, alias: str) -> Place | None:
    """What is found for a name from a folder."""
    slot = folded(alias)
    at: Place | None = place
    while at is not None:
        child = at.children.get(slot)
        if child is not None:
            return child
        at = at.parent
    return None


def start_of(place: Place, edge: Edge) -> Place:
    """The folder from which an edge of a package is looked for."""
    return place.parent if edge.peer and not place.is_importer and place.parent is not None else place


class _Builder:
    __slots__ = ("absent", "elsewhere", "graph", "places", "queue", "tries")

    def __init__(self, graph: NpmGraph, elsewhere: _Elsewhere) -> None:
        self.graph = graph
        self.elsewhere = elsewhere
        self.places: dict[str, Place] = {}
        self.queue: list[tuple[int, tuple[str, str], str]] = []
        self.absent: dict[str, list[tuple[Place, Edge]]] = {}  # slot -> who looks for it and has to find nothing else
        self.tries = 0

    def run(self) -> dict[str, Place]:
        self.importers()
        while self.queue:
            place = self.places[heappop(self.queue)[2]]
            for edge in sorted(place.own.values(), key=lambda edge: collated(edge.alias)):
                if edge.target is not None and (place.is_importer or not edge.peer):
                    self.settle(place, edge, edge.target)
        self.verify()
        return self.places

    def importers(self) -> None:
        """The root, the workspaces in it, and the links to them in the root's `node_modules`."""
        manifests = self.graph.manifests
        root = self.places[""] = Place("", "", -1, None)
        folders = sorted(range(1, len(manifests)), key=lambda number: manifests[number].folder)
        for number in folders:
            folder = manifests[number].folder
            around = max((path for path in self.places if not path or folder.startswith(f"{path}/")), key=len)
            self.places[folder] = Place(folder, "", -1 - number, self.places[around])
        for number, edges in enumerate(self.graph.importers):
            place = self.places[manifests[number].folder]
            self.begin(place, edges)
            name = manifests[number].name
            if place is not root and name:
                self.new(root, name, place.target, place.path)

    def begin(self, place: Place, edges: tuple[Edge, ...]) -> None:
        """Take a folder into the queue, with what it asks for."""
        for edge in edges:
            place.own[folded(edge.alias)] = edge
            # What is optional and absent an entry does not ask for; only a manifest, and peers, stand as they are.
            if edge.target is None and (edge.peer or place.is_importer):
                self.absent.setdefault(folded(edge.alias), []).append((start_of(place, edge), edge))
        # A workspace comes where its link would: npm goes by that.
        name = self.graph.name_of(place.target) if place.path and place.is_importer else ""
        heappush(self.queue, (place.depth, collated(f"node_modules/{name}" if name else place.path), place.path))

    def new(self, folder: Place, alias: str, target: int, link: str = "", low: bool = True) -> Place:
        path = f"{folder.path}/node_modules/{alias}" if folder.path else f"node_modules/{alias}"
        place = Place(path, alias, target, folder, link, low)
        if len(self.places) > 1000 + _MOST_COPIES * len(self.graph.nodes):
            raise _StuckError(place)
        folder.children[folded(alias)] = self.places[path] = place
        if not link:
            self.begin(place, self.graph.edges[target])
        return place

    def settle(self, place: Place, edge: Edge, target: int) -> None:
        """Find what an edge leads to, or place it."""
        found = found_from(place, edge.alias)
        if found is not None and found.target == target:
            found.edges_in.append(place)
            return
        around = place.parent
        while around is not None and not around.is_importer:
            if around.target == target and around.alias == edge.alias:
                self.new(place, edge.alias, target, around.path).edges_in.append(place)
                return
            around = around.parent
        for strict in (True, False):
            for folder in reversed(self.folders(place, edge.alias, target)):
                plan: _Plan = {}
                if self.fits(plan, (folder, edge.alias, target, folder is place), strict) and self.holds(plan, strict):
                    self.carry_out(plan)
                    folder.children[folded(edge.alias)].edges_in.append(place)
                    return
        wanted = {edge.alias: edge.target, **{one.alias: one.target for one in self.graph.edges[target] if one.peer}}
        found_now = [(found_from(place, alias), end) for alias, end in wanted.items()]
        raise _StuckError(place, tuple(one for one, end in found_now if one is not None and one.target != end))

    def folders(self, start: Place, alias: str, target: int, plan: _Plan | None = None) -> list[Place]:
        """The folders where `start` would find a name, nearest first: up to where it finds another one, or wants to."""
        slot = folded(alias)
        found: list[Place] = []
        at: Place | None = start
        while at is not None and slot not in at.children and not (plan and (at.path, slot) in plan):
            own = at.own.get(slot)
            if own is not None and (own.target not in (target, None) or (own.peer and not at.is_importer)):
                break
            found.append(at)
            at = at.parent
        return found

    def seen(self, start: Place, alias: str, plan: _Plan) -> int | None:
        """What a name leads to from a folder when a plan is carried out."""
        slot = folded(alias)
        at: Place | None = start
        while at is not None:
            child = at.children.get(slot)
            if child is not None:
                return child.target
            planned = plan.get((at.path, slot))
            if planned is not None:
                return planned[2]
            at = at.parent
        return None

    def fits(self, plan: _Plan, wanted: tuple[Place, str, int, bool], strict: bool) -> bool:
        """Whether a node can stand in a folder, and its peers there or above; what that takes is put in `plan`."""
        folder, alias, target, _ = wanted
        slot = folded(alias)
        self.tries += 1
        if self.tries > _MOST_TRIES:
            raise _StuckError(folder)
        if not self.elsewhere.admits(folder, slot, target) or self.shadows(folder, alias, target, strict):
            return False
        plan[folder.path, slot] = wanted
        for edge in self.graph.edges[target] if target >= 0 else ():
            if not edge.peer or edge.target is None or self.seen(folder, edge.alias, plan) == edge.target:
                continue
            if not self.fits_peer(plan, folder, edge, edge.target, strict) and (strict or edge.kind != PEER_OPTIONAL):
                return False
        return True

    def fits_peer(self, plan: _Plan, folder: Place, edge: Edge, target: int, strict: bool) -> bool:
        for above in reversed(self.folders(folder, edge.alias, target, plan)):
            tried = dict(plan)
            if self.fits(tried, (above, edge.alias, target, above is folder), strict):
                plan.update(tried)
                return True
        return False

    def shadows(self, folder: Place, alias: str, target: int, strict: bool) -> bool:
        """Whether something below a folder would lose what it found, or find what it must not."""
        current = found_from(folder, alias)
        if current is not None and any(_is_in(start, folder) for start in current.edges_in):
            return True
        return strict and any(
            _is_in(start, folder) and not self.graph.satisfies(target, edge)
            for start, edge in self.absent.get(folded(alias), ())
        )

    def holds(self, plan: _Plan, strict: bool) -> bool:
        """Whether all that a plan places finds its peers when all of it is placed."""
        for folder, _, target, _ in plan.values():
            for edge in self.graph.edges[target] if target >= 0 else ():
                if edge.target is not None and not edge.peer:
                    continue
                seen = self.seen(folder, edge.alias, plan)
                if edge.target is not None:
                    if seen != edge.target and (strict or edge.kind != PEER_OPTIONAL):
                        return False
                elif strict and edge.peer and seen is not None and not self.graph.satisfies(seen, edge):
                    return False
        return True

    def carry_out(self, plan: _Plan) -> None:
        made = [
            self.new(folder, alias, target, low=low)
            for folder, alias, target, low in sorted(plan.values(), key=lambda one: (one[0].depth, one[0].path, one[1]))
        ]
        for place in made:
            for edge in place.own.values():
                start = start_of(place, edge)
                if edge.peer and edge.target is not None:
                    found = found_from(start, edge.alias)
                    if found is not None and found.target == edge.target:
                        found.edges_in.append(start)

    def verify(self) -> None:
        """Rule 1, for every edge of the finished tree."""
        for place in self.places.values():
            for edge in place.own.values():
                if edge.target is None:
                    continue
                found = found_from(start_of(place, edge), edge.alias)
                if (found is None or found.target != edge.target) and edge.kind != PEER_OPTIONAL:
                    raise _StuckError(place)


def _is_in(place: Place, folder: Place) -> bool:
    at: Place | None = place
    while at is not None:
        if at is folder:
            return True
        at = at.parent
    return False
