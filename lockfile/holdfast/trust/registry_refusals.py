"""What python-tuf's refusals mean to a person: which document, and whether it is older, out of date or altered.

python-tuf tells these apart by class and says the rest in prose; here the documents themselves are compared. They are
unverified then: they only choose the words of a refusal that stands anyway.
"""

from collections.abc import Iterable, Mapping

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)

from holdfast.trust.errors import (
    MalformedDocument,
    RegistryDistrust,
    RegistryRollback,
    RegistryStale,
    RegistryTampered,
)
from holdfast.trust.registry_metadata import ROOT, SNAPSHOT, TIMESTAMP, Document, role_of, version_of
from holdfast.trust.strict_fields import Fields
from holdfast_resolver.errors import RegistryUnavailable

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (UnsignedMetadataError, "fewer of its keys signed it than its threshold asks for"),
    (LengthOrHashMismatchError, "its length or digest is not what the signed metadata says"),
    (DownloadLengthMismatchError, "it is longer than the signed metadata says"),
    (BadVersionNumberError, "its version is not the one that the signed metadata names"),
    (RepositoryError, "it is not the document that the signed metadata announces"),
    (DownloadError, "it could not be read"),
)


def refusal(
    source: str,
    error: RepositoryError | DownloadError,
    path: str,
    found: Document | None,
    current: Iterable[Document],
    seen: Mapping[str, Document],
) -> RegistryDistrust | RegistryUnavailable:
    """Return what to raise for python-tuf's `error` after it asked for `path`.

    `found` is what it got there, `current` all documents whose time counts, `seen` the newest known before, by role.
    """
    role = role_of(path) or path
    if isinstance(error, ExpiredMetadataError):
        # At least one is out of date; then the one whose time ends first is.
        first = min(current, key=lambda document: document.expires)
        return RegistryStale(source, first.role, f"its time ended at {first.expires}")
    if isinstance(error, DownloadHTTPError):
        if role == TIMESTAMP:
            return RegistryUnavailable(source, TIMESTAMP, "", "status 404 or 403 for metadata/timestamp.json")
        return RegistryTampered(source, role, "it is missing, and the signed metadata names it")
    if found is not None and isinstance(error, BadVersionNumberError | LengthOrHashMismatchError):
        trusted = version_of(path) - 1
        if role == ROOT and found.version < trusted:
            return rolled_back(source, ROOT, found.version, trusted)
        older = _older(source, found, seen)
        if older is not None:
            return older
    words = next(words for kind, words in _WORDS if isinstance(error, kind))
    return RegistryTampered(source, role, words)


def rolled_back(source: str, role: str, found: int, seen: int) -> RegistryRollback:
    """Return the refusal of an older version than was seen."""
    return RegistryRollback(source, role, f"its version is {found} where version {seen} was already seen")


def _older(source: str, found: Document, seen: Mapping[str, Document]) -> RegistryRollback | None:
    """Return the rollback that a document would be: of itself, or of another document that it names."""
    before = seen.get(found.role)
    if before is None:
        return None
    if found.version < before.version:
        return rolled_back(source, found.role, found.version, before.version)
    if found.role in (TIMESTAMP, SNAPSHOT):
        old, new = named_versions(before), named_versions(found)
        for role, version in old.items():
            if new.get(role, version) < version:
                return rolled_back(source, role, new[role], version)
    return None


def named_versions(document: Document) -> dict[str, int]:
    """Return the versions that a timestamp or snapshot names, by role; {} when it is no such document."""
    try:
        meta = document.signed.table("meta")
        return {
            name.removesuffix(".json"): Fields(meta.value(name), name).integer("version", minimum=1)
            for name in meta.names()
        }
    except MalformedDocument:
        return {}
