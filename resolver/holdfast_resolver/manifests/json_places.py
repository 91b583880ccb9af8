"""A JSON text, parsed once, that still knows where each of its values stands.

Knows RFC 8259 and nothing of what the keys mean. Stricter than most readers where two of them could differ: a key
twice in one object, `NaN`, text after the value and deep nesting are refused, each with its line. A byte order mark at
the beginning is passed over, as npm does. Must never read a file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from json.decoder import JSONDecoder

from holdfast_resolver.errors import ManifestError

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` costs 4 ms
    from typing import Any

KeyPath = tuple[str | int, ...]
MAX_BYTES = 8 * 1024 * 1024
DEEPEST = 64  # objects and arrays in each other
_LINE_END = re.compile("\n")
_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,4})?")
_STRINGS = JSONDecoder()
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_NAMES = {bool: "a boolean", str: "a string", int: "a number", float: "a number", list: "an array", dict: "an object"}


class JsonDocument:
    """A parsed text: `data` as `json` would give it, and the places of its values."""

    __slots__ = ("_breaks", "_starts", "data", "path", "text")

    def __init__(self, path: str, text: str, data: Any, starts: dict[KeyPath, int]) -> None:
        self.path = path
        self.text = text
        self.data = data
        self._starts = starts
        self._breaks: list[int] = []  # where each line begins; found on first use

    def line(self, *keys: str | int) -> int:
        """The 1-based line of the value at `keys`, else of the nearest one around it, else 0."""
        return self.place(*keys)[0]

    def place(self, *keys: str | int) -> tuple[int, int]:
        """Line and column, both 1-based, as `line` chooses them; (0, 0) if there is none."""
        for length in range(len(keys), -1, -1):
            start = self._starts.get(keys[:length])
            if start is not None:
                if not self._breaks:
                    self._breaks = [0] + [match.end() for match in _LINE_END.finditer(self.text)]
                line = bisect_right(self._breaks, start)
                return line, start - self._breaks[line - 1] + 1
        return 0, 0


def parse_json(body: bytes, path: str) -> JsonDocument:
    """Parse UTF-8 JSON.

    Raises `ManifestError` with line and column for a text that is not UTF-8, not JSON, or past the bounds.
    """
    if len(body) > MAX_BYTES:
        raise ManifestError(path, f"at most {MAX_BYTES} bytes", f"{len(body)} bytes")
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        column = error.start - body.rfind(b"\n", 0, error.start)
        raise ManifestError(path, "UTF-8 text", f"byte 0x{body[error.start]:02x}", line, column) from None
    reader = _Reader(path, text)
    return JsonDocument(path, text, reader.document(), reader.starts)


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both 1-based."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def type_name(value: object) -> str:
    """A JSON type in words, for `found`."""
    return _NAMES.get(type(value), "null")


def key_path(keys: KeyPath) -> str:
    """A key path as people write it.

    >>> key_path(("overrides", "@a/b", ".")), key_path(("workspaces", 0))
    ('overrides["@a/b"]["."]', 'workspaces[0]')
    """
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        elif key.replace("-", "").replace("_", "").isalnum() and key.isascii():
            text += f".{key}" if text else key
        else:
            text += f'["{key}"]'
    return text


class _Reader:
    __slots__ = ("at", "path", "starts", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.at = 0
        self.starts: dict[KeyPath, int] = {}

    def document(self) -> Any:
        self._blank()
        value = self._value(())
        self._blank()
        if self.at != len(self.text):
            raise self._refuse("the end of the text after its value")
        return value

    def _value(self, keys: KeyPath) -> Any:
        self.starts[keys] = self.at
        character = self.text[self.at : self.at + 1]
        if character == '"':
            return self._string()
        if character in ("{", "["):
            if len(keys) >= DEEPEST:
                raise self._refuse(f"at most {DEEPEST} objects and arrays in each other", "more")
            return self._object(keys) if character == "{" else self._array(keys)
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        number = _NUMBER.match(self.text, self.at)
        if number is None:
            raise self._refuse("a JSON value")
        self.at = number.end()
        digits = number.group()
        return int(digits) if digits.removeprefix("-").isdigit() else float(digits)

    def _object(self, keys: KeyPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        self._blank()
        if self._take("}"):
            return found
        while True:
            start = self.at
            if self.text[start : start + 1] != '"':
                raise self._refuse("a key in quotation marks")
            key = self._string()
            if key in found:
                line, column = place_of(self.text, start)
                expected = f"{key_path((*keys, key))}: each key once"
                raise ManifestError(self.path, expected, "the key a second time", line, column)
            self._blank()
            if not self._take(":"):
                raise self._refuse("':' after a key")
            self._blank()
            found[key] = self._value((*keys, key))
            self._blank()
            if self._take("}"):
                return found
            if not self._take(","):
                raise self._refuse("',' or '}'")
            self._blank()

    def _array(self, keys: KeyPath) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        self._blank()
        if self._take("]"):
            return found
        while True:
            found.append(self._value((*keys, len(found))))
            self._blank()
            if self._take("]"):
                return found
            if not self._take(","):
                raise self._refuse("',' or ']'")
            self._blank()

    def _string(self) -> str:
        try:
            value, self.at = _STRINGS.raw_decode(self.text, self.at)
        except ValueError as error:  # JSONDecodeError: it says where
            self.at = min(getattr(error, "pos", self.at), len(self.text))
            raise self._refuse("a string without control characters and with its end") from None
        return str(value)

    def _blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _take(self, character: str) -> bool:
        if not self.text.startswith(character, self.at):
            return False
        self.at += 1
        return True

    def _refuse(self, expected: str, found: str = "") -> ManifestError:
        line, column = place_of(self.text, self.at)
        rest = self.text[self.at : self.at + 1]
        shown = found or (repr(rest) if rest else "the end of the file")
        return ManifestError(self.path, f"valid JSON: {expected}", shown, line, column)
