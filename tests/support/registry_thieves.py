"""What somebody does to a registry who has some of its keys: documents and roles as no honest operator writes them.

    forge_index(registry, "@acme/guards", lambda document: document["releases"][0].update(envelopes=[]))   # online key
    forge_document(registry, "publishers.json", b"...")                            # the offline key of the top targets
    put_archive(registry, "@acme/guards", "2.2.0", archive, keys=("acme",))        # a publisher signs whatever bytes
    forge_root(registry, lambda root: ...)                                         # the root keys

Whoever changes index documents and signs bins, snapshot and timestamp has the online key; a publisher's key is named by
its word. Everything else is in order, so that what is refused is refused for what was forged.
"""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from tuf.api.metadata import Key, Root
from tuf.api.serialization.json import JSONSerializer

from holdfast.publish.registry.layout import PUBLISHERS, REVOCATIONS, index_target
from holdfast.publish.registry.roles import role_keys
from holdfast.publish.registry.signers import Keyring, RoleSigner
from holdfast.publish.registry.state import RegistryState
from holdfast.trust.dsse import PAYLOAD_INTOTO, sign_envelope, write_envelope
from holdfast.trust.module_statement import statement
from holdfast.trust.publishers import Publishers, write_publishers
from holdfast.trust.registry_metadata import ROOT, metadata_path
from holdfast.trust.revocations import PAYLOAD_REVOCATIONS, RevocationList, revocations_payload
from holdfast.trust.strict_json import canonical
from holdfast_resolver.values.modules import ModuleManifest, archive_file_name
from tests.support.module_project import NOW
from tests.support.module_registry import ModuleRegistry
from tests.support.signing_keys import signer

Document = dict[str, Any]


def keys_of(registry: ModuleRegistry) -> Keyring:
    """Return all keys of a registry."""
    return Keyring(str(registry.keys_path))


def forge_document(registry: ModuleRegistry, target: str, data: bytes, *, now: str = NOW) -> None:
    """Put a document of any bytes, signed for by the role that names it."""
    with registry.desk(now).change() as change:
        change.put(target, data)
        change.commit(keys_of(registry))


def index_of(registry: ModuleRegistry, name: str) -> Document:
    """Return a module's index document, as JSON."""
    document: Document = json.loads(registry.state.document(index_target(name)) or b"{}")
    return document


def forge_index(registry: ModuleRegistry, name: str, change: Callable[[Document], object], *, now: str = NOW) -> None:
    """Change a module's index document in place, with the online key."""
    document = index_of(registry, name)
    change(document)
    forge_document(registry, index_target(name), canonical(document), now=now)


def forge_release(registry: ModuleRegistry, name: str, change: Callable[[Document], object], *, now: str = NOW) -> None:
    """Change the newest release of a module, with the online key."""
    forge_index(registry, name, lambda document: change(document["releases"][-1]), now=now)


def forge_publishers(registry: ModuleRegistry, change: Callable[[Publishers], Publishers], *, now: str = NOW) -> None:
    """Change who may publish what, with the offline key."""
    forge_document(registry, PUBLISHERS, write_publishers(change(registry.state.publishers())), now=now)


def forge_revocations(registry: ModuleRegistry, listed: RevocationList, *, now: str = NOW) -> None:
    """Issue a list with any number and times, signed by the key that signs such lists."""
    keys = registry.state.publishers().revocation_keys(now)
    payload = revocations_payload(listed)
    signers = keys_of(registry).at_least("revocations", keys, 1)
    envelope = write_envelope(sign_envelope(PAYLOAD_REVOCATIONS, payload, signers))
    forge_document(registry, REVOCATIONS, envelope.encode(), now=now)


def put_archive(
    registry: ModuleRegistry,
    manifest: ModuleManifest,
    archive: bytes,
    *,
    tree: str = "",
    keys: tuple[str, ...] = ("acme",),
    fields: Mapping[str, object] | None = None,
    now: str = NOW,
) -> None:
    """Publish these bytes as a release, signed by these keys; no question is asked. `fields` changes the release."""
    digest = "sha256:" + sha256(archive).hexdigest()
    tree = tree or "sha256:" + "7" * 64
    payload = statement(manifest, digest, tree, now)
    signers = [signer(word) for word in keys]
    row = {
        "version": manifest.version,
        "file": archive_file_name(manifest.name, manifest.version),
        "size": len(archive),
        "sha256": digest.removeprefix("sha256:"),
        "tree": tree.removeprefix("sha256:"),
        "dependencies": dict(manifest.dependencies),
        "permissions": list(manifest.permissions),
        "privileged": manifest.privileged,
        "published": now,
        "yanked": None,
        "publisher": "acme",
        "envelopes": [write_envelope(sign_envelope(PAYLOAD_INTOTO, payload, signers))] if signers else [],
        "vetted": [],
        "report": "",
        **(fields or {}),
    }
    with registry.desk(now).change() as change:
        change.put_blob(archive)
        document = index_of(registry, manifest.name) or _empty(manifest.name)
        document["releases"].append(row)
        change.put(index_target(manifest.name), canonical(document))
        change.commit(keys_of(registry))


def forge_role(registry: ModuleRegistry, role: str, change: Callable[[Any], object], *, now: str = NOW) -> None:
    """Change a role's metadata (targets, modules, notices, a bin) and sign it by its keys."""
    with registry.desk(now).change() as state:
        change(state.state.role(role).signed)
        state.renew(role)
        state.commit(keys_of(registry))


def forge_root(registry: ModuleRegistry, change: Callable[[Root], object]) -> None:
    """Write a next root, signed by the root keys of before and whatever it says."""
    root = RegistryState.load(registry.folder).root
    signers = keys_of(registry).at_least(ROOT, *role_keys(root.signed, ROOT))
    change(root.signed)
    root.signed.version += 1
    root.signatures.clear()
    for one in signers:
        root.sign(RoleSigner(one), append=True)
    path = metadata_path(ROOT, root.signed.version)
    registry.folder.write(path, root.to_bytes(JSONSerializer(compact=True)))


def under_another_id(key: Key) -> Key:
    """Return the same raw key by another key id."""
    copy = Key.from_dict("f" * 64, key.to_dict())
    copy.unrecognized_fields["note"] = "another"
    return copy


def _empty(name: str) -> Document:
    return {"format": 1, "critical": [], "name": name, "releases": []}
