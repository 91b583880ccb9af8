"""Whether a release may stand in one place together with its peers, and theirs. Looks, and never changes.

Each trial of a peer at a place is made once, however many ways lead to it:

    a -> b -> c            a conflict of c is one of a, unless b would rather keep what stands there
    a -> b -> a            nobody is tried a second time below itself
    b -> c, d -> c         two trials: b and d may want c differently

A peer set has as many ways through it as there are orders of its members, so they are never walked one by one.
"""

from __future__ import annotations

from holdfast_resolver.placement.fits import CONFLICT, Fit
from holdfast_resolver.placement.reach import deepest_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from holdfast_resolver.placement.nodes import Edge, Node
    from holdfast_resolver.placement.patience import Patience
    from holdfast_resolver.placement.peer_sets import Guest

    Spot: TypeAlias = "tuple[Guest | Node, Node, Node]"


class PeerFits:
    """One trial of a guest at one place with its peers. `verdict` counts them, `alone` does not."""

    __slots__ = ("_leads", "_patience", "alone", "fit", "place", "verdict")

    def __init__(
        self, guest: Guest | Node, place: Node, edge: Edge, patience: Patience, above: PeerFits | None = None
    ) -> None:
        self._patience = patience
        self.fit: Fit = Fit(guest, place, edge, above.fit if above is not None else None)
        self.place = place
        self.alone = self.fit.alone
        self._leads: dict[Spot, list[Fit]] = {}  # a guest at its place -> the trials of its peers
        self.verdict = self.alone
        if self.fit.otherwise:
            self._try_peers()
            if self._clashes():
                self.verdict = self.fit.otherwise
            else:
                self._leads = {}  # nobody asks for them

    def conflicts(self) -> Iterator[Fit]:
        """All trials of peers that failed, or have one that failed, breadth first."""
        below: dict[Fit, Spot] = {fit: spot for spot, fits in self._leads.items() for fit in fits}
        passing: dict[Spot, list[Fit]] = {}
        for fit in below:
            if fit.otherwise == CONFLICT:
                passing.setdefault(_spot(fit), []).append(fit)
        doomed = [fit for fit in below if fit.alone == CONFLICT]
        spots: set[Spot] = set()
        for fit in doomed:
            if below[fit] not in spots:
                spots.add(below[fit])
                doomed += passing.get(below[fit], ())
        told = set(doomed)
        todo = list(self._leads.get(_spot(self.fit), ()))
        seen = {_spot(self.fit)}
        for fit in todo:
            if fit in told:
                yield fit
            if fit.otherwise == CONFLICT and _spot(fit) not in seen:
                seen.add(_spot(fit))
                todo += self._leads[_spot(fit)]

    def _try_peers(self) -> None:
        todo = [self.fit]
        for fit in todo:
            if _spot(fit) in self._leads:
                continue
            leads = self._leads[_spot(fit)] = []
            for tie in fit.guest.peers():
                peer = tie.to
                if peer is None or peer is self.fit.guest or peer is fit.guest:
                    continue
                self._patience.spend(self.fit.edge, self.fit.guest)
                trial = Fit(peer, deepest_place(fit.place, tie.key), tie, fit, prefer_old=True)
                leads.append(trial)
                if trial.otherwise == CONFLICT:
                    todo.append(trial)

    def _clashes(self) -> bool:
        """Whether a trial that failed is reached by a way on which nobody stands twice."""
        failed = [fit.guest for fits in self._leads.values() for fit in fits if fit.alone == CONFLICT]
        for guest in dict.fromkeys(failed):
            way = self._way_to(guest)
            if way and (len({fit.guest for fit in way}) == len(way) or self._has_straight_way_to(guest)):
                return True
        return False

    def _way_to(self, guest: Guest | Node) -> list[Fit]:
        """The shortest way to a failed trial of a guest that it does not stand on before; [] where there is none."""
        came: dict[Spot, Fit | None] = {_spot(self.fit): None}
        todo = [self.fit]
        for fit in todo:
            for peer in self._leads[_spot(fit)]:
                self._patience.spend(self.fit.edge, self.fit.guest)
                if peer.guest is guest:
                    if peer.alone == CONFLICT:
                        return [peer, *_back(fit, came)]
                elif peer.otherwise == CONFLICT and _spot(peer) not in came:
                    came[_spot(peer)] = fit
                    todo.append(peer)
        return []

    def _has_straight_way_to(self, guest: Guest | Node) -> bool:
        """The same where the shortest way meets somebody twice, at two places: way by way, while patience lasts."""
        standing = [self.fit.guest]
        todo = [iter(self._leads[_spot(self.fit)])]
        while todo:
            peer = next(todo[-1], None)
            if peer is None:
                todo.pop()
                standing.pop()
                continue
            self._patience.spend(self.fit.edge, self.fit.guest)
            if peer.guest is guest:
                if peer.alone == CONFLICT:
                    return True
            elif peer.otherwise == CONFLICT and peer.guest not in standing:
                standing.append(peer.guest)
                todo.append(iter(self._leads[_spot(peer)]))
        return False


def _spot(fit: Fit) -> Spot:
    return fit.guest, fit.place, fit.deepest


def _back(fit: Fit, came: dict[Spot, Fit | None]) -> list[Fit]:
    way = []
    step: Fit | None = fit
    while step is not None:
        way.append(step)
        step = came[_spot(step)]
    return way
