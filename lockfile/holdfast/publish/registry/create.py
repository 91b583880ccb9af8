"""A new registry: its keys, its first root, and a first state in which nothing is published.

Knows which role has which key; the keys themselves are the keyring's.
"""

from typing import NamedTuple

from tuf.api.metadata import DelegatedRole, Delegations, Metadata, Root, SuccinctRoles, Targets

from holdfast.errors import UsageError
from holdfast.publish.registry.change import Change, write_root
from holdfast.publish.registry.errors import RegistryPresent
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.layout import (
    BIN_BITS,
    BIN_PREFIX,
    BINS,
    COSIGNER,
    MODULES_PATTERN,
    NOTICES_PATTERNS,
    ONLINE,
    PUBLISHERS,
    REVOCATIONS,
    REVOKER,
    expiry,
)
from holdfast.publish.registry.notices import first_list
from holdfast.publish.registry.roles import AnyMetadata, sign_role
from holdfast.publish.registry.signers import Keyring, tuf_key
from holdfast.publish.registry.state import RegistryState
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.publishers import Publishers, RegisteredKey, write_publishers
from holdfast.trust.registry_metadata import MODULES, NOTICES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, metadata_path
from holdfast.trust.signing import Signer


class Founding(NamedTuple):
    """What a new registry is to be."""

    name: str  # of the registry: a label of its own keys
    root_keys: int = 3
    root_threshold: int = 2


class Keys(NamedTuple):
    """The public keys of a registry that is being made."""

    roots: tuple[PublicKey, ...]
    targets: PublicKey
    modules: PublicKey
    notices: PublicKey
    online: PublicKey
    cosigner: Signer
    revoker: Signer


def create_registry(folder: RegistryFolder, keys: Keyring, founding: Founding, now: str) -> RegistryState:
    """Make a registry in a folder that is empty or not there, with new keys; return its state.

    Raises `RegistryPresent`, `UsageError` for a threshold that its keys cannot meet, `FileProblem`.
    """
    if not 1 <= founding.root_threshold <= founding.root_keys <= 16:
        raise UsageError("a threshold from 1 to the number of root keys, and at most 16 of them", f"{founding[1:]}")
    with folder.locked():
        if folder.names("."):
            raise RegistryPresent(folder.path)
        made = _generate(keys, founding)
        root = _root(made, founding.root_threshold, now)
        state = RegistryState(folder, root)
        for role, metadata in _delegations(made).items():
            state.roles[role] = metadata
        change = Change(state, now)
        change.put(PUBLISHERS, write_publishers(_publishers(made, founding.name, now)))
        change.put(REVOCATIONS, first_list([made.revoker], now))
        for role in (MODULES, *BINS):
            change.renew(role)
        write_root(state, root, sign_role(metadata_path(ROOT, 1), root.signed, ROOT, root, keys))
        change.commit(keys)
        return RegistryState.load(folder)


def _generate(keys: Keyring, founding: Founding) -> Keys:
    return Keys(
        tuple([keys.generate(f"root-{number + 1}").public for number in range(founding.root_keys)]),
        keys.generate(TARGETS).public,
        keys.generate(MODULES).public,
        keys.generate(NOTICES).public,
        keys.generate(ONLINE).public,
        keys.generate(COSIGNER),
        keys.generate(REVOKER),
    )


def _root(made: Keys, threshold: int, now: str) -> Metadata[Root]:
    root = Root(version=1, expires=expiry(ROOT, now), consistent_snapshot=True)
    for key in made.roots:
        root.add_key(tuf_key(key), ROOT)
    root.roles[ROOT].threshold = threshold
    root.add_key(tuf_key(made.targets), TARGETS)
    for role in (SNAPSHOT, TIMESTAMP):
        root.add_key(tuf_key(made.online), role)
    return Metadata(root)


def _delegations(made: Keys) -> dict[str, AnyMetadata]:
    modules, notices, online = tuf_key(made.modules), tuf_key(made.notices), tuf_key(made.online)
    top = Delegations(
        {modules.keyid: modules, notices.keyid: notices},
        {
            MODULES: DelegatedRole(MODULES, [modules.keyid], 1, True, [MODULES_PATTERN]),
            NOTICES: DelegatedRole(NOTICES, [notices.keyid], 1, True, list(NOTICES_PATTERNS)),
        },
    )
    bins = Delegations({online.keyid: online}, succinct_roles=SuccinctRoles([online.keyid], 1, BIN_BITS, BIN_PREFIX))
    roles: dict[str, AnyMetadata] = {
        TARGETS: Metadata(Targets(delegations=top)),
        MODULES: Metadata(Targets(delegations=bins)),
        NOTICES: Metadata(Targets()),
    }
    return roles | {name: Metadata(Targets()) for name in BINS}


def _publishers(made: Keys, name: str, now: str) -> Publishers:
    return Publishers(
        registry=(RegisteredKey(made.cosigner.public, f"{name}-registry", now),),
        revokers=(RegisteredKey(made.revoker.public, f"{name}-revocations", now),),
    )
