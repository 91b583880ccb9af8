"""Prepares the bench's two module registries; what `module_registry.py` makes is the bigger of them.

    crowd FOLDER                     register as many publishers as a registry of that size has
    heavy FOLDER                     500 modules with one release each, 1.5 GB of archives, all really published
    refresh FOLDER                   renew what nears its end, since clients read the clock
    submit FOLDER MODULE VERSION     put a release of a module into the inbox, packed and signed

A process of its own, with the interpreter that has holdfast: `python -m bench.module_setup heavy FOLDER`.
"""

import hashlib
import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from bench.module_places import HEAVY_MODULES, PUBLISHERS, inbox_of, keys_of, module_name
from holdfast.publish.archive_writer import write_archive
from holdfast.publish.pack import read_packed
from holdfast.publish.registry.admit import Submission
from holdfast.publish.registry.create import Founding, create_registry
from holdfast.publish.registry.desk import Desk
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.inbox import drop
from holdfast.publish.registry.layout import PUBLISHERS as DOCUMENT
from holdfast.publish.registry.signers import Keyring
from holdfast.trust.dsse import PAYLOAD_INTOTO, sign_envelope, write_envelope
from holdfast.trust.key_files import load_key
from holdfast.trust.key_forms import PKCS8
from holdfast.trust.key_writing import write_key
from holdfast.trust.module_statement import statement
from holdfast.trust.publishers import Publisher, RegisteredKey, write_publishers
from holdfast.trust.signing import FileSigner
from holdfast.workflows.registry_publish import Options, publish
from holdfast.workflows.registry_refresh import refresh

FILES = 20  # of one heavy module
FILE_BYTES = 150_000


def crowd(folder: Path, publishers: int = PUBLISHERS) -> None:
    """Register publishers until there are so many; none of the new ones has published anything."""
    add_publishers(folder, [_stranger(number) for number in range(1, publishers)])


def make_heavy(folder: Path, modules: int = HEAVY_MODULES, file_bytes: int = FILE_BYTES) -> None:
    """Make the registry and publish everything in one state. Raises what a release is refused for."""
    create_registry(_registry(folder), _keys(folder), Founding("bench"), _now())
    signer = FileSigner.generate()
    write_key(str(_key_file(folder)), signer, form=PKCS8, comment="publisher")
    add_publishers(folder, [_publisher("bench", signer)])
    submissions = (_heavy(number, signer, file_bytes) for number in range(modules))
    for _, error in publish(_desk(folder), submissions, Options(allow_similar=True)).refused:
        raise error


def submit(folder: Path, number: int, version: str) -> None:
    """Put a release of a module into the inbox."""
    signer = load_key(str(_key_file(folder)))
    drop(str(inbox_of(folder)), _submission(number, version, {"text.md": version.encode()}, signer))


def add_publishers(folder: Path, new: list[Publisher]) -> None:
    """Add publishers to those that the registry has."""
    desk = _desk(folder)
    with desk.change() as change:
        old = change.state.publishers()
        change.put(DOCUMENT, write_publishers(old._replace(publishers=(*old.publishers, *new))))
        change.commit(desk.keys)


def _stranger(number: int) -> Publisher:
    seed = hashlib.sha256(b"publisher %d" % number).digest()
    return _publisher(f"publisher-{number:04}", FileSigner.from_seed(seed))


def _publisher(name: str, signer: FileSigner) -> Publisher:
    key = RegisteredKey(signer.public, f"{name}-release", "2024-01-01T00:00:00Z")
    return Publisher(name, (f"@{name}/*",), "verified", 1, (key,))


def _heavy(number: int, signer: FileSigner, file_bytes: int) -> Submission:
    dice = random.Random(number)
    files = {f"data/{place:02}.bin": dice.randbytes(file_bytes) for place in range(FILES)}
    return _submission(number, "1.0.0", files, signer)


def _submission(number: int, version: str, files: Mapping[str, bytes], signer: FileSigner) -> Submission:
    name = module_name(number)
    manifest = f'name = "{name}"\nversion = "{version}"\ndescription = "Bench"\nlicense = "Apache-2.0"\n'
    contents = sorted({**files, "module.toml": manifest.encode()}.items())
    packed = read_packed(write_archive((path, False, data) for path, data in contents))
    payload = statement(packed.manifest, packed.archive_digest, packed.tree_digest, _now())
    envelope = write_envelope(sign_envelope(PAYLOAD_INTOTO, payload, [signer]))
    return Submission(f"{name[1:].replace('/', '-')}-{version}", packed.archive, (envelope,))


def _desk(folder: Path) -> Desk:
    return Desk(_registry(folder), _keys(folder), _now())


def _registry(folder: Path) -> RegistryFolder:
    return RegistryFolder(str(folder), durable=False)


def _keys(folder: Path) -> Keyring:
    return Keyring(str(keys_of(folder)))


def _key_file(folder: Path) -> Path:
    return keys_of(folder) / "publisher.pem"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def main() -> None:
    """The command line."""
    match sys.argv[1:]:
        case ["crowd", folder]:
            crowd(Path(folder))
        case ["heavy", folder]:
            make_heavy(Path(folder))
        case ["refresh", folder]:
            refresh(_desk(Path(folder)))
        case ["submit", folder, number, version]:
            submit(Path(folder), int(number), version)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
