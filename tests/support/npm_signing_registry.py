"""An npm registry on loopback that signs every release, and serves attestations of those that are attested.

with signing_registry(release("tool", "1.0.0")) as registry:
    registry.attest("tool", "1.0.0", GitHubWorkflow())
    registry.pin_root(project)                              # its Sigstore in `.holdfast/roots`, and in holdfast.toml
"""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from tests.support.loopback import running
from tests.support.npm_evidence import NpmSigner, SigningKey
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import Answer, Asked, Habits, NpmRegistry, Published
from tests.support.sigstore_identities import Identity
from tests.support.sigstore_world import INSTANT

ROOT = ".holdfast/roots/sigstore.json"
KEYS = "/-/npm/v1/keys"


class SigningRegistry(NpmRegistry):
    """The registry. `bare` are releases ("tool@1.0.0") that it does not sign."""

    def __init__(self, habits: Habits) -> None:
        super().__init__(habits)
        self.signer = NpmSigner(self.url.rstrip("/"))
        self.bare: set[str] = set()

    def rotate(self, name: str) -> None:
        """Publish one key more, which signs from now on."""
        self.signer = NpmSigner(self.signer.url, (*self.signer.signing, SigningKey(name)), self.signer.sigstore)

    def attest(self, name: str, version: str, *identities: Identity, at: str = INSTANT) -> None:
        """Serve the publish attestation of a release, and provenance of identities."""
        document = self.signer.attestations(name, version, self._digest(name, version), *identities, at=at)
        self.attestations[f"{name}@{version}"] = json.dumps(document).encode()

    def pin_root(self, project: NpmProject, more: str = "") -> None:
        """Make its Sigstore the project's root of trust."""
        sigstore = self.signer.sigstore
        project.write(ROOT, sigstore.trust_root.decode())
        project.write("holdfast.toml", f'[sigstore]\nroot = "{sigstore.digest}"\n{more}')

    def _digest(self, name: str, version: str) -> str:
        return f"sha512:{hashlib.sha512(self.packages[name][version].tarball).hexdigest()}"

    def _route(self, path: str, asked: Asked) -> Answer:
        return Answer(200, self.signer.keys) if path == KEYS else super()._route(path, asked)

    def _manifest(self, one: Published, short: bool) -> dict[str, Any]:
        manifest = super()._manifest(one, short)
        if f"{one.name}@{one.version}" not in self.bare:
            digest = self._digest(one.name, one.version)
            manifest["dist"]["signatures"] = self.signer.signatures(one.name, one.version, digest)
        return manifest


@contextlib.contextmanager
def signing_registry(*releases: Published, habits: Habits | None = None) -> Iterator[SigningRegistry]:
    """A running registry; afterwards it is down and its socket closed."""
    server = SigningRegistry(habits or Habits())
    server.publish(*releases)
    with running(server):
        yield server
