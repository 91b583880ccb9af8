"""The whole registry read as a client would: every signature, version, digest, blob and time.

    error      a client would refuse something that it should get
    warning    it will come to that, or a release is refused for a known reason and not yet yanked
    note       what nothing leads to: earlier states, or what a killed process left; no client asks for it

Reads the folder and judges; changes nothing, and goes on after a fault as far as it can.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from holdfast.errors import HoldfastError
from holdfast.publish.registry.errors import RegistryAbsent
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.layout import (
    ADVISORIES,
    BINS,
    PUBLISHERS,
    REVOCATIONS,
    blob_file,
    days_of,
    is_near,
    role_of_target,
    target_file,
)
from holdfast.publish.registry.notices import days_of_list, read_advisory
from holdfast.publish.registry.roles import check_role, expires_text
from holdfast.publish.registry.state import RegistryState, read_root, root_versions
from holdfast.trust.errors import DigestRevoked, SignerRevoked, TrustError
from holdfast.trust.publishers import Publishers
from holdfast.trust.registry_metadata import (
    MODULES,
    NOTICES,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    metadata_path,
    role_of,
    version_of,
)
from holdfast.trust.revocations import RevocationList
from holdfast.trust.verify_module import verify_module
from holdfast_resolver.errors import ResolverError
from holdfast_resolver.values.modules import ModuleListing, ModuleRelease

ERROR, WARNING, NOTE = "error", "warning", "note"


class Remark(NamedTuple):
    """What was found. `code`: damaged, refused, blob, expired, expires, stray, unreferenced; `cause` where one is."""

    severity: str
    code: str
    subject: str  # a path in the registry, a role, or a release
    detail: str = ""
    cause: HoldfastError | ResolverError | None = None


def check_registry(folder: RegistryFolder, now: str) -> tuple[Remark, ...]:
    """Return everything that is to be said of a registry at `now`. Raises `RegistryAbsent`."""
    return tuple(_Reading(folder, now).remarks())


class _Reading:
    def __init__(self, folder: RegistryFolder, now: str) -> None:
        self._folder = folder
        self._now = now
        self._led_to: set[str] = {metadata_path(TIMESTAMP)}

    def remarks(self) -> Iterator[Remark]:
        yield from self._roots()
        try:
            state = RegistryState.load(self._folder)
        except RegistryAbsent:
            raise
        except HoldfastError as error:
            yield _damaged(metadata_path(TIMESTAMP), error)
            return
        yield from self._times(state)
        yield from self._roles(state)
        yield from self._documents(state)
        yield from self._files(state)

    def _roots(self) -> Iterator[Remark]:
        before = None
        for version in root_versions(self._folder):
            path = metadata_path(ROOT, version)
            self._led_to.add(path)
            try:
                root = read_root(self._folder, version)
                if before is not None:
                    check_role(path, before.signed, ROOT, root)
            except HoldfastError as error:
                yield _damaged(path, error)
                continue
            before = root

    def _times(self, state: RegistryState) -> Iterator[Remark]:
        for role, metadata in ((ROOT, state.root), (TIMESTAMP, state.timestamp), (SNAPSHOT, state.snapshot)):
            if metadata is not None:
                yield from self._time(role, expires_text(metadata.signed.expires), days_of(role))

    def _time(self, what: str, expires: str, days: int) -> Iterator[Remark]:
        if self._now >= expires:
            yield Remark(ERROR, "expired", what, expires)
        elif is_near(expires, days, self._now):
            yield Remark(WARNING, "expires", what, expires)

    def _roles(self, state: RegistryState) -> Iterator[Remark]:
        self._led_to.add(metadata_path(SNAPSHOT, state.version_of_snapshot))
        for role in (TARGETS, MODULES, NOTICES, *BINS):
            path = metadata_path(role, state.version(role))
            self._led_to.add(path)
            try:
                metadata = state.role(role)
            except HoldfastError as error:
                yield _damaged(path, error)
                continue
            yield from self._time(role, expires_text(metadata.signed.expires), days_of(role))

    def _documents(self, state: RegistryState) -> Iterator[Remark]:
        by, listed = None, None
        try:
            by, listed = state.publishers(), state.revocations()
            yield from self._time(REVOCATIONS, listed.expires, days_of_list(listed))
        except HoldfastError as error:
            yield _damaged(PUBLISHERS if by is None else REVOCATIONS, error)
        for role in (TARGETS, NOTICES, *BINS):
            found = state.roles.get(role)
            for path, target in found.signed.targets.items() if found else ():
                self._led_to.add(target_file(path, target.hashes.get("sha256", "")))
                if role_of_target(path) != role:
                    yield Remark(ERROR, "damaged", path, f"{role} does not speak for it")
                else:
                    yield from self._document(state, path, by, listed)

    def _document(
        self, state: RegistryState, path: str, by: Publishers | None, listed: RevocationList | None
    ) -> Iterator[Remark]:
        try:
            if path.startswith(ADVISORIES):
                read_advisory(state.required(path))
            elif path not in (PUBLISHERS, REVOCATIONS):
                name = path.removeprefix("modules/").removesuffix(".json")
                listing = state.listing(name)
                if listing and by and listed:
                    yield from self._releases(listing, by, listed)
        except (HoldfastError, ResolverError) as error:
            yield _damaged(path, error)

    def _releases(self, listing: ModuleListing, by: Publishers, listed: RevocationList) -> Iterator[Remark]:
        publisher = by.for_name(listing.name)
        trusted = publisher.trusted_keys() if publisher else ()
        for release in listing.releases:
            subject = f"{listing.name} {release.version}"
            try:
                verify_module(listing.name, release, publishers=by, trusted=trusted, revocations=listed, now=self._now)
            except (SignerRevoked, DigestRevoked) as error:
                if release.yanked is None:
                    yield Remark(WARNING, "refused", subject, cause=error)
            except TrustError as error:
                yield Remark(ERROR, "refused", subject, cause=error)
            yield from self._blobs(subject, release)

    def _blobs(self, subject: str, release: ModuleRelease) -> Iterator[Remark]:
        for digest, size in ((release.archive, release.size), (release.report, None)):
            if not digest:
                continue
            path = blob_file(digest)
            self._led_to.add(path)
            data = self._folder.read(path)
            if data is None:
                yield Remark(ERROR, "blob", subject, f"{path} is not there")
            elif f"sha256:{sha256(data).hexdigest()}" != digest or size not in (None, len(data)):
                yield Remark(ERROR, "blob", subject, f"{path} has other bytes")

    def _files(self, state: RegistryState) -> Iterator[Remark]:
        earlier = 0
        for path, size in self._folder.files():
            if size < 0:
                yield Remark(WARNING, "stray", path, "it is no regular file")
            elif path in self._led_to:
                continue
            elif _is_earlier(path, state):
                earlier += 1
            else:
                yield Remark(NOTE, "stray", path)
        if earlier:
            yield Remark(NOTE, "unreferenced", "earlier states", str(earlier))


def _is_earlier(path: str, state: RegistryState) -> bool:
    """Whether a file may be of an earlier state: metadata in a version before, or a document."""
    role = role_of(path)
    if role:
        now = state.version_of_snapshot if role == SNAPSHOT else state.version(role)
        return 0 < version_of(path) < now
    return path.startswith("targets/")


def _damaged(path: str, error: HoldfastError | ResolverError) -> Remark:
    return Remark(ERROR, "damaged", path, cause=error)
