"""Workspaces: which folders of a project are its members, and their manifests.

    packages/*     apps/**     libs/{a,b}     !packages/old

Knows npm's reading of `workspaces` (patterns of folders; an odd number of "!" takes away; a later pattern that names
what was taken away brings it back; `node_modules` and hidden folders never match a wildcard). Touches no disk: folders
are listed and files read by functions of the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import translate

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.package_json import read_package_json
from holdfast_resolver.values.npm import NpmManifest
from holdfast_resolver.values.npm_names import fault_of_npm_name

ListFolder = Callable[[str], Iterable[str]]
ReadFile = Callable[[str], bytes | None]

MANIFEST = "package.json"
MOST_FOLDERS = 100_000  # that are listed for one project
MOST_PATTERNS = 1_000  # after `{a,b}` is written out
DEEPEST = 64  # folders in each other
LONGEST_PATTERN = 4_000  # characters
_WILD = frozenset("*?[")
_SKIPPED = "node_modules"


def members(root: NpmManifest, list_folder: ListFolder, read: ReadFile) -> tuple[NpmManifest, ...]:
    """Return the manifests of the workspaces of `root`, sorted by path.

    `list_folder(path)` gives the names of the folders in a folder, "" being the project's own; `read(path)` the bytes
    of a file, None where there is none. Paths are relative to the project, with "/". A member without a name has that
    of its folder. Raises `ManifestError`: of a member's manifest, for a pattern that leaves the project or a name that
    two members have.
    """
    found: dict[str, NpmManifest] = {}
    by_name: dict[str, str] = {}
    for folder in sorted(member_folders(root, list_folder)):
        path = f"{folder}/{MANIFEST}"
        body = read(path)
        if body is None:
            continue
        if not folder.isprintable() or "\\" in folder:
            raise ManifestError(root.path, "workspaces: folders with printable names", folder)
        manifest = read_package_json(body, path, member=True)
        manifest = manifest if manifest.name else manifest._replace(name=_name_of_folder(folder, path))
        other = by_name.setdefault(manifest.name, path)
        if other != path:
            raise ManifestError(path, "name: one that no other workspace has", f"{manifest.name}, as in {other}")
        found[path] = manifest
    return tuple(found.values())


def member_folders(root: NpmManifest, list_folder: ListFolder) -> set[str]:
    """Return the folders that the patterns of `root` name, whether or not they hold a manifest."""
    wanted, unwanted = _sorted_out(root)
    walk = _Walk(root.path, list_folder)
    found = {folder for pattern in wanted for folder in walk.expand(pattern)}
    refused = [_matcher(pattern) for pattern in unwanted]
    return {folder for folder in found if folder and not any(refuse(folder) for refuse in refused)}


def _sorted_out(root: NpmManifest) -> tuple[list[str], list[str]]:
    """The patterns, and those that take away, without their signs; in order, `{a,b}` written out."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for written in root.workspaces:
        bare = written.lstrip("!")
        for pattern in _braces(root.path, bare.replace("\\", "/")):
            clean = _clean(root.path, written, pattern)
            if (len(written) - len(bare)) % 2:
                unwanted.append(clean)
            else:
                unwanted = [other for other in unwanted if not _matcher(other)(clean)]
                wanted.append(clean)
            if len(wanted) + len(unwanted) > MOST_PATTERNS:
                raise ManifestError(root.path, f"workspaces: at most {MOST_PATTERNS} patterns", "more")
    return wanted, unwanted


def _clean(path: str, written: str, pattern: str) -> str:
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    if ".." in parts or pattern[1:2] == ":":
        raise ManifestError(path, "workspaces: patterns of folders below the project", written)
    if any(sign + "(" in pattern for sign in "@!+?*"):
        raise ManifestError(path, "workspaces: patterns of *, **, ?, [...] and {...}", written)
    if len(parts) > DEEPEST or len(pattern) > LONGEST_PATTERN:
        raise ManifestError(path, f"workspaces: patterns of at most {DEEPEST} folders", f"{written[:80]}...")
    return "/".join(parts)


def _braces(path: str, pattern: str) -> list[str]:
    """`a/{b,c}` -> `a/b`, `a/c`; innermost first."""
    done: list[str] = []
    waiting = [pattern]
    while waiting:
        text = waiting.pop()
        end = text.find("}")
        start = text.rfind("{", 0, end) if end >= 0 else -1
        if start < 0 or "," not in text[start:end]:
            done.append(text)
        else:
            waiting += [text[:start] + part + text[end + 1 :] for part in reversed(text[start + 1 : end].split(","))]
        if len(done) + len(waiting) > MOST_PATTERNS:
            raise ManifestError(path, f"workspaces: at most {MOST_PATTERNS} patterns", "more")
    return done


class _Walk:
    """The folders of a project, listed when they are asked for, once."""

    __slots__ = ("_known", "_list", "_path")

    def __init__(self, path: str, list_folder: ListFolder) -> None:
        self._path = path
        self._list = list_folder
        self._known: dict[str, tuple[str, ...]] = {}

    def folders(self, folder: str) -> tuple[str, ...]:
        """The names in a folder, without what no wildcard matches."""
        return tuple([name for name in self._all(folder) if name[:1] != "." and name != _SKIPPED])

    def _all(self, folder: str) -> tuple[str, ...]:
        known = self._known.get(folder)
        if known is None:
            if len(self._known) >= MOST_FOLDERS:
                raise ManifestError(self._path, f"workspaces: at most {MOST_FOLDERS} folders to look into", "more")
            known = self._known[folder] = tuple(sorted(self._list(folder)))
        return known

    def expand(self, pattern: str) -> set[str]:
        """The folders that a pattern names; of one without wildcards also a folder that is not there."""
        now = {""}
        searching = False
        for part in pattern.split("/") if pattern else ():
            searching = searching or not _WILD.isdisjoint(part)
            if part == "**":
                now = {below for folder in now for below in self._below(folder)}
            elif not _WILD.isdisjoint(part):
                fits = _part(part)
                now = {_join(folder, name) for folder in now for name in self.folders(folder) if fits(name)}
            elif part == _SKIPPED:
                return set()
            else:
                now = {_join(folder, part) for folder in now if not searching or part in self._all(folder)}
        return now

    def _below(self, folder: str, depth: int = 0) -> Iterator[str]:
        yield folder
        if depth < DEEPEST:
            for name in self.folders(folder):
                yield from self._below(_join(folder, name), depth + 1)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _part(pattern: str) -> Callable[[str], bool]:
    expression = re.compile(translate(pattern.replace("[^", "[!")))
    return lambda name: expression.match(name) is not None


def _matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a whole path fits a pattern; `a/**` fits `a` too."""
    parts = [None if part == "**" else _part(part) for part in pattern.split("/")]

    def fits(path: str) -> bool:
        places = {0}  # how many parts of the pattern may have been used up
        for name in path.split("/"):
            reached: set[int] = set()
            for place in _skipped(places, parts):
                if place == len(parts):
                    continue
                part = parts[place]
                if part is None:
                    reached.add(place)
                elif part(name):
                    reached.add(place + 1)
            places = reached
        return len(parts) in _skipped(places, parts)

    return fits


def _skipped(places: set[int], parts: list[Callable[[str], bool] | None]) -> set[int]:
    """The places, and those behind a `**` that stands for nothing."""
    found = set(places)
    for place in range(len(parts)):
        if place in found and parts[place] is None:
            found.add(place + 1)
    return found


def _name_of_folder(folder: str, path: str) -> str:
    parent, _, last = folder.rpartition("/")
    scope = parent.rpartition("/")[2]
    name = f"{scope}/{last}" if scope[:1] == "@" else last
    fault = fault_of_npm_name(name)
    if fault:
        raise ManifestError(path, f"name: {fault}", f"no name, in a folder called {last}")
    return name
