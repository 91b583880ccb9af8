"""Looking ahead: which packages will be wanted, found by following requirements without placing anything.

When something is not here, everything that what is here may lead to is asked for at once: so a cold run takes as many
rounds as the graph is deep, whatever order the tree is built in. Nothing that is found here decides anything.
"""

from __future__ import annotations

from holdfast_resolver.placement.overrides import Rules
from holdfast_resolver.placement.port import NoPackage
from holdfast_resolver.placement.shelf import PEER_OPTIONAL, Package
from holdfast_resolver.placement.specs import FOREIGN, WORKSPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast_resolver.placement.specs import Reading
    from holdfast_resolver.placement.stock import Stock


class Scout:
    """What was followed already, and what waits to be."""

    def __init__(self, stock: Stock, rules: Rules | None) -> None:
        self._stock = stock
        self._rules = rules
        self._pending: list[tuple[Package, bool]] = []  # (release, whether only its peers will be wanted)
        self._waiting: dict[str, dict[tuple[Reading, bool], None]] = {}
        self._followed: dict[Package, bool] = {}

    def notice(self, package: Package) -> None:
        """Remember a release that was placed."""
        self._pending.append((package, False))

    def missing(self) -> tuple[str, ...]:
        """Follow everything as far as the stock goes; return the names that end it, each once."""
        waiting, self._waiting = self._waiting, {}
        for name, readings in waiting.items():
            for reading, peers_only in readings:
                self._follow(name, reading, peers_only)
        while self._pending:
            package, peers_only = self._pending.pop()
            before = self._followed.get(package)
            if before is None or (before and not peers_only):
                self._followed[package] = peers_only
                self._expand(package, peers_only)
        return tuple(sorted(self._waiting))

    def _expand(self, package: Package, peers_only: bool) -> None:
        for want in package.peers if peers_only else package.wants.values():
            reading = want.reading
            if self._rules is not None:
                reading = self._rules.for_want(want).reading or reading
            if reading.kind not in (FOREIGN, WORKSPACE):
                self._follow(reading.name or want.name, reading, peers_only or want.kind == PEER_OPTIONAL)

    def _follow(self, name: str, reading: Reading, peers_only: bool) -> None:
        shelf = self._stock.look(name)
        if shelf is None:
            self._waiting.setdefault(name, {})[reading, peers_only] = None
        elif not isinstance(shelf, NoPackage):
            package = self._stock.choose(shelf, reading)
            if package is not None:
                self._pending.append((package, peers_only))
