"""Module registries in memory, made with python-tuf's own API: honest ones, and whatever a test makes of them.

    world = TufWorld(modules={"@acme/guards": b"{}"})
    world.files["metadata/timestamp.json"]       # what a web server would have
    world.put("modules/@acme/base.json", b"{}")  # a change, not yet visible
    world.publish()                              # bins, snapshot and timestamp in their next versions

All keys come from names, so that a world is the same in every run.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    SuccinctRoles,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

from holdfast.trust.dsse import sign_envelope, write_envelope
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.publishers import Publishers, RegisteredKey, write_publishers
from holdfast.trust.revocations import PAYLOAD_REVOCATIONS, RevocationList, revocations_payload
from holdfast_resolver.errors import RegistryUnavailable

NOW = "2026-11-21T06:40:00Z"
FAR = datetime(2099, 1, 1, tzinfo=UTC)
PAST = datetime(2020, 1, 1, tzinfo=UTC)
ONLINE = ("snapshot", "timestamp")


def tuf_signer(name: str) -> CryptoSigner:
    """A signer whose key is the same in every run."""
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


class RawSigner:
    """The key of a name as `trust.signing` has signers."""

    def __init__(self, name: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
        self.public = PublicKey.parse(self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class Network:
    """What a client is handed as `get`: counts requests and round trips, and fails where a test wants it to."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.asked: list[str] = []
        self.waves = 0
        self.fail_at: int | None = None  # the round trip that fails
        self.hook: Callable[[str, int], bytes | None] | None = None

    def __call__(self, wanted: Mapping[str, int]) -> dict[str, bytes | None]:
        self.waves += 1
        self.asked.extend(wanted)
        if self.fail_at is not None and self.waves >= self.fail_at:
            raise RegistryUnavailable("acme", next(iter(wanted)), "", "no connection")
        return {path: self.files.get(path) for path in wanted}


class TufWorld:
    """A registry. `files` is what its server has; `signers` has, for each role, the keys that sign it."""

    def __init__(
        self,
        modules: Mapping[str, bytes] | None = None,
        *,
        bits: int = 2,
        hashes: bool = True,
        root_keys: int = 1,
        number: int = 1,
    ) -> None:
        self.files: dict[str, bytes] = {}
        self.bits = bits
        self.hashes = hashes
        self.signers: dict[str, list[CryptoSigner]] = {
            "root": [tuf_signer(f"root {index}") for index in range(root_keys)],
            **{name: [tuf_signer(name)] for name in ("targets", "modules", "notices", "online")},
        }
        self.roles: dict[str, Metadata[Any]] = {}
        self.revoker = RawSigner("revoker")
        self._make_roles()
        self.put("publishers.json", self._publishers())
        self.put_revocations(number)
        for name, data in (modules or {}).items():
            self.put(f"modules/{name}.json", data)
        self.write_root()
        self.publish(*[name for name in self.roles if name != "root"], bump=False)

    @property
    def root(self) -> bytes:
        """The first root, which projects pin."""
        return self.files["metadata/1.root.json"]

    @property
    def digest(self) -> str:
        """What projects pin it by."""
        return "sha256:" + hashlib.sha256(self.root).hexdigest()

    @property
    def bins(self) -> SuccinctRoles:
        """The bins of the modules."""
        delegations = self.roles["modules"].signed.delegations
        assert delegations is not None
        roles: SuccinctRoles = delegations.succinct_roles
        return roles

    def version(self, role: str) -> int:
        """The newest version of a role."""
        version: int = self.roles[role].signed.version
        return version

    def path(self, role: str, version: int | None = None) -> str:
        """Where the server has a role's metadata; the newest version by default."""
        return f"metadata/{version or self.version(role)}.{role}.json"

    def home(self, target: str) -> str:
        """The role that names a target."""
        if target.startswith("modules/"):
            return self.bins.get_role_for_target(target)
        return "targets" if target == "publishers.json" else "notices"

    def target_path(self, target: str) -> str:
        """Where the server has a target."""
        digest = self.roles[self.home(target)].signed.targets[target].hashes["sha256"]
        folder, slash, name = target.rpartition("/")
        return f"targets/{folder}{slash}{digest}.{name}"

    def put(self, target: str, data: bytes) -> str:
        """Add or replace a target; returns the role that names it, to be published."""
        role = self.home(target)
        self.roles[role].signed.targets[target] = TargetFile.from_data(target, data, ["sha256"])
        self.files[self.target_path(target)] = data
        return role

    def put_revocations(self, number: int) -> str:
        """Put a revocation list with this number; returns the role to be published."""
        payload = revocations_payload(RevocationList(number, "2026-01-01T00:00:00Z", "2098-01-01T00:00:00Z"))
        envelope = write_envelope(sign_envelope(PAYLOAD_REVOCATIONS, payload, [self.revoker]))
        return self.put("revocations.json", envelope.encode())

    def change(self, target: str, data: bytes) -> None:
        """Replace a target and publish it."""
        self.publish(self.put(target, data))

    def publish(self, *roles: str, bump: bool = True) -> None:
        """Write roles in their next version, then snapshot and timestamp."""
        for role in roles:
            if role in ONLINE:
                continue
            if bump:
                self.roles[role].signed.version += 1
            self.write(role)
        snapshot, timestamp = self.roles["snapshot"].signed, self.roles["timestamp"].signed
        if bump:
            snapshot.version += 1
            timestamp.version += 1
        for name in self.roles:
            if name not in ("root", *ONLINE):
                snapshot.meta[f"{name}.json"] = self.meta(name)
        self.write("snapshot")
        timestamp.snapshot_meta = self.meta("snapshot")
        self.write("timestamp")

    def meta(self, role: str) -> MetaFile:
        """What a snapshot or timestamp says of a role."""
        version = self.version(role)
        if not self.hashes:
            return MetaFile(version)
        return MetaFile.from_data(version, self.files[self.path(role)], ["sha256"])

    def write(self, role: str) -> None:
        """Sign a role's metadata and write it."""
        path = "metadata/timestamp.json" if role == "timestamp" else self.path(role)
        self.files[path] = self.signed(role)

    def signed(self, role: str, signers: Iterable[CryptoSigner] | None = None) -> bytes:
        """A role's metadata, signed by its keys or by others."""
        metadata = self.roles[role]
        metadata.signatures.clear()
        for signer in self.signers_of(role) if signers is None else signers:
            metadata.sign(signer, append=True)
        return metadata.to_bytes(JSONSerializer())

    def signers_of(self, role: str) -> list[CryptoSigner]:
        """The keys that sign a role."""
        return self.signers.get(role, self.signers["online"])

    def write_root(self, signers: Iterable[CryptoSigner] | None = None) -> None:
        """Write the root as it now is, signed by its keys or by others."""
        self.files[self.path("root")] = self.signed("root", signers)

    def rotate(
        self, role: str, keys: list[CryptoSigner], threshold: int = 1, signers: Iterable[CryptoSigner] | None = None
    ) -> None:
        """Give a top-level role other keys, in the next root, signed by the old and the new root keys."""
        root = self.roles["root"].signed
        before = list(self.signers["root"])
        self.signers[role if role in self.signers else "online"] = keys
        for key in list(root.roles[role].keyids):
            root.revoke_key(key, role)
        for signer in keys:
            root.add_key(signer.public_key, role)
        root.roles[role].threshold = threshold
        root.version += 1
        together = {signer.public_key.keyid: signer for signer in (*before, *self.signers["root"])}
        self.write_root(together.values() if signers is None else signers)

    def rotate_online(self, name: str) -> None:
        """Give timestamp, snapshot and bins another key, and sign all of them anew."""
        keys = [tuf_signer(name)]
        self.rotate("timestamp", keys)
        self.rotate("snapshot", keys)
        delegations = self.roles["modules"].signed.delegations
        assert delegations is not None
        bins = delegations.succinct_roles
        bins.keyids = [keys[0].public_key.keyid]
        delegations.keys = {keys[0].public_key.keyid: keys[0].public_key}
        self.publish("modules", *self.bins.get_roles())

    def _make_roles(self) -> None:
        root = Root(expires=FAR, consistent_snapshot=True)
        for role in ("root", "targets", "snapshot", "timestamp"):
            for signer in self.signers_of(role):
                root.add_key(signer.public_key, role)
        root.roles["root"].threshold = (len(self.signers["root"]) + 2) // 2 if len(self.signers["root"]) > 1 else 1
        online, modules, notices = (self.signers[name][0].public_key for name in ("online", "modules", "notices"))
        bins = SuccinctRoles([online.keyid], 1, self.bits, "bin")
        self.roles = {
            "root": Metadata(root),
            "targets": Metadata(Targets(expires=FAR, delegations=_delegations(modules, notices))),
            "modules": Metadata(Targets(expires=FAR, delegations=Delegations({online.keyid: online}, None, bins))),
            "notices": Metadata(Targets(expires=FAR)),
            **{name: Metadata(Targets(expires=FAR)) for name in bins.get_roles()},
            "snapshot": Metadata(Snapshot(expires=FAR)),
            "timestamp": Metadata(Timestamp(expires=FAR)),
        }

    def _publishers(self) -> bytes:
        since = "2026-01-01T00:00:00Z"
        return write_publishers(
            Publishers(
                registry=(RegisteredKey(RawSigner("registry").public, "registry", since),),
                revokers=(RegisteredKey(self.revoker.public, "revocations", since),),
            )
        )


def _delegations(modules: SSlibKey, notices: SSlibKey) -> Delegations:
    roles = [
        DelegatedRole("modules", [modules.keyid], 1, False, paths=["modules/*/*"]),
        DelegatedRole("notices", [notices.keyid], 1, False, paths=["revocations.json", "advisories/*"]),
    ]
    return Delegations({key.keyid: key for key in (modules, notices)}, {role.name: role for role in roles})
