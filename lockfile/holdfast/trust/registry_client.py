"""A module registry as its newest verified metadata has it: the documents that a project needs, each verified.

    view = RegistryView.open("acme", root, "sha256:77ab...", store=folder, floor=floor, get=get, now=now)
    view.publishers()                        # who may publish what: signed offline
    view.revocations()                       # keys and digests that no longer count
    view.index_documents(["@acme/guards"])   # {"@acme/guards": b"..."}: None = the registry has no such module
    view.state()                             # the next floor, to be committed

What a document says is read elsewhere; that it is the registry's current word is established here (TUF). Knows the
registry's layout; no network (`get` is handed in), no clock, no project.
"""

import re
from collections.abc import Iterable

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import TargetFile

from holdfast.trust.errors import KeyRefused, MalformedDocument, RegistryTampered
from holdfast.trust.publishers import Publishers, read_publishers
from holdfast.trust.registry_fetcher import Get, RegistryFetcher
from holdfast.trust.registry_metadata import INDEX_LIMIT, MODULES_FOLDER, NOTICES, TARGETS
from holdfast.trust.registry_metadata_set import MetadataSet
from holdfast.trust.registry_root import pinned_root
from holdfast.trust.registry_state import SeenState, StateFloor
from holdfast.trust.registry_store import RegistryStore
from holdfast.trust.revocations import RevocationList, read_revocations, refuse_rollback
from holdfast_resolver.errors import AnswerTooLong, OfflineMiss
from holdfast_resolver.values.modules import parse_module_name

PUBLISHERS = "publishers.json"
REVOCATIONS = "revocations.json"
_ADVISORY = re.compile(r"advisories/([A-Za-z0-9][A-Za-z0-9._-]{0,99})\.json")
_HEX = re.compile(r"[0-9a-f]{64}")


class RegistryView:
    """One registry during one run, from one thread. Every method raises as `open` does."""

    def __init__(
        self,
        source: str,
        store: RegistryStore,
        fetcher: RegistryFetcher,
        metadata: MetadataSet,
        floor: StateFloor,
        now: str,
    ) -> None:
        self._source = source
        self._store = store
        self._fetcher = fetcher
        self._metadata = metadata
        self._floor = floor
        self._now = now
        self._held: dict[str, bytes | None] = {}  # target path -> verified bytes, None = the registry has none
        # Read once: what was verified does not change during a run, and a thousand publishers take 0.2 s to read.
        self._publishers: Publishers | None = None
        self._revocations: RevocationList | None = None

    @classmethod
    def open(
        cls,
        source: str,
        root: bytes,
        digest: str,
        *,
        store: str,
        get: Get,
        now: str,
        floor: StateFloor = StateFloor(),  # noqa: B008  # a value that cannot change
        offline: bool = False,
        names: Iterable[str] = (),
    ) -> "RegistryView":
        """Verify the newest state of the registry `source`, from its pinned root.

        `digest` is the configured "sha256:<hex>" of the bytes `root`; `store` the folder that keeps what was
        verified, one for each pinned root; `floor` the committed state; `now` the time, "2026-11-21T06:40:00Z";
        `names` the modules that are going to be asked for first, which saves a round trip. Offline, everything comes
        from the store, is verified again, and is refused when its time is over.

        Raises `RegistryRootRefused`, `RegistryRollback`, `RegistryStale`, `RegistryTampered`; `CacheUnwritable`;
        `OfflineMiss`; and the errors of `holdfast_resolver` that `get` raises.
        """
        pinned = pinned_root(source, root, digest)
        kept = RegistryStore(store)
        fetcher = RegistryFetcher(source, kept, get, offline=offline)
        metadata = MetadataSet(source, pinned, root, kept, fetcher, floor, now)
        try:
            metadata.refresh(_index_path(name) for name in names)
        except BaseException:
            metadata.close()
            raise
        return cls(source, kept, fetcher, metadata, floor, now)

    def close(self) -> None:
        """Remove what this run had on disk beside the store."""
        self._metadata.close()

    @property
    def requests(self) -> int:
        """Requests made so far."""
        return self._fetcher.requests

    @property
    def waves(self) -> int:
        """Round trips so far: requests of one wave were made at once."""
        return self._fetcher.waves

    def publishers(self) -> Publishers:
        """Return who may publish under which names, from the top-level targets, whose keys are kept offline.

        Raises, besides, `MalformedDocument` for a document that was signed and is none of its kind.
        """
        if self._publishers is None:
            self._publishers = self._read_publishers()
        return self._publishers

    def _read_publishers(self) -> Publishers:
        try:
            return read_publishers(self._required(PUBLISHERS))
        except MalformedDocument as fault:
            place = f"{self._source} {PUBLISHERS} {fault.place}".rstrip()
            raise MalformedDocument(place, fault.expected, fault.found) from None
        except KeyRefused as fault:
            raise MalformedDocument(f"{self._source} {PUBLISHERS}", "usable public keys", fault.reason) from None

    def revocations(self) -> RevocationList:
        """Return the newest revocation list; whether it is out of date (`is_stale`) is asked by who uses it.

        Raises, besides, `MalformedDocument` (of `publishers`), `MalformedSignature`, `PayloadTypeRefused`,
        `InvalidSignature` and `ThresholdUnmet`.
        """
        if self._revocations is None:
            self._revocations = self._read_revocations()
        return self._revocations

    def _read_revocations(self) -> RevocationList:
        publishers = self.publishers()
        keys = publishers.revocation_keys(self._now)
        about = f"{self._source} {REVOCATIONS}"
        listed = read_revocations(self._required(REVOCATIONS), keys, publishers.revocation_threshold, about)
        refuse_rollback(listed, self._floor.revocations, self._source)
        return listed

    def revocation_text(self) -> str:
        """Return the text of the revocation list, an envelope, once `revocations` has admitted it."""
        self.revocations()
        return self._required(REVOCATIONS).decode()

    def state(self) -> StateFloor:
        """Return the versions of what was verified: the floor from now on."""
        return self._metadata.versions()._replace(revocations=self.revocations().number)

    def seen(self) -> SeenState:
        """Return what is to be committed: the floor, and the keys of the revocation list."""
        publishers = self.publishers()
        keys = sorted([key.text for key in publishers.revocation_keys(self._now)])
        return SeenState(self.state(), publishers.revocation_threshold, tuple(keys))

    def index_documents(self, names: Iterable[str]) -> dict[str, bytes | None]:
        """Return the index document of each module, None for a name that the registry verifiably does not have.

        Two round trips for all names together. Raises `InvalidModuleName`.
        """
        paths = {name: _index_path(parse_module_name(name)) for name in names}
        self._have([PUBLISHERS, REVOCATIONS, *paths.values()])
        return {name: self._held[path] for name, path in paths.items()}

    def advisories(self) -> dict[str, bytes]:
        """Return the registry's advisories, by their ids."""
        self._have([PUBLISHERS, REVOCATIONS])
        notices = self._metadata.trusted(NOTICES)
        targets = notices.signed.table("targets").names() if notices else ()
        found = {path: match[1] for path in sorted(targets) if (match := _ADVISORY.fullmatch(path))}
        self._have(found)
        return {advisory: self._held[path] or b"" for path, advisory in found.items()}

    def _required(self, path: str) -> bytes:
        self._have([PUBLISHERS, REVOCATIONS])
        top = self._metadata.trusted(TARGETS)
        if path == PUBLISHERS and not (top and top.signed.table("targets").has(path)):
            raise RegistryTampered(self._source, path, "it is not among the targets that are signed offline")
        data = self._held[path]
        if data is None:
            raise RegistryTampered(self._source, path, "the signed metadata does not name it")
        return data

    def _have(self, paths: Iterable[str]) -> None:
        """Have these targets at hand, verified: their bins in one wave, then their bytes in one."""
        new = [path for path in dict.fromkeys(paths) if path not in self._held]
        if not new:
            return
        found = self._metadata.find(new)
        self._held.update(dict.fromkeys(new))
        self._held.update(self._bodies({path: target for path, target in found.items() if target is not None}))

    def _bodies(self, targets: dict[str, TargetFile]) -> dict[str, bytes]:
        bodies: dict[str, bytes] = {}
        wanted: dict[str, str] = {}  # where the registry has it -> target path
        for path, target in targets.items():
            place = self._place(path, target)
            kept = self._store.read(place, target.length)
            if kept is not None and _is_target(target, kept):
                bodies[path] = kept
            else:
                wanted[place] = path
        if wanted:
            fetched = self._fetched(wanted, targets)
            self._store.keep(fetched)
            bodies.update({wanted[place]: data for place, data in fetched.items()})
        return bodies

    def _fetched(self, wanted: dict[str, str], targets: dict[str, TargetFile]) -> dict[str, bytes]:
        if self._fetcher.offline:
            raise OfflineMiss(self._source, next(iter(wanted.values())), "", "it was not read on this machine")
        try:
            answers = self._fetcher.ask({place: targets[path].length for place, path in wanted.items()})
        except AnswerTooLong as error:
            path = wanted.get(error.subject, error.subject)
            raise RegistryTampered(self._source, path, "it is longer than the signed metadata says") from None
        bodies: dict[str, bytes] = {}
        for place, path in wanted.items():
            data = answers[place]
            if data is None:
                raise RegistryTampered(self._source, path, "it is missing, and the signed metadata names it")
            if not _is_target(targets[path], data):
                reason = "its length or digest is not what the signed metadata says"
                raise RegistryTampered(self._source, path, reason)
            bodies[place] = data
        return bodies

    def _place(self, path: str, target: TargetFile) -> str:
        """Return where the registry has a target: its sha256 stands before its name (TUF 1.0.33, section 6.2)."""
        digest = target.hashes.get("sha256", "")
        if not _HEX.fullmatch(digest):
            raise RegistryTampered(self._source, path, "the signed metadata has no sha256 of it")
        if target.length > INDEX_LIMIT:
            raise RegistryTampered(self._source, path, f"it is longer than {INDEX_LIMIT} bytes")
        folder, slash, name = path.rpartition("/")
        return f"targets/{folder}{slash}{digest}.{name}"


def _index_path(name: str) -> str:
    return f"{MODULES_FOLDER}{name}.json"


def _is_target(target: TargetFile, data: bytes) -> bool:
    try:
        target.verify_length_and_hashes(data)
    except LengthOrHashMismatchError:
        return False
    return True
