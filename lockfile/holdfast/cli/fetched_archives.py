"""The archives of two releases, fetched through the verifying store, to be compared by somebody who reviews them.

Nothing is believed here: the store keeps only bytes that are those of the pinned hash. What cannot be had is said.
"""

import os
from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.messages import message
from holdfast.cli.module_archives import Archives
from holdfast.cli.project import ProjectFolder, cache_folder
from holdfast.cli.wiring import Shop, open_shop
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.errors import Undecided
from holdfast.model.lock import Pin, PinnedArtifact
from holdfast.trust.errors import ArchiveRefused, TrustError
from holdfast.workflows.archive_contents import LIMITS
from holdfast.workflows.locate import offers
from holdfast.workflows.source_difference import Archive
from holdfast_resolver.errors import ResolverError
from holdfast_resolver.fetch.store import ArtifactStore, DigestMismatch
from holdfast_resolver.registries.port import Request
from holdfast_resolver.values.tuples import NamedTuple

LARGEST = LIMITS.total_bytes  # bytes of one archive


class Unavailable(NamedTuple):
    """Why an archive is not there to be looked at."""

    reason: str


class FetchedArchives:
    """`fetch` gives archives; sources are opened when the first is not in the store."""

    def __init__(
        self,
        project: ProjectFolder,
        configuration: Configuration,
        arguments: Arguments,
        environment: Mapping[str, str],
        console: Console,
    ) -> None:
        self._opening = (project, configuration._replace(exclude_newer=""), arguments, environment, console)
        self._offline = arguments.switch("offline")
        self._store = ArtifactStore(os.path.join(cache_folder(arguments, environment), "store"))
        self._shop: Shop | None = None

    def fetch(self, pin: Pin, artifact: PinnedArtifact) -> Archive | Unavailable:
        """Return a pinned file of a release, from the store, else from its source; never other bytes."""
        try:
            data = self._read(artifact)
            if data is None and not self._offline:
                self._fetch(pin, artifact)
                data = self._read(artifact)
        except (ResolverError, TrustError, Undecided) as error:
            return Unavailable(message(error).sentence)
        if data is None:
            return Unavailable("it is not in the store" + (", and this is offline" if self._offline else ""))
        return Archive(artifact.file, data)

    def close(self) -> None:
        """Let the connections go."""
        if self._shop is not None:
            self._shop.market.close()

    def _read(self, artifact: PinnedArtifact) -> bytes | None:
        stream = self._store.open_verified(artifact.hash)
        if stream is None:
            return None
        with stream:
            if os.fstat(stream.fileno()).st_size > LARGEST:
                raise ArchiveRefused(artifact.file, f"more than {LARGEST} bytes")
            return stream.read()

    def _fetch(self, pin: Pin, artifact: PinnedArtifact) -> None:
        if self._shop is None:
            self._shop = open_shop(*self._opening)
        if pin.module is not None:
            Archives(self._store, self._opening[1], self._shop.connect).read(pin)
            return
        # A pin of the past comes from an approval, which keeps no facts of npm's.
        elsewhere = pin.source in [source.name for source in self._shop.market.sources]
        if pin.npm is not None or (artifact.file.endswith(".tgz") and not elsewhere):
            from holdfast.cli.npm_verifying import fetch_tarball  # start-up: only where there is npm

            fetch_tarball(pin, self._shop, self._store, LARGEST)
            return
        offered = offers(self._shop.market, [pin])
        for error in offered.failed.values():
            raise error
        listed = offered.files[pin.source, pin.name, pin.version].get(artifact.file)
        if listed is None:
            raise Undecided(f"no such file in the listing of {pin.name}")
        request = Request(pin.source, artifact.file, listed.url, max_bytes=LARGEST)
        found = self._store.fetch_artifact(self._shop.connect(), request, artifact.hash)
        if isinstance(found, DigestMismatch):
            raise Undecided(f"the source serves other bytes now: {found.found}, pinned is {artifact.hash}")
