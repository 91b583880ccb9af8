"""Edits of `[[policy.ignore]]` in `holdfast.toml` or `[tool.holdfast]`: added, given another end, removed.

Whatever was written is read again and compared. Must never read or write a file, or a clock.
"""

from typing import Any

from holdfast.configuration.arrays import quoted
from holdfast.configuration.edit_tables import append_table, edited, remove_key, remove_table, set_key
from holdfast.configuration.edit_trust import base_of
from holdfast.configuration.instants import EXPECTED, parse_second, spelled
from holdfast.configuration.policy_ignores import is_advisory_id
from holdfast.errors import UsageError
from holdfast.model.policy import Ignore
from holdfast_resolver.manifests.toml import KeyPath, TomlDocument, parse_toml

_PATH = "holdfast.toml"
_HINT = "edit [[policy.ignore]] by hand"


def add_ignore(text: str, ignore: Ignore, path: str = _PATH) -> str:
    """Return `text` with an advisory ignored.

    An ignore of the same advisory for the same packages gets the new reason and the new end; otherwise it is a new
    one, behind the others. `ignore.line` does not count. Raises `UsageError` for an id, a reason, an end or packages
    that a configuration may not have; `ManifestError`.
    """
    ignore = _checked(ignore)
    document = parse_toml(text.encode(), path)
    for index, table in enumerate(_array(document.data, path)):
        if _advisory(table) == ignore.advisory.upper() and _packages(table) == set(ignore.packages):
            return _renewed(document, index, ignore).text
    values = _values(ignore)

    def change(data: dict[str, Any]) -> None:
        _array(data, path).append(values)

    pairs = [(key, _literal(value)) for key, value in values.items()]
    return edited(document, append_table(document, _keys(path), pairs), change, _HINT).text


def remove_ignore(text: str, advisory: str, path: str = _PATH) -> str:
    """Return `text` without any ignore of an advisory. Raises `UsageError` where there is none, `ManifestError`."""
    document = parse_toml(text.encode(), path)
    tables = _array(document.data, path)
    chosen = [index for index, table in enumerate(tables) if _advisory(table) == advisory.upper()]
    if not chosen:
        raise UsageError(f"an advisory that [[policy.ignore]] of {path} ignores", advisory, "holdfast audit")
    for index in reversed(chosen):

        def change(data: dict[str, Any], index: int = index) -> None:
            del _array(data, path)[index]

        document = edited(document, remove_table(document, (*_keys(path), index)), change, _HINT)
    return document.text


def _checked(ignore: Ignore) -> Ignore:
    if not is_advisory_id(ignore.advisory):
        raise UsageError("the id of an advisory, such as GHSA-462w-v97r-4m45", ignore.advisory)
    if not ignore.reason.strip() or not ignore.reason.isprintable():
        raise UsageError("a reason, on one line", ignore.reason or "none", 'say why: --reason "..."')
    until = parse_second(ignore.until) if ignore.until else ""
    if until is None:
        raise UsageError(EXPECTED, ignore.until)
    if not until and not ignore.until_fixed:
        raise UsageError("an end: an ignore has one", "none", "add --until DATE, or --ignore-until-fixed")
    return ignore._replace(until=until)


def _values(ignore: Ignore) -> dict[str, Any]:
    packages = list(ignore.packages)
    values: dict[str, Any] = {
        "advisory": ignore.advisory,
        "package": packages[0] if len(packages) == 1 else packages,
        "reason": ignore.reason,
        "until": spelled(ignore.until),
        "until-fixed": ignore.until_fixed,
    }
    return {key: value for key, value in values.items() if value}


def _renewed(document: TomlDocument, index: int, ignore: Ignore) -> TomlDocument:
    values, path = _values(ignore), document.path
    table: KeyPath = (*_keys(path), index)
    for key in ("reason", "until", "until-fixed"):
        present = key in _array(document.data, path)[index]
        if key in values:
            text = set_key(document, table, key, _literal(values[key]))
        elif present:
            text = remove_key(document, table, key)
        else:
            continue

        def change(data: dict[str, Any], key: str = key) -> None:
            row = _array(data, path)[index]
            row.pop(key, None)
            if key in values:
                row[key] = values[key]

        document = edited(document, text, change, _HINT)
    return document


def _keys(path: str) -> KeyPath:
    return (*base_of(path), "policy", "ignore")


def _array(data: dict[str, Any], path: str) -> list[Any]:
    for key in (*base_of(path), "policy"):
        data = data.setdefault(key, {})
    array: list[Any] = data.setdefault("ignore", [])
    return array


def _advisory(table: Any) -> str:
    advisory = table.get("advisory") if isinstance(table, dict) else None
    return advisory.upper() if isinstance(advisory, str) else ""


def _packages(table: dict[str, Any]) -> set[str]:
    value = table.get("package", [])
    return {value} if isinstance(value, str) else set(value)


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else "[" + ", ".join(quoted(str(one)) for one in value) + "]"  # type: ignore[attr-defined] # a list
