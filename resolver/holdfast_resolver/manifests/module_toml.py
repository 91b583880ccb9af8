"""`module.toml`: what a signed module says of itself.

    name = "@acme/guards"
    version = "2.1.0"
    description = "..."                     # one line
    license = "Apache-2.0"                  # an SPDX expression
    [dependencies]
    "@acme/base" = "^1.2"                   # an npm range
    [[exports]]
    name = "strict"
    path = "guards/strict.md"               # a file or a folder of the module
    kind = "guard"                          # a free word
    privileged = true                       # it can raise trust; default false
    [permissions]                           # arrays; see `module_permissions`
    network = ["api.acme.example"]

Rule 1: every fault names its line. Rule 2: a key that is not listed above is refused, so that a misspelt `privileged`
is never overlooked. Must never read a file or reach the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unicodedata import category, normalize

from holdfast_resolver.errors import InvalidInput, ManifestError
from holdfast_resolver.manifests.module_permissions import KINDS, fault_of_permission
from holdfast_resolver.manifests.toml import KeyPath, TomlDocument, key_path, parse_toml, type_name
from holdfast_resolver.values.modules import MANIFEST, Export, ModuleManifest, parse_module_name
from holdfast_resolver.versions.semver import SEMVER

LONGEST_DESCRIPTION = 1000  # characters
LONGEST_WORD = 64  # characters of an export's name or kind

_KEYS = ("name", "version", "description", "license", "dependencies", "exports", "permissions")
_EXPORT_KEYS = ("name", "path", "kind", "privileged")
_WORD = "a word of letters, digits, '-', '_' and '.'"
_INSIDE = 'a path inside the module, with "/" between its parts'


def read_module_manifest(text: bytes, path: str = MANIFEST) -> ModuleManifest:
    """Read a `module.toml`; `path` is its name in errors. Raises `ManifestError`."""
    return _Reader(parse_toml(text, path)).manifest()


def check_exports(text: bytes, manifest: ModuleManifest, paths: Iterable[str], path: str = MANIFEST) -> None:
    """Raise `ManifestError` unless each export is one of the module's files, or a folder of some.

    `text` is what `manifest` was read from, `paths` are the paths of the files.
    """
    files = set(paths)
    folders = {file[:at] for file in files for at in range(len(file)) if file[at] == "/"}
    for index, export in enumerate(manifest.exports):
        if export.path not in files and export.path not in folders:
            keys: KeyPath = ("exports", index, "path")
            line, column = parse_toml(text, path).place(*keys)
            expected = f"{key_path(keys)}: a file or a folder of the module"
            raise ManifestError(path, expected, f"{export.path}, which is not there", line, column)


class _Reader:
    __slots__ = ("document",)

    def __init__(self, document: TomlDocument) -> None:
        self.document = document

    def manifest(self) -> ModuleManifest:
        data = self.document.data
        self._known(data, _KEYS, ())
        name = self._name(data)
        return ModuleManifest(
            name,
            self._version(data),
            self._description(data),
            self._license(data),
            self._dependencies(data, name),
            self._exports(data),
            self._permissions(data),
        )

    def _refuse(self, keys: KeyPath, expected: str, found: str = "", hint: str = "") -> ManifestError:
        line, column = self.document.place(*keys)
        spelled = f"{key_path(keys)}: " if keys else ""
        return ManifestError(self.document.path, spelled + expected, found, line, column, hint)

    def _known(self, table: dict[str, Any], known: tuple[str, ...], keys: KeyPath) -> None:
        for key in table:
            if key not in known:
                raise self._refuse((*keys, key), f"one of the keys {', '.join(known)}", key)

    def _text(self, table: dict[str, Any], *keys: str | int, required: bool = False) -> str:
        value = table.get(str(keys[-1]))
        if value is None:
            if required:
                raise self._refuse(keys, "a string", "nothing")
            return ""
        return self._string(value, keys)

    def _string(self, value: object, keys: KeyPath) -> str:
        if not isinstance(value, str):
            raise self._refuse(keys, "a string", type_name(value))
        hidden = next((one for one in value if category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")), "")
        if hidden:
            raise self._refuse(keys, "text without control or invisible characters", f"U+{ord(hidden):04X}")
        return value

    def _table(self, data: dict[str, Any], key: str) -> dict[str, Any]:
        value = data.get(key, {})
        if not isinstance(value, dict):
            raise self._refuse((key,), "a table", type_name(value))
        return value

    def _name(self, data: dict[str, Any]) -> str:
        return self._module_name(self._text(data, "name", required=True), ("name",))

    def _module_name(self, text: str, keys: KeyPath) -> str:
        try:
            return parse_module_name(text)
        except InvalidInput as error:
            raise self._refuse(keys, error.expected, text) from None

    def _version(self, data: dict[str, Any]) -> str:
        text = self._text(data, "version", required=True)
        expected = "a version as Semantic Versioning 2.0.0 spells it, such as 1.2.3"
        try:
            normal = SEMVER.normalize(text)
        except InvalidInput:
            raise self._refuse(("version",), expected, text) from None
        if normal != text:
            raise self._refuse(("version",), expected, text, hint=f'write version = "{normal}"')
        return text

    def _description(self, data: dict[str, Any]) -> str:
        text = self._text(data, "description")
        if len(text) > LONGEST_DESCRIPTION:
            raise self._refuse(("description",), f"at most {LONGEST_DESCRIPTION} characters", f"{len(text)}")
        return text

    def _license(self, data: dict[str, Any]) -> str:
        text = self._text(data, "license")
        if "license" not in data:
            return ""
        # start-up: most readers of a manifest want its name, and this costs more than all the rest
        from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

        try:
            return canonicalize_license_expression(text)
        except InvalidLicenseExpression:
            raise self._refuse(
                ("license",),
                "an SPDX license expression",
                text or "an empty text",
                hint='write an identifier such as "Apache-2.0", or "LicenseRef-Proprietary"',
            ) from None

    def _dependencies(self, data: dict[str, Any], own: str) -> tuple[tuple[str, str], ...]:
        read: list[tuple[str, str]] = []
        for name, value in self._table(data, "dependencies").items():
            keys: KeyPath = ("dependencies", name)
            self._module_name(name, keys)
            if name == own:
                raise self._refuse(keys, "another module than this one", name)
            text = self._string(value, keys)
            try:
                read.append((name, SEMVER.canonical_range(text)))
            except InvalidInput as error:
                raise self._refuse(keys, error.expected or "an npm range such as ^1.2", text) from None
        return tuple(sorted(read))

    def _exports(self, data: dict[str, Any]) -> tuple[Export, ...]:
        value = data.get("exports", [])
        if not isinstance(value, list):
            raise self._refuse(("exports",), "an array of tables: [[exports]]", type_name(value))
        exports: list[Export] = []
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                raise self._refuse(("exports", index), "a table: [[exports]]", type_name(item))
            export = self._export(item, ("exports", index))
            if any(export.name == other.name for other in exports):
                raise self._refuse(("exports", index, "name"), "each export once", f"a second {export.name}")
            exports.append(export)
        return tuple(exports)

    def _export(self, table: dict[str, Any], keys: KeyPath) -> Export:
        self._known(table, _EXPORT_KEYS, keys)
        name = self._text(table, *keys, "name", required=True)
        path = self._text(table, *keys, "path", required=True)
        kind = self._text(table, *keys, "kind")
        privileged = table.get("privileged", False)
        if not is_word(name):
            raise self._refuse((*keys, "name"), _WORD, name or "an empty text")
        if not is_inside(path):
            raise self._refuse((*keys, "path"), _INSIDE, path or "an empty text")
        if "kind" in table and not is_word(kind):
            raise self._refuse((*keys, "kind"), _WORD, kind or "an empty text")
        if not isinstance(privileged, bool):
            raise self._refuse((*keys, "privileged"), "a boolean", type_name(privileged))
        return Export(name, path, kind, privileged)

    def _permissions(self, data: dict[str, Any]) -> tuple[str, ...]:
        table = self._table(data, "permissions")
        self._known(table, tuple(KINDS), ("permissions",))
        read: set[str] = set()
        for key, values in table.items():
            if not isinstance(values, list):
                raise self._refuse(("permissions", key), "an array of strings", type_name(values))
            for index, value in enumerate(values):
                keys: KeyPath = ("permissions", key, index)
                text = self._string(value, keys)
                expected = fault_of_permission(KINDS[key], text)
                if expected:
                    raise self._refuse(keys, expected, text or "an empty text")
                permission = f"{KINDS[key]}:{text}"
                if permission in read:
                    raise self._refuse(keys, "each permission once", f"{text} again")
                read.add(permission)
        return tuple(sorted(read))


def is_word(text: str) -> bool:
    """Whether `text` may name an export or its kind: letters, digits, "-", "_", "."; not at its ends the latter."""
    plain = text.isascii() and text.replace("-", "a").replace("_", "a").replace(".", "a").isalnum()
    return plain and len(text) <= LONGEST_WORD and text[0].isalnum() and text[-1].isalnum()


def is_inside(path: str) -> bool:
    """Whether `path` leads to something inside the module, spelled the one way there is: "guards/strict.md"."""
    parts = path.split("/")
    return (
        not any(part in ("", ".", "..") for part in parts)
        and "\\" not in path
        and ":" not in path
        and normalize("NFC", path) == path
    )
