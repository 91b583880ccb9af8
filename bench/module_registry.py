"""Make a large registry of modules in a folder, for measurements: 10,000 modules, 20 releases each, unless told else.

    python -m bench.module_registry FOLDER [--modules 10000] [--releases 20] [--archives newest|all|none] [--jobs 2]

Every release is really packed and signed by one publisher's key; documents, bins and metadata are those that
publishing writes. Modules come in blocks of 200 that need each other as a tree does (block 3 begins with
`@bench/m0600`, which needs 601 and 602, and so on: 200 modules, 8 levels), so that a project that asks for the first of
a block locks 200 modules. Keys go to FOLDER.keys, the publisher's to FOLDER.keys/publisher.pem.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from holdfast.publish.archive_writer import write_archive
from holdfast.publish.registry.change import Change
from holdfast.publish.registry.create import Founding, create_registry
from holdfast.publish.registry.documents import write_index
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.layout import PUBLISHERS, blob_file, index_target
from holdfast.publish.registry.signers import Keyring
from holdfast.publish.registry.state import RegistryState
from holdfast.trust.dsse import PAYLOAD_INTOTO, sign_envelope, write_envelope
from holdfast.trust.key_files import load_key
from holdfast.trust.key_forms import PKCS8
from holdfast.trust.key_writing import write_key
from holdfast.trust.module_statement import statement
from holdfast.trust.publishers import Publisher, RegisteredKey, write_publishers
from holdfast.trust.signing import FileSigner
from holdfast.trust.tree import TreeFile, tree_digest
from holdfast_resolver.values.modules import (
    MANIFEST,
    Export,
    ModuleListing,
    ModuleManifest,
    ModuleRelease,
    archive_file_name,
)

BLOCK = 200  # modules that need each other
ARCHIVES = ("newest", "all", "none")
_CHUNK = 50  # modules for one process at a time


class Plan(NamedTuple):
    """What to make, and where."""

    folder: str
    modules: int = 10_000
    releases: int = 20
    archives: str = "newest"
    now: str = "2026-11-21T06:40:00Z"


def module_name(number: int) -> str:
    """Return the name of a module."""
    return f"@bench/m{number:04}"


def make(plan: Plan, jobs: int = 1) -> RegistryState:
    """Make the registry; return its state."""
    folder = RegistryFolder(plan.folder, durable=False)
    keys = Keyring(folder.path + ".keys")
    create_registry(folder, keys, Founding("bench"), plan.now)
    path = os.path.join(keys.folder, "publisher.pem")
    signer = FileSigner.generate()
    write_key(path, signer, form=PKCS8, comment="publisher")
    publisher = Publisher("bench", ("@bench/*",), "verified", 1, (RegisteredKey(signer.public, "bench", plan.now),))
    state = RegistryState.load(folder)
    change = Change(state, plan.now)
    change.put(PUBLISHERS, write_publishers(state.publishers()._replace(publishers=(publisher,))))
    starts = range(0, plan.modules, _CHUNK)
    work = partial(_chunk, plan, path)
    if jobs > 1:
        with ProcessPoolExecutor(jobs) as pool:
            for documents in pool.map(work, starts):
                _put(change, documents)
    else:
        for start in starts:
            _put(change, work(start))
    change.commit(keys)
    return RegistryState.load(folder)


def needs(number: int, modules: int) -> tuple[int, ...]:
    """Return the modules that a module needs: its two children in the tree of its block."""
    block, place = divmod(number, BLOCK)
    children = (2 * place + 1, 2 * place + 2)
    return tuple(block * BLOCK + one for one in children if one < BLOCK and block * BLOCK + one < modules)


def _put(change: Change, documents: list[tuple[str, bytes]]) -> None:
    for name, data in documents:
        change.put(index_target(name), data)


def _chunk(plan: Plan, key: str, start: int) -> list[tuple[str, bytes]]:
    signer = load_key(key)
    folder = RegistryFolder(plan.folder, durable=False)
    numbers = range(start, min(start + _CHUNK, plan.modules))
    return [(module_name(number), _document(plan, folder, signer, number)) for number in numbers]


def _document(plan: Plan, folder: RegistryFolder, signer: FileSigner, number: int) -> bytes:
    releases = list(_releases(plan, signer, number))
    kept = {"all": releases, "newest": releases[-1:], "none": []}[plan.archives]
    for release, archive in kept:
        folder.write(blob_file(release.archive), archive)
    return write_index(ModuleListing(module_name(number), tuple(release for release, _ in releases)))


def _releases(plan: Plan, signer: FileSigner, number: int) -> Iterator[tuple[ModuleRelease, bytes]]:
    name = module_name(number)
    dependencies = tuple((module_name(one), "^1.0") for one in needs(number, plan.modules))
    for minor in range(plan.releases):
        version = f"1.{minor}.0"
        manifest = ModuleManifest(name, version, "Bench", "Apache-2.0", dependencies, (Export("text", "text.md"),))
        files = {MANIFEST: _manifest_text(manifest), "text.md": f"{name} {version}\n".encode()}
        archive = write_archive((path, False, data) for path, data in sorted(files.items()))
        digest = f"sha256:{sha256(archive).hexdigest()}"
        tree = tree_digest(TreeFile(path, False, sha256(data).hexdigest()) for path, data in sorted(files.items()))
        payload = statement(manifest, digest, tree, plan.now)
        release = ModuleRelease(
            version=version,
            file=archive_file_name(name, version),
            size=len(archive),
            archive=digest,
            tree=tree,
            dependencies=dependencies,
            published=plan.now,
            publisher="bench",
            envelopes=(write_envelope(sign_envelope(PAYLOAD_INTOTO, payload, [signer])),),
        )
        yield release, archive


def _manifest_text(manifest: ModuleManifest) -> bytes:
    lines = [
        f'name = "{manifest.name}"',
        f'version = "{manifest.version}"',
        f'description = "{manifest.description}"',
        f'license = "{manifest.license}"',
        "[dependencies]",
        *[f'"{name}" = "{needed}"' for name, needed in manifest.dependencies],
        "[[exports]]",
        'name = "text"',
        'path = "text.md"',
    ]
    return ("\n".join(lines) + "\n").encode()


def main(words: list[str]) -> int:
    """Make what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.module_registry", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--modules", type=int, default=10_000)
    parser.add_argument("--releases", type=int, default=20)
    parser.add_argument("--archives", choices=ARCHIVES, default="newest")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(words)
    begun = time.perf_counter()
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    state = make(Plan(given.folder, given.modules, given.releases, given.archives, now), given.jobs)
    print(f"{given.modules} modules, {given.releases} releases each, in {time.perf_counter() - begun:.0f} s")
    print(f'root = "{state.identity}"')
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
