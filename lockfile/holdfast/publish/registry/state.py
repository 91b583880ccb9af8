"""What a registry says now: read from `timestamp.json` on, as a client reads it, and verified on the way.

Files that the timestamp does not lead to do not exist for it: they are left from earlier states, or from a process
that was killed before its state became the registry's. Times are not judged here: whoever keeps a registry must be
able to renew what expired. Reads the folder; changes nothing.
"""

from __future__ import annotations

from hashlib import sha256

from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp

from holdfast.publish.registry.documents import read_index
from holdfast.publish.registry.errors import RegistryAbsent, RegistryDamaged
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.layout import (
    BINS,
    PUBLISHERS,
    REVOCATIONS,
    index_target,
    role_of_target,
    target_file,
)
from holdfast.publish.registry.roles import AnyMetadata, check_role, parse_role
from holdfast.trust.publishers import Publishers, read_publishers
from holdfast.trust.registry_metadata import MODULES, NOTICES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, metadata_path
from holdfast.trust.revocations import RevocationList, read_revocations
from holdfast_resolver.values.modules import ModuleListing


class RegistryState:
    """One state of a registry. Roles and documents are read when they are asked for, each once.

    Every method raises `RegistryDamaged` for what its signers did not sign so, and `FileProblem`.
    """

    def __init__(
        self,
        folder: RegistryFolder,
        root: Metadata[Root],
        timestamp: Metadata[Timestamp] | None = None,
        snapshot: Metadata[Snapshot] | None = None,
    ) -> None:
        self.folder = folder
        self.root = root
        self.timestamp = timestamp
        self.snapshot = snapshot
        self.roles: dict[str, Metadata[Targets]] = {}

    @classmethod
    def load(cls, folder: RegistryFolder) -> RegistryState:
        """Return the state that the folder has. Raises `RegistryAbsent` where there is none."""
        root = _newest_root(folder)
        data = folder.read(metadata_path(TIMESTAMP))
        if root is None or data is None:
            raise RegistryAbsent(folder.path)
        timestamp: Metadata[Timestamp] = parse_role(metadata_path(TIMESTAMP), TIMESTAMP, data)
        check_role(metadata_path(TIMESTAMP), root.signed, TIMESTAMP, timestamp)
        version = timestamp.signed.snapshot_meta.version
        snapshot = _read(folder, SNAPSHOT, version, root.signed)
        return cls(folder, root, timestamp, snapshot)

    @property
    def number(self) -> int:
        """The version of timestamp and snapshot alike: a number for the whole state; 0 before the first."""
        return max(
            self.timestamp.signed.version if self.timestamp else 0, self.snapshot.signed.version if self.snapshot else 0
        )

    @property
    def version_of_snapshot(self) -> int:
        """The version of the snapshot; 0 before the first."""
        return self.snapshot.signed.version if self.snapshot else 0

    @property
    def identity(self) -> str:
        """What names the registry for ever: "sha256:<hex>" of its first root."""
        data = self.folder.read(metadata_path(ROOT, 1))
        if data is None:
            raise RegistryDamaged(metadata_path(ROOT, 1), "there is no such file")
        return f"sha256:{sha256(data).hexdigest()}"

    def version(self, role: str) -> int:
        """Return the version of a role in this state; 0 for one that it does not have."""
        found = self.snapshot.signed.meta.get(f"{role}.json") if self.snapshot else None
        return found.version if found else 0

    def role(self, name: str) -> Metadata[Targets]:
        """Return the verified metadata of targets, modules, notices or a bin."""
        if name not in self.roles:
            self.roles[name] = _read(self.folder, name, self.version(name), self.delegator(name))
        return self.roles[name]

    def delegator(self, role: str) -> Root | Targets:
        """Return who says which keys sign a role."""
        if role in (ROOT, TIMESTAMP, SNAPSHOT, TARGETS):
            return self.root.signed
        return self.role(TARGETS if role in (MODULES, NOTICES) else MODULES).signed

    def target(self, path: str) -> TargetFile | None:
        """Return what the metadata says of a target, None for one that it does not have."""
        return self.role(role_of_target(path)).signed.targets.get(path)

    def document(self, path: str) -> bytes | None:
        """Return a target's bytes, compared with what the metadata says; None for one that it does not have."""
        target = self.target(path)
        return None if target is None else read_target(self.folder, path, target)

    def required(self, path: str) -> bytes:
        """Return the bytes of a target that every registry has."""
        data = self.document(path)
        if data is None:
            raise RegistryDamaged(path, "the registry does not have it")
        return data

    def publishers(self) -> Publishers:
        """Return who may publish what."""
        return read_publishers(self.required(PUBLISHERS))

    def revocations(self) -> RevocationList:
        """Return the revocation list."""
        by = self.publishers()
        # A list signed before its key's time was over stays readable for whoever signs the next one.
        keys = [one.key for one in by.revokers]
        return read_revocations(self.required(REVOCATIONS), keys, by.revocation_threshold)

    def listing(self, name: str) -> ModuleListing | None:
        """Return a module's index document, None for a module that the registry does not have."""
        path = index_target(name)
        data = self.document(path)
        return None if data is None else read_index(data, name, path)

    def module_names(self) -> tuple[str, ...]:
        """Return the names of all modules: reads every bin."""
        paths = [path for name in BINS for path in self.role(name).signed.targets]
        return tuple(sorted(path.removeprefix("modules/").removesuffix(".json") for path in paths))


def read_target(folder: RegistryFolder, path: str, target: TargetFile) -> bytes:
    """Return a target's bytes. Raises `RegistryDamaged` when they are not those that the metadata says."""
    place = target_file(path, target.hashes.get("sha256", ""))
    data = folder.read(place)
    if data is None:
        raise RegistryDamaged(place, "there is no such file")
    if len(data) != target.length or sha256(data).hexdigest() != target.hashes.get("sha256"):
        raise RegistryDamaged(place, "its bytes are not those that the metadata names")
    return data


def root_versions(folder: RegistryFolder) -> list[int]:
    """Return the versions of all roots that follow each other from the first, ascending."""
    names = set(folder.names("metadata"))
    versions: list[int] = []
    while f"{len(versions) + 1}.{ROOT}.json" in names:
        versions.append(len(versions) + 1)
    return versions


def read_root(folder: RegistryFolder, version: int) -> Metadata[Root]:
    """Return a root that is signed by its own keys. Raises `RegistryDamaged`."""
    path = metadata_path(ROOT, version)
    data = folder.read(path)
    if data is None:
        raise RegistryDamaged(path, "there is no such file")
    root: Metadata[Root] = parse_role(path, ROOT, data)
    check_role(path, root.signed, ROOT, root)
    if root.signed.version != version:
        raise RegistryDamaged(path, f"it says to be version {root.signed.version}")
    return root


def _newest_root(folder: RegistryFolder) -> Metadata[Root] | None:
    versions = root_versions(folder)
    if not versions:
        return None
    root = read_root(folder, versions[-1])
    if len(versions) > 1:
        before = read_root(folder, versions[-2])
        check_role(metadata_path(ROOT, versions[-1]), before.signed, ROOT, root)
    return root


def _read(folder: RegistryFolder, role: str, version: int, delegator: Root | Targets) -> AnyMetadata:
    path = metadata_path(role, version)
    data = folder.read(path)
    if data is None:
        raise RegistryDamaged(path, "there is no such file")
    metadata = parse_role(path, role, data)
    check_role(path, delegator, role, metadata)
    if metadata.signed.version != version:
        raise RegistryDamaged(path, f"it says to be version {metadata.signed.version}")
    return metadata
