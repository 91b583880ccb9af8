"""`pnpm-lock.yaml`, lockfileVersion 6 and 9 (pnpm's documentation, "Reading pnpm-lock.yaml").

    9:  packages:  'next@16.4.6': {resolution: ...}        snapshots: 'next@16.4.6(react@19.3.1)': {dependencies: ...}
    6:  packages:  '/next@16.4.6(react@19.3.1)': {resolution: ..., dependencies: ...}

What stands in parentheses are the peers of one placement: the release is the same. A file may have two documents; the
project's is the last, and the one before it pins pnpm itself. Entries that are no release of a registry (git, tarballs
by URL, folders) are named in `skipped`.
"""

from collections.abc import Iterator

from holdfast.imports.entries import each_once
from holdfast.imports.npm_reading import integrity, location, npm_name, npm_version
from holdfast.imports.npm_yaml import Table, load_yaml
from holdfast.imports.port import ForeignEdge, ForeignLock, ForeignPin, Skipped
from holdfast.imports.reading import Node, describe
from holdfast_resolver.errors import InvalidVersion
from holdfast_resolver.values.npm_names import tarball_file_name
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.versions.semver_keys import parse_version, spelled

_TABLES = ("dependencies", "optionalDependencies", "devDependencies")
_HINT = "pnpm install --lockfile-only"
# What an entry is whose key or whose `resolution.type` names no version.
_KINDS = {
    "http": "url",
    "https": "url",
    "file": "file",
    "link": "link",
    "workspace": "link",
    "directory": "folder",
    "git": "git",
    "git+https": "git",
    "git+http": "git",
    "git+ssh": "git",
    "git+file": "git",
    "ssh": "git",
    "runtime": "runtime",
    "binary": "runtime",
    "variations": "runtime",
}


class _Row(NamedTuple):
    """An entry, and what its key says: `key` without peers, and without the slash of version 6."""

    key: str
    name: str  # "" where the key has none
    rest: str  # a version, or what stands for one: a URL, file:../x
    node: Node


def read_pnpm_lock(path: str, text: str) -> ForeignLock:
    """Read a `pnpm-lock.yaml`; raise `ForeignFileError`, and nothing else."""
    documents = load_yaml(path, text)
    document = Node(path, documents[-1] if documents else "")
    version = document.need("lockfileVersion")
    major = version.text().partition(".")[0]
    if major not in ("6", "9"):
        version.fail("lockfileVersion 6.0 or 9.0", hint=_HINT)
    rows = list(_rows(path, document, "packages"))
    edges: dict[str, set[ForeignEdge]] = {row.key: set() for row in rows}
    for row in _rows(path, document, "snapshots") if major == "9" else rows:
        if row.key not in edges:
            row.node.fail("a snapshot of one of packages", found=describe(row.key), hint=_HINT)
        edges[row.key].update(_edges(row.node))
    pins: list[ForeignPin] = []
    skipped: list[Skipped] = []
    for row in rows:
        kind = _kind(row)
        if kind == "release":
            pins.append(_pin(row, tuple(sorted(edges[row.key]))))
        else:
            skipped.append(Skipped(_name(row), kind, row.node.line))
    return ForeignLock("pnpm", path, each_once(pins), skipped=tuple(skipped), importers=tuple(_importers(document)))


def _rows(path: str, document: Node, table: str) -> Iterator[_Row]:
    """The entries of `packages` or `snapshots`, in the order of the file."""
    found = document.get(table)
    if found is None:
        return
    for written, node in found.items():
        lines = found.value.lines if isinstance(found.value, Table) else {}
        entry = Node(path, node.value, node.where, lines.get(written, 0))
        if not written.isprintable() or not written:
            entry.fail("text without control characters", found=describe(written))
        key = written.partition("(")[0].removeprefix("/")
        at = key.find("@", 1)
        # A path or a URL without a name before it, as version 6 has them.
        named = at > 0 and ":" not in key[:at] and (written[0] == "/" or key[:at].count("/") == (key[0] == "@"))
        yield _Row(key, key[:at] if named else "", key[at + 1 :] if named else key, entry)


def _kind(row: _Row) -> str:
    """What an entry is: "release", or a word for `Skipped`."""
    resolution = row.node.need("resolution")
    said = resolution.get("type")
    if said is not None:
        return _KINDS.get(said.text()) or said.fail("a type of resolution that pnpm has")
    if row.name and _normal(row.rest):
        return "release"
    kind = _KINDS.get(row.rest.partition(":")[0]) if ":" in row.rest else "url" if resolution.has("tarball") else ""
    return kind or row.node.fail("NAME@VERSION as a key", found=describe(row.key), hint=_HINT)


def _name(row: _Row) -> str:
    said = row.node.get("name")
    if said is not None:
        return npm_name(said)
    return npm_name(row.node.narrowed(row.name)) if row.name else row.key


def _pin(row: _Row, edges: tuple[ForeignEdge, ...]) -> ForeignPin:
    name = npm_name(row.node.narrowed(row.name))
    version = npm_version(row.node.narrowed(row.rest))
    resolution = row.node.need("resolution")
    hashed, tarball = resolution.get("integrity"), resolution.get("tarball")
    return ForeignPin(
        name,
        version,
        ((tarball_file_name(name, version), integrity(hashed) if hashed else ""),),
        line=row.node.line,
        edges=edges,
        location=location(tarball) if tarball else "",
        entry=row.key,
    )


def _edges(holder: Node) -> Iterator[ForeignEdge]:
    """What the names that an entry asks for came to: in `packages` a text, in `importers` a table with `version`."""
    for table in _TABLES:
        asked = holder.get(table)
        if asked is None:
            continue
        lines = asked.value.lines if isinstance(asked.value, Table) else {}
        for name, node in asked.items():
            chosen = node.need("version") if isinstance(node.value, dict) else node
            key = chosen.text().partition("(")[0].removeprefix("/")
            version = _normal(key) or _normal(key[key.find("@", 1) + 1 :])
            if version:
                yield ForeignEdge(
                    npm_name(node.narrowed(name)), version, entry=_key_of(name, key), line=lines.get(name, 0)
                )


def _importers(document: Node) -> Iterator[tuple[str, tuple[ForeignEdge, ...]]]:
    """The wishes of each folder; version 6 writes those of a project without workspaces at the top."""
    importers = document.get("importers")
    if importers is None:
        yield "", tuple(sorted(_edges(document)))
        return
    for folder, node in importers.items():
        yield "" if folder == "." else folder, tuple(sorted(_edges(node)))


def _key_of(name: str, chosen: str) -> str:
    """The key of the entry that an edge leads to: of an alias the edge has all of it, else the version alone."""
    key = chosen if "@" in chosen[1:] else f"{name}@{chosen}"
    return key if key.isprintable() else ""


def _normal(text: str) -> str:
    """A version in its normal form, "" for what is none."""
    try:
        return spelled(parse_version(text, loose=True))
    except InvalidVersion:
        return ""
