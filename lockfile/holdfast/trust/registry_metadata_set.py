"""The verified metadata of one registry: python-tuf's client workflow over documents at hand, from the pinned root on.

    1. roots, from the pinned one to the newest, each signed by the keys of the one before it and by its own
    2. timestamp, snapshot, targets (TUF 1.0.33, section 5.3 to 5.6), against the newest state kept on this machine
    3. the versions, against the committed floor, and all times, against the clock that was handed in
    4. only then is anything kept

python-tuf works in a folder of this run, since it may not share one with another process; the store is where runs meet.
It reads the machine's clock, which cannot be handed in; so a document must be in time by both clocks. Knows metadata;
no modules, no network.
"""

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable
from typing import TypeVar

from tuf.api.exceptions import DownloadError, ExpiredMetadataError, RepositoryError
from tuf.api.metadata import SuccinctRoles, TargetFile
from tuf.ngclient import Updater, UpdaterConfig

from holdfast.trust.errors import MalformedDocument, RegistryRootRefused, RegistryStale
from holdfast.trust.registry_fetcher import RegistryFetcher
from holdfast.trust.registry_metadata import (
    FOLDER,
    LIMITS,
    MODULES,
    MODULES_FOLDER,
    NOTICES,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    Document,
    limit_of,
    metadata_path,
    read_document,
    role_of,
)
from holdfast.trust.registry_refusals import named_versions, refusal, rolled_back
from holdfast.trust.registry_root import was_rotated
from holdfast.trust.registry_state import StateFloor
from holdfast.trust.registry_store import RegistryStore
from holdfast.trust.strict_fields import Fields
from holdfast_resolver.errors import CacheUnwritable

Result = TypeVar("Result")

_TOP = (ROOT, TIMESTAMP, SNAPSHOT, TARGETS)
_USUAL_BINS = SuccinctRoles([], 1, 8, "bin")  # what a registry made by this program has
_CONFIG = UpdaterConfig(
    root_max_length=LIMITS[ROOT],
    timestamp_max_length=LIMITS[TIMESTAMP],
    snapshot_max_length=LIMITS[SNAPSHOT],
    targets_max_length=LIMITS[TARGETS],
)


class MetadataSet:
    """Verified metadata. `refresh` comes first, once; then `find`. `close` removes the folder of this run."""

    def __init__(
        self,
        source: str,
        pinned: Document,
        root: bytes,
        store: RegistryStore,
        fetcher: RegistryFetcher,
        floor: StateFloor,
        now: str,
    ) -> None:
        self._source = source
        self._pinned = pinned
        self._root = root
        self._store = store
        self._fetcher = fetcher
        self._floor = floor
        self._now = now
        self._kept_timestamp = store.read(metadata_path(TIMESTAMP), limit_of(TIMESTAMP))
        self._kept_root = store.newest_root(pinned.version)
        self._rotated = False
        self._seen: dict[str, Document] = {}
        self._wanted: tuple[str, ...] = ()  # target paths whose bins are wanted together
        self._folder = tempfile.mkdtemp(prefix="holdfast-")
        self.close = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._updater: Updater
        self._trusted: dict[str, Document] = {}
        fetcher.companions = self._companions
        fetcher.check = self._check_bin
        fetcher.at_last_root = self._recall

    def refresh(self, wanted: Iterable[str] = ()) -> None:
        """Verify the newest state. The bins of `wanted` target paths are fetched along.

        Raises `RegistryRootRefused`, `RegistryRollback`, `RegistryStale`, `RegistryTampered`, `CacheUnwritable`, and
        the errors of the network.
        """
        self._wanted = tuple(wanted)
        self._ask(self._refresh)
        self._trusted[ROOT] = self._last_root()
        self._check_floor()
        self._check_times(document for role in _TOP if (document := self.trusted(role)))
        self.keep()

    def find(self, paths: Iterable[str]) -> dict[str, TargetFile | None]:
        """Return what the verified metadata says of targets, None for a target that it has not.

        Their bins come in one wave. What was verified is kept. Raises as `refresh`.
        """
        self._wanted = tuple(paths)
        found = {path: self._find(path) for path in self._wanted}
        self.keep()
        return found

    def trusted(self, role: str) -> Document | None:
        """Return the verified metadata of a role, None when it was not asked for."""
        found = self._trusted.get(role)
        if found is None:
            data = self._written(role)
            if data is None:
                return None
            found = self._trusted[role] = read_document(role, data)
        return found

    def versions(self) -> StateFloor:
        """Return the verified versions; the revocation list is not metadata, its number is 0."""
        root, timestamp, snapshot, targets = map(self._version, _TOP)
        return StateFloor(root, timestamp, snapshot, targets)

    def keep(self) -> None:
        """Keep in the store what was verified since the last time. Raises `RegistryStale`, `CacheUnwritable`."""
        served = self._fetcher.take_served()
        self._check_times(document for document in served.values() if document.role != ROOT)
        if self._fetcher.offline:
            return
        if self._rotated:  # first, so that what a replaced key said does not outlive a kill here
            self._store.drop(metadata_path(TIMESTAMP))
            self._kept_timestamp, self._rotated = None, False
        new = self._fetcher.new(served)
        if new:
            self._store.keep(new)
        timestamp = self._written(TIMESTAMP)
        if timestamp is not None and timestamp != self._kept_timestamp:
            self._store.keep_timestamp(timestamp, self._version(TIMESTAMP), self._kept_timestamp)
            self._kept_timestamp = timestamp

    def _refresh(self) -> None:
        self._trusted.clear()
        self._fetcher.served.clear()
        try:
            self._updater = Updater(self._folder, FOLDER, fetcher=self._fetcher, config=_CONFIG, bootstrap=self._root)
        except RepositoryError:
            raise RegistryRootRefused(self._source, ROOT, "it is not signed by its own keys") from None
        newest = self._kept_root + 1
        kept = [metadata_path(ROOT, version) for version in range(self._pinned.version + 1, newest)]
        self._fetcher.load([*kept, metadata_path(ROOT, newest), metadata_path(TIMESTAMP)])
        self._updater.refresh()

    def _find(self, path: str) -> TargetFile | None:
        return self._ask(lambda: self._updater.get_targetinfo(path))

    def _ask(self, action: Callable[[], Result]) -> Result:
        """Do what python-tuf is to do; again when a damaged file of the store was why it refused."""
        fetcher = self._fetcher
        while True:
            fetcher.failure = None
            try:
                return action()
            except (RepositoryError, DownloadError) as error:
                if fetcher.failure is not None:
                    raise fetcher.failure from None
                if isinstance(error.__cause__, OSError):  # it keeps what it reads in temporary files
                    raise CacheUnwritable(self._folder, error.__cause__.strerror or "no room") from None
                if isinstance(error, ExpiredMetadataError) or not fetcher.heal():
                    found = fetcher.read.get(fetcher.last)
                    raise refusal(self._source, error, fetcher.last, found, self._current(), self._seen) from None
            except OSError as error:
                raise CacheUnwritable(self._folder, error.strerror or type(error).__name__) from None

    def _current(self) -> list[Document]:
        served = [self._fetcher.read[path] for path in self._fetcher.served if path in self._fetcher.read]
        return [self._last_root(), *[document for document in served if document.role != ROOT]]

    def _last_root(self) -> Document:
        """Return the newest root that python-tuf was given; a root of an earlier attempt it has kept."""
        given = [self._fetcher.read[path] for path in self._fetcher.roots if path in self._fetcher.read]
        return max(given, key=lambda root: root.version, default=self._pinned)

    def _recall(self) -> None:
        """Hand python-tuf the newest state known, once it has the newest root and before it reads a timestamp.

        What was said by a key that has been replaced since is not handed on (section 5.3.11).
        """
        last = self._last_root()
        kept_root = self._root_of(self._kept_root)
        self._rotated = kept_root is not None and was_rotated(kept_root.signed, last.signed)
        self._seen = {}
        if not self._rotated:
            timestamp = self._recalled(TIMESTAMP, self._kept_timestamp)
            if timestamp is not None:
                version = named_versions(timestamp).get(SNAPSHOT, 0)
                path = metadata_path(SNAPSHOT, version)
                self._recalled(SNAPSHOT, self._store.read(path, limit_of(SNAPSHOT)))
        floor = self._usable_floor(last)
        for role, version in ((TIMESTAMP, floor.timestamp), (SNAPSHOT, floor.snapshot)):
            before = self._seen.get(role, Document(role, 0, "", Fields({})))
            if version > 0 or before.version > 0:
                self._seen[role] = before._replace(version=max(before.version, version))

    def _recalled(self, role: str, data: bytes | None) -> Document | None:
        if data is None:
            return None
        try:
            document = read_document(role, data)
        except MalformedDocument:
            return None
        with open(os.path.join(self._folder, f"{role}.json"), "wb") as file:
            file.write(data)
        self._seen[role] = document
        return document

    def _root_of(self, version: int) -> Document | None:
        if version == self._pinned.version:
            return self._pinned
        return self._fetcher.read.get(metadata_path(ROOT, version))

    def _usable_floor(self, last: Document) -> StateFloor:
        """Return the floor, without the versions that only a replaced key vouched for."""
        then = self._root_of(self._floor.root)
        if then is not None and then.version <= last.version and was_rotated(then.signed, last.signed):
            return StateFloor(self._floor.root, revocations=self._floor.revocations)
        return self._floor

    def _check_floor(self) -> None:
        floor = self._usable_floor(self._last_root())
        for role, seen in zip(_TOP, floor):  # the fields are in this order
            if self._version(role) < seen:
                raise rolled_back(self._source, role, self._version(role), seen)

    def _check_times(self, documents: Iterable[Document]) -> None:
        for document in documents:
            if document.expires <= self._now:
                raise RegistryStale(self._source, document.role, f"its time ended at {document.expires}")

    def _written(self, role: str) -> bytes | None:
        """Return what python-tuf has verified of a role; it writes nothing else here."""
        try:
            with open(os.path.join(self._folder, f"{role}.json"), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def _version(self, role: str) -> int:
        document = self.trusted(role)
        return document.version if document else 0

    def _bins(self) -> SuccinctRoles | None:
        """Return the bins that the verified role "modules" delegates to, None while that is not known."""
        modules = self.trusted(MODULES)
        delegations = modules.signed.optional_table("delegations") if modules else None
        fields = delegations.optional_table("succinct_roles") if delegations else None
        if fields is None:
            return None
        return SuccinctRoles([], 1, fields.integer("bit_length", minimum=1, maximum=32), fields.text("name_prefix"))

    def _companions(self, path: str) -> list[str]:
        """Return what python-tuf is going to ask for after `path`."""
        role = role_of(path)
        snapshot = self.trusted(SNAPSHOT) if role not in (ROOT, TIMESTAMP, SNAPSHOT) else None
        if snapshot is None:
            return []
        versions = named_versions(snapshot)
        if role == TARGETS:
            usual = _USUAL_BINS if all(name in versions for name in _USUAL_BINS.get_roles()) else None
            roles = [MODULES, NOTICES, *self._wanted_bins(usual)]
        else:
            roles = self._wanted_bins(self._bins())
        return [metadata_path(name, versions[name]) for name in roles if name in versions]

    def _wanted_bins(self, bins: SuccinctRoles | None) -> list[str]:
        paths = [path for path in self._wanted if path.startswith(MODULES_FOLDER)]
        return [bins.get_role_for_target(path) for path in paths] if bins else []

    def _check_bin(self, document: Document) -> None:
        """Refuse a bin with targets of another bin: all bins have the same keys, so one can stand in for another."""
        bins = (self._bins() or _USUAL_BINS) if document.role not in (*_TOP, MODULES, NOTICES) else None
        if bins is None or not bins.is_delegated_role(document.role):
            return
        targets = document.signed.table("targets")
        for path in targets.names():
            home = bins.get_role_for_target(path)
            if home != document.role:
                raise MalformedDocument(targets.place, f"targets of {document.role}", f"one of {home}")
