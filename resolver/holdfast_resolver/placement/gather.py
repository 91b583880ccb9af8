"""Gathering a company: the release that an edge asks for, its peers, and theirs, in versions that suit each other.

Knows which release is chosen and who must come along; not where they go. What is not here is waited for. A peer that
cannot be in the version that is wanted is a conflict where the project itself asks, else it is let be.
"""

from __future__ import annotations

from holdfast_resolver.placement.failure import Impossible, entangled, failure, peer_conflict, problem_of, wanted_by
from holdfast_resolver.placement.nodes import Node
from holdfast_resolver.placement.patience import DEEPEST
from holdfast_resolver.placement.peer_sets import Company, Guest, Tie, can_replace
from holdfast_resolver.placement.port import Need, NoPackage
from holdfast_resolver.placement.shelf import MEMBER, NOTHING, PEER_OPTIONAL
from holdfast_resolver.placement.specs import FOREIGN, WORKSPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    from holdfast_resolver.placement.ahead import Scout
    from holdfast_resolver.placement.peer_sets import AnyEdge
    from holdfast_resolver.placement.port import Problem
    from holdfast_resolver.placement.shelf import Shelf
    from holdfast_resolver.placement.stock import Stock
    from holdfast_resolver.placement.tree import Tree


class Host:
    """Gathers companies, and remembers the latest for each that asked."""

    def __init__(self, stock: Stock, scout: Scout, tree: Tree) -> None:
        self._stock = stock
        self._scout = scout
        self._tree = tree
        self._members = {member.package.name: member for member in tree.members}
        self._companies: dict[object, Company] = {}
        self._has_overrides = tree.root.rules is not None
        self._depth = 0  # of peers of peers that are being gathered

    def company(self, node: Node) -> Company:
        """Return the latest company of a node, an empty one where there was none."""
        company = self._companies.get(node)
        if company is None:
            company = self._companies[node] = Company(node)
        return company

    def invite(self, edge: AnyEdge, company: Company | None) -> Generator[Need, None, Guest]:
        """Choose the release for an edge of the tree and gather its peers, in a new company if none is given."""
        self._depth = 0
        return (yield from self._gather(edge, company, None, {edge.source}))

    def _gather(
        self, edge: AnyEdge, company: Company | None, second: Tie | None, required: set[object]
    ) -> Generator[Need, None, Guest]:
        """Choose a release for an edge and gather its peers. `second`: another edge that it had better serve too."""
        if company is None:
            company = self._companies[edge.source] = Company(edge.source)  # type: ignore[arg-type]  # no host asks without a company
        guest = yield from self._guest(edge, company)
        if second is not None and not second.valid:
            other = yield from self._guest(second, company)
            if edge.valid:
                guest = other
            else:
                company.admit(guest)
        for asker in (edge, second):
            if asker is not None and asker.source in required and asker.want.kind != PEER_OPTIONAL:
                required.add(guest)
        if guest.package.peers and guest.target is None:
            self._depth += 1
            self._tree.patience.spend(edge, guest, len(company.guests))
            if self._depth > DEEPEST:
                raise Impossible(entangled(edge, guest))
            yield from self._gather_peers(guest, required)
            self._depth -= 1
        return guest

    def _gather_peers(self, guest: Guest, required: set[object]) -> Generator[Need, None, None]:
        """Bring the peers of a guest into its company."""
        ties = [Tie(guest, want) for want in guest.package.peers]
        for tie in [tie for tie in ties if tie.to is None or not tie.valid]:
            company = guest.company
            if company is None:  # another version took its place meanwhile
                return
            if tie.to is not None and tie.valid:
                continue
            may_clash = not company.is_importer
            of_host = company.tie(tie.key)
            if tie.to is None:
                if of_host is None:
                    yield from self._gather(tie, company, None, required)
                    continue
                peer = yield from self._gather(of_host, company, tie, required)
                if tie.valid or may_clash or peer not in required:
                    continue
                if guest.company is None:
                    return
                raise Impossible(self._clash(tie, of_host))
            current = tie.to
            wished = yield from self._wished(tie, required)
            self._tree.patience.spend(tie, guest, len(company.guests) ** 2)  # so many wants are looked at next
            if can_replace(wished, current):
                yield from self._gather(tie, company, None, required)
            elif not may_clash and guest in required:
                raise Impossible(self._clash(tie, of_host or wanted_by(current)))

    def _wished(self, tie: Tie, required: set[object]) -> Generator[Need, None, Guest]:
        """What a peer requirement would have, in a company of its own.

        Its peers can only change which overrides hold for it, so they come along where there are overrides. Without
        that each level of peers that contradict each other would double the work.
        """
        if self._has_overrides:
            return (yield from self._gather(tie, None, None, required))
        return (yield from self._guest(tie, Company(tie.source)))  # type: ignore[arg-type]  # a guest asks

    def _clash(self, tie: Tie, because: AnyEdge | None) -> Problem:
        """Why a peer is not met: there is none, or another stands there, `because` of an edge."""
        guest = tie.to
        if guest is not None and guest.failure is not None:
            return problem_of(guest.failure, tie)
        return peer_conflict(tie, guest, because)

    def _guest(self, edge: AnyEdge, company: Company) -> Generator[Need, None, Guest]:
        """Let the release that an edge asks for into a company."""
        want, reading = edge.want, edge.reading
        guest = self._member(edge)
        if guest is None:
            name = reading.name or want.name
            shelf: Shelf | None = None
            if reading.kind in (FOREIGN, WORKSPACE):
                package = self._stock.prepared(reading.text)
            else:
                found = self._stock.look(name)
                if found is None:
                    yield from self._fetch(name)
                    found = self._stock.look(name)
                    assert found is not None, "resumed without the answer that was asked for"
                package = None
                if not isinstance(found, NoPackage):
                    shelf = found
                    package = self._stock.choose(shelf, reading)
            guest = Guest(want.name, package or NOTHING, edge)
            if package is None:
                guest.failure = failure(name, reading, shelf)
        company.admit(guest)
        return guest

    def _member(self, edge: AnyEdge) -> Guest | None:
        """A link to a workspace, where one is asked for or serves."""
        member = self._members.get(edge.reading.name or edge.name)
        if member is None:
            return None
        if edge.want.kind != MEMBER:
            link = self._tree.links.get(member.package.name)
            if link is None or not edge.served_by(link):
                return None
        guest = Guest(edge.name, member.package, edge)
        guest.target = member
        return guest

    def _fetch(self, name: str) -> Generator[Need, None, None]:
        """Wait for a name, and for whatever can be seen coming."""
        ahead = self._scout.missing()
        yield Need((name,), tuple([other for other in ahead if other != name]))
        asked = {name, *ahead}
        while True:
            ahead = tuple([other for other in self._scout.missing() if other not in asked])
            if not ahead:
                return
            asked.update(ahead)
            yield Need((), ahead)
