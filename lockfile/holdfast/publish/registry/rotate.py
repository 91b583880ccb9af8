"""New keys for old: each rotation leaves a registry that readers of the old state and of the new can follow.

    root                    N+1.root.json, signed by the old threshold and by the new one (TUF 1.0.33, section 6.1)
    online, targets         1. a root that names the old key and the new one
                            2. what they sign, signed by both, with the timestamp as the last file
                            3. a root that names the new key alone
    modules, notices        one new state: the delegation and what the new key signs become true together
    registry-cosign         one new state of publishers.json: the old key's time ends, the new one's begins
    revocation              the same, with the list signed anew

A rotation that was cut off is finished by asking for it again. Where the old key of step 2 is not at hand (it is lost),
the first root names the new key alone: until the new timestamp is there, readers are refused.
"""

from collections.abc import Iterable
from copy import deepcopy

from tuf.api.metadata import Metadata, Root

from holdfast.errors import UsageError
from holdfast.publish.registry.change import Change, write_root
from holdfast.publish.registry.errors import RegistryDamaged
from holdfast.publish.registry.layout import (
    BINS,
    COSIGNER,
    ONLINE,
    PUBLISHERS,
    REVOCATIONS,
    REVOKER,
    expiry,
)
from holdfast.publish.registry.notices import days_of_list, next_list
from holdfast.publish.registry.roles import check_role, parse_role, role_keys, written
from holdfast.publish.registry.signers import Keyring, RoleSigner, public_key, tuf_key
from holdfast.publish.registry.state import RegistryState
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.publishers import RegisteredKey, write_publishers
from holdfast.trust.registry_metadata import MODULES, NOTICES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, metadata_path

ROLES = (ROOT, TARGETS, MODULES, NOTICES, ONLINE, COSIGNER, REVOKER)
_ROLES_OF = {ONLINE: (SNAPSHOT, TIMESTAMP), TARGETS: (TARGETS,)}


def rotate_root(state: RegistryState, keys: Keyring, now: str, retire: Iterable[str] = ()) -> int:
    """Put new keys in the place of root keys, named by their files or ids (none: the oldest); return the version.

    Raises `UsageError` for a name that no root key has, `SigningKeyMissing`.
    """
    old = state.root.signed
    known = {public: (keys.name(public), public.id) for public in role_keys(old, ROOT)[0]}
    names = tuple(retire) or (keys.name(next(iter(known))) or next(iter(known)).id,)
    gone = list(dict.fromkeys(_named(name, known) for name in names))
    _need(state, keys, ROOT)
    new = deepcopy(old)
    for public in gone:
        new.revoke_key(tuf_key(public).keyid, ROOT)
    for _ in gone:
        new.add_key(tuf_key(keys.generate("root-1").public), ROOT)
    return _sign_root(state, keys, new, now)


def renew_root(state: RegistryState, keys: Keyring, now: str) -> None:
    """Sign the root anew, with the same keys. Raises `SigningKeyMissing`."""
    _sign_root(state, keys, deepcopy(state.root.signed), now)


def rotate_top(change: Change, keys: Keyring, now: str, what: str) -> None:
    """Put a new key in the place of the online key or of that of the top-level targets. Raises `SigningKeyMissing`."""
    state, roles = change.state, _ROLES_OF[what]
    _need(state, keys, ROOT, *([MODULES] if what == ONLINE else [SNAPSHOT]))
    if what == ONLINE:
        for name in BINS:
            change.renew(name)  # read and verified while the old key is still the one that signs them
    else:
        change.renew(TARGETS)
    current = role_keys(state.root.signed, roles[0])[0]
    if len(current) == 1:
        new = deepcopy(state.root.signed)
        public = keys.generate(what).public
        for role in roles:
            new.add_key(tuf_key(public), role)
            if keys.find(current[0]) is None:
                new.revoke_key(tuf_key(current[0]).keyid, role)
        _sign_root(state, keys, new, now)
    current = role_keys(state.root.signed, roles[0])[0]
    if what == ONLINE:
        _delegate(change, MODULES, None, current[-1])
        change.renew(MODULES)
    change.commit(keys)
    if len(current) > 1:
        last = deepcopy(state.root.signed)
        for role in roles:
            for public in current[:-1]:
                last.revoke_key(tuf_key(public).keyid, role)
        _sign_root(state, keys, last, now)


def rotate_delegated(change: Change, keys: Keyring, role: str) -> None:
    """Put a new key in the place of that of modules or notices. Raises `SigningKeyMissing`."""
    _need(change.state, keys, TARGETS, SNAPSHOT)
    change.renew(role)
    change.renew(TARGETS)
    _delegate(change, TARGETS, role, keys.generate(role).public)
    change.commit(keys)


def rotate_cosigner(change: Change, keys: Keyring, now: str) -> None:
    """End the time of the registry's own keys, and begin that of a new one. Raises `SigningKeyMissing`."""
    _need(change.state, keys, TARGETS, SNAPSHOT)
    old = change.state.publishers()
    label = old.registry[-1].label if old.registry else COSIGNER
    new = RegisteredKey(keys.generate(COSIGNER).public, label, now)
    change.put(PUBLISHERS, write_publishers(old._replace(registry=(*_ended(old.registry, now), new))))
    change.commit(keys)


def rotate_revoker(change: Change, keys: Keyring, now: str) -> None:
    """End the time of the keys that revoke, begin that of a new one, and issue the next list by it."""
    _need(change.state, keys, TARGETS, NOTICES, SNAPSHOT)
    old, listed = change.state.publishers(), change.state.revocations()
    label = old.revokers[-1].label if old.revokers else REVOKER
    made = RegisteredKey(keys.generate(REVOKER).public, label, now)
    new = old._replace(revokers=(*_ended(old.revokers, now), made), revocation_threshold=1)
    change.put(PUBLISHERS, write_publishers(new))
    change.put(REVOCATIONS, next_list(listed, (), new, keys, now, days_of_list(listed)))
    change.commit(keys)


def _need(state: RegistryState, keys: Keyring, *roles: str) -> None:
    """Raise `SigningKeyMissing` before a key is made that nothing would come to name."""
    for role in roles:
        keys.at_least(role, *role_keys(state.delegator(role), role))


def _ended(registered: Iterable[RegisteredKey], now: str) -> list[RegisteredKey]:
    return [one if one.until and one.until <= now else one._replace(until=max(now, one.since)) for one in registered]


def _delegate(change: Change, delegator: str, role: str | None, public: PublicKey) -> None:
    """Let one key sign what a role delegates: `role`, or the bins of modules."""
    targets = change.state.role(delegator).signed
    delegations = targets.delegations
    if delegations is None:
        raise RegistryDamaged(delegator, "it delegates to nobody")
    found = delegations.succinct_roles if role is None else (delegations.roles or {}).get(role)
    if found is None:
        raise RegistryDamaged(delegator, f"it does not delegate to {role or 'bins'}")
    for keyid in list(found.keyids):
        if public_key(delegations.keys[keyid]) != public:
            targets.revoke_key(keyid, role)
    targets.add_key(tuf_key(public), role)


def _sign_root(state: RegistryState, keys: Keyring, new: Root, now: str) -> int:
    old = state.root.signed
    new.version = old.version + 1
    new.expires = expiry(ROOT, now)
    path = metadata_path(ROOT, new.version)
    metadata = Metadata(new)
    signers = [signer for root in (old, new) for signer in keys.at_least(ROOT, *role_keys(root, ROOT))]
    for signer in {signer.public: signer for signer in signers}.values():
        metadata.sign(RoleSigner(signer), append=True)
    data = written(metadata)
    for root in (old, new):
        check_role(path, root, ROOT, parse_role(path, ROOT, data))
    write_root(state, metadata, data)
    return new.version


def _named(name: str, known: dict[PublicKey, tuple[str, str]]) -> PublicKey:
    for public, names in known.items():
        if name in names:
            return public
    among = ", ".join(first or identifier for first, identifier in known.values())
    raise UsageError(f"one of the root's keys: {among}", name)
