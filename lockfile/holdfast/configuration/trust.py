"""`[[trust]]`: which keys this project believes, for which modules, until when.

    [[trust]]
    key = "ssh-ed25519 AAAA..."
    label = "acme-release"
    names = ["@acme/*"]
    until = "2027-01-01"

Rule: a revoked key is never trusted again. An entry that revokes a key revokes it in every other entry, too.
"""

from holdfast.configuration.configuration import TrustEntry
from holdfast.configuration.modules import EXPECTED_PATTERN, read_patterns
from holdfast.configuration.tables import Table
from holdfast.configuration.trust_keys import EXPECTED as EXPECTED_KEY
from holdfast.configuration.trust_keys import key_id, key_text, raw_key
from holdfast_resolver.manifests.toml import type_name

_KEYS = ("key", "label", "names", "until", "revoked", "reason")


def read_trust(table: Table) -> tuple[TrustEntry, ...]:
    """Return the entries in the order of the file. Raises `ConfigurationError`."""
    entries: list[TrustEntry] = []
    for index, value in enumerate(table.array("trust")):
        if not isinstance(value, dict):
            raise table.refusal(("trust", index), "a table", type_name(value))
        entries.append(_read_entry(table.table("trust", index)))
    revoked: dict[str, TrustEntry] = {}
    for entry in entries:
        if entry.revoked and (entry.id not in revoked or entry.revoked < revoked[entry.id].revoked):
            revoked[entry.id] = entry
    return tuple(
        entry._replace(revoked=revoked[entry.id].revoked, reason=revoked[entry.id].reason)
        if entry.id in revoked
        else entry
        for entry in entries
    )


def _read_entry(entry: Table) -> TrustEntry:
    entry.check_keys(_KEYS)
    written = entry.required("key", EXPECTED_KEY)
    raw = raw_key(written)
    if raw is None:
        raise entry.refusal(("key",), EXPECTED_KEY, written)
    names = read_patterns(entry, "names")
    if not names:
        found = "an empty array" if "names" in entry.data else "no names"
        hint = 'add names = ["@acme/*"]'
        raise entry.refusal(("names",) if "names" in entry.data else (), f"names: {EXPECTED_PATTERN}", found, hint)
    label = entry.string("label")
    if label.startswith("ed25519:"):
        raise entry.refusal(("label",), "a label that cannot be taken for an id", label)
    reason = entry.string("reason")
    if reason and "revoked" not in entry.data:
        raise entry.refusal(("reason",), "a reason only beside revoked", "no revoked")
    return TrustEntry(
        key_text(raw),
        key_id(raw),
        names,
        label,
        entry.second("until"),
        entry.second("revoked"),
        reason,
        entry.line(),
    )
