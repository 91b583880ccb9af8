"""`package.json`: what an npm project asks for.

Knows the dependency tables, `overrides`, `workspaces` and `engines` of npm's documentation of `package.json`. Must
never read a file or reach the network.

Rule 1: every wish names the line on which its spec stands.
Rule 2: one name is one wish, as in npm's tree: development dependencies stand for dependencies of the same name,
optional ones for plain ones, and all of them for peers.
Rule 3: what a spec means is checked here, whether it can be had is not: git is a good spec.
"""

from __future__ import annotations

from holdfast_resolver.errors import InvalidInput, ManifestError
from holdfast_resolver.manifests.json_places import JsonDocument, KeyPath, key_path, parse_json, type_name
from holdfast_resolver.manifests.npm_overrides import flat_overrides
from holdfast_resolver.manifests.npm_specs import parse_spec
from holdfast_resolver.values.npm import NpmManifest, NpmOverride, NpmWish
from holdfast_resolver.values.npm_names import fault_of_npm_name
from holdfast_resolver.versions.semver import SEMVER

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` costs 4 ms
    from typing import Any

# Table -> kind of its wishes; a later table takes a name from the earlier ones.
TABLES = {
    "peerDependencies": "peer",
    "dependencies": "dependency",
    "optionalDependencies": "optional",
    "devDependencies": "dev",
}


def read_package_json(
    body: bytes, path: str = "package.json", *, member: bool = False, manager: str = ""
) -> NpmManifest:
    """Read a `package.json`; `path` is its name, relative to the project, in wishes and errors.

    Wishes stand by table, in the order of `TABLES`, as written in each. Of a workspace (`member`) npm reads neither
    overrides nor workspaces, and so does this. `manager`: "pnpm" or "yarn" where another file says that it is theirs;
    see `foreign_overrides`. Raises `ManifestError`.
    """
    return _Reader(parse_json(body, path)).manifest(member, manager)


class _Reader:
    __slots__ = ("data", "document", "path")

    def __init__(self, document: JsonDocument) -> None:
        self.document = document
        self.path = document.path
        self.data: dict[str, Any] = document.data
        if not isinstance(document.data, dict):
            raise self.refuse((), "an object", type_name(document.data))

    def manifest(self, member: bool, manager: str) -> NpmManifest:
        wishes = self._wishes()
        return NpmManifest(
            self.path,
            self._name(),
            self._version(),
            wishes,
            () if member else self._overrides(wishes, manager),
            () if member else self._workspaces(),
            self._engines(),
        )

    def refuse(self, keys: KeyPath, expected: str, found: str = "", hint: str = "") -> ManifestError:
        line, column = self.document.place(*keys)
        spelled = f"{key_path(keys)}: " if keys else ""
        return ManifestError(self.path, spelled + expected, found, line, column, hint)

    def _text(self, keys: KeyPath, value: object) -> str:
        if not isinstance(value, str):
            raise self.refuse(keys, "a string", type_name(value))
        return value

    def _table(self, key: str) -> dict[str, Any]:
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            raise self.refuse((key,), "an object", type_name(value))
        return value

    def _name(self) -> str:
        name = self._text(("name",), self.data.get("name", "")).strip()
        fault = fault_of_npm_name(name) if name else ""
        if fault:
            raise self.refuse(("name",), fault, name)
        return name

    def _version(self) -> str:
        version = self._text(("version",), self.data.get("version", ""))
        if not version:
            return ""
        try:
            return SEMVER.normalize(version, loose=True)
        except InvalidInput as error:
            raise self.refuse(("version",), error.expected, version) from None

    def _wishes(self) -> tuple[NpmWish, ...]:
        optional = self._optional_peers()
        found: dict[str, NpmWish] = {}
        for table, kind in TABLES.items():
            for name, value in self._table(table).items():
                keys = (table, name)
                spec = self._text(keys, value)
                try:
                    parse_spec(name, spec)
                except InvalidInput as error:
                    raise self.refuse(keys, error.expected, error.text) from None
                found.pop(name, None)
                said = "peer optional" if kind == "peer" and name in optional else kind
                found[name] = NpmWish(name, spec, said, self.path, self.document.line(*keys))
        return tuple(found.values())

    def _overrides(self, wishes: tuple[NpmWish, ...], manager: str) -> tuple[NpmOverride, ...]:
        direct = {wish.name: wish.spec for wish in wishes}
        if "pnpm" not in self.data and "resolutions" not in self.data:
            return flat_overrides(self.document, direct)
        from holdfast_resolver.manifests.foreign_overrides import project_overrides  # start-up: most state none

        return project_overrides(self.document, direct, manager)

    def _optional_peers(self) -> frozenset[str]:
        meta = self._table("peerDependenciesMeta")
        for name, value in meta.items():
            if not isinstance(value, dict):
                raise self.refuse(("peerDependenciesMeta", name), "an object", type_name(value))
        return frozenset([name for name, value in meta.items() if value.get("optional") is True])

    def _workspaces(self) -> tuple[str, ...]:
        keys: KeyPath = ("workspaces",)
        value = self.data.get("workspaces", [])
        if isinstance(value, dict):
            keys, value = ("workspaces", "packages"), value.get("packages", [])
        if not isinstance(value, list):
            raise self.refuse(keys, "an array of folder patterns", type_name(value))
        return tuple([self._text((*keys, index), item) for index, item in enumerate(value)])

    def _engines(self) -> tuple[tuple[str, str], ...]:
        table = self._table("engines")
        return tuple(sorted([(name, self._text(("engines", name), value)) for name, value in table.items()]))
