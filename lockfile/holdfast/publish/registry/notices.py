"""Notices: the revocation list in its next number, and advisories in OSV form.

Signs the list by the keys that `publishers.json` names for it. Knows both documents' forms; no files.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

from holdfast.publish.registry.layout import REVOCATIONS_DAYS, REVOKER
from holdfast.publish.registry.signers import Keyring
from holdfast.trust.dsse import sign_envelope, write_envelope
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.publishers import Publishers
from holdfast.trust.revocations import PAYLOAD_REVOCATIONS, Revocation, RevocationList, revocations_payload
from holdfast.trust.signing import Signer
from holdfast.trust.strict_fields import Fields, time_of, time_text
from holdfast.trust.strict_json import canonical, parse
from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.values.modules import is_module_name
from holdfast_resolver.versions.semver import SEMVER

ECOSYSTEM = "holdfast"
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_EVENTS = ("introduced", "fixed", "last_affected", "limit")


def first_list(signers: Iterable[Signer], now: str, days: int = REVOCATIONS_DAYS) -> bytes:
    """Return list number 1: it revokes nothing."""
    return _signed(RevocationList(1, now, _after(now, days)), signers)


def next_list(
    listed: RevocationList, more: Iterable[Revocation], by: Publishers, keys: Keyring, now: str, days: int
) -> bytes:
    """Return the list that follows, with `more` entries, in force for `days`.

    An entry about the same key or digest with the same cause takes the place of the one before. Raises
    `SigningKeyMissing`, `MalformedDocument` for an entry that no list may have.
    """
    entries = {entry[:3]: entry for entry in (*listed.entries, *more)}
    # Two lists within a second must not differ under one time.
    issued = max(now, listed.issued)
    following = RevocationList(listed.number + 1, issued, _after(issued, days), tuple(entries.values()))
    return _signed(following, keys.at_least(REVOKER, by.revocation_keys(now), by.revocation_threshold))


def days_of_list(listed: RevocationList) -> int:
    """Return for how many days a list was issued."""
    return max((time_of(listed.expires) - time_of(listed.issued)).days, 1)


def read_advisory(data: bytes) -> tuple[str, bytes]:
    """Return an advisory's id and its canonical text. Raises `MalformedDocument`.

    It must be what holdfast can judge by (OSV 1.7): an id, a time of change, and for each affected module of the
    ecosystem "holdfast" ranges of type SEMVER or versions.
    """
    fields = Fields.of(data)
    identifier = fields.text("id")
    if not _IDENTIFIER.fullmatch(identifier):
        raise fields.wrong("id", "letters, digits, '.', '_' and '-', 100 at most")
    fields.time("modified")
    affected = fields.tables("affected", most=1000)
    if not affected:
        raise fields.wrong("affected", "at least one module", "none")
    for row in affected:
        _check_affected(row)
    return identifier, canonical(parse(data))


def _check_affected(row: Fields) -> None:
    package = row.table("package")
    package.constant("ecosystem", ECOSYSTEM)
    if not is_module_name(package.text("name")):
        raise package.wrong("name", "a module's name: @scope/name")
    ranges = row.tables("ranges", most=1000) if row.has("ranges") else ()
    versions = row.texts("versions") if row.has("versions") else ()
    if not ranges and not versions:
        raise row.wrong("ranges", "ranges or versions", "neither")
    for version in versions:
        _check_version(row, "versions", version)
    for one in ranges:
        one.constant("type", "SEMVER")
        events = one.tables("events", most=1000)
        if not any(event.has("introduced") for event in events):
            raise one.wrong("events", "an event that introduces it", "none")
        for event in events:
            _check_event(event)


def _check_event(event: Fields) -> None:
    names = event.names()
    if len(names) != 1 or names[0] not in _EVENTS:
        raise MalformedDocument(event.place, f"one of {', '.join(_EVENTS)}", ", ".join(names) or "none")
    if event.text(names[0]) != "0":
        _check_version(event, names[0], event.text(names[0]))


def _check_version(fields: Fields, name: str, version: str) -> None:
    try:
        SEMVER.key(version)
    except InvalidVersion:
        raise fields.wrong(name, "a version of SemVer", repr(version)) from None


def _signed(listed: RevocationList, signers: Iterable[Signer]) -> bytes:
    return write_envelope(sign_envelope(PAYLOAD_REVOCATIONS, revocations_payload(listed), signers)).encode()


def _after(now: str, days: int) -> str:
    return time_text(time_of(now) + timedelta(days=days))
