"""Folders of modules, and archives made of them, for tests of everything that signs, publishes or installs modules.

folder = write_module(tmp_path / "guards", "@acme/guards", "2.1.0", dependencies={"@acme/base": "^1.2"})
packed = pack(str(folder))
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from holdfast.publish.pack import Packed, pack

# What is hashed in the golden tests: never change it.
GOLDEN_FILES = {
    "README.md": b"# Guards\n",
    "guards/strict.md": b"Refuse.\n",
    "guards/\u00e9t\u00e9.md": "Refuse en \u00e9t\u00e9.\n".encode(),
    "tools/run": b"#!/bin/sh\nexit 0\n",
    "deep/" * 24 + "file-whose-path-needs-a-pax-header.txt": b"",
}
GOLDEN_PROGRAMS = ("tools/run",)


class ExportRow(NamedTuple):
    """One `[[exports]]` table."""

    name: str
    path: str
    kind: str = "guard"
    privileged: bool = False


def manifest_text(
    name: str = "@acme/guards",
    version: str = "1.0.0",
    *,
    dependencies: Mapping[str, str] | None = None,
    exports: Sequence[ExportRow] = (),
    permissions: Mapping[str, Sequence[str]] | None = None,
    description: str = "Guards for tests",
    license_text: str = "Apache-2.0",
) -> str:
    """Return a `module.toml`."""
    lines = [
        f"name = {json.dumps(name)}",
        f"version = {json.dumps(version)}",
        f"description = {json.dumps(description)}",
        f"license = {json.dumps(license_text)}",
    ]
    if dependencies:
        lines += [
            "[dependencies]",
            *[f"{json.dumps(key)} = {json.dumps(value)}" for key, value in dependencies.items()],
        ]
    for export in exports:
        lines += [
            "[[exports]]",
            f"name = {json.dumps(export.name)}",
            f"path = {json.dumps(export.path)}",
            f"kind = {json.dumps(export.kind)}",
            f"privileged = {json.dumps(export.privileged)}",
        ]
    if permissions:
        lines.append("[permissions]")
        lines += [f"{key} = {json.dumps(list(values))}" for key, values in permissions.items()]
    return "\n".join(lines) + "\n"


def write_files(folder: Path, files: Mapping[str, bytes], programs: Sequence[str] = ()) -> Path:
    """Write files into a folder, in the order given; `programs` become executable."""
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        place.chmod(0o755 if path in programs else 0o644)
    return folder


def write_module(
    folder: Path,
    name: str = "@acme/guards",
    version: str = "1.0.0",
    *,
    files: Mapping[str, bytes] | None = None,
    programs: Sequence[str] = (),
    dependencies: Mapping[str, str] | None = None,
    exports: Sequence[ExportRow] = (),
    permissions: Mapping[str, Sequence[str]] | None = None,
    privileged: bool = False,
) -> Path:
    """Write a module; without `files` it has a README of its own name and version, and `guards/strict.md`.

    `privileged` exports `guards/strict.md` as privileged.
    """
    if files is None:
        files = {"README.md": f"# {name} {version}\n".encode(), "guards/strict.md": b"Refuse.\n"}
    if privileged:
        exports = [*exports, ExportRow("strict", "guards/strict.md", privileged=True)]
    text = manifest_text(name, version, dependencies=dependencies, exports=exports, permissions=permissions)
    folder.mkdir(parents=True, exist_ok=True)
    return write_files(folder, {"module.toml": text.encode(), **files}, programs)


def packed_module(
    folder: Path, name: str = "@acme/guards", version: str = "1.0.0", *, privileged: bool = False
) -> Packed:
    """Write a module to `folder` and pack it."""
    return pack(str(write_module(folder, name, version, privileged=privileged)))
