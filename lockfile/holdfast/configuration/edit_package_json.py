"""Edits of `package.json` that leave everything else as it is: indentation, order of keys, line ends, odd spacing.

    add_dependency(text, "lodash", "^4.17.21", "dependencies")
    remove_dependency(text, "lodash", ("dependencies",))

Knows JSON objects and where their members stand; no file and no registry.
"""

from __future__ import annotations

from json import dumps
from json.decoder import JSONDecoder
from typing import NamedTuple

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.json_places import parse_json

MANIFEST = "package.json"
# Where npm looks for a name, in the order in which it writes these tables.
TABLES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_EXCLUSIVE = ("dependencies", "devDependencies", "optionalDependencies")  # a name stands in one of these
_BLANKS = " \t\r\n"
_JSON = JSONDecoder()


def add_dependency(text: str, name: str, spec: str, table: str, path: str = MANIFEST) -> str:
    """Return the manifest with `name` asking for `spec` in a table, and in no other that excludes it.

    A new name goes where the order of names is kept, if there is one, else to the end. Raises `ManifestError`.
    """
    _check(text, path)
    others = tuple([other for other in _EXCLUSIVE if other != table and table in _EXCLUSIVE])
    text = remove_dependency(text, name, others, path)
    root = _members(text, _start(text))
    found = root.named(table)
    if found is None:
        return _with_table(text, root, table, name, spec)
    value = _members(text, found.value)
    known = value.named(name)
    if known is not None:
        return text[: known.value] + _quoted(spec) + text[known.end :]
    return _inserted(text, value, _Pair(name, _quoted(spec)), _place(value, name), _indent(text, found.key))


def remove_dependency(text: str, name: str, tables: tuple[str, ...], path: str = MANIFEST) -> str:
    """Return the manifest without `name` in some tables; a table that is empty then goes too.

    Raises `ManifestError`.
    """
    _check(text, path)
    for table in tables:
        root = _members(text, _start(text))
        found = root.named(table)
        if found is None:
            continue
        value = _members(text, found.value)
        member = value.named(name)
        if member is None:
            continue
        text = _without(text, root, found) if len(value.found) == 1 else _without(text, value, member)
    return text


def tables_with(text: str, name: str, path: str = MANIFEST) -> tuple[str, ...]:
    """Return the tables in which a name stands. Raises `ManifestError`."""
    data = _check(text, path)
    return tuple([table for table in TABLES if name in data.get(table, {})])


class _Member(NamedTuple):
    name: str
    key: int  # where its key begins
    value: int
    end: int  # behind its value


class _Object(NamedTuple):
    start: int  # of "{"
    found: tuple[_Member, ...]
    end: int  # of "}"

    def named(self, name: str) -> _Member | None:
        return next((one for one in self.found if one.name == name), None)


class _Pair(NamedTuple):
    name: str
    value: str  # as JSON

    def __str__(self) -> str:
        return f"{_quoted(self.name)}: {self.value}"


def _check(text: str, path: str) -> dict[str, dict[str, object]]:
    data = parse_json(text.encode(), path).data
    if not isinstance(data, dict):
        raise ManifestError(path, "an object", "another value", 1)
    for table in TABLES:
        if not isinstance(data.get(table, {}), dict):
            raise ManifestError(path, f"{table}: an object", "another value")
    return data


def _start(text: str) -> int:
    return text.index("{")


def _members(text: str, start: int) -> _Object:
    """The members of the object that begins at `start`, of a text that was parsed before."""
    found = []
    at = _skip(text, start + 1)
    while text[at] != "}":
        key = at
        name, at = _JSON.raw_decode(text, key)
        value = _skip(text, _skip(text, at) + 1)
        _, end = _JSON.raw_decode(text, value)
        found.append(_Member(name, key, value, end))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return _Object(start, tuple(found), at)


def _skip(text: str, at: int) -> int:
    while text[at] in _BLANKS:
        at += 1
    return at


def _quoted(text: str) -> str:
    return dumps(text, ensure_ascii=False)


def _place(value: _Object, name: str) -> int:
    """Before which member a name goes: where the order of names is kept, if they have one."""
    names = [one.name for one in value.found]
    if names != sorted(names):
        return len(names)
    return sum([other < name for other in names])


def _with_table(text: str, root: _Object, table: str, name: str, spec: str) -> str:
    """The manifest with a table that it did not have: behind the last of those that come before it, else at the end."""
    before = TABLES[: TABLES.index(table)]
    places = [place for place, one in enumerate(root.found) if one.name in before]
    at = places[-1] + 1 if places else len(root.found)
    step = _indent(text, root.found[0].key) if root.found else "  "
    line = _line_end(text)
    pair = _Pair(name, _quoted(spec))
    inner = f"{{{line}{step * 2}{pair}{line}{step}}}" if "\n" in text.strip() or not root.found else f"{{ {pair} }}"
    return _inserted(text, root, _Pair(table, inner), at, "")


def _inserted(text: str, value: _Object, pair: _Pair, at: int, outer: str) -> str:
    """The text with a member before the one at `at`, spaced as the others; `outer` begins the line of its object."""
    line = _line_end(text)
    if not value.found:
        root = _members(text, _start(text))
        step = _indent(text, root.found[0].key) if root.found else "  "
        if step or not root.found:
            return text[: value.start] + f"{{{line}{outer}{step or '  '}{pair}{line}{outer}}}" + text[value.end + 1 :]
        return text[: value.start] + f"{{ {pair} }}" + text[value.end + 1 :]
    first = value.found[0]
    gap = text[value.start + 1 : first.key]
    between = gap if "\n" in gap else " "
    if at < len(value.found):
        place = value.found[at].key
        return text[:place] + f"{pair},{between}" + text[place:]
    last = value.found[-1]
    return text[: last.end] + f",{between}{pair}" + text[last.end :]


def _without(text: str, value: _Object, member: _Member) -> str:
    """The text without a member and its comma."""
    place = value.found.index(member)
    if place + 1 < len(value.found):
        return text[: member.key] + text[value.found[place + 1].key :]
    if place:
        return text[: value.found[place - 1].end] + text[member.end :]
    return text[: value.start + 1] + text[value.end :]


def _indent(text: str, at: int) -> str:
    """The blanks before what stands at a place, if nothing else stands before it on its line."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line if not line.strip(" \t") else ""


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
