"""What a module is, as text and as JSON. Knows layout; never a disk or a signature.

@acme/guards 2.1.0
Guards for tools

license  Apache-2.0
archive  sha256:63c132...
tree     sha256:000000...

dependencies
  @acme/base  ^1.2

exports
  strict  guards/strict.md  guard  privileged

permissions
  network:api.acme.example

files (2 files, 1200 bytes; x = executable)
  -  612 bytes  guards/strict.md
  -  588 bytes  module.toml
"""

from collections.abc import Sequence

from holdfast.publish.pack import Packed
from holdfast.reports.findings_json import write
from holdfast.reports.plain import plain
from holdfast.reports.port import SCHEMA


def json_text(command: str, facts: dict[str, object]) -> str:
    """Return the JSON document of a command that speaks of one module."""
    return write({"version": SCHEMA, "command": command, "module": facts})


def module_facts(packed: Packed) -> dict[str, object]:
    """Return a module as JSON values; every key is always there. Sizes are in bytes."""
    manifest = packed.manifest
    return {
        "name": manifest.name,
        "version": manifest.version,
        "description": manifest.description,
        "license": manifest.license or None,
        "archive": packed.archive_digest,
        "tree": packed.tree_digest,
        "privileged": manifest.privileged,
        "dependencies": {name: wanted or "*" for name, wanted in manifest.dependencies},
        "exports": [export._asdict() for export in manifest.exports],
        "permissions": list(manifest.permissions),
        "files": [
            {"path": file.path, "executable": file.executable, "size": size, "sha256": file.digest}
            for file, size in zip(packed.files, packed.sizes)
        ],
    }


def module_text(packed: Packed) -> str:
    """Return a module for people, with a final newline."""
    manifest = packed.manifest
    lines = [f"{manifest.name} {manifest.version}", *([manifest.description] if manifest.description else []), ""]
    lines += [
        f"license  {manifest.license or 'none is named'}",
        f"archive  {packed.archive_digest}",
        f"tree     {packed.tree_digest}",
    ]
    lines += _section("dependencies", [(name, wanted or "any version") for name, wanted in manifest.dependencies])
    lines += _section(
        "exports",
        [
            (export.name, export.path, export.kind, "privileged" if export.privileged else "")
            for export in manifest.exports
        ],
    )
    lines += _section("permissions", [(permission,) for permission in manifest.permissions])
    total = f"{len(packed.files)} file{'' if len(packed.files) == 1 else 's'}, {sum(packed.sizes)} bytes"
    lines += _section(
        f"files ({total}; x = executable)",
        [
            ("x" if file.executable else "-", f"{size} bytes", file.path)
            for file, size in zip(packed.files, packed.sizes)
        ],
    )
    return "".join([plain(line) + "\n" for line in lines])


def _section(title: str, rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return a blank line, a title and rows in columns; nothing without rows."""
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows)]
    spelled = ["  " + "  ".join([f"{cell:<{width}}" for cell, width in zip(row, widths)]).rstrip() for row in rows]
    return ["", title, *spelled]
