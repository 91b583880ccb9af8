"""The archives of releases that changed, had from their sources: many at once, each by its pinned hash.

Nothing is believed here: only bytes of the pinned hash come into the store. What cannot be had is no error: it is said
beside the package, and the rest is looked at.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.messages import message
from holdfast.cli.project import ProjectFolder, cache_folder
from holdfast.cli.sizes import in_words
from holdfast.cli.wiring import Shop, open_shop
from holdfast.cli.words import Arguments
from holdfast.configuration.configuration import Configuration
from holdfast.errors import Undecided, UsageError
from holdfast.model.lock import Lock, Pin
from holdfast.trust.errors import TrustError
from holdfast.workflows.capability_deltas import CapabilityDeltas, Pair
from holdfast.workflows.scans import Wanted, rooms
from holdfast.workflows.verify import MAX_BYTES, Job, Vault, do_all
from holdfast_resolver.errors import ResolverError
from holdfast_resolver.fetch.store import ArtifactStore
from holdfast_resolver.values.wishes import Source

UNASKED = 12  # archives that are fetched without `--fetch`, where a command asks the network anyway
_UNASKED_BYTES = 64 * 1024 * 1024  # of one of them
_OFFLINE = "it is not in the store, and this is offline"


class FetchedChanges:
    """Fetches when it is called. `is_asked`: somebody asked for it, so an archive may be as large as any."""

    def __init__(
        self,
        project: ProjectFolder,
        configuration: Configuration,
        arguments: Arguments,
        environment: Mapping[str, str],
        console: Console,
        *,
        is_asked: bool,
    ) -> None:
        # A cutoff decides what may be chosen; what is pinned is looked at whenever it was uploaded.
        self._opening = (project, configuration._replace(exclude_newer=""), arguments, environment, console)
        self._store = ArtifactStore(os.path.join(cache_folder(arguments, environment), "store"))
        self._shop: Shop | None = None
        self.is_asked = is_asked
        self.is_offline = arguments.switch("offline")

    def __call__(self, wanted: list[Wanted]) -> dict[str, str]:
        """Have archives brought into the store; return why not, by hash, of those that could not be had."""
        if self.is_offline:
            return {each.hash: _OFFLINE for one in wanted for each in one.artifacts}
        failed: dict[str, str] = {}
        for some, fetch in (
            ([one for one in wanted if one.pin.module is not None], self._modules),
            ([one for one in wanted if one.pin.npm is not None], self._npm),
            ([one for one in wanted if one.pin.module is None and one.pin.npm is None], self._python),
        ):
            if some:
                try:
                    failed |= fetch(some)
                except (ResolverError, TrustError, Undecided) as error:
                    failed |= {each.hash: message(error).sentence for one in some for each in one.artifacts}
        return failed

    def close(self) -> None:
        """Let the connections go."""
        if self._shop is not None:
            self._shop.market.close()

    def _open(self) -> Shop:
        if self._shop is None:
            self._shop = open_shop(*self._opening)
        return self._shop

    def _modules(self, wanted: list[Wanted]) -> dict[str, str]:
        from holdfast.cli.module_archives import Archives  # start-up: only where there are modules

        archives = Archives(self._store, self._opening[1], self._open().connect)
        failed = archives.gather([one.pin for one in wanted]).failed
        return {digest: message(error).sentence for digest, error in failed.items()}

    def _npm(self, wanted: list[Wanted]) -> dict[str, str]:
        # start-up: only where there is npm
        from holdfast.cli.npm_wiring import url_of
        from holdfast.workflows.npm_verify import read_listed
        from holdfast_resolver.clients.npm_addresses import own_address

        market = self._open().market.npm
        listed = read_listed([one.pin for one in wanted], market)
        jobs = []
        for place, (pin, artifacts) in enumerate(wanted):
            source, release, error = (
                market.source_of(pin.name),
                listed.releases.get(pin[:3]),
                listed.failed.get(pin[:2]),
            )
            url = own_address(release.tarball, url_of(source)) if release is not None else ""
            reason = message(error).sentence if error is not None else f"no such release in the packument of {pin.name}"
            jobs.append(self._job(place, source, artifacts[0].file, wanted, url, reason))
        return self._done(wanted, jobs, Vault(self._store, market.connect))

    def _python(self, wanted: list[Wanted]) -> dict[str, str]:
        from holdfast.workflows.locate import offers, source_named

        market = self._open().market
        sources = {source.name: source for source in market.sources}
        offered = offers(market, [one.pin for one in wanted])
        jobs = []
        for place, (pin, artifacts) in enumerate(wanted):
            error, files = offered.failed.get(pin[:2]), offered.files.get(pin[:3], {})
            reason = message(error).sentence if error is not None else f"no such file in the listing of {pin.name}"
            for artifact in artifacts:
                url = files[artifact.file].url if artifact.file in files else ""
                jobs.append(self._job(place, source_named(sources, pin.source), artifact.file, wanted, url, reason))
        return self._done(wanted, jobs, Vault(self._store, self._open().connect))

    def _job(self, place: int, source: Source, file: str, wanted: list[Wanted], url: str, reason: str) -> Job:
        artifact = next(one for one in wanted[place].artifacts if one.file == file)
        return Job(place, source, artifact, url, reason, MAX_BYTES if self.is_asked else _UNASKED_BYTES)

    def _done(self, wanted: list[Wanted], jobs: list[Job], vault: Vault) -> dict[str, str]:
        """Why jobs were in vain, by hash."""
        console = self._opening[4]

        def tell(done: int, every: int, size: int) -> None:
            console.progress(f"fetching {done}/{every}, {in_words(size)}", time.monotonic())

        pins = tuple([one.pin for one in wanted])
        failed = {}
        for one in do_all(_lock_of(pins), jobs, vault, None, tell):
            if one.stored is None:
                failed[one.job.artifact.hash] = one.unchecked or (one.finding.found if one.finding else "")
        return failed


def open_deltas(
    lock: Lock,
    fetched: FetchedChanges | None,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
) -> CapabilityDeltas:
    """Return what tells what changed releases let code do; without `fetched` from the store alone."""

    def tell(done: int, every: int) -> None:
        console.progress(f"reading code {done}/{every}", time.monotonic())

    return CapabilityDeltas(lock, rooms(cache_folder(arguments, environment)), tell, fetched)


def fetched_deltas(
    pairs: list[Pair],
    lock: Lock,
    project: ProjectFolder,
    configuration: Configuration,
    arguments: Arguments,
    environment: Mapping[str, str],
    console: Console,
) -> CapabilityDeltas:
    """Return what tells what these releases let code do, after what they lack was fetched.

    Without `--fetch` only where that is not much. Raises `UsageError`.
    """
    asked = is_fetching(arguments)
    fetched = FetchedChanges(project, configuration, arguments, environment, console, is_asked=asked)
    deltas = open_deltas(lock, fetched, arguments, environment, console)
    try:
        deltas.gather(pairs, None if asked else UNASKED)
    finally:
        fetched.close()
    return deltas


def is_fetching(arguments: Arguments) -> bool:
    """Whether `--fetch` was said. Raises `UsageError` with `--offline`."""
    if arguments.switch("fetch") and arguments.switch("offline"):
        raise UsageError("one of --fetch and --offline", "both")
    return arguments.switch("fetch")


def note_absent(deltas: CapabilityDeltas, command: str, console: Console) -> None:
    """Say once of what code nothing is known, and how it is had."""
    if deltas.absent:
        packages = "1 package" if deltas.packages == 1 else f"{deltas.packages} packages"
        archives = "1 archive is" if deltas.absent == 1 else f"{deltas.absent} archives are"
        console.note(
            f"note: what the code of {packages} gains was not looked at: {archives} not in the store; "
            f"`{command}` has them downloaded"
        )


def _lock_of(pins: tuple[Pin, ...]) -> Lock:
    """Pins that are no lock: what is fetched is told by its place among them."""
    from holdfast.model.lock import Scope

    return Lock(Scope("", "", "", ()), (), pins)
