"""Whole module registries in folders, made with the operator's own acts: small, and fast to make.

    registry = make_registry(tmp_path / "registry", acme=("@acme/*",))     # publisher acme, with the key of this word
    registry.publish("@acme/base", "1.2.0")
    registry.publish("@acme/guards", "2.1.0", dependencies={"@acme/base": "^1.2"}, privileged=True)
    registry.yank("@acme/base", "1.2.0", "broken"); registry.revoke(public("acme").id); registry.refresh(now=LATER)
    registry.root, registry.root_digest                                    # what a consumer pins
    registry.get({"metadata/timestamp.json": 16384})                       # what a client is handed as `get`

Keys are named by words (`signing_keys`): "acme" signs for the publisher acme unless a test says otherwise. Every
release is really packed, signed, judged and published.
"""

import atexit
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from holdfast.publish.pack import Packed
from holdfast.publish.registry.admit import Submission, cosign
from holdfast.publish.registry.create import Founding, create_registry
from holdfast.publish.registry.desk import Desk
from holdfast.publish.registry.documents import find_release
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.layout import PUBLISHERS, blob_file
from holdfast.publish.registry.signers import Keyring
from holdfast.publish.registry.state import RegistryState
from holdfast.trust.dsse import PAYLOAD_INTOTO, sign_envelope, write_envelope
from holdfast.trust.module_statement import statement
from holdfast.trust.publishers import Publisher, RegisteredKey, write_publishers
from holdfast.trust.revocations import COMPROMISE
from holdfast.trust.subjects import Subject
from holdfast.workflows.registry_notices import Revoked, advise, revocation_of, revoke
from holdfast.workflows.registry_publish import Options, Published, publish
from holdfast.workflows.registry_refresh import Refreshed, refresh
from holdfast.workflows.registry_releases import unyank, yank
from holdfast.workflows.registry_rotate import rotate_key
from holdfast_resolver.values.modules import ModuleRelease
from tests.support.module_folders import ExportRow, packed_module, write_module
from tests.support.signing_keys import public, signer

NOW = "2026-11-21T06:40:00Z"
FOUNDED = "2026-11-01T00:00:00Z"
SINCE = "2026-01-01T00:00:00Z"


class ModuleRegistry:
    """A registry in a folder, its keys folder beside it. Every act takes `now`, `NOW` unless said otherwise."""

    def __init__(self, path: Path, keys: Path, *, durable: bool = False) -> None:
        self.path = path
        self.keys_path = keys
        self.folder = RegistryFolder(str(path), durable=durable)
        self._keys = Keyring(str(keys))

    @property
    def root(self) -> bytes:
        """The first root, which projects pin."""
        return (self.path / "metadata" / "1.root.json").read_bytes()

    @property
    def root_digest(self) -> str:
        """What projects pin it by: "sha256:<hex>"."""
        return "sha256:" + sha256(self.root).hexdigest()

    @property
    def state(self) -> RegistryState:
        """What the registry says now."""
        return RegistryState.load(self.folder)

    def reopened(self) -> "ModuleRegistry":
        """The same registry with the keys that lie in its keys folder now: opened keys are forgotten."""
        return ModuleRegistry(self.path, self.keys_path)

    def desk(self, now: str = NOW) -> Desk:
        """What every act of keeping the registry takes."""
        return Desk(self.folder, self._keys, now)

    def get(self, wanted: Mapping[str, int]) -> dict[str, bytes | None]:
        """Answer as a web server of the folder would: what `RegistryView.open` is handed as `get`."""
        return {path: self.folder.read(path) for path in wanted}

    def add_publisher(
        self,
        name: str,
        *keys: str,
        scopes: Sequence[str] = (),
        tier: str = "verified",
        threshold: int = 1,
        now: str = NOW,
    ) -> None:
        """Register a publisher with the keys of these words (its own name without any), without a challenge."""
        registered = tuple([RegisteredKey(public(word), word, SINCE) for word in keys or (name,)])
        publisher = Publisher(name, tuple(scopes) or (f"@{name}/*",), tier, threshold, registered)
        with self.desk(now).change() as change:
            old = change.state.publishers()
            change.put(PUBLISHERS, write_publishers(old._replace(publishers=(*old.publishers, publisher))))
            change.commit(self._keys)

    def pack(
        self,
        name: str,
        version: str,
        *,
        files: Mapping[str, bytes] | None = None,
        dependencies: Mapping[str, str] | None = None,
        exports: Sequence[ExportRow] = (),
        permissions: Mapping[str, Sequence[str]] | None = None,
        privileged: bool = False,
    ) -> Packed:
        """Pack a module made of these."""
        from holdfast.publish.pack import pack

        with tempfile.TemporaryDirectory() as folder:
            write_module(
                Path(folder),
                name,
                version,
                files=files,
                dependencies=dependencies,
                exports=exports,
                permissions=permissions,
                privileged=privileged,
            )
            return pack(folder)

    def submission(
        self,
        packed: Packed,
        *,
        keys: Sequence[str] = (),
        cosigners: Sequence[str] = (),
        report: bytes = b"",
        now: str = NOW,
    ) -> Submission:
        """Sign a packed module by the keys of these words; without any, by that of its scope's name."""
        manifest = packed.manifest
        words = keys or (manifest.name[1:].partition("/")[0],)
        payload = statement(manifest, packed.archive_digest, packed.tree_digest, now)
        envelope = write_envelope(sign_envelope(PAYLOAD_INTOTO, payload, [signer(word) for word in words]))
        subject = Subject(manifest.name, manifest.version, packed.archive_digest, packed.tree_digest)
        digest = f"sha256:{sha256(report).hexdigest()}" if report else ""
        vetted = tuple([cosign(subject, signer(word), digest, now) for word in cosigners])
        return Submission(f"{manifest.name} {manifest.version}", packed.archive, (envelope,), vetted, report)

    def publish_all(
        self, *submissions: Submission, cosign: bool = False, report: bytes = b"", now: str = NOW, similar: bool = True
    ) -> Published:
        """Publish submissions in one state."""
        return publish(self.desk(now), submissions, Options(cosign, report, similar))

    def publish(
        self,
        name: str,
        version: str,
        *,
        files: Mapping[str, bytes] | None = None,
        dependencies: Mapping[str, str] | None = None,
        exports: Sequence[ExportRow] = (),
        permissions: Mapping[str, Sequence[str]] | None = None,
        privileged: bool = False,
        keys: Sequence[str] = (),
        cosign: bool = False,
        report: bytes = b"",
        now: str = NOW,
    ) -> ModuleRelease:
        """Pack, sign and publish a module, and return its release. Raises why it is refused.

        `cosign` adds the registry's own co-signature, which binds `report` if there is one.
        """
        packed = self.pack(
            name,
            version,
            files=files,
            dependencies=dependencies,
            exports=exports,
            permissions=permissions,
            privileged=privileged,
        )
        done = self.publish_all(self.submission(packed, keys=keys, now=now), cosign=cosign, report=report, now=now)
        for _, error in done.refused:
            raise error
        return self.release(name, version)

    def release(self, name: str, version: str) -> ModuleRelease:
        """Return a release as the registry has it."""
        return find_release(self.state.listing(name), name, version)

    def archive(self, name: str, version: str) -> Path:
        """Return where the archive of a release lies."""
        return self.path / blob_file(self.release(name, version).archive)

    def yank(self, name: str, version: str, reason: str = "broken", *, now: str = NOW) -> None:
        """Yank a release."""
        yank(self.desk(now), name, version, reason)

    def unyank(self, name: str, version: str, *, now: str = NOW) -> None:
        """Take a yank back."""
        unyank(self.desk(now), name, version)

    def revoke(
        self,
        value: str,
        cause: str = COMPROMISE,
        reason: str = "laptop lost",
        *,
        effective: str = "",
        days: int = 30,
        now: str = NOW,
    ) -> Revoked:
        """Revoke a key's id or a digest."""
        return revoke(self.desk(now), revocation_of(value, cause, reason, effective or now), days)

    def advise(self, data: bytes, *, now: str = NOW) -> str:
        """Publish an advisory."""
        return advise(self.desk(now), data)

    def rotate(self, what: str, *retire: str, now: str = NOW) -> None:
        """Rotate a key."""
        rotate_key(self.desk(now), what, retire)

    def refresh(self, *, now: str = NOW) -> Refreshed:
        """Renew what is due."""
        return refresh(self.desk(now))


def make_registry(
    path: Path, *, fresh: bool = False, founded: str = FOUNDED, durable: bool = False, **publishers: Sequence[str]
) -> ModuleRegistry:
    """Make a registry in `path`, its keys in `<path>.keys`; each publisher by its name and the patterns it claims.

    Registries of one process share their keys and their first root, unless `fresh` makes new ones.
    """
    keys = path.with_name(path.name + ".keys")
    if fresh:
        create_registry(RegistryFolder(str(path), durable=durable), Keyring(str(keys)), Founding("acme"), founded)
    else:
        template = _template(founded)
        shutil.copytree(template / "registry", path, copy_function=shutil.copyfile)
        shutil.copytree(template / "keys", keys)
    registry = ModuleRegistry(path, keys, durable=durable)
    for name, scopes in publishers.items():
        registry.add_publisher(name, scopes=scopes, now=founded)
    return registry


@cache
def _template(founded: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="holdfast-registry-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    create_registry(
        RegistryFolder(str(folder / "registry"), durable=False),
        Keyring(str(folder / "keys")),
        Founding("acme"),
        founded,
    )
    return folder


__all__ = ["NOW", "ModuleRegistry", "make_registry", "packed_module"]
