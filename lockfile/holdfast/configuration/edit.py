"""Edits of `pyproject.toml` in the file's own style: requirements added and removed, nothing else disturbed.

Knows where requirements stand and when one replaces another. An edit is surgery on the text of one array; a
missing array in a place that has no header of its own is made by `tomlkit`. Whatever was written is read
again and compared before it is returned. Must never read or write a file.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from holdfast.configuration.arrays import (
    array_at,
    common_indent,
    insert_item,
    quoted,
    remove_item,
    replace_item,
)
from holdfast.configuration.places import create_array
from holdfast.errors import UsageError
from holdfast_resolver.errors import InvalidInput, ManifestError
from holdfast_resolver.manifests.toml import KeyPath, TomlDocument, key_path, parse_toml
from holdfast_resolver.values.names import is_valid_name, normalize_name
from holdfast_resolver.values.requirements import Requirement, parse_requirement
from holdfast_resolver.versions.pep440_ranges import canonical_range

_PATH = "pyproject.toml"


def add_requirements(
    text: str, requirements: Sequence[str], *, group: str = "", extra: str = "", path: str = _PATH
) -> str:
    """Return `text` with PEP 508 `requirements` added to `[project]`, to a dependency group or to an extra.

    A requirement of the same name and marker is replaced: extras are united, a range that is not given stays.
    A sorted array stays sorted; otherwise new entries go to its end. Raises `InvalidRequirement`
    and the errors beside it, `ManifestError`, and `UsageError`.
    """
    parsed = [(written.strip(), parse_requirement(written)) for written in requirements]
    for _, requirement in parsed:
        canonical_range(requirement.range)
    document = parse_toml(text.encode(), path)
    keys = _find(document, group, extra)
    if keys is None:
        keys = _missing(document, group, extra)
        document = _document(create_array(document, keys), path)
    original = document
    expected = list(_items(original, keys))
    for written, requirement in parsed:
        document = _document(_added(document, keys, written, requirement, expected), path)
    _check(original, document, keys, expected)
    return document.text


def remove_requirements(text: str, names: Sequence[str], *, group: str = "", extra: str = "", path: str = _PATH) -> str:
    """Return `text` without the requirements called `names`, whatever their range or marker.

    Raises `UsageError` for a name that is not there (the hint says where it is), and `ManifestError`.
    """
    original = document = parse_toml(text.encode(), path)
    keys = _find(document, group, extra)
    expected = [] if keys is None else list(_items(document, keys))
    for name in names:
        found = [index for index, item in enumerate(expected) if _name(item) == normalize_name(name)]
        if keys is None or not found:
            raise UsageError(
                f"a requirement in {_spoken(group, extra)} of {path}",
                name,
                _elsewhere(original, normalize_name(name)),
            )
        for index in reversed(found):
            document = _document(remove_item(array_at(document, keys, len(expected)), index), path)
            del expected[index]
    if keys is not None:
        _check(original, document, keys, expected)
    return document.text


def _document(text: str, path: str) -> TomlDocument:
    return parse_toml(text.encode(), path)


def _added(document: TomlDocument, keys: KeyPath, written: str, requirement: Requirement, items: list[Any]) -> str:
    # One requirement more; `items` is the array's value, kept in step with the text.
    same = [
        index
        for index, item in enumerate(items)
        if _name(item) == requirement.name and _parsed(item).marker == requirement.marker
    ]
    if same:
        for index in reversed(same[1:]):
            document = _document(remove_item(array_at(document, keys, len(items)), index), document.path)
            del items[index]
        index = same[0]
        united = _united(_parsed(items[index]), requirement, items[index], written)
        if united == items[index]:
            return document.text
        array = array_at(document, keys, len(items))
        items[index] = united
        return replace_item(array, index, quoted(united, array.text[array.items[index].start]))
    index = _place(items, requirement.name)
    array = array_at(document, keys, len(items))
    quotes = [document.text[span.start] for span in array.items if document.text[span.start] in "\"'"]
    items.insert(index, written)
    return insert_item(array, index, quoted(written, quotes[0] if quotes else '"'), common_indent(document))


def _united(old: Requirement, new: Requirement, old_text: str, new_text: str) -> str:
    # `celery[redis]>=5` and a new `celery[sqs]` make `celery[redis,sqs]>=5`.
    united = new._replace(extras=tuple(sorted({*old.extras, *new.extras})), range=new.range or old.range)
    if united == old:
        return old_text
    return new_text if united == new else united.without_source()


def _place(items: list[Any], name: str) -> int:
    # Includes (tables) have no name; what is sorted are the requirements between them.
    named = [(_name(item), index) for index, item in enumerate(items) if isinstance(item, str)]
    names = [key for key, _ in named]
    if not names or names != sorted(names):
        return len(items)
    place = bisect_right(names, name)
    return named[place - 1][1] + 1 if place else named[0][1]


def _name(item: object) -> str:
    return _parsed(item).name if isinstance(item, str) else ""


def _parsed(item: str) -> Requirement:
    # What stands in the file may be a direct reference or broken: its name is enough to replace or remove it.
    try:
        return parse_requirement(item)
    except InvalidInput:
        end = 0
        while end < len(item) and (item[end].isalnum() or item[end] in "-_."):
            end += 1
        return Requirement("pypi", normalize_name(item[:end]))


def _find(document: TomlDocument, group: str, extra: str) -> KeyPath | None:
    # The key path of the array as written, None if there is none.
    if group and extra:
        raise UsageError("a group or an extra", "both")
    table = _parent(group, extra)
    data: Any = document.data
    for key in table:
        data = data.get(key, {})
        if not isinstance(data, dict):
            raise ManifestError(document.path, f"{key_path(table)}: a table", line=document.line(*table))
    wanted = normalize_name(group or extra) if group or extra else ""
    for key, value in data.items():
        if (normalize_name(key) == wanted) if wanted else (key == "dependencies"):
            keys = (*table, key)
            if not isinstance(value, list):
                raise ManifestError(document.path, f"{key_path(keys)}: an array", line=document.line(*keys))
            return keys
    return None


def _missing(document: TomlDocument, group: str, extra: str) -> KeyPath:
    if (group or extra) and not is_valid_name(group or extra):
        raise UsageError(f"the name of {'a group' if group else 'an extra'}", group or extra)
    if not group and "project" not in document.data:
        hint = "write [project] with a name, or add to a group with --group NAME"
        raise UsageError(f"a [project] table in {document.path}", "none", hint)
    return (*_parent(group, extra), group or extra or "dependencies")


def _parent(group: str, extra: str) -> tuple[str, ...]:
    if group:
        return ("dependency-groups",)
    return ("project", "optional-dependencies") if extra else ("project",)


def _items(document: TomlDocument, keys: KeyPath) -> list[Any]:
    value: Any = document.data
    for key in keys:
        value = value.get(key, {})
    return value if isinstance(value, list) else []


def _spoken(group: str, extra: str) -> str:
    if group:
        return f"the group {group}"
    return f"the extra {extra}" if extra else "project.dependencies"


def _elsewhere(document: TomlDocument, name: str) -> str:
    # Where else the name stands, as the flags that reach it.
    places: dict[str, tuple[str, ...]] = {"": ("project", "dependencies")}
    project = document.data.get("project", {})
    for extra in project.get("optional-dependencies", {}):
        places[f" --extra {extra}"] = ("project", "optional-dependencies", extra)
    for group in document.data.get("dependency-groups", {}):
        places[f" --group {group}"] = ("dependency-groups", group)
    for flags, keys in places.items():
        if name in [_name(item) for item in _items(document, keys)]:
            return f"holdfast remove {name}{flags}"
    return ""


def _check(before: TomlDocument, after: TomlDocument, keys: KeyPath, expected: list[Any]) -> None:
    # The edit changed this array as meant and nothing else: compared as values, and outside it as text.
    old, new = before.spans()[keys], after.spans()[keys]
    same = (
        _items(after, keys) == expected
        and before.text[: old.start] == after.text[: new.start]
        and before.text[old.end :] == after.text[new.end :]
    )
    if not same:
        raise ManifestError(
            after.path,
            f"an edit of {key_path(keys)} that changes nothing else",
            line=before.line(*keys),
            hint="write the requirement by hand, then run holdfast lock",
        )
