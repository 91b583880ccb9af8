"""`pyproject.toml`: what a Python project asks for.

Knows `[project]` (pyproject.toml specification, "dependencies", "optional-dependencies", "requires-python",
"dynamic") and `[dependency-groups]` (PEP 735). `[tool.holdfast]` is the business of holdfast's configuration.
Must never read a file, run a build backend, or reach the network.

Rule 1: every wish names the line on which its string stands, also where a group or an extra includes it.
Rule 2: what only a build backend could tell (`dynamic`) is refused, never guessed.
Rule 3: all extras and groups are read, whether or not somebody includes them.
"""

from __future__ import annotations

from holdfast_resolver.errors import DirectReference, InvalidInput, InvalidRange, ManifestError
from holdfast_resolver.manifests.expansion import Entry, Expansion, Include, Item, SelfReference
from holdfast_resolver.manifests.toml import KeyPath, TomlDocument, key_path, parse_toml, type_name
from holdfast_resolver.values.names import is_valid_name, normalize_name
from holdfast_resolver.values.requirements import parse_requirement
from holdfast_resolver.values.wishes import Manifest, Wish
from holdfast_resolver.versions.pep440_ranges import canonical_range

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from typing import Any

# `dynamic` fields that resolving needs: what to do instead.
_STATIC = {
    "dependencies": "list them in project.dependencies",
    "optional-dependencies": "list them in [project.optional-dependencies]",
    "requires-python": 'write project.requires-python, such as ">=3.11"',
}
_TABLES = "[project] or [dependency-groups]"


def read_pyproject(text: bytes, path: str = "pyproject.toml") -> Manifest:
    """Read a `pyproject.toml`; `path` is its name, relative to the project, in wishes and errors.

    Wishes stand in the order: project, extras and groups as written, each entry where its string stands or is
    included. Raises `ManifestError`.
    """
    return read_pyproject_document(parse_toml(text, path))


def read_pyproject_document(document: TomlDocument) -> Manifest:
    """Read a parsed `pyproject.toml`, as `read_pyproject` does."""
    return _Reader(document).manifest()


def has_tables(data: dict[str, Any]) -> bool:
    """Whether a parsed `pyproject.toml` has a table that holdfast reads."""
    tool = data.get("tool")
    return "project" in data or "dependency-groups" in data or (isinstance(tool, dict) and "holdfast" in tool)


class _Reader:
    __slots__ = ("document", "name", "path")

    def __init__(self, document: TomlDocument) -> None:
        self.document = document
        self.path = document.path
        self.name = ""

    def manifest(self) -> Manifest:
        data = self.document.data
        if not has_tables(data):
            hint = "declare the project's dependencies in [project]" if data else ""
            raise ManifestError(self.path, _TABLES, "neither", hint=hint)
        project = self._table(data, "project")
        self._refuse_dynamic(project)
        self.name = self._project_name(project)
        requires_python = self._requires_python(project)

        own = self._entries(project.get("dependencies", []), "project", "dependencies")
        extras = self._lists(project, "project", "optional-dependencies", name_of="extra")
        groups = self._lists(data, "dependency-groups", name_of="group")
        expansion = Expansion(self.path, self.name, extras, groups)
        wishes = [self._wish(entry, "project", "") for entry in expansion.flat(own)]
        for extra, entries in extras.items():
            wishes += [self._wish(entry, "extra", extra) for entry in expansion.flat(entries, extra=extra)]
        for group in groups:
            wishes += [self._wish(entry, "group", group) for entry in expansion.group(group)]
        return Manifest(self.path, self.name, requires_python, tuple(wishes))

    def _wish(self, entry: Entry, kind: str, group: str) -> Wish:
        return Wish(entry.requirement, kind, group, self.path, entry.line)

    def _refuse(self, keys: KeyPath, expected: str, found: str = "", hint: str = "") -> ManifestError:
        line, column = self.document.place(*keys)
        return ManifestError(self.path, f"{key_path(keys)}: {expected}", found, line, column, hint)

    def _table(self, parent: dict[str, Any], *keys: str) -> dict[str, Any]:
        value = parent.get(keys[-1], {})
        if not isinstance(value, dict):
            raise self._refuse(keys, "a table", type_name(value))
        return value

    def _refuse_dynamic(self, project: dict[str, Any]) -> None:
        dynamic = project.get("dynamic", [])
        if not isinstance(dynamic, list):
            raise self._refuse(("project", "dynamic"), "an array of strings", type_name(dynamic))
        for index, field in enumerate(dynamic):
            if not isinstance(field, str):
                raise self._refuse(("project", "dynamic", index), "a string", type_name(field))
            if field in _STATIC:
                raise self._refuse(
                    ("project", "dynamic", index),
                    f"static {field}",
                    f"dynamic {field}, which only a build would tell",
                    hint=f'remove "{field}" from project.dynamic and {_STATIC[field]}',
                )

    def _project_name(self, project: dict[str, Any]) -> str:
        name = project.get("name", "")
        if not isinstance(name, str):
            raise self._refuse(("project", "name"), "a string", type_name(name))
        if "name" in project and not is_valid_name(name):
            raise self._refuse(("project", "name"), "a project name of letters, digits, '-', '_' and '.'", name)
        return normalize_name(name)

    def _requires_python(self, project: dict[str, Any]) -> str:
        text = project.get("requires-python", "")
        if not isinstance(text, str):
            raise self._refuse(("project", "requires-python"), "a string", type_name(text))
        try:
            return canonical_range(text)
        except InvalidRange as error:
            raise self._refuse(("project", "requires-python"), error.expected, text) from None

    def _lists(self, parent: dict[str, Any], *keys: str, name_of: str) -> dict[str, list[Item]]:
        lists: dict[str, list[Item]] = {}
        for written, values in self._table(parent, *keys).items():
            name = normalize_name(written)
            if not is_valid_name(written):
                raise self._refuse((*keys, written), f"the name of {_a(name_of)}", written)
            if name in lists:
                raise self._refuse((*keys, written), f"each {name_of} once", f"a second {name_of} that reads {name}")
            lists[name] = self._entries(values, *keys, written)
        return lists

    def _entries(self, values: object, *keys: str) -> list[Item]:
        if not isinstance(values, list):
            raise self._refuse(keys, "an array of requirements", type_name(values))
        entries: list[Item] = []
        for index, value in enumerate(values):
            place: KeyPath = (*keys, index)
            if isinstance(value, str):
                entries.append(self._entry(value, place))
            elif keys[0] == "dependency-groups":
                entries.append(self._include(value, place))
            else:
                raise self._refuse(place, "a requirement in a string", type_name(value))
        return entries

    def _include(self, value: object, place: KeyPath) -> Include:
        # PEP 735, "Dependency Group Include": a table with this one key.
        if not isinstance(value, dict) or list(value) != ["include-group"]:
            found = "a table with " + ", ".join(value) if isinstance(value, dict) and value else type_name(value)
            raise self._refuse(place, "a requirement in a string or { include-group = NAME }", found)
        name = value["include-group"]
        if not isinstance(name, str):
            raise self._refuse((*place, "include-group"), "a string", type_name(name))
        return Include(normalize_name(name), self.document.line(*place))

    def _entry(self, text: str, place: KeyPath) -> Entry | SelfReference:
        try:
            requirement = parse_requirement(text)
            if requirement.range:
                canonical_range(requirement.range)
        except DirectReference:
            raise self._refuse(
                place,
                "a requirement with a version range; a direct reference cannot be pinned yet",
                text,
                hint='name a version range instead, such as "name>=1.2", and map its index under [sources]',
            ) from None
        except InvalidInput as error:
            raise self._refuse(place, error.expected, text) from None
        line = self.document.line(*place)
        if self.name and requirement.name == self.name:
            return SelfReference(requirement.extras, requirement.marker, line)
        return Entry(requirement, line)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
