"""Edits of `[modules]` in `holdfast.toml` or `[tool.holdfast]`: modules wanted and no longer wanted.

Knows the forms of an entry, a range or a table that has one. Whatever was written is read again and compared.
Must never read or write a file.
"""

from typing import Any

from holdfast.configuration.arrays import quoted
from holdfast.configuration.edit_tables import edited, remove_key, set_key
from holdfast.configuration.modules import EXPECTED_NAME
from holdfast.configuration.places import value_at
from holdfast.errors import UsageError
from holdfast_resolver.errors import InvalidRange, ManifestError
from holdfast_resolver.manifests.toml import KeyPath, TomlDocument, key_path, parse_toml
from holdfast_resolver.values.modules import is_module_name

_PATH = "holdfast.toml"
_HINT = "edit [modules] by hand, then run `holdfast lock`"


def add_module(text: str, name: str, version_range: str, path: str = _PATH) -> str:
    """Return `text` that wants the module `name` in `version_range`, as npm writes ranges. `path` is that of the file.

    The range of a module that is wanted already is replaced where it stands. Raises `UsageError` for what is no name
    or no range, `ManifestError`.
    """
    from holdfast_resolver.versions.semver import SEMVER  # start-up: only where there are modules

    _check_name(name)
    try:
        SEMVER.canonical_range(version_range)
    except InvalidRange:
        raise UsageError("a version range as npm writes it", version_range, f"holdfast add '{name}@^1.2'") from None
    document = parse_toml(text.encode(), path)
    table = _table(path)
    old = _wanted(document).get(name)
    if isinstance(old, dict):
        # { version = "^1" } stays a table
        table, key = (*table, name), "version"
        old = old.get(key)
    else:
        key = name
    if old == version_range:
        return text
    span = document.spans().get((*table, key))
    mark = document.text[span.start] if span is not None else '"'

    def change(data: dict[str, Any]) -> None:
        modules = _modules(data, path)
        if key == name:
            modules[name] = version_range
        else:
            modules[name][key] = version_range

    return edited(document, set_key(document, table, key, quoted(version_range, mark)), change, _HINT).text


def remove_module(text: str, name: str, path: str = _PATH) -> str:
    """Return `text` that does not want the module `name`. Raises `UsageError` if it does not now, `ManifestError`."""
    _check_name(name)
    document = parse_toml(text.encode(), path)
    if name not in _wanted(document):
        raise UsageError(f"a module in [modules] of {path}", name)

    def change(data: dict[str, Any]) -> None:
        del _modules(data, path)[name]

    return edited(document, remove_key(document, _table(path), name), change, _HINT).text


def _check_name(name: str) -> None:
    if not is_module_name(name):
        raise UsageError(EXPECTED_NAME, name)


def _table(path: str) -> KeyPath:
    return ("modules",) if path == _PATH else ("tool", "holdfast", "modules")


def _wanted(document: TomlDocument) -> dict[str, Any]:
    table = _table(document.path)
    value = value_at(document, table)
    if value is not None and not isinstance(value, dict):
        raise ManifestError(document.path, f"{key_path(table)}: a table", line=document.line(*table), hint=_HINT)
    return value or {}


def _modules(data: dict[str, Any], path: str) -> dict[str, Any]:
    for key in _table(path):
        data = data.setdefault(str(key), {})
    return data
