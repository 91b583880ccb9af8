"""Lock files of npm and pnpm written by hand: one small project in each format, and our lock of it."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from holdfast.model.lock import Lock, NpmFacts, Pin, PinnedArtifact, Scope
from holdfast_resolver.values.npm_names import tarball_file_name

HOST = "https://registry.example"


def hexed(seed: str) -> str:
    """The hash of a made-up tarball, as our lock spells it."""
    return "sha512:" + seed.encode().hex().ljust(128, "0")[:128]


def sri(seed: str) -> str:
    """The same hash as npm spells it."""
    return "sha512-" + b64encode(bytes.fromhex(hexed(seed).partition(":")[2])).decode()


def pin(name: str, version: str, source: str = "npm", seed: str = "", bundled: tuple[str, ...] = ()) -> Pin:
    """A pin whose tarball has the hash of `name@version`."""
    artifact = PinnedArtifact(tarball_file_name(name, version), hexed(seed or f"{name}@{version}"))
    return Pin(source, name, version, artifacts=(artifact,), npm=NpmFacts(bundled=bundled))


def lock(*pins: Pin, **fields: Any) -> Lock:
    return Lock(Scope("", "highest", "if-necessary", ()), (), pins, **fields)


def entry(package: str, release: str, host: str = HOST, /, **more: Any) -> dict[str, Any]:
    """An entry of `packages`, as npm writes it; None takes a key away."""
    written = {
        "version": release,
        "resolved": f"{host}/{package}/-/{tarball_file_name(package, release)}",
        "integrity": sri(f"{package}@{release}"),
        **more,
    }
    return {key: value for key, value in written.items() if value is not None}


ROOT = {
    "name": "web",
    "version": "1.0.0",
    "workspaces": ["packages/*"],
    "dependencies": {"@acme/ui": "^2.0.0", "cjs": "npm:string-width@^4", "packed": f"{HOST}/files/packed-1.0.0.tgz"},
    "devDependencies": {"ansi": "^6", "tool": "git+ssh://git@code.example/tool.git#v1", "local": "file:../local.tgz"},
}
ENTRIES: dict[str, dict[str, Any]] = {
    "": ROOT,
    "node_modules/@acme/ui": entry("@acme/ui", "2.1.0", dependencies={"ansi": "^5"}, bundleDependencies=["inner"]),
    "node_modules/@acme/ui/node_modules/ansi": entry("ansi", "5.0.1"),
    "node_modules/@acme/ui/node_modules/inner": {"version": "9.9.9", "inBundle": True},
    "node_modules/ansi": entry("ansi", "6.0.0", dev=True),
    "node_modules/cjs": entry("string-width", "4.2.3", name="string-width", dependencies={"ansi": "^6", "gone": "1"}),
    "node_modules/local": {"version": "1.0.0", "resolved": "file:../local.tgz", "integrity": sri("local")},
    "node_modules/packed": {"version": "1.0.0", "resolved": f"{HOST}/files/packed-1.0.0.tgz", "integrity": sri("p")},
    "node_modules/tool": {"version": "1.0.0", "resolved": "git+ssh://git@code.example/tool.git#0123abcd"},
    "node_modules/web-app": {"resolved": "packages/app", "link": True},
    "packages/app": {"name": "web-app", "version": "0.0.0", "dependencies": {"ansi": "^5 || ^6"}},
}


def package_lock(
    changes: Mapping[str, Any] | None = None, version: Any = 3, entries: Mapping[str, Any] = ENTRIES
) -> str:
    """The text of a `package-lock.json` with some entries replaced; None takes one away."""
    packages = {key: value for key, value in {**entries, **(changes or {})}.items() if value is not None}
    document = {"name": "web", "version": "1.0.0", "lockfileVersion": version, "requires": True, "packages": packages}
    return json.dumps(document, indent=2) + "\n"


OURS = lock(
    pin("@acme/ui", "2.1.0", bundled=("inner",)),
    pin("ansi", "5.0.1"),
    pin("ansi", "6.0.0"),
    pin("string-width", "4.2.3"),
)

PNPM_9 = f"""\
lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:

  .:
    dependencies:
      '@acme/ui':
        specifier: ^2.0.0
        version: 2.1.0(ansi@6.0.0)
      cjs:
        specifier: npm:string-width@^4
        version: string-width@4.2.3
    devDependencies:
      ansi:
        specifier: ^6
        version: 6.0.0
      tool:
        specifier: git+ssh://git@code.example/tool.git#v1
        version: git+https://code.example/tool.git#0123abcd

  packages/app:
    dependencies:
      shared:
        specifier: workspace:*
        version: link:../shared

packages:

  '@acme/ui@2.1.0':
    resolution: {{integrity: {sri("@acme/ui@2.1.0")}, tarball: {HOST}/@acme/ui/-/ui-2.1.0.tgz}}
    engines: {{node: '>=18'}}

  ansi@5.0.1:
    resolution: {{integrity: {sri("ansi@5.0.1")}}}

  ansi@6.0.0:
    resolution: {{integrity: {sri("ansi@6.0.0")}}}
    hasBin: true

  local@file:../local:
    resolution: {{directory: ../local, type: directory}}

  packed@{HOST}/files/packed-1.0.0.tgz:
    resolution: {{tarball: {HOST}/files/packed-1.0.0.tgz}}
    version: 1.0.0

  string-width@4.2.3:
    resolution: {{integrity: {sri("string-width@4.2.3")}}}

  tool@git+https://code.example/tool.git#0123abcd:
    resolution: {{commit: 0123abcd, repo: https://code.example/tool.git, type: git}}
    version: 1.0.0

snapshots:

  '@acme/ui@2.1.0(ansi@6.0.0)':
    dependencies:
      ansi: 5.0.1

  '@acme/ui@2.1.0(ansi@5.0.1)(patch_hash=abc)':
    dependencies:
      ansi: 6.0.0

  ansi@5.0.1: {{}}

  ansi@6.0.0: {{}}

  string-width@4.2.3:
    optionalDependencies:
      strip: ansi@6.0.0

  tool@git+https://code.example/tool.git#0123abcd: {{}}
"""

PNPM_6 = f"""\
lockfileVersion: '6.0'

dependencies:
  '@acme/ui':
    specifier: ^2.0.0
    version: 2.1.0(ansi@6.0.0)
  cjs:
    specifier: npm:string-width@^4
    version: /string-width@4.2.3

devDependencies:
  ansi:
    specifier: ^6
    version: 6.0.0

packages:

  /@acme/ui@2.1.0(ansi@6.0.0):
    resolution: {{integrity: {sri("@acme/ui@2.1.0")}}}
    dependencies:
      ansi: 5.0.1
    dev: false

  /ansi@5.0.1:
    resolution: {{integrity: {sri("ansi@5.0.1")}}}
    dev: false

  /ansi@6.0.0:
    resolution: {{integrity: {sri("ansi@6.0.0")}}}

  /string-width@4.2.3:
    resolution: {{integrity: {sri("string-width@4.2.3")}}}
    dependencies:
      strip: /ansi@6.0.0

  code.example/tool/0123abcd:
    resolution: {{tarball: https://code.example/tool/tar.gz/0123abcd}}
    name: tool
    version: 1.0.0

  file:../local:
    resolution: {{directory: ../local, type: directory}}
    name: local
"""
