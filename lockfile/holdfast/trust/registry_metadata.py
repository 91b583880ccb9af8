"""One metadata document of a registry, read strictly before python-tuf sees it: size, JSON, version, time, keys.

    metadata/timestamp.json      the role "timestamp": the only document whose name says no version
    metadata/7.bin-0a.json       the role "bin-0a" in version 7: its bytes never change

Knows names and forms; it verifies no signature, and what it returns is not to be trusted yet.
"""

import re

from holdfast.trust.errors import MalformedDocument
from holdfast.trust.raw_keys import check_keys
from holdfast.trust.strict_fields import Fields
from holdfast_resolver.values.tuples import NamedTuple

ROOT, TIMESTAMP, SNAPSHOT, TARGETS = "root", "timestamp", "snapshot", "targets"
MODULES, NOTICES = "modules", "notices"  # the two roles that the top-level targets delegate to
FOLDER = "metadata/"
MODULES_FOLDER = "modules/"  # of the target paths that the bins name
# Bytes. What targets metadata of any role may have holds for bins and delegations too.
LIMITS = {ROOT: 512_000, TIMESTAMP: 16_384, SNAPSHOT: 2_000_000, TARGETS: 5_000_000}
INDEX_LIMIT = 4 * 1024 * 1024  # of an index document, a revocation list, an advisory

_NAME = re.compile(r"metadata/(?:([0-9]{1,16})\.)?([a-z0-9][a-z0-9_-]{0,99})\.json")


class Document(NamedTuple):
    """A metadata document that was read and not verified."""

    role: str
    version: int
    expires: str  # "2026-11-21T06:40:00Z"
    signed: Fields


def metadata_path(role: str, version: int | None = None) -> str:
    """Return where a registry has a role's metadata."""
    return f"{FOLDER}{role}.json" if version is None else f"{FOLDER}{version}.{role}.json"


def role_of(path: str) -> str:
    """Return the role that a path of metadata names; "" for any other path."""
    found = _NAME.fullmatch(path)
    return found[2] if found else ""


def version_of(path: str) -> int:
    """Return the version that a path of metadata names, 0 for one that names none: its bytes may change."""
    found = _NAME.fullmatch(path)
    return int(found[1] or 0) if found else 0


def limit_of(role: str) -> int:
    """Return how many bytes the metadata of a role may have."""
    return LIMITS.get(role, LIMITS[TARGETS])


def read_document(role: str, data: bytes) -> Document:
    """Read a role's metadata. Raises `MalformedDocument` for what no honest registry writes.

    Keys that must not be used, and one raw key under two ids in a role, are refused here (`raw_keys`).
    """
    fields = Fields.of(data, limit=limit_of(role))
    signed = fields.table("signed")
    if role == ROOT and not signed.boolean("consistent_snapshot"):
        raise MalformedDocument(signed.at("consistent_snapshot"), "true: documents with a version in their names")
    if role not in (TIMESTAMP, SNAPSHOT):
        check_keys(signed)
    return Document(role, signed.integer("version", minimum=1), signed.time("expires"), signed)
