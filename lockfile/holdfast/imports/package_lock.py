"""`package-lock.json` and `npm-shrinkwrap.json`, lockfileVersion 2 and 3 (npm's documentation, "package-lock.json").

Every entry of `packages` is looked at: releases of a registry become pins, one for each way in which a release stands
in the file; what is none (links, workspaces, git, files, tarballs that a manifest asks for by URL, and what comes with
another package's tarball) is named in `skipped`. The `dependencies` of version 2 repeat it for older clients, and are
not read.
"""

import re
from collections.abc import Iterator

from holdfast.imports.entries import each_once
from holdfast.imports.npm_places import found_from, name_at
from holdfast.imports.npm_reading import integrity, load_json, location, npm_name, npm_version
from holdfast.imports.port import ForeignEdge, ForeignLock, ForeignPin, Skipped
from holdfast.imports.reading import Node, describe
from holdfast_resolver.values.npm_names import tarball_file_name

_ENTRY = re.compile(r'^[ \t]*"([^"\\\n]{1,2000})"[ \t]*:[ \t]*\{', re.MULTILINE)
_LONGEST_PATH = 4096  # characters
_TABLES = ("dependencies", "optionalDependencies", "peerDependencies", "devDependencies")


def read_package_lock(path: str, text: str) -> ForeignLock:
    """Read a `package-lock.json`; raise `ForeignFileError`, and nothing else."""
    document = load_json(path, text)
    version = document.need("lockfileVersion")
    if version.value not in (2, 3) or isinstance(version.value, bool):
        version.fail("lockfileVersion 2 or 3", hint="npm install --package-lock-only --lockfile-version 3")
    entries = _entries(path, document.need("packages"), _lines(text))
    by_url = _asked_by_url(entries)
    by_manifest = set(_asked_by_manifests(entries))
    pins: list[ForeignPin] = []
    skipped: list[Skipped] = []
    for key, entry in entries.items():
        kind = _kind(key, entry, by_url)
        if kind == "release":
            pins.append(_pin(key, entry, entries, by_url))
        elif kind:
            target = _target(entry) if kind == "link" else ""
            skipped.append(Skipped(_name(key, entry), kind, entry.line, key, target, key in by_manifest))
    importers = tuple(
        (key, tuple(_edges(key, entry, entries, by_url))) for key, entry in entries.items() if _is_importer(key, entry)
    )
    return ForeignLock("npm", path, each_once(pins), skipped=tuple(skipped), importers=importers)


def _lines(text: str) -> dict[str, int]:
    """Where each key begins an object for the first time: keys of `packages` are paths, and no other keys are."""
    lines: dict[str, int] = {}
    line, at = 1, 0
    for match in _ENTRY.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        lines.setdefault(match[1], line)
    return lines


def _entries(path: str, packages: Node, lines: dict[str, int]) -> dict[str, Node]:
    """The entries by their keys, which are paths below the project."""
    entries = {}
    for key, node in packages.items():
        entry = Node(path, node.value, node.where, lines.get(key, 0))
        if not _is_path(key):
            entry.fail("a path that begins at the project", found=describe(key))
        entry.has("version")  # an object
        entries[key] = entry
    return entries


def _is_path(key: str) -> bool:
    """Whether a key is a path of plain steps. A folder that the project links to may stand outside: "../shared"."""
    if not key:
        return True
    parts = key.split("/")
    while len(parts) > 1 and parts[0] == "..":
        del parts[0]
    plain = not {"", ".", ".."}.intersection(parts) or parts == [".."]
    return plain and key.isprintable() and len(key) <= _LONGEST_PATH and "\\" not in key and ":" not in parts[0]


def _kind(key: str, entry: Node, by_url: set[str]) -> str:
    """What an entry is: "release", a word for `Skipped`, or "" for the project itself."""
    if not key:
        return ""
    link = entry.get("link")
    if link is not None and link.value is not False:
        return "link"
    if not name_at(key):
        return "folder"
    bundled = entry.get("inBundle")
    if bundled is not None and bundled.value is not False:
        return "bundled"
    resolved = entry.get("resolved")
    if resolved is None or resolved.value is False:
        return "release"
    scheme = resolved.text().partition(":")[0].lower()
    if scheme in ("http", "https"):
        return "url" if key in by_url else "release"
    return "git" if scheme.startswith("git") or scheme == "ssh" else "file"


def _target(entry: Node) -> str:
    resolved = entry.get("resolved")
    return resolved.text() if resolved is not None else ""


def _is_importer(key: str, entry: Node) -> bool:
    """The project, a workspace, a linked folder: what has wishes and is no package."""
    return not name_at(key) and not entry.has("link")


def _name(key: str, entry: Node) -> str:
    """The package's own name: of an alias, and of a folder, it is said."""
    said = entry.get("name")
    if said is not None:
        return npm_name(said)
    installed = name_at(key)
    return npm_name(entry.narrowed(installed)) if installed else key


def _pin(key: str, entry: Node, entries: dict[str, Node], by_url: set[str]) -> ForeignPin:
    name = _name(key, entry)
    version = npm_version(entry.need("version"))
    hashed = entry.get("integrity")
    resolved = entry.get("resolved")
    return ForeignPin(
        name,
        version,
        ((tarball_file_name(name, version), integrity(hashed) if hashed else ""),),
        line=entry.line,
        edges=tuple(_edges(key, entry, entries, by_url)),
        location=location(resolved) if resolved and resolved.value is not False else "",
        entry=key,
    )


def _edges(key: str, entry: Node, entries: dict[str, Node], by_url: set[str]) -> Iterator[ForeignEdge]:
    """What stands where the entry looks for each name that it asks for; nothing of what is no release."""
    for name in sorted(_asked(entry)):
        target = found_from(key, name, entries)
        if target and _kind(target, entries[target], by_url) == "release":
            yield ForeignEdge(
                name, npm_version(entries[target].need("version")), entry=target, line=entries[target].line
            )


def _asked(entry: Node) -> dict[str, Node]:
    """The names that an entry asks for, with their specs."""
    asked: dict[str, Node] = {}
    for table in _TABLES:
        node = entry.get(table)
        if node is not None:
            asked.update(node.items())
    return asked


def _asked_by_manifests(entries: dict[str, Node]) -> Iterator[str]:
    """The keys of what the project or a workspace itself asks for by git, file or URL: npm holds those to be theirs."""
    for key, entry in entries.items():
        for name, spec in _asked(entry).items() if _is_importer(key, entry) else ():
            if isinstance(spec.value, str) and ("/" in spec.value or ":" in spec.value) and spec.value[:4] != "npm:":
                yield found_from(key, name, entries)


def _asked_by_url(entries: dict[str, Node]) -> set[str]:
    """The keys of what some manifest in the file asks for by the very URL that the entry has: `"x": "https://..."`."""
    keys = set()
    for key, entry in entries.items():
        for name, spec in _asked(entry).items():
            if not isinstance(spec.value, str) or not spec.value.startswith(("https://", "http://")):
                continue
            target = found_from(key, name, entries)
            resolved = entries[target].get("resolved") if target else None
            if resolved is not None and resolved.value == spec.value:
                keys.add(target)
    return keys
