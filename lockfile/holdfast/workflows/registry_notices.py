"""Notices to everybody who uses a registry: what is revoked, and what is known to be bad."""

from typing import NamedTuple

from holdfast.errors import UsageError
from holdfast.publish.registry.desk import Desk
from holdfast.publish.registry.layout import REVOCATIONS, REVOCATIONS_DAYS, advisory_target
from holdfast.publish.registry.notices import next_list, read_advisory
from holdfast.trust.ed25519 import is_key_id
from holdfast.trust.revocations import Revocation, RevocationList


class Revoked(NamedTuple):
    """The number of the list that has the entry, and until when it counts."""

    number: int
    expires: str


def revoke(desk: Desk, entry: Revocation, days: int = REVOCATIONS_DAYS) -> Revoked:
    """Issue the next revocation list, in force for `days`, with a further entry.

    Raises `UsageError` for what no list may have, `SigningKeyMissing`.
    """
    if not 1 <= days <= 366:
        raise UsageError("from 1 to 366 days for --days", str(days))
    with desk.change() as change:
        listed, by = change.state.revocations(), change.state.publishers()
        following = next_list(listed, [entry], by, desk.keys, desk.now, days)
        change.put(REVOCATIONS, following)
        change.commit(desk.keys)
        issued: RevocationList = change.state.revocations()
    return Revoked(issued.number, issued.expires)


def revocation_of(value: str, cause: str, reason: str, effective: str) -> Revocation:
    """Return the entry for a key's id or a digest. Raises `UsageError` for another text."""
    if is_key_id(value):
        return Revocation("key", value, cause, reason, effective)
    if value.startswith("sha256:") and is_key_id("ed25519:" + value.removeprefix("sha256:")):
        return Revocation("digest", value, cause, reason, effective)
    raise UsageError("a key's id, ed25519:<64 hex>, or a digest, sha256:<64 hex>", value)


def advise(desk: Desk, data: bytes) -> str:
    """Publish an advisory in OSV form, or its next text, and return its id. Raises `MalformedDocument`."""
    identifier, text = read_advisory(data)
    with desk.change() as change:
        if change.state.document(advisory_target(identifier)) != text:
            change.put(advisory_target(identifier), text)
            change.commit(desk.keys)
    return identifier
