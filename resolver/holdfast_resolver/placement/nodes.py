"""A place in `node_modules` and the edges that leave it. Knows lookup and whether a want is met; no tree as a whole.

Source: Node.js documentation, "Loading from node_modules folders".
"""

from __future__ import annotations

from holdfast_resolver.placement.order import folded
from holdfast_resolver.placement.overrides import Rules, more_specific
from holdfast_resolver.placement.specs import ANY, WORKSPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast_resolver.placement.failure import Failure
    from holdfast_resolver.placement.peer_sets import Guest
    from holdfast_resolver.placement.shelf import Package, Want
    from holdfast_resolver.placement.specs import Reading


class Node:
    """One place: the root, a workspace, a folder of `node_modules`, or a link."""

    __slots__ = (
        "above",
        "alive",
        "because",
        "children",
        "depth",
        "edges_in",
        "edges_out",
        "failure",
        "is_importer",
        "key",
        "name",
        "package",
        "parent",
        "path",
        "rules",
        "target",
    )

    def __init__(self, name: str, package: Package, rules: Rules | None = None) -> None:
        self.name = name  # installed as
        self.key = folded(name)
        self.package = package
        self.parent: Node | None = None  # in whose node_modules it stands; None for the root and workspaces
        self.above: Node | None = None  # where lookup goes on: the parent; of a workspace what it lies in
        self.children: dict[str, Node] = {}
        self.edges_out: dict[str, Edge] = {}
        self.edges_in: dict[Edge, None] = {}
        self.rules = rules  # the overrides that hold for its edges
        self.failure: Failure | None = None  # it could not be had
        self.target: Node | None = None  # of a link
        self.because: Edge | None = None
        self.is_importer = False
        self.alive = True
        self.path = ""
        self.depth = 0  # folders of node_modules above it; 0 for the root and for workspaces

    def ancestry(self) -> Iterator[Node]:
        """The node and where lookup goes from it, up to the root."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.above

    def resolve(self, key: str) -> Node | None:
        """Return what a name means to code in this place."""
        node: Node | None = self
        while node is not None:
            found = node.children.get(key)
            if found is not None:
                return found
            node = node.above
        return None

    def below(self, place: Node) -> bool:
        """Whether it is `place`, or lookup from it comes through `place`."""
        node: Node | None = self
        while node is not None:
            if node is place:
                return True
            node = node.above
        return False

    def matches(self, other: Node) -> bool:
        """Whether both are the same release under the same name."""
        if self is other:
            return True
        if self.name != other.name or (self.target is None) != (other.target is None):
            return False
        return self.package is other.package and bool(self.package.version)

    def peers(self) -> Iterator[Edge]:
        """Its peer edges."""
        for edge in self.edges_out.values():
            if edge.want.peer:
                yield edge

    def siblings(self) -> dict[str, Node]:
        """What stands beside it, itself included."""
        return self.parent.children if self.parent is not None else {}


class Edge:
    """One want of one node, and what meets it."""

    __slots__ = ("key", "name", "overruled", "rules", "source", "to", "valid", "want")

    def __init__(self, source: Node, want: Want) -> None:
        self.source = source
        self.want = want
        self.name = want.name
        self.key = want.key
        self.to: Node | None = None
        self.valid = False
        self.overruled = False  # a peer that is not met, and let be
        self.rules: Rules | None = source.rules.for_want(want) if source.rules is not None else None

    @property
    def reading(self) -> Reading:
        """What is asked for, overrides applied."""
        return asked(self.want, self.rules)

    def served_by(self, node: Node | Guest) -> bool:
        """Whether a node is what is asked for."""
        return serves(node, self.want, self.rules)

    def judge(self) -> None:
        """Find out anew whether the edge is met."""
        to = self.to
        if to is None:
            self.valid = self.want.may_lack
        elif self.want.peer and to.parent is self.source and self.source.parent is not None:
            self.valid = False  # a peer belongs beside, not inside
        elif self.rules is None:
            want = self.want
            self.valid = to.name == want.name and (
                to.package.fits(want.reading) if want.reading.kind != WORKSPACE else serves(to, want, None)
            )
        else:
            self.valid = serves(to, self.want, self.rules) and not (
                to.rules is not None and to.edges_out and more_specific(self.rules, to.rules) is None
            )


def asked(want: Want, rules: Rules | None) -> Reading:
    """Return what a want asks for under the rules that hold behind it."""
    if rules is not None and rules.reading is not None and rules.name == want.name:
        return rules.reading
    return want.reading


def serves(node: Node | Guest, want: Want, rules: Rules | None) -> bool:
    """Whether a node is what a want asks for under rules.

    A release that an override speaks of by its range must be what the override says; another may also be what the
    want itself says.
    """
    if node.name != want.name:
        return False
    reading = asked(want, rules)
    package = node.package
    if reading.kind == WORKSPACE:
        return node.target is not None and node.target.is_importer
    if package.fits(reading):
        return True
    if rules is None or not rules.key_range or not package.fits(want.reading):
        return False
    if package.shelf is None:
        return True
    return rules.key_range != ANY and not package.shelf.mask(rules.key_range) >> package.index & 1
