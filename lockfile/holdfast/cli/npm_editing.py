"""`add` and `remove` where words mean npm packages: which words do, in which file and table they stand.

    npm:lodash@^4     @babel/core     left-pad     old-name@npm:new-name@^2

Loaded only where there is a package.json.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from holdfast.cli.project import ProjectFolder
from holdfast.configuration.configuration import Configuration, module_source_of
from holdfast.configuration.edit_package_json import add_dependency, remove_dependency, tables_with
from holdfast.errors import UsageError
from holdfast.workflows.edit import FileEdit
from holdfast.workflows.names import near
from holdfast.workflows.port import MANIFEST, NPM_MANIFEST
from holdfast_resolver.errors import InvalidRequirement
from holdfast_resolver.manifests.json_places import parse_json
from holdfast_resolver.manifests.npm_specs import parse_spec, split_name
from holdfast_resolver.values.tuples import NamedTuple

PREFIX = "npm:"
_GROUPS = {
    "": "dependencies",
    "dev": "devDependencies",
    "optional": "optionalDependencies",
    "peer": "peerDependencies",
}
_LOOKED_INTO = ("devDependencies", "optionalDependencies", "dependencies", "peerDependencies")  # as npm does


class NpmWord(NamedTuple):
    """One word, read. `spec` is "" where none is said."""

    name: str
    spec: str = ""


def is_npm(word: str, project: ProjectFolder, configuration: Configuration, *, inside: bool) -> bool:
    """Whether a word means an npm package of this project, which has a package.json; `inside`: said in a workspace."""
    if word.startswith(PREFIX):
        return True
    if word.startswith("@"):
        name = split_name(word)[0]
        if any(wish.requirement.name == name for wish in configuration.modules):
            return False
        return not module_source_of(configuration, name) or _is_known(name, project)
    return inside or project.read(MANIFEST) is None


def read_words(words: Sequence[str]) -> list[NpmWord]:
    """Return words read. Raises `UsageError`."""
    found = []
    for word in words:
        name, spec = split_name(word.removeprefix(PREFIX))
        try:
            parse_spec(name, spec)
        except InvalidRequirement as fault:
            raise UsageError("an npm package such as npm:left-pad@^1.3", word, fault.expected) from None
        found.append(NpmWord(name, spec))
    return found


def in_manifest(name: str, project: ProjectFolder, path: str) -> bool:
    """Whether a package.json asks for a name."""
    return bool(tables_with((project.read(path) or b"{}").decode(), name, path))


def _is_known(name: str, project: ProjectFolder) -> bool:
    """Whether the package.json asks for a name that a source of modules would have too, or the lock has it from npm."""
    if in_manifest(name, project, NPM_MANIFEST):
        return True
    from holdfast.workflows.previous import read_previous  # start-up: rarely asked

    return any(pin.name == name for pin in read_previous(project).npm)


def table_for(group: str, extra: str) -> str:
    """Return the table of a package.json that `--group` names. Raises `UsageError`."""
    if extra or group not in _GROUPS:
        kinds = ", ".join([kind for kind in _GROUPS if kind])
        raise UsageError(f"one of the kinds of npm after --group: {kinds}", f"--extra {extra}" if extra else group)
    return _GROUPS[group]


def manifest_here(project: ProjectFolder, *, named: bool) -> str:
    """Return the package.json to edit: the nearest above the working folder, unless the project was `named`."""
    inside = "." if named else os.path.relpath(os.getcwd(), project.folder).replace(os.sep, "/")
    while inside not in (".", "") and not inside.startswith(".."):
        path = f"{inside}/{NPM_MANIFEST}"
        if project.read(path) is not None:
            return path
        inside = inside.rpartition("/")[0]
    return NPM_MANIFEST


def adding(
    words: Sequence[NpmWord], table: str, path: str, project: ProjectFolder, latest: Callable[[str], str]
) -> FileEdit:
    """Return the edit that adds packages to a table, "" for that in which each stands, else `dependencies`.

    `latest(name)` is asked for what a new one without a spec asks for.
    """
    text = (project.read(path) or b"{}").decode()
    specs = [(word.name, word.spec or _kept(text, word.name, path) or latest(word.name)) for word in words]

    def edit(text: str) -> str:
        for name, spec in specs:
            text = add_dependency(text, name, spec, table or _table_of(text, name, path), path)
        return text

    return FileEdit(path, edit)


def removing(words: Sequence[NpmWord], table: str, path: str) -> FileEdit:
    """Return the edit that removes packages from a table, "" for wherever they stand."""

    def edit(text: str) -> str:
        for word in words:
            found = tables_with(text, word.name, path)
            if not found or (table and table not in found):
                raise _absent(text, word.name, table, path)
            text = remove_dependency(text, word.name, (table,) if table else found, path)
        return text

    return FileEdit(path, edit)


def _table_of(text: str, name: str, path: str) -> str:
    """The table in which npm would give a name its new spec: one that has it, `devDependencies` before the others."""
    found = tables_with(text, name, path)
    return next((table for table in _LOOKED_INTO if table in found), _GROUPS[""])


def _kept(text: str, name: str, path: str) -> str:
    """The spec that a manifest has for a name already."""
    data = parse_json(text.encode(), path).data
    for table in tables_with(text, name, path):
        spec = data[table][name]
        if isinstance(spec, str):
            return spec
    return ""


def _absent(text: str, name: str, table: str, path: str) -> UsageError:
    data = parse_json(text.encode(), path).data
    known = [other for one in _GROUPS.values() for other in data.get(one, {})]
    where = f"{table} of {path}" if table else path
    return UsageError(f"a dependency that {where} names", name, near(name, known))
