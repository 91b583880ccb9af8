"""What this machine knows of releases without asking anybody: when the cached listing says they came, stored bytes.

A listing that is old serves as well: when something was released does not change. Never asks the network.
"""

import os
from collections.abc import Callable, Mapping

from holdfast.cli.console import Console
from holdfast.cli.project import ProjectFolder, cache_folder
from holdfast.cli.wiring import open_shop
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.model.lock import Pin, PinnedArtifact
from holdfast.model.release_facts import Released
from holdfast_resolver.errors import ClientSettingsError
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.store import ArtifactStore
from holdfast_resolver.values.wishes import Source

MOST_READ = 8 * 1024 * 1024  # bytes of archives that a report reads to tell how large changes are
LARGEST = 64 * 1024 * 1024  # bytes of one archive that is looked into


class ReleaseTimes:
    """When releases came, by the cached listings of the sources that the configuration and the clients name."""

    def __init__(
        self, cache: Cache, sources: tuple[Source, ...], npm: Callable[[], tuple[Source, ...]] | None = None
    ) -> None:
        self._cache = cache
        self._npm = npm
        self._sources = {source.name: source for source in sources}

    def __call__(self, pin: Pin) -> Released:
        """Return when the pinned files of a release were uploaded, as far as that is known."""
        if pin.npm is not None:
            return self._of_npm(pin)
        source = self._sources.get(pin.source)
        record = None if source is None or pin.module is not None else self._cache.record(source, pin.name)
        place = -1 if record is None else record.table.index(pin.version)
        if record is None or place < 0:
            return Released()
        pinned = {artifact.hash for artifact in pin.artifacts}
        listed = record.artifacts(place) or ()
        times = sorted([one.upload_time for one in listed if one.upload_time and one.hash in pinned])
        return Released(times[0], times[-1]) if times else Released()

    def _of_npm(self, pin: Pin) -> Released:
        """The same of an npm package; only the full form of a packument says it."""
        try:
            sources = {source.name: source for source in (self._npm() if self._npm is not None else ())}
        except ClientSettingsError:
            return Released()
        source = sources.get(pin.source)
        record = None if source is None else self._cache.packument(source, pin.name)
        place = -1 if record is None else record.table.index(pin.version)
        release = record.release(place) if record is not None and place >= 0 else None
        if release is None or not release.published or release.integrity != pin.artifacts[0].hash:
            return Released()
        return Released(release.published, release.published)


def release_times(
    project: ProjectFolder,
    configuration: Configuration,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
) -> ReleaseTimes:
    """Return what tells when a release came; where the clients' settings cannot be used it knows nothing."""
    try:
        market = open_shop(project, configuration, arguments, environment, console).market
    except ClientSettingsError:
        return ReleaseTimes(Cache(""), ())
    return ReleaseTimes(market.index.cache, market.sources, lambda: market.npm.sources)


class StoredBytes:
    """The bytes of artifacts that are in the store, each hashed when it is read; `most` bytes in all."""

    def __init__(self, arguments: Arguments, environment: Mapping[str, str], most: int = MOST_READ) -> None:
        self._store = ArtifactStore(os.path.join(cache_folder(arguments, environment), "store"))
        self._left = most

    def __call__(self, artifact: PinnedArtifact) -> bytes | None:
        """Return the bytes of an artifact; None where it is not there, is too large, or enough was read."""
        try:
            size = os.path.getsize(self._store.path_of(artifact.hash))
        except OSError:
            return None
        if size > min(self._left, LARGEST):
            return None
        stream = self._store.open_verified(artifact.hash)
        if stream is None:
            return None
        self._left -= size
        with stream:
            return stream.read()
