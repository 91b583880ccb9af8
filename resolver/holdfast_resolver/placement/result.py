"""The finished tree as values: nodes sorted by path, edges by number."""

from __future__ import annotations

from holdfast_resolver.placement.port import Importer, Overruled, Placed, Placement
from holdfast_resolver.placement.shelf import MEMBER, OPTIONAL, PEER, PEER_OPTIONAL
from holdfast_resolver.placement.specs import ANY
from holdfast_resolver.values.npm import NpmRequirement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from holdfast_resolver.placement.flags import Flags
    from holdfast_resolver.placement.nodes import Edge, Node
    from holdfast_resolver.placement.tree import Tree

_MARKERS = {OPTIONAL: "optional", PEER: "peer", PEER_OPTIONAL: "peer optional"}


def placement(
    tree: Tree, flags: dict[Node, Flags], hopeless: Collection[Node], source_of: Callable[[str], str]
) -> Placement:
    """Return the tree as it is to be installed, without what nobody needs and what is hopeless."""
    kept = [node for node in tree.nodes() if node.parent is not None]
    kept = [node for node in kept if node not in hopeless and not flags[node].extraneous]
    kept.sort(key=lambda node: node.path)
    number = {node: place for place, node in enumerate(kept)}
    writer = _Writer(number, source_of)
    nodes = tuple([_placed(node, flags[node]) for node in kept])
    edges = tuple([writer.edges(node) for node in kept])
    importers = tuple([Importer(node.path, writer.edges(node)) for node in (tree.root, *tree.members)])
    overruled = [
        Overruled(f"{node.package.name}@{node.package.version}", writer.requirement(edge), edge.to.package.version)
        for node in kept
        for edge in node.edges_out.values()
        if edge.to is not None and not edge.valid and edge.to not in hopeless
    ]
    return Placement(nodes, edges, importers, tuple(sorted(set(overruled))))


class _Writer:
    """Writes edges; equal requirements become one value."""

    def __init__(self, number: dict[Node, int], source_of: Callable[[str], str]) -> None:
        self._number = number
        self._source_of = source_of
        self._known: dict[tuple[object, object], NpmRequirement] = {}

    def edges(self, node: Node) -> tuple[tuple[NpmRequirement, int | None], ...]:
        if node.target is not None:
            return ()
        found = []
        for key in sorted(node.edges_out):
            edge = node.edges_out[key]
            if edge.want.kind != MEMBER:
                found.append((self.requirement(edge), self._number_of(edge)))
        return tuple(found)

    def _number_of(self, edge: Edge) -> int | None:
        """Where an edge ends once what nobody needs is gone: lookup goes on above it."""
        to = edge.to
        while to is not None:
            number = self._number.get(to)
            if number is not None:
                return number if to is edge.to or edge.served_by(to) else None
            above = to.above.above if to.above is not None else None
            to = above.resolve(edge.key) if above is not None else None
        return None

    def requirement(self, edge: Edge) -> NpmRequirement:
        """What the edge asks for; of what an override lets stand as it is wanted, the want itself."""
        want, rules, reading = edge.want, edge.rules, edge.reading
        to = edge.to
        if rules is not None and to is not None and not to.package.fits(reading) and to.package.fits(want.reading):
            reading = want.reading
        known = self._known.get((want, reading))
        if known is None:
            name = reading.name or want.name
            marker = _MARKERS.get(want.kind, "")
            if name != want.name:
                marker = f"{marker} as {want.name}".strip()
            text = "" if reading.text == ANY else reading.text
            known = self._known[want, reading] = NpmRequirement(self._source_of(name), name, (), text, marker)
        return known


def _placed(node: Node, flags: Flags) -> Placed:
    package, target = node.package, node.target
    return Placed(
        node.path,
        node.name,
        package.name,
        package.source,
        package.version,
        package.index if target is None and not package.origin else -1,
        target.path if target is not None else "",
        package.origin if target is None else "",
        flags.dev,
        flags.optional,
        flags.dev_optional,
        flags.peer,
    )
