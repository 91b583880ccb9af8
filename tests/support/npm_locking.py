"""Locks of npm worlds in memory: no HTTP and no disk, by the use case itself.

lock = locked(throw.world, throw.root, throw.members)
"""

from typing import Any, cast

from holdfast.configuration.configuration import Configuration
from holdfast.model.lock import Lock
from holdfast.workflows.assembly import assemble
from holdfast.workflows.lock_npm import LockedNpm, lock_npm
from holdfast.workflows.npm_market import NpmMarket
from holdfast.workflows.previous import Remembered
from holdfast_resolver.fetch.index import Absent, Freshness
from holdfast_resolver.fetch.npm_index import NpmIndex
from holdfast_resolver.placement.port import NoPackage
from holdfast_resolver.resolve.request import Resolution
from holdfast_resolver.values.npm import NpmManifest
from holdfast_resolver.values.wishes import Manifest, Source
from tests.support.npm_universe import Universe

NPM = Source("npm", "npm", "", "npm")
PYPI = Source("pypi", "pypi", "", "pypi")
DIGEST = f"sha512:{'ab' * 64}"


class WorldIndex:
    """What `NpmIndex` gives of a world; everything is there at once."""

    freshness = Freshness(0)
    aged = None

    def __init__(self, world: Universe) -> None:
        for releases in world.releases.values():
            releases.update({version: one._replace(integrity=DIGEST) for version, one in releases.items()})
        self._world = world
        self._known: dict[str, Any] = {}

    def listing(self, source: Source, name: str) -> Any:
        """See `NpmIndex.listing`."""
        if name not in self._known:
            record = self._world.record(name)
            self._known[name] = Absent(source, name) if isinstance(record, NoPackage) else record
        return self._known[name]

    def ask(self, need: object) -> None:
        """Nothing is ever fetched."""

    def wait(self, needs: object) -> None:
        """Nothing is ever waited for."""

    def names_seen(self, source: Source) -> list[str]:
        """See `NpmIndex.names_seen`."""
        return sorted(self._world.releases)


def market_of(world: Universe) -> NpmMarket:
    """The world as the one registry."""
    return NpmMarket(cast(NpmIndex, WorldIndex(world)), (NPM,))


def lock_of(
    market: NpmMarket,
    manifests: tuple[NpmManifest, ...],
    before: Lock | None = None,
    freed: frozenset[str] = frozenset(),
) -> Lock | LockedNpm:
    """The lock, or the refusal, of some manifests, keeping the pins of `before`."""
    pins = before.packages if before is not None else ()
    remembered = tuple([Remembered(*pin[:3], pin.artifacts, npm=True) for pin in pins])
    npm = lock_npm(manifests, market, before, remembered, freed)
    if npm.impossible is not None:
        return npm
    nothing = Resolution((), (), (), 0, 0, 0)
    manifest = Manifest("package.json", "", "", ())
    return assemble(manifest, Configuration(), (PYPI,), nothing, {}, before, None, npm)


def locked(world: Universe, *manifests: NpmManifest) -> Lock:
    """The lock of manifests that have one."""
    lock = lock_of(market_of(world), manifests)
    assert isinstance(lock, Lock), lock
    return lock
