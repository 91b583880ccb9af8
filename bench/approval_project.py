"""A project of the rows about approvals: 500 packages that are locked, and a trail of signed acts that approves them.

python -m bench.approval_project FOLDER --acts 200      FOLDER/web and FOLDER/approved-200 have the same lock
python -m bench.approval_project FOLDER --acts 200 --waiting 40      that much of it nobody approved

A process of its own: it locks and signs, and what measures is to stay small.
"""

import argparse
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from bench.approval_rows import PACKAGES, folder_name
from bench.signer_index import package, releases
from holdfast.configuration.read import read_configuration
from holdfast.configuration.security import security_of
from holdfast.format.read import read
from holdfast.model.approval import FOLDER, Act, PackageChange, SecurityChange, Seen
from holdfast.model.lock import Lock, PinnedArtifact
from holdfast.model.pin_digest import ApprovedPin, approved_pins, pin_digest
from holdfast.model.security import Security, security_digest
from holdfast.trust.approval_files import sign_act
from holdfast.trust.signing import FileSigner
from tests.support.index_server import serving
from tests.support.project import Project

SEEN = Seen((), (), "2026-01-01T00:00:00Z", "MIT")
ID = "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"
CONFIGURATION = """
[tool.holdfast]
id = "{id}"

[[tool.holdfast.approver]]
name = "alice"
key = "{key}"
"""


def write_plain(folder: Path, packages: int) -> Path:
    """Lock the project that wants the first package, which leads to all. Return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(releases(packages)) as server:
        return Project(folder, [package(0)], server.url).locked().folder


def approve(plain: Path, folder: Path, acts: int, waiting: int = 0) -> None:
    """Copy a project and approve what it locks in so many acts: a baseline, then steps of one package each.

    Of `waiting` packages the last step is not approved.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(plain, folder)
    signer = FileSigner.generate()
    manifest = folder / "pyproject.toml"
    manifest.write_text(manifest.read_text() + CONFIGURATION.format(id=ID, key=signer.public.text))
    security = security_of(read_configuration(lambda name: manifest.read_bytes() if name == manifest.name else None))
    place = folder / FOLDER
    place.mkdir(parents=True)
    lock = read((folder / "holdfast.lock").read_bytes(), "holdfast.lock")
    for name, data in trail(lock, security, signer, acts, waiting):
        (place / name).write_bytes(data)


def trail(lock: Lock, security: Security, signer: FileSigner, acts: int, waiting: int) -> Iterator[tuple[str, bytes]]:
    """Yield the files, each step following the one before."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
    keys = sorted(approved_pins(lock))
    locked = {key: pins[0] for key, pins in approved_pins(lock).items()}
    steps = {key: (acts - 1) // len(keys) + (place < (acts - 1) % len(keys)) for place, key in enumerate(keys)}
    stuck = set(keys[:waiting])

    def one_of(key: tuple[str, str], step: int) -> ApprovedPin:
        return locked[key] if step == steps[key] and key not in stuck else _earlier(locked[key], step)

    def act(kind: str, packages: tuple[PackageChange, ...], change: SecurityChange | None = None) -> tuple[str, bytes]:
        about = (security.project, security_digest(security), "alice", "", "read the changelog", now)
        return sign_act(Act(kind, *about, packages, change), [signer])

    first = tuple([PackageChange(*key, (), (), (one_of(key, 0),), (), ("baseline",)) for key in keys])
    name, data = act("baseline", first, SecurityChange((), (), security))
    yield name, data
    follows = dict.fromkeys(keys, name.removesuffix(".json"))
    for step in range(1, max(steps.values(), default=0) + 1):
        for key in keys:
            if step > steps[key]:
                continue
            before, after = one_of(key, step - 1), one_of(key, step)
            change = PackageChange(
                *key, (follows[key],), (pin_digest(before),), (after,), (), ("version-changed",), SEEN
            )
            name, data = act("approval", (change,))
            yield name, data
            follows[key] = name.removesuffix(".json")


def _earlier(one: ApprovedPin, step: int) -> ApprovedPin:
    """An earlier release of the same package, with other bytes."""
    pin = one.pin
    version = f"0.{step}"
    artifacts = [
        PinnedArtifact(file.file.replace(f"-{pin.version}", f"-{version}"), f"sha256:{step:064x}", file.signers)
        for file in pin.artifacts
    ]
    return one._replace(pin=pin._replace(version=version, artifacts=tuple(artifacts)))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--acts", type=int, required=True, help="0: only the project without approvals")
    parser.add_argument("--waiting", type=int, default=0)
    parser.add_argument("--packages", type=int, default=PACKAGES)
    arguments = parser.parse_args()
    plain = arguments.folder / folder_name(0, 0)
    if not (plain / "holdfast.lock").exists():
        write_plain(arguments.folder, arguments.packages)
    if arguments.acts:
        named = folder_name(arguments.acts, arguments.waiting)
        approve(plain, arguments.folder / named, arguments.acts, arguments.waiting)


if __name__ == "__main__":
    main()
