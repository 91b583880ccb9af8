"""Peer sets: what comes along when something with peers is placed, and how such sets hang together in the tree.

Before a release is placed, a company gathers in an imagined place: its host stands for whoever asked, the guests are
the release and its peers, and theirs, each in a version that suits the most of them. What the host wants itself counts:

    the project wants react ^18, and react-dom, whose peer is react >=16    ->  the guest react is an 18

Knows how companies gather; not where they go.
"""

from __future__ import annotations

from holdfast_resolver.placement.nodes import Edge, Node, asked, serves
from holdfast_resolver.placement.order import folded
from holdfast_resolver.placement.overrides import Rules, more_specific
from holdfast_resolver.placement.reach import only_needed_by

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import TypeAlias

    from holdfast_resolver.placement.failure import Failure
    from holdfast_resolver.placement.shelf import Package, Want
    from holdfast_resolver.placement.specs import Reading

    AnyEdge: TypeAlias = "Edge | Tie"


class Guest:
    """One release in a company."""

    __slots__ = ("because", "company", "failure", "is_importer", "key", "name", "package", "path", "rules", "target")

    def __init__(self, name: str, package: Package, because: AnyEdge) -> None:
        self.name = name
        self.key = folded(name)
        self.package = package
        self.company: Company | None = None
        self.because = because  # who asked first
        self.failure: Failure | None = None
        self.target: Node | None = None  # of a link to a workspace
        self.rules: Rules | None = None
        self.is_importer = False
        self.path = ""

    def peers(self) -> Iterator[Tie]:
        """Its peer requirements; a link has none."""
        if self.target is None:
            for want in self.package.wants.values():
                if want.peer:
                    yield Tie(self, want)

    def siblings(self) -> dict[str, Guest]:
        """The guests of its company, itself included."""
        return self.company.guests if self.company is not None else {}


class Company:
    """The guests that came together for `source`."""

    __slots__ = ("guests", "rules", "source")

    def __init__(self, source: Node | Guest) -> None:
        self.source = source
        self.guests: dict[str, Guest] = {}
        self.rules = source.rules

    @property
    def package(self) -> Package:
        """What the host wants."""
        return self.source.package

    @property
    def is_importer(self) -> bool:
        """Whether the host is the project's own."""
        return self.source.is_importer

    @property
    def path(self) -> str:
        """The folder of an importer."""
        return self.source.path

    def tie(self, key: str) -> Tie | None:
        """Return what the host itself wants of a name."""
        want = self.source.package.wants.get(key)
        return Tie(self, want) if want is not None else None

    def admit(self, guest: Guest) -> None:
        """Let a guest in; one of the same name has to go."""
        old = self.guests.pop(guest.key, None)
        if old is not None:
            old.company = None
        self.guests[guest.key] = guest
        guest.company = self
        if self.rules is not None:
            self._settle_rules(guest, set())

    def ties_to(self, key: str) -> Iterator[Tie]:
        """All wants of a name: the host's, the guests', and those of workspaces that the host links to."""
        want = self.source.package.wants.get(key)
        if want is not None:
            yield Tie(self, want)
        for guest in self.guests.values():
            if guest.target is None and (want := guest.package.wants.get(key)) is not None:
                yield Tie(guest, want)
        if isinstance(self.source, Node):
            for child in self.source.children.values():
                if child.target is not None and (want := child.target.package.wants.get(key)) is not None:
                    yield Tie(Bystander(child.target, self), want)

    def _settle_rules(self, guest: Guest, seen: set[str]) -> None:
        """Let overrides reach a guest, and those it wants."""
        rules: Rules | None = None
        for tie in self.ties_to(guest.key):
            if tie.rules is not None:
                rules = tie.rules if rules is None else more_specific(rules, tie.rules) or rules
        if guest.key in seen or (guest.rules is not None and guest.rules.same(rules)):
            return
        guest.rules = rules
        for key in guest.package.wants if guest.target is None else ():
            other = self.guests.get(key)
            if other is not None:
                self._settle_rules(other, seen | {guest.key})


class Bystander:
    """A workspace beside a company: it wants, and is not part of it."""

    __slots__ = ("because", "company", "is_importer", "package", "path", "rules")

    def __init__(self, node: Node, company: Company) -> None:
        self.package = node.package
        self.company = company
        self.rules = node.rules
        self.is_importer = True
        self.path = node.path
        self.because = None


class Tie:
    """One want within a company."""

    __slots__ = ("key", "name", "rules", "source", "want")

    def __init__(self, source: Company | Guest | Bystander, want: Want) -> None:
        self.source = source
        self.want = want
        self.name = want.name
        self.key = want.key
        self.rules: Rules | None = source.rules.for_want(want) if source.rules is not None else None

    @property
    def reading(self) -> Reading:
        """What is asked for, overrides applied."""
        return asked(self.want, self.rules)

    @property
    def to(self) -> Guest | None:
        """The guest that is meant."""
        company = self.source if isinstance(self.source, Company) else self.source.company
        return company.guests.get(self.key) if company is not None else None

    @property
    def valid(self) -> bool:
        """Whether the want is met, or may be left unmet."""
        to = self.to
        if to is None:
            return self.want.may_lack
        if not serves(to, self.want, self.rules):
            return False
        return (
            self.rules is None
            or to.rules is None
            or not to.package.wants
            or (more_specific(self.rules, to.rules) is not None)
        )

    def served_by(self, node: Node | Guest) -> bool:
        """Whether something is what is asked for."""
        return serves(node, self.want, self.rules)


def can_replace(new: Node | Guest, old: Node | Guest, replaced: Collection[str] = ()) -> bool:
    """Whether all that want `old` take `new` as well; peers named in `replaced` are replaced along and do not count.

    What only `old` needs does not count either: it goes when `old` goes.
    """
    if new.name != old.name or new.package.name != old.package.name:
        return False
    if old.package.wants and old.target is None:
        if new.rules is None or old.rules is None:
            if new.rules is not old.rules:
                return False
        elif not new.rules.same(old.rules):
            return False
    if isinstance(old, Guest):
        return _guest_replaceable(new, old)
    upset = []
    for edge in old.edges_in:
        if not edge.served_by(new):
            if edge.want.peer and edge.source.key in replaced and edge.source.parent is old.parent is not None:
                continue
            if edge.source.is_importer:
                return False
            upset.append(edge)
    if not upset:
        return True
    own = only_needed_by([old], lambda edge: edge.to is not old and edge.valid)
    return all(edge.source in own for edge in upset)


def _guest_replaceable(new: Node | Guest, old: Guest) -> bool:
    company = old.company
    if company is None:
        return True
    upset = [tie for tie in company.ties_to(old.key) if not tie.served_by(new)]
    if not upset:
        return True
    own = {old.key}  # what only the old guest wants, directly or not
    todo = [old]
    for guest in todo:
        for key in guest.package.wants:
            other = company.guests.get(key)
            if other is not None and other.key not in own and Tie(guest, guest.package.wants[key]).valid:
                own.add(other.key)
                todo.append(other)
    changed = True
    while changed:
        changed = False
        for key in [key for key in own if key != old.key]:
            for tie in company.ties_to(key):
                if tie.valid and not (isinstance(tie.source, Guest) and tie.source.key in own):
                    own.discard(key)
                    changed = True
                    break
    return all(isinstance(tie.source, Guest) and tie.source.key in own for tie in upset)


def entries(node: Node) -> dict[Edge, dict[Node, None]]:
    """Return the peer sets that a node is part of, each by the edge that leads into it from outside."""
    union = {node: None}
    todo = [node]
    for member in todo:
        for edge in member.edges_out.values():
            if edge.valid and edge.want.peer and edge.to is not None and edge.to not in union:
                union[edge.to] = None
                todo.append(edge.to)
        for edge in member.edges_in:
            if edge.valid and edge.want.peer and edge.source not in union:
                union[edge.source] = None
                todo.append(edge.source)
    found: dict[Edge, dict[Node, None]] = {}
    for member in union:
        edges = [edge for edge in member.edges_in if edge.valid and (not edge.want.peer or edge.source.parent is None)]
        if not edges:
            continue
        reached = _peers_from(member)
        if node in reached:
            found.update(dict.fromkeys(edges, reached))
    return found


def _peers_from(start: Node) -> dict[Node, None]:
    reached = {start: None}
    todo = [start]
    for node in todo:
        for edge in node.edges_out.values():
            if edge.valid and edge.want.peer and edge.to is not None and edge.to not in reached:
                reached[edge.to] = None
                todo.append(edge.to)
    return reached
