"""A small npm project by hand, with its lock, and the golden `package-lock.json` of it.

    python -m tests.lockfile.exports.npm_locks

writes the golden file anew.
"""

from pathlib import Path
from typing import Any

from holdfast.exports.npm_graph import Manifest
from holdfast.exports.package_lock import package_lock
from holdfast.exports.port import LocatedFile
from holdfast.model.lock import Input, Instance, Lock, NpmFacts, Pin, PinnedArtifact, Scope
from holdfast_resolver.values.npm import NpmRequirement
from holdfast_resolver.values.npm_entries import parse_npm_entry
from holdfast_resolver.values.npm_names import tarball_file_name

GOLDEN = Path(__file__).parents[3] / "fixtures" / "golden" / "exports" / "package-lock.json"
HOST = "https://registry.example"


def digest(name: str, version: str) -> str:
    """A sha512 that differs with the release."""
    return "sha512:" + f"{name}@{version}".encode().hex().ljust(128, "0")[:128]


def wish(text: str, source: str = "npm") -> NpmRequirement:
    """`react ^18 ; peer` as a requirement."""
    name, _, rest = text.partition(" ")
    return parse_npm_entry(f"{name} {rest or '*'}", source)


def edge(text: str) -> tuple[NpmRequirement, str]:
    """`react ^18 ; peer => 18.3.1` as an edge."""
    left, _, chosen = text.partition(" => ")
    return wish(left), chosen


def pin(name: str, version: str, *edges: str, **facts: Any) -> Pin:
    artifact = PinnedArtifact(tarball_file_name(name, version), digest(name, version))
    return Pin("npm", name, version, artifacts=(artifact,), dependencies=tuple(map(edge, edges)), npm=NpmFacts(**facts))


def part(kind: str, *wishes: str, path: str = "package.json") -> Input:
    return Input(path, kind, "", tuple(map(wish, wishes)))


def lock(inputs: tuple[Input, ...], *pins: Pin, instances: tuple[Instance, ...] = ()) -> Lock:
    return Lock(Scope("", "highest", "if-necessary", ()), inputs, pins, instances=instances)


def listed(made: Pin) -> dict[str, LocatedFile]:
    """Where a registry offers the tarball of a pin."""
    file = made.artifacts[0]
    return {file.file: LocatedFile(f"{HOST}/{made.name}/-/{file.file}", file.hash)}


MANIFESTS = (
    Manifest(
        "",
        {
            "name": "shop",
            "version": "1.0.0",
            "license": "MIT",
            "private": True,
            "scripts": {"test": "node test.js"},
            "workspaces": ["packages/*"],
            "dependencies": {"react": "^18", "use-it": "latest", "wide": "npm:string-width@^4"},
            "devDependencies": {"tester": "^1"},
            "optionalDependencies": {"fsevents": "^2"},
        },
    ),
    Manifest(
        "packages/old",
        {
            "name": "@acme/old",
            "version": "0.1.0",
            "bin": "./old.js",
            "scripts": {"postinstall": "node build.js"},
            "dependencies": {"react": "^17", "use-it": "^1", "lib": "^2"},
        },
    ),
    Manifest("packages/lib", {"name": "lib", "version": "2.0.0", "peerDependencies": {"react": "*"}}),
)
LOCK = lock(
    (
        part("project", "react ^18", "use-it latest", "string-width ^4 ; as wide"),
        part("dev", "tester ^1"),
        part("optional", "fsevents ^2 ; optional"),
        part("project", "react ^17", "use-it ^1", path="packages/old/package.json"),
        part("peer", "react * ; peer", path="packages/lib/package.json"),
    ),
    pin("ansi", "5.0.1"),
    pin("ansi", "6.0.1", engines=(("node", ">=8"),)),
    pin("fsevents", "2.3.3", "node-gyp ~1 ; optional => none", os=("darwin",), install_script=True, optional=True),
    pin("loose", "1.4.0"),
    pin("react", "17.0.2", "loose ^1"),
    pin("react", "18.3.1", "loose ^1"),
    pin("string-width", "4.2.3", "ansi ^6", bins=(("width", "cli.js"),)),
    pin("tester", "1.1.0", "ansi ^5 || ^6 => 5.0.1", "packer ^3", "loose ^1", "@acme/core * ; peer optional => none"),
    pin("packer", "3.0.0", bundled=("inner", "loose"), libc=("glibc",), cpu=("x64", "!arm")),
    pin("use-it", "1.2.0", "react >=16 ; peer => 18.3.1"),
    instances=(
        Instance("npm", "use-it", "1.2.0", 2, ("packages/old/package.json",), (edge("react >=16 ; peer => 17.0.2"),)),
    ),
)


def golden() -> str:
    return package_lock(LOCK, MANIFESTS, listed)


if __name__ == "__main__":
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text(golden(), encoding="utf-8")
