"""One table of a lock while it is read: takes keys by the table of fields, and says no with the place.

Knows shapes and places; nothing of which blocks a lock has or what they mean together.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import NoReturn, TypeVar

from holdfast.errors import LockFormatError
from holdfast.format import guard, shapes
from holdfast.format.fields import Field
from holdfast.format.places import Places
from holdfast.format.strings import first_hidden, value_text, visible
from holdfast.model.lock import Unknown
from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.values.requirements import NPM_SOURCES

Table = dict[str, object]
Item = TypeVar("Item")
UPGRADE = "use a version of holdfast that knows it"
_PLAIN = "a plain value: a string, number, date or array of them"


class Document:
    """A text that is being read: where it came from, and its places, found when first asked for."""

    __slots__ = ("_places", "_text", "npm", "path")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.npm = NPM_SOURCES  # the sources of that kind: more when [[source]] has been read
        self._text = text
        self._places: Places | None = None

    @property
    def places(self) -> Places:
        if self._places is None:
            self._places = Places(self._text)
        return self._places


class Block:
    """One table of the document while it is read: takes keys by the table of fields, knows its place."""

    __slots__ = ("document", "index", "key", "label", "table")

    def __init__(self, document: Document, section: str, index: int, label: str, table: Table) -> None:
        self.document = document
        self.key = section
        self.index = index
        self.label = label
        self.table = table

    def fault(
        self,
        expected: str,
        found: str = "",
        key: str = "",
        where: str = "",
        value: str = "",
        again: int = 0,
        hint: str = "",
        kind: type[LockFormatError] = LockFormatError,
    ) -> NoReturn:
        """Raise for a key of this block; `value` is looked for behind the key, `again` its occurrence."""
        line, column = self.document.places.find(self.key, self.index, key, value, again)
        inside = where or key
        label = f"{self.label}: {inside}" if self.label and inside else self.label or inside
        raise kind(self.document.path, expected, visible(found), line, column, visible(label), hint or guard.RESTORE)

    def text(self, field: Field) -> str:
        """The value of a scalar field, in its canonical spelling; "" when an optional one is absent."""
        value = self.table.get(field.key)
        if value is None and not field.required:
            return ""
        if value is None:
            self.fault(f"the key `{field.key}`", "no such key", where=field.key)
        if not isinstance(value, str):
            self.fault("a string", type_name(value), field.key)
        if not value and not field.required:
            return ""
        if field.words and value not in field.words:
            self.fault("one of " + ", ".join(field.words), value, field.key)
        return self.shaped(shapes.SCALARS[field.shape], value, field.key, field.key)

    def flag(self, field: Field) -> bool:
        """The value of a flag; False when it is absent."""
        value = self.table.get(field.key)
        if value is not None and not isinstance(value, bool):
            self.fault("true or false", type_name(value), field.key)
        return bool(value)

    def number(self, field: Field) -> int:
        """The value of a small number; 0 when it is absent."""
        value = self.table.get(field.key)
        if value is None:
            return 0
        if type(value) is not int:
            self.fault("a number", type_name(value), field.key)
        if value not in range(1, 1000):
            found = str(value) if value in range(-1000, 10**9) else "another number"
            self.fault("a number from 1 to 999", found, field.key)
        return value

    def shaped(self, shape: Callable[[str], Item], value: str, key: str, where: str) -> Item:
        try:
            return shape(value)
        except shapes.MisfitError as misfit:
            self.fault(misfit.expected, value, key, where, value)
        except InvalidInput as error:
            self.fault(error.expected, value, key, where, value)

    def array(self, field: Field) -> list[object]:
        value = self.table.get(field.key)
        if value is None and not field.required:
            return []
        if value is None:
            self.fault(f"the key `{field.key}`", "no such key", where=field.key)
        if not isinstance(value, list):
            self.fault("an array", type_name(value), field.key)
        return typing.cast("list[object]", value)

    def items(self, field: Field, shape: Callable[[str], Item], text_of: Callable[[Item], str]) -> tuple[Item, ...]:
        """The items of an array of strings, each once, sorted by their text."""
        found: dict[str, Item] = {}
        for index, value in enumerate(self.array(field)):
            where = f"{field.key}[{index}]"
            if not isinstance(value, str):
                self.fault("a string", type_name(value), field.key, where)
            item = self.shaped(shape, value, field.key, where)
            text = text_of(item)
            if text in found:
                self.fault("each entry once", value, field.key, where, value, 1)
            found[text] = item
        return tuple([found[text] for text in sorted(found)])

    def unknown(self, known: frozenset[str]) -> Unknown:
        """The keys that this version does not know, with their values as canonical TOML."""
        pairs = []
        for key, value in self.table.items():
            if key in known:
                continue
            if first_hidden(key) >= 0:
                self.fault("keys without control or bidirectional characters", key, where="a key")
            text = value_text(value)
            if text is None:
                self.fault(_PLAIN, type_name(value), key, hint=UPGRADE)
            pairs.append((key, text))
        return tuple(sorted(pairs))


def type_name(value: object) -> str:
    """A TOML type in words, for `found`."""
    names = {
        bool: "a boolean",
        str: "a string",
        int: "an integer",
        float: "a float",
        list: "an array",
        dict: "a table",
    }
    return "no such key" if value is None else names.get(type(value), "a date or time")
