"""In which order a registry's files go to an object store, so that a reader at any moment sees the old or the new.

    1. what nothing leads to yet: blobs, documents, roles, the snapshot
    2. roots under which the old state still holds
    3. metadata/timestamp.json
    4. roots that end the time of a key: only the new state holds under them

A store shows each object whole; that is all that is asked of it. Objects are never removed. Reads the folder; knows
no store.
"""

from tuf.api.metadata import Metadata, Root, Snapshot

from holdfast.errors import UsageError
from holdfast.publish.registry.documents import read_index
from holdfast.publish.registry.errors import RegistryDamaged
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.layout import BINS, blob_file, target_file
from holdfast.publish.registry.roles import check_role, parse_role, role_keys
from holdfast.publish.registry.state import RegistryState, read_root, root_versions
from holdfast.trust.registry_metadata import MODULES, NOTICES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, metadata_path

_TOP = (TIMESTAMP, SNAPSHOT, TARGETS)


def upload_order(folder: RegistryFolder, since: int = 0) -> tuple[str, ...]:
    """Return the paths of the files that the registry's state needs, in order.

    `since` is the version of `timestamp.json` that the store has: what came with it or before is left out. 0: the
    store has nothing. Raises `RegistryAbsent`, `RegistryDamaged`, `UsageError` for a version that never was.
    """
    state = RegistryState.load(folder)
    if not 0 <= since <= state.number:
        raise UsageError(f"a version of timestamp.json from 1 to {state.number}", str(since))
    old = _versions(_snapshot(folder, since)) if since else {}
    new = {role: state.version(role) for role in (TARGETS, MODULES, NOTICES, *BINS)}
    changed = {role: version for role, version in new.items() if old.get(role) != version}
    documents, blobs = _led_to(folder, changed)
    old_documents, old_blobs = _led_to(folder, {role: old[role] for role in changed if role in old})
    before, after = _roots(state)
    return (
        *sorted(blobs - old_blobs),
        *sorted(documents - old_documents),
        *(metadata_path(role, version) for role, version in changed.items()),
        *([] if since == state.number else [metadata_path(SNAPSHOT, state.version_of_snapshot)]),
        *(metadata_path(ROOT, version) for version in before),
        metadata_path(TIMESTAMP),
        *(metadata_path(ROOT, version) for version in after),
    )


def _snapshot(folder: RegistryFolder, version: int) -> Metadata[Snapshot]:
    path = metadata_path(SNAPSHOT, version)
    data = folder.read(path)
    if data is None:
        raise UsageError(f"a version whose {path} is there", str(version), "leave --since out to upload everything")
    return parse_role(path, SNAPSHOT, data)


def _versions(snapshot: Metadata[Snapshot]) -> dict[str, int]:
    return {name.removesuffix(".json"): row.version for name, row in snapshot.signed.meta.items()}


def _led_to(folder: RegistryFolder, roles: dict[str, int]) -> tuple[set[str], set[str]]:
    """Return the documents that these roles name, and the blobs that the index documents among them name."""
    documents: set[str] = set()
    blobs: set[str] = set()
    for role, version in roles.items():
        path = metadata_path(role, version)
        metadata = parse_role(path, role, folder.read(path) or b"")
        for target, row in metadata.signed.targets.items():
            file = target_file(target, row.hashes["sha256"])
            documents.add(file)
            if role in BINS:
                name = target.removeprefix("modules/").removesuffix(".json")
                for release in read_index(folder.read(file) or b"", name, file).releases:
                    blobs.update(blob_file(digest) for digest in (release.archive, release.report) if digest)
    return documents, blobs


def _roots(state: RegistryState) -> tuple[list[int], list[int]]:
    """Return the versions of the roots that go before the timestamp, and of those that go after it."""
    folder = state.folder
    versions = root_versions(folder)
    roots = {version: read_root(folder, version).signed for version in versions}
    first = versions[-1]
    while first > 1 and _holds_under(roots[first - 1], state):
        first -= 1
    last = first
    while last + 1 in roots and not _ends_a_key(roots[last], roots[last + 1]):
        last += 1
    return versions[:last], versions[last:]


def _holds_under(root: Root, state: RegistryState) -> bool:
    try:
        for role, metadata in (
            (TIMESTAMP, state.timestamp),
            (SNAPSHOT, state.snapshot),
            (TARGETS, state.role(TARGETS)),
        ):
            if metadata is not None:
                check_role(role, root, role, metadata)
    except RegistryDamaged:
        return False
    return True


def _ends_a_key(root: Root, following: Root) -> bool:
    return any(not set(role_keys(root, role)[0]) <= set(role_keys(following, role)[0]) for role in _TOP)
