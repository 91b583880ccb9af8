"""One change of a registry: everything is signed in memory first, then written so that a reader sees old or new.

    1. blobs and documents, named by their digests
    2. the roles that changed, each in its next version, then the snapshot
    3. `timestamp.json`: from here on the registry is the new one

Versions follow from the state that was read, never from files that lie about. A process killed in between leaves
files that nothing leads to; the next change takes the same numbers and writes over them, which no reader can have
asked for. Knows the order of writing; not what documents say.
"""

from hashlib import sha256

from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Timestamp

from holdfast.publish.registry.layout import blob_file, expiry, role_of_target, target_file
from holdfast.publish.registry.roles import sign_role
from holdfast.publish.registry.signers import Keyring
from holdfast.publish.registry.state import RegistryState
from holdfast.trust.registry_metadata import MODULES, NOTICES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, metadata_path

# A role is signed after those that say which keys sign it.
_ORDER = (TARGETS, MODULES, NOTICES)


class Change:
    """What will be other in a registry. Only blobs are written before `commit`: nothing leads to them until then."""

    def __init__(self, state: RegistryState, now: str) -> None:
        self.state = state
        self._now = now
        self._documents: dict[str, bytes] = {}
        self._roles: set[str] = set()

    @property
    def is_empty(self) -> bool:
        """Whether no role has anything new."""
        return not self._roles

    def put_blob(self, data: bytes) -> str:
        """Write a blob, if the registry has it not, and return its "sha256:<hex>". Raises `FileProblem`."""
        digest = f"sha256:{sha256(data).hexdigest()}"
        path, folder = blob_file(digest), self.state.folder
        if not folder.has(path, len(data)) or folder.read(path) != data:
            folder.write(path, data)
        return digest

    def put(self, target: str, data: bytes) -> None:
        """Add or replace a document."""
        digest = sha256(data).hexdigest()
        role = role_of_target(target)
        self.state.role(role).signed.targets[target] = TargetFile(len(data), {"sha256": digest}, target)
        self._documents[target_file(target, digest)] = data
        self._roles.add(role)

    def renew(self, role: str) -> None:
        """Give a role a next version, though nothing of it may be other than its time."""
        self.state.role(role)
        self._roles.add(role)

    def commit(self, keys: Keyring) -> dict[str, int]:
        """Sign and write everything; return the path and the size of each file of metadata and document written.

        Raises `SigningKeyMissing` and `KeyUnreadable` before anything of it is written, `FileProblem` while writing:
        then the registry is as it was, or as it should be.
        """
        metadata = self._signed(keys)
        folder = self.state.folder
        for path, data in self._documents.items():
            folder.write(path, data)
        for path, data in metadata.items():
            folder.write(path, data)
        return {path: len(data) for path, data in (*self._documents.items(), *metadata.items())}

    def _signed(self, keys: Keyring) -> dict[str, bytes]:
        state, number = self.state, self.state.number + 1
        snapshot = state.snapshot or Metadata(Snapshot(version=number, meta={}))
        files: dict[str, bytes] = {}
        for role in sorted(self._roles, key=_rank):
            metadata = state.role(role)
            metadata.signed.version = state.version(role) + 1
            metadata.signed.expires = expiry(role, self._now)
            path = metadata_path(role, metadata.signed.version)
            files[path] = sign_role(path, state.delegator(role), role, metadata, keys)
        for role in self._roles:
            snapshot.signed.meta[f"{role}.json"] = MetaFile(state.role(role).signed.version)
        snapshot.signed.version = number
        snapshot.signed.expires = expiry(SNAPSHOT, self._now)
        files[metadata_path(SNAPSHOT, number)] = sign_role(
            metadata_path(SNAPSHOT, number), state.root.signed, SNAPSHOT, snapshot, keys
        )
        timestamp = Metadata(Timestamp(version=number, expires=expiry(TIMESTAMP, self._now)))
        timestamp.signed.snapshot_meta = MetaFile(number)
        files[metadata_path(TIMESTAMP)] = sign_role(
            metadata_path(TIMESTAMP), state.root.signed, TIMESTAMP, timestamp, keys
        )
        return files


def write_root(state: RegistryState, root: Metadata[Root], data: bytes) -> None:
    """Write a signed root, which from here on is the registry's."""
    state.folder.write(metadata_path(ROOT, root.signed.version), data)
    state.root = root


def _rank(role: str) -> tuple[int, str]:
    return (_ORDER.index(role) if role in _ORDER else len(_ORDER)), role
