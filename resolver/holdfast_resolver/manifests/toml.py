"""A TOML text, parsed once, that still knows where each of its values stands.

Knows TOML 1.0 (https://toml.io/en/v1.0.0) and nothing of what the keys mean. `tomllib` judges the text;
`scan` only walks a text that `tomllib` has accepted, so it may assume that every bracket and quote is closed.
Must never read a file.
"""

from __future__ import annotations

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.plain_toml import read_plain
from holdfast_resolver.values.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from typing import Any

KeyPath = tuple[str | int, ...]
MAX_BYTES = 8 * 1024 * 1024
_BLANK = " \t\r\n"
_VALUE_ENDS = ",]}#\n"
_KEY_ENDS = " \t.=]"


class Span(NamedTuple):
    """Offsets of a value, or of a table's header, in the text: `text[start:end]`."""

    start: int
    end: int


class TomlDocument:
    """A parsed text: `data` as `tomllib` gives it, and the places of its values."""

    __slots__ = ("_spans", "data", "path", "text")

    def __init__(self, path: str, text: str, data: dict[str, Any]) -> None:
        self.path = path
        self.text = text
        self.data = data
        self._spans: dict[KeyPath, Span] | None = None

    def spans(self) -> dict[KeyPath, Span]:
        """Where each value and table header stands; walked on first use."""
        if self._spans is None:
            self._spans = scan(self.text)
        return self._spans

    def line(self, *keys: str | int) -> int:
        """The 1-based line of the value at `keys`, else of the nearest one around it with a place, else 0."""
        return self.place(*keys)[0]

    def place(self, *keys: str | int) -> tuple[int, int]:
        """Line and column, both 1-based, as `line` chooses them; (0, 0) if there is none."""
        spans = self.spans()
        for length in range(len(keys), 0, -1):
            span = spans.get(keys[:length])
            if span is not None:
                line = self.text.count("\n", 0, span.start) + 1
                return line, span.start - self.text.rfind("\n", 0, span.start)
        return 0, 0


def parse_toml(text: bytes, path: str) -> TomlDocument:
    """Parse UTF-8 TOML.

    Raises `ManifestError` with line and column for a text that is not UTF-8, not TOML, or past `MAX_BYTES`.
    """
    if len(text) > MAX_BYTES:
        raise ManifestError(path, f"at most {MAX_BYTES} bytes", f"{len(text)} bytes")
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        before = text[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - before.rfind(b"\n")
        raise ManifestError(path, "UTF-8 text", f"byte 0x{text[error.start]:02x}", line, column) from None
    if decoded.startswith("\ufeff"):
        raise ManifestError(path, "UTF-8 text without a byte order mark", "a byte order mark", 1, 1)
    data = read_plain(decoded)
    if data is not None:
        return TomlDocument(path, decoded, data)
    import tomllib  # start-up: 8 ms, and most manifests are plain

    try:
        data = tomllib.loads(decoded)
    except RecursionError:
        raise ManifestError(path, "TOML that is not nested so deeply") from None
    except ValueError as error:  # TOMLDecodeError, and int() of thousands of digits
        found, line, column = _place_of(str(error), decoded)
        raise ManifestError(path, "valid TOML", found, line, column) from None
    return TomlDocument(path, decoded, data)


def _place_of(message: str, text: str) -> tuple[str, int, int]:
    # "Unclosed array (at line 2, column 5)"; "Invalid value (at end of document)"
    reason, bracket, place = message.rpartition(" (at ")
    if not bracket:
        return message[:1].lower() + message[1:], 0, 0
    reason = reason[:1].lower() + reason[1:]
    digits = [part for part in place.replace(",", " ").replace(")", " ").split() if part.isdigit()]
    if len(digits) == 2:
        return reason, int(digits[0]), int(digits[1])
    end = text.rstrip()
    return f"{reason} at the end of the file", end.count("\n") + 1, len(end) - end.rfind("\n")


def scan(text: str) -> dict[KeyPath, Span]:
    """Map each key path of a valid TOML text to the span of its value.

    Items of arrays have their index as key: `requires = ["a", "b"]` gives `("requires", 1)` for `"b"`, and
    `[[metadata]]` gives `("metadata", 0)` for the first header. Keys of a table stand below its path.
    """
    spans: dict[KeyPath, Span] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    position = skip_blank(text, 0)
    length = len(text)
    while position < length:
        if text[position] == "[":
            width = 2 if text.startswith("[[", position) else 1
            keys, after = _read_key(text, position + width)
            after += width
            table = _table_path(keys, width == 2, counts)
            spans.setdefault(table, Span(position, after))
            position = after
        else:
            keys, position = _read_key(text, position)
            position = _read_value(text, skip_blank(text, position + 1), table + keys, spans)
        position = skip_blank(text, position)
    return spans


def skip_blank(text: str, position: int) -> int:
    """The offset of the next character that is no white space, line end or comment (or the text's length)."""
    length = len(text)
    while position < length:
        character = text[position]
        if character == "#":
            position = text.find("\n", position)
            if position < 0:
                return length
        elif character not in _BLANK:
            return position
        position += 1
    return length


def _table_path(keys: KeyPath, is_array: bool, counts: dict[KeyPath, int]) -> KeyPath:
    # After `[[a]]`, the header `[a.b]` is the table `b` of the last `a`: ("a", 0, "b").
    path: KeyPath = ()
    for key in keys[:-1]:
        path += (key,)
        if path in counts:
            path += (counts[path] - 1,)
    path += keys[-1:]
    if is_array:
        counts[path] = counts.get(path, 0) + 1
    return (*path, counts[path] - 1) if path in counts else path


def _read_key(text: str, position: int) -> tuple[KeyPath, int]:
    # A dotted key, up to the `=` or `]` that ends it: `a . "b.c" =` gives ("a", "b.c") and the offset of `=`.
    keys: list[str | int] = []
    while True:
        while text[position] in " \t":
            position += 1
        start = position
        if text[position] in "\"'":
            position = _string_end(text, position)
            keys.append(string_value(text[start:position]))
        else:
            while text[position] not in _KEY_ENDS:
                position += 1
            keys.append(text[start:position])
        while text[position] in " \t":
            position += 1
        if text[position] != ".":
            return tuple(keys), position
        position += 1


def _read_value(text: str, position: int, path: KeyPath, spans: dict[KeyPath, Span]) -> int:
    # Records the value that starts at `position` under `path`; gives the offset after it.
    start = position
    character = text[position]
    if character in "\"'":
        position = _string_end(text, position)
    elif character == "[":
        position = skip_blank(text, position + 1)
        index = 0
        while text[position] != "]":
            position = _read_value(text, position, (*path, index), spans)
            index += 1
            position = skip_blank(text, position)
            if text[position] == ",":
                position = skip_blank(text, position + 1)
        position += 1
    elif character == "{":
        position = skip_blank(text, position + 1)
        while text[position] != "}":
            keys, position = _read_key(text, position)
            position = _read_value(text, skip_blank(text, position + 1), path + keys, spans)
            position = skip_blank(text, position)
            if text[position] == ",":
                position = skip_blank(text, position + 1)
        position += 1
    else:
        length = len(text)
        while position < length and text[position] not in _VALUE_ENDS:
            position += 1
        position = start + len(text[start:position].rstrip())
    spans[path] = Span(start, position)
    return position


def _string_end(text: str, position: int) -> int:
    quote = text[position]
    triple = quote * 3
    if not text.startswith(triple, position):
        return _closing(text, position + 1, quote, quote) + 1
    end = _closing(text, position + 3, triple, quote) + 3
    # A multi-line string may end with up to two quotes of its own: """he said "no"""".
    while text.startswith(quote, end):
        end += 1
    return end


def _closing(text: str, position: int, mark: str, quote: str) -> int:
    # The offset of the closing `mark`; in a basic string a backslash hides the next character.
    while True:
        end = text.index(mark, position)
        if quote == "'":
            return end
        backslash = text.find("\\", position, end)
        if backslash < 0:
            return end
        position = backslash + 2


def string_value(literal: str) -> str:
    """What a string literal of TOML, quotes included, stands for."""
    if "\\" not in literal and not literal.startswith(('"""', "'''")):
        return literal[1:-1]
    import tomllib  # start-up: escapes are rare

    value = tomllib.loads("value = " + literal)["value"]
    assert isinstance(value, str)
    return value


def key_path(keys: KeyPath) -> str:
    """Return a key path as messages spell it.

    >>> key_path(("project", "optional-dependencies", "a b", 2))
    'project.optional-dependencies."a b"[2]'
    """
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            bare = key.isascii() and key.replace("-", "a").replace("_", "a").isalnum()
            quoted = key if bare else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
            text += "." + quoted if text else quoted
    return text


# The types of TOML, for messages.
_TYPE_NAMES = {
    "str": "a string",
    "bool": "a boolean",
    "int": "an integer",
    "float": "a float",
    "list": "an array",
    "dict": "a table",
    "datetime": "a date and time",
    "date": "a date",
    "time": "a time",
}


def type_name(value: object) -> str:
    """Return what TOML calls the type of `value`, with its article: "an array"."""
    return _TYPE_NAMES.get(type(value).__name__, "something else")
