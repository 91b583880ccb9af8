"""Typed reading of foreign TOML: every value knows the path to itself, so that a fault can be named.

    Node "package[3].wheels[0].hash" of uv.lock line 47  ->  ForeignFileError(path="uv.lock", line=47,
        where="package[3].wheels[0].hash", expected="<algorithm>:<hex>", found="a number")

Knows what kinds of text a lock file has (names, versions, markers, hashes, file names); knows no format.
"""

from collections.abc import Iterator
from typing import NoReturn

from holdfast.errors import ForeignFileError
from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.values.digests import STRENGTH, parse_digest
from holdfast_resolver.values.markers import canonical_marker
from holdfast_resolver.values.names import is_valid_name, normalize_name
from holdfast_resolver.versions.pep440_keys import normalize_version

LARGEST = 64 * 1024 * 1024  # characters; the largest real files have some millions
_WORDS: dict[type, str] = {dict: "a table", list: "an array", bool: "true or false", int: "a number"}


class Node:
    """A value of the document, the path to it, and the line of the entry it belongs to (0 unknown)."""

    __slots__ = ("_path", "line", "value", "where")

    def __init__(self, path: str, value: object, where: str = "", line: int = 0) -> None:
        self._path = path
        self.value = value
        self.where = where
        self.line = line

    def fail(self, expected: str, hint: str = "", found: str = "") -> NoReturn:
        raise ForeignFileError(
            self._path, expected, found or describe(self.value), line=self.line, where=self.where, hint=hint
        )

    def get(self, key: str) -> "Node | None":
        """The value at `key` of this table, or None."""
        if not isinstance(self.value, dict):
            self.fail("a table")
        if key not in self.value:
            return None
        return Node(self._path, self.value[key], f"{self.where}.{key}" if self.where else key, self.line)

    def need(self, key: str) -> "Node":
        """The value at `key` of this table, which has to be there."""
        node = self.get(key)
        if node is None:
            raise ForeignFileError(self._path, f"the key {key!r}", "no such key", line=self.line, where=self.where)
        return node

    def has(self, key: str) -> bool:
        return self.get(key) is not None

    def items(self) -> "Iterator[tuple[str, Node]]":
        """The pairs of this table."""
        if not isinstance(self.value, dict):
            self.fail("a table")
        for key, value in self.value.items():
            yield key, Node(self._path, value, f"{self.where}.{describe(key)}", self.line)

    def each(self, key: str, lines: "list[int] | None" = None) -> "Iterator[Node]":
        """The items of the array at `key` of this table, none when it is absent; `lines` are theirs."""
        array = self.get(key)
        if array is None:
            return
        if not isinstance(array.value, list):
            array.fail("an array")
        for index, value in enumerate(array.value):
            line = lines[index] if lines and len(lines) == len(array.value) else self.line
            yield Node(self._path, value, f"{array.where}[{index}]", line)

    def narrowed(self, value: str) -> "Node":
        """The same place with a part, or a spelling, of its text."""
        return Node(self._path, value, self.where, self.line)

    def text(self) -> str:
        """Printable text on one line."""
        if not isinstance(self.value, str):
            self.fail("text")
        if not self.value.isprintable():
            self.fail("text without control characters")
        return self.value

    def name(self) -> str:
        """A normalised package, extra or group name."""
        text = self.text()
        if not is_valid_name(text):
            self.fail("a name")
        return normalize_name(text)

    def version(self) -> str:
        """A canonical version (PEP 440)."""
        text = self.text()
        try:
            return normalize_version(text)
        except InvalidInput:
            self.fail("a version")

    def marker(self) -> str:
        """A canonical marker (PEP 508)."""
        text = self.text()
        try:
            return canonical_marker(text)
        except InvalidInput as error:
            self.fail(f"a marker: {error.expected}")

    def digest(self) -> str:
        """`algorithm:hex` that may pin, or "" for a weaker one."""
        text = self.text().lower()
        algorithm, colon, value = text.partition(":")
        if not colon or not algorithm or not value or not value.isalnum():
            self.fail("<algorithm>:<hex>")
        if algorithm not in STRENGTH:
            return ""
        try:
            return parse_digest(text)
        except InvalidInput as error:
            self.fail(error.expected)

    def file(self) -> str:
        """The last part of a URL or a path: a file's name."""
        from urllib.parse import unquote  # start-up: only when a foreign file is read

        text = self.text()
        name = unquote(text.partition("#")[0].partition("?")[0].replace("\\", "/").rpartition("/")[2])
        if not name or not name.isprintable() or "/" in name or "\\" in name:
            self.fail("a URL or path that ends in a file name")
        return name


def load_toml(path: str, text: str) -> Node:
    """Parse TOML; raise `ForeignFileError` with the line of the fault."""
    import tomllib  # start-up: only when a foreign file is read

    if len(text) > LARGEST:
        raise ForeignFileError(path, f"at most {LARGEST} characters", f"{len(text)} characters")
    try:
        return Node(path, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message, line, column = _place(str(error))
        raise ForeignFileError(path, "TOML", message, line=line, column=column) from None
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, a thousand brackets
        found = "values nested too deep" if isinstance(error, RecursionError) else "an impossible number or date"
        raise ForeignFileError(path, "TOML", found) from None


def header_lines(text: str, header: str) -> list[int]:
    """Return the 1-based lines that open an array-of-tables item, e.g. `[[package]]`."""
    return [number for number, line in enumerate(text.split("\n"), 1) if line.lstrip(" \t").startswith(header)]


def describe(value: object) -> str:
    """Say what was found, short and without control characters."""
    if isinstance(value, str):
        shown = value if len(value) <= 80 else value[:77] + "..."
        return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown) or "empty text"
    return _WORDS.get(type(value), "a value of another type")


def _place(message: str) -> tuple[str, int, int]:
    """`Invalid value (at line 3, column 7)` -> ("Invalid value", 3, 7)."""
    fault, _, place = message.partition(" (at line ")
    line, _, column = place.rstrip(")").partition(", column ")
    fault = describe(fault[:1].lower() + fault[1:])
    if line.isdigit() and column.isdigit():
        return fault, int(line), int(column)
    return fault, 0, 0
