"""Where a registry has what, who signs it, and how long that counts.

    metadata/timestamp.json                      the only file whose bytes change: what it names is the registry's word
    metadata/12.snapshot.json, 3.root.json, ...  a role in one version
    targets/modules/@acme/<sha256>.guards.json   a document by the SHA-256 of its bytes
    blobs/sha256/ab/<sha256>                     an archive or a vetting report

    root -> timestamp, snapshot, targets (publishers.json)
    targets -> modules (256 bins by the SHA-256 of a document's path), notices (revocations.json, advisories/)

Plain names and numbers: no files, no keys.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from holdfast.trust.registry_metadata import MODULES, NOTICES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from holdfast.trust.strict_fields import time_of

PUBLISHERS = "publishers.json"
REVOCATIONS = "revocations.json"
ADVISORIES = "advisories/"
BIN_BITS = 8
BIN_PREFIX = "bin"
BINS = tuple(f"{BIN_PREFIX}-{number:02x}" for number in range(2**BIN_BITS))
MODULES_PATTERN = "modules/*/*"
NOTICES_PATTERNS = (REVOCATIONS, ADVISORIES + "*")

# Keys by the files that hold them; a rotated key's file has a number more: online-2.
ONLINE = "online"  # signs snapshot, timestamp and bins
COSIGNER = "registry-cosign"
REVOKER = "revocation"

REVOCATIONS_DAYS = 30
_DAYS = {ROOT: 365, TARGETS: 365, MODULES: 365, NOTICES: 90, SNAPSHOT: 30, TIMESTAMP: 7}
_BIN_DAYS = 365
_WARN_DAYS = 14


def days_of(role: str) -> int:
    """Return for how many days a role's metadata counts from its signing on."""
    return _DAYS.get(role, _BIN_DAYS)


def expiry(role: str, now: str) -> datetime:
    """Return until when a role's metadata counts that is signed now."""
    return time_of(now) + timedelta(days=days_of(role))


def is_due(expires: str, days: int, now: str) -> bool:
    """Whether half of a period of `days` that ends at `expires` is over: `refresh` renews it."""
    return time_of(expires) - time_of(now) <= timedelta(days=days) / 2


def is_near(expires: str, days: int, now: str) -> bool:
    """Whether less than a quarter of a period, and less than fourteen days, are left of it."""
    return time_of(expires) - time_of(now) < min(timedelta(days=days) / 4, timedelta(days=_WARN_DAYS))


def index_target(name: str) -> str:
    """Return the target path of a module's index document."""
    return f"modules/{name}.json"


def advisory_target(identifier: str) -> str:
    """Return the target path of an advisory."""
    return f"{ADVISORIES}{identifier}.json"


def role_of_target(target: str) -> str:
    """Return the role that names a target."""
    if target == PUBLISHERS:
        return TARGETS
    if target.startswith("modules/"):
        return f"{BIN_PREFIX}-{sha256(target.encode()).hexdigest()[:2]}"
    return NOTICES


def target_file(target: str, digest: str) -> str:
    """Return the file of a target whose bytes have this SHA-256, in hex."""
    folder, slash, name = target.rpartition("/")
    return f"targets/{folder}{slash}{digest}.{name}"


def blob_file(digest: str) -> str:
    """Return the file of a blob, named by "sha256:<hex>"."""
    hexadecimal = digest.removeprefix("sha256:")
    return f"blobs/sha256/{hexadecimal[:2]}/{hexadecimal}"
