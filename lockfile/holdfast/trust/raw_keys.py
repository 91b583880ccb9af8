"""Which keys a registry's metadata names, as raw bytes: a threshold counts keys, and python-tuf counts key ids.

    "keys":  {"aa": {"keytype": "ed25519", "keyval": {"public": "5d..."}},
              "bb": {"keytype": "ed25519", "keyval": {"public": "5d..."}}}      # one key under two ids
    "roles": {"root": {"keyids": ["aa", "bb"], "threshold": 2}}                 # one person would be enough: refused

`check_keys` looks at a document before python-tuf does, so that whatever python-tuf counts afterwards is distinct.
Knows the places of keys in root and targets metadata (TUF 1.0.33, sections 4.3 and 4.5; TAP 15); no signatures.
"""

from collections.abc import Mapping

from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.errors import KeyRefused, MalformedDocument
from holdfast.trust.strict_fields import Fields, shown
from holdfast.trust.strict_json import joined

MOST_KEYS = 256  # of one document; honest registries have a dozen


def check_keys(signed: Fields) -> None:
    """Refuse a signed part whose keys may not be used, or with a role that would count one raw key twice.

    Every key must be Ed25519, and none of small order or not canonical. Raises `MalformedDocument`.
    """
    for place, keys, roles in _groups(signed):
        raw = _raw_keys(keys)
        for role in roles:
            _check_role(role, raw, place)


def role_keys(root: Fields) -> dict[str, frozenset[bytes]]:
    """Return the raw keys of each role of a root's signed part, which `check_keys` has admitted."""
    raw = _raw_keys(root.table("keys"))
    roles = root.table("roles")
    return {name: frozenset(raw[key] for key in roles.table(name).texts("keyids")) for name in roles.names()}


def _groups(signed: Fields) -> list[tuple[str, Fields, list[Fields]]]:
    """Return what shares keys: (key path, the keys, the roles that use them)."""
    if signed.value("_type") == "root":
        roles = signed.table("roles")
        return [(roles.place, signed.table("keys"), [roles.table(name) for name in roles.names()])]
    delegations = signed.optional_table("delegations")
    if delegations is None:
        return []
    users: list[Fields] = []
    if delegations.has("roles"):
        users.extend(delegations.tables("roles", most=1000))
    succinct = delegations.optional_table("succinct_roles")
    if succinct is not None:
        users.append(succinct)
    return [(delegations.place, delegations.table("keys"), users)]


def _raw_keys(keys: Fields) -> dict[str, bytes]:
    names = keys.names()
    if len(names) > MOST_KEYS:
        raise MalformedDocument(keys.place, f"at most {MOST_KEYS} keys", str(len(names)))
    return {name: _raw(keys.table(name)) for name in names}


def _raw(key: Fields) -> bytes:
    key.constant("keytype", "ed25519")
    key.constant("scheme", "ed25519")
    value = key.table("keyval")
    raw = bytes.fromhex(value.hex_digest("public"))
    try:
        return PublicKey.parse(raw).raw
    except KeyRefused as refusal:
        raise MalformedDocument(value.at("public"), "a usable Ed25519 key", refusal.reason) from None


def _check_role(role: Fields, raw: Mapping[str, bytes], place: str) -> None:
    ids: dict[bytes, str] = {}
    for index, key_id in enumerate(role.texts("keyids", most=MOST_KEYS)):
        where = joined(role.at("keyids"), index)
        if key_id not in raw:
            raise MalformedDocument(where, f"the id of a key in {place}", shown(key_id))
        if raw[key_id] in ids:
            raise MalformedDocument(
                where, "distinct keys", f"one key under the ids {shown(ids[raw[key_id]])} and {shown(key_id)}"
            )
        ids[raw[key_id]] = key_id
    threshold = role.integer("threshold", minimum=1)
    if threshold > len(ids):
        raise MalformedDocument(role.at("threshold"), f"at most {len(ids)}, the number of its keys", str(threshold))
