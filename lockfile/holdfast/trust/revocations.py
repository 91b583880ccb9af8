"""The revocation list: which keys and digests no longer count, since when and why. Signed, numbered, expiring.

    {"format": 1, "critical": [], "number": N, "issued": time, "expires": time,
     "entries": [{"cause": "compromise" | "superseded", "effective": time, "kind": "key" | "digest",
                  "reason": text, "value": "ed25519:<hex>" | "sha256:<hex>"}]}

`compromise` voids: from `effective` on, whatever time a signature claims for itself. `superseded` voids nothing that
was there before: only what is published at or after `effective` is refused. Knows no network and no clock: whether a
list is too old to be relied on (`is_stale`) or older than one seen (`refuse_rollback`) is asked by who uses it.
"""

from collections.abc import Iterable

from holdfast.trust.dsse import parse_envelope, verify_envelope
from holdfast.trust.ed25519 import PublicKey, is_key_id
from holdfast.trust.errors import MalformedDocument, RegistryRollback, ThresholdUnmet
from holdfast.trust.strict_fields import Fields
from holdfast.trust.strict_json import canonical
from holdfast.trust.subjects import malformed
from holdfast_resolver.values.tuples import NamedTuple

PAYLOAD_REVOCATIONS = "application/vnd.holdfast.revocations+json"
DOCUMENT = "revocations.json"
COMPROMISE = "compromise"
SUPERSEDED = "superseded"
CAUSES = (COMPROMISE, SUPERSEDED)
KINDS = ("digest", "key")


class Revocation(NamedTuple):
    """One entry: a key's id or a digest that no longer counts from `effective` (RFC 3339, UTC) on."""

    kind: str
    value: str
    cause: str
    reason: str
    effective: str


class RevocationList(NamedTuple):
    """A list whose signatures were verified (by `read_revocations`), or one that is about to be signed."""

    number: int
    issued: str
    expires: str
    entries: tuple[Revocation, ...] = ()

    def voids_key(self, key_id: str, now: str) -> Revocation | None:
        """Return the entry that voids all signatures of a key, whenever made; None without one in force."""
        return self._in_force("key", key_id, now)

    def voids_digest(self, digest: str, now: str) -> Revocation | None:
        """Return the entry that voids these bytes ("sha256:<hex>" of an archive or of a tree); None without one."""
        return self._in_force("digest", digest, now)

    def superseded(self, key_id: str) -> Revocation | None:
        """Return the earliest entry by which a key signs nothing new; None without one."""
        found = [one for one in self.entries if (one.kind, one.value, one.cause) == ("key", key_id, SUPERSEDED)]
        return min(found, key=lambda one: one.effective, default=None)

    def is_stale(self, now: str) -> bool:
        """Whether its time is over at `now`: it may lack entries."""
        return now >= self.expires

    def _in_force(self, kind: str, value: str, now: str) -> Revocation | None:
        for one in self.entries:
            if (one.kind, one.value, one.cause) == (kind, value, COMPROMISE) and one.effective <= now:
                return one
        return None


NO_REVOCATIONS = RevocationList(0, "", "")  # where no registry is asked; it is stale at any time


def revocations_payload(listed: RevocationList) -> bytes:
    """Return the payload to be signed (canonical JSON, entries in order). Raises `MalformedDocument`."""
    document = {
        "format": 1,
        "critical": [],
        "number": listed.number,
        "issued": listed.issued,
        "expires": listed.expires,
        "entries": [entry._asdict() for entry in sorted(listed.entries)],
    }
    payload = canonical(document)
    read_payload(payload)
    return payload


def read_revocations(
    envelope: str | bytes, keys: Iterable[PublicKey], threshold: int, about: str = DOCUMENT
) -> RevocationList:
    """Return the list of an envelope that at least `threshold` distinct keys among `keys` signed; `about` names it.

    Raises `MalformedSignature`, `PayloadTypeRefused`, `InvalidSignature` and `ThresholdUnmet`. That it may be stale
    or older than another is not asked here.
    """
    opened = parse_envelope(envelope, about)
    held = verify_envelope(opened, PAYLOAD_REVOCATIONS, keys, about)
    if len(held) < max(threshold, 1):
        raise ThresholdUnmet(about, max(threshold, 1), len(held))
    try:
        return read_payload(opened.payload)
    except MalformedDocument as error:
        raise malformed(about, error) from None


def read_payload(payload: bytes) -> RevocationList:
    """Read the payload of an envelope, strictly. Raises `MalformedDocument`."""
    fields = Fields.of(payload)
    fields.constant("format", 1)
    fields.critical()
    issued, expires = fields.time("issued"), fields.time("expires")
    if expires <= issued:
        raise fields.wrong("expires", f"a time after {issued}")
    entries = tuple([_entry(row) for row in fields.tables("entries")])
    if len({entry[:3] for entry in entries}) < len(entries):
        raise fields.wrong("entries", "each key and digest once for each cause", "one twice")
    return RevocationList(fields.integer("number", minimum=1), issued, expires, entries)


def refuse_rollback(listed: RevocationList, seen: int, source: str = "") -> None:
    """Raise `RegistryRollback` for a list with a lower number than one that was seen of this source."""
    if listed.number < seen:
        raise RegistryRollback(source, DOCUMENT, f"number {listed.number}, and number {seen} was seen before")


def _entry(row: Fields) -> Revocation:
    # An entry that this version cannot judge must not be passed over: it revokes something.
    kind, value, cause = row.choice("kind", KINDS), row.text("value"), row.choice("cause", CAUSES)
    if kind == "digest":
        row.digest("value")
    elif not is_key_id(value):
        raise row.wrong("value", "ed25519: and 64 lower-case hex digits")
    return Revocation(kind, value, cause, row.text("reason"), row.time("effective"))
