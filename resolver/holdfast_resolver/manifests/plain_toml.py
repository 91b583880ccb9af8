"""TOML as people mostly write it, read without `tomllib`: an eighth of the start-up of a warm `check`.

`read_plain` gives what `tomllib.loads` gives, or None: for what it does not know (multi-line and escaped strings,
dotted keys, floats, dates, control characters) and for everything that is wrong. So `tomllib` alone judges what is
TOML, and says what is wrong with it; a property test holds the two together.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_DEEPEST = 16


class _Unknown(Exception):
    """Something that `tomllib` must judge."""


def read_plain(text: str) -> dict[str, Any] | None:
    """Return the document, or None when `tomllib` must be asked."""
    try:
        return _Reader(text).document()
    except (_Unknown, IndexError, ValueError):  # `index` found no end
        return None


class _Reader:
    __slots__ = ("_arrays", "_explicit", "_open", "at", "text")

    def __init__(self, text: str) -> None:
        self.text = text + "\n"
        self.at = 0
        self._open: set[int] = set()  # ids of tables made by headers: only these may be entered again
        self._explicit: set[int] = set()  # ids of tables that a header has named
        self._arrays: set[int] = set()  # ids of arrays of tables

    def document(self) -> dict[str, Any]:
        root: dict[str, Any] = {}
        self._open.add(id(root))
        table = root
        text = self.text
        length = len(text)
        while self.at < length:
            self._blank()
            character = text[self.at]
            if character == "\n":
                self.at += 1
            elif character == "#":
                self._comment()
            elif character == "[":
                table = self._header(root)
                self._line_end()
            else:
                self._pair(table)
                self._line_end()
        return root

    def _header(self, root: dict[str, Any]) -> dict[str, Any]:
        array = self.text.startswith("[[", self.at)
        closing = "]]" if array else "]"
        start = self.at + len(closing)
        end = self.text.index("\n", start)
        close = self.text.find(closing, start, end)
        if close < 0:
            raise _Unknown
        keys = self.text[start:close].split(".")
        self.at = close + len(closing)
        table = root
        for key in keys[:-1]:
            table = self._enter(table, _bare(key))
        last = _bare(keys[-1])
        return self._append(table, last) if array else self._name(table, last)

    def _enter(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        inner = table.get(key)
        if inner is None:
            made: dict[str, Any] = {}
            table[key] = made
            self._open.add(id(made))
            return made
        if type(inner) is list and id(inner) in self._arrays:
            inner = inner[-1]
        if type(inner) is not dict or id(inner) not in self._open:
            raise _Unknown
        return inner

    def _name(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        if type(table.get(key)) is list:
            raise _Unknown
        named = self._enter(table, key)
        if id(named) in self._explicit:
            raise _Unknown
        self._explicit.add(id(named))
        return named

    def _append(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        array = table.get(key)
        if array is None:
            array = table[key] = []
            self._arrays.add(id(array))
        elif type(array) is not list or id(array) not in self._arrays:
            raise _Unknown
        made: dict[str, Any] = {}
        array.append(made)
        self._open.add(id(made))
        self._explicit.add(id(made))
        return made

    def _pair(self, table: dict[str, Any]) -> None:
        start = self.at
        equals = self.text.index("=", start)
        key = _bare(self.text[start:equals].rstrip(" \t"))
        if key in table:
            raise _Unknown
        self.at = equals + 1
        self._blank()
        table[key] = self._value(0)

    def _value(self, depth: int) -> Any:
        text = self.text
        character = text[self.at]
        if character in "\"'":
            return self._string(character)
        if character == "[" and depth < _DEEPEST:
            return self._array(depth)
        if character == "{" and depth < _DEEPEST:
            return self._inline(depth)
        end = self.at
        while text[end] in _BARE:
            end += 1
        word = text[self.at : end]
        self.at = end
        if word == "true":
            return True
        if word == "false":
            return False
        if word.isdigit() and word.isascii() and len(word) < 19 and (word == "0" or word[0] != "0"):
            if text[end] in ".:":
                raise _Unknown
            return int(word)
        raise _Unknown

    def _string(self, quote: str) -> str:
        start = self.at + 1
        end = self.text.index(quote, start)
        found = self.text[start:end]
        if (not found and self.text.startswith(quote, end + 1)) or not _is_plain(found):
            raise _Unknown
        if quote == '"' and "\\" in found:
            raise _Unknown
        self.at = end + 1
        return found

    def _array(self, depth: int) -> list[Any]:
        items: list[Any] = []
        self.at += 1
        while True:
            self._space()
            if self.text[self.at] == "]":
                self.at += 1
                return items
            items.append(self._value(depth + 1))
            self._space()
            if self.text[self.at] == ",":
                self.at += 1
            elif self.text[self.at] != "]":
                raise _Unknown

    def _inline(self, depth: int) -> dict[str, Any]:
        table: dict[str, Any] = {}
        self.at += 1
        self._blank()
        if self.text[self.at] == "}":
            self.at += 1
            return table
        while True:
            start = self.at
            equals = self.text.index("=", start)
            key = _bare(self.text[start:equals].rstrip(" \t"))
            if key in table:
                raise _Unknown
            self.at = equals + 1
            self._blank()
            table[key] = self._value(depth + 1)
            self._blank()
            if self.text[self.at] == "}":
                self.at += 1
                return table
            if self.text[self.at] != ",":
                raise _Unknown
            self.at += 1
            self._blank()

    def _blank(self) -> None:
        text = self.text
        while text[self.at] in " \t":
            self.at += 1

    def _space(self) -> None:
        """Blanks, line ends and comments, as they may stand in an array."""
        text = self.text
        while True:
            character = text[self.at]
            if character in " \t\n":
                self.at += 1
            elif character == "#":
                self._comment()
            else:
                return

    def _comment(self) -> None:
        end = self.text.index("\n", self.at)
        if not _is_plain(self.text[self.at : end]):
            raise _Unknown
        self.at = end

    def _line_end(self) -> None:
        self._blank()
        if self.text[self.at] == "#":
            self._comment()
        if self.text[self.at] != "\n":
            raise _Unknown
        self.at += 1


def _bare(text: str) -> str:
    if not text or not _BARE.issuperset(text):
        raise _Unknown
    return text


def _is_plain(text: str) -> bool:
    """Printable characters and tabs: everything else is for `tomllib` to judge."""
    return text.isprintable() or text.replace("\t", "").isprintable()
