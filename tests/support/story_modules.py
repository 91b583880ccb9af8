"""What the team's project stands on where it uses modules: a registry whose publishers change how they sign.

    with module_stage(tmp_path) as stage:                       # @acme/guards 2.1.0 and @umbrella/gate 1.0.0, day one
        stage.publisher("acme", keys=("acme", "acme2"))
        stage.publish("@acme/guards", "2.2.0", "acme2")
        stage.update("@acme/guards")

@umbrella/gate takes two signatures on day one. What a dropped branch published is yanked: a registry never goes back.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from holdfast.publish.registry.layout import index_target
from holdfast.trust.dsse import PAYLOAD_INTOTO, sign_envelope, write_envelope
from holdfast.trust.module_statement import statement
from holdfast.trust.publishers import Publishers, RegisteredKey
from holdfast.trust.strict_json import canonical
from tests.support.approval_story import Stage
from tests.support.module_project import NOW, ModuleProject, module_project
from tests.support.module_registry import SINCE
from tests.support.project import Done
from tests.support.registry_thieves import forge_publishers, index_of, keys_of
from tests.support.signing_keys import public, signer
from tests.support.story_team import ADA, BEA, DANA

ID = 'id = "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"\n'
POLICY = "\n[policy]\nindependent = true\n"
GUARDS, GATE = "@acme/guards", "@umbrella/gate"
PERMISSIONS = {"network": ["api.acme.example"]}


class ModuleStage(Stage):
    """A project with two modules of two publishers."""

    def __init__(self, world: ModuleProject) -> None:
        super().__init__(world.folder, {"HOLDFAST_CACHE_DIR": str(world.cache)}, "holdfast.toml")
        self.world = world
        self.registry = world.registry

    def kept(self) -> list[tuple[str, str]]:
        """The releases that there are."""
        listings = [self.registry.state.listing(name) for name in (GUARDS, GATE)]
        return [
            (one.name, release.version)
            for one in listings
            if one is not None
            for release in one.releases
            if release.yanked is None
        ]

    def put_back(self, kept: object) -> None:
        """Yank the releases that came since."""
        assert isinstance(kept, list)
        for name, version in self.kept():
            if (name, version) not in kept:
                self.registry.yank(name, version, now=NOW)
        self.registry.refresh()

    def publisher(self, publisher: str, *, keys: Sequence[str] = (), **fields: Any) -> None:
        """Register other facts of a publisher: keys by their words, tier, threshold."""
        if keys:
            fields["keys"] = tuple([RegisteredKey(public(word), word, SINCE) for word in keys])

        def change(old: Publishers) -> Publishers:
            found = [one._replace(**fields) if one.name == publisher else one for one in old.publishers]
            return old._replace(publishers=tuple(found))

        forge_publishers(self.registry, change)

    def publish(self, name: str, version: str, *keys: str, **fields: Any) -> None:
        """Publish a release of a module, signed by these keys and co-signed unless told otherwise."""
        if name == GUARDS:
            fields = {"cosign": True, "permissions": PERMISSIONS, "dependencies": {"@acme/base": "^1.2"}, **fields}
        self.registry.publish(name, version, keys=keys, now=NOW, **fields)
        self.registry.refresh()

    def swap(self, name: str, version: str, key: str) -> None:
        """Whoever has the registry's online key and a publisher's puts another archive in the place of a release's."""
        old = self.registry.release(name, version)
        packed = self.registry.pack(
            name, version, files={"README.md": b"swapped\n"}, dependencies=dict(old.dependencies), exports=()
        )
        payload = statement(packed.manifest, packed.archive_digest, packed.tree_digest, NOW)
        row = {
            "size": len(packed.archive),
            "sha256": packed.archive_digest.removeprefix("sha256:"),
            "tree": packed.tree_digest.removeprefix("sha256:"),
            "permissions": list(packed.manifest.permissions),
            "envelopes": [write_envelope(sign_envelope(PAYLOAD_INTOTO, payload, [signer(key)]))],
            "vetted": [],
        }
        with self.registry.desk(NOW).change() as change:
            change.put_blob(packed.archive)
            document = index_of(self.registry, name)
            next(one for one in document["releases"] if one["version"] == version).update(row)
            change.put(index_target(name), canonical(document))
            change.commit(keys_of(self.registry))
        self.registry.refresh()

    def update(self, name: str) -> Done:
        """Dana's `holdfast update NAME`, past the cache."""
        return self.run("update", name, "--refresh")


@contextmanager
def module_stage(folder: Path) -> Iterator[ModuleStage]:
    """A team on day one."""
    with module_project(folder, installed=False) as world:
        stage = ModuleStage(world)
        stage.publisher("umbrella", keys=("umbrella", "umbrella2"), threshold=2)
        stage.publish(GATE, "1.0.0", "umbrella", "umbrella2")
        world.configure({GUARDS: "^2", GATE: "^1"})
        text = stage.configuration.read_text()
        stage.configuration.write_text(ID + text + POLICY)
        stage.configure(ADA.table + BEA.table)
        stage.must("lock", "--refresh")
        stage.must("approvals", "baseline", by=ADA)
        stage.commit(DANA, "day one")
        stage.must("check")
        yield stage
