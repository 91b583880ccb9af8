"""A YAML text, read into plain values that know their lines. PyYAML's events are used, never its objects.

Strings, numbers, lists and mappings with string keys; of anchors only those of single values, so that nothing can grow.
A key twice, tags, merge keys, more than one document, deep nesting and large files are refused, each with its line.
Must never read a file.
"""

from __future__ import annotations

from typing import Any

import yaml

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.values.tuples import NamedTuple

MAX_BYTES = 256 * 1024
DEEPEST = 32  # lists and mappings in each other
_STRING = "tag:yaml.org,2002:str"


class Scalar(NamedTuple):
    """A single value. `is_string` is false for what YAML takes for a number, a truth value, a date or nothing."""

    text: str
    line: int
    is_string: bool


class Sequence(NamedTuple):
    """A list, and the line where it begins."""

    items: tuple[Any, ...]
    line: int


class Mapping(NamedTuple):
    """A mapping, and the line where it begins. `entries`: (key, value), in written order; each key once."""

    entries: tuple[tuple[Scalar, Any], ...]
    line: int

    def get(self, key: str) -> Any:
        """Return the value of a key, or None."""
        return next((value for name, value in self.entries if name.text == key), None)


def parse_yaml(body: bytes, path: str) -> Mapping:
    """Read a text whose value is a mapping; an empty text is an empty one. Raises `ManifestError` with the line."""
    if len(body) > MAX_BYTES:
        raise ManifestError(path, f"at most {MAX_BYTES} bytes", f"{len(body)} bytes")
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ManifestError(path, "UTF-8 text", f"byte 0x{body[error.start]:02x}", line) from None
    try:
        found = _Reader(path, text).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise ManifestError(path, "valid YAML", error.problem or "", line, column) from None
    except yaml.YAMLError as error:  # characters that YAML has no place for
        raise ManifestError(path, "valid YAML", str(error).partition("\n")[0]) from None
    if found is None:
        return Mapping((), 1)
    if not isinstance(found, Mapping):
        raise ManifestError(path, "a mapping", "another value", found.line)
    return found


class _Reader:
    __slots__ = ("anchors", "events", "path", "resolver")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.events = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self.resolver: Any = yaml.resolver.Resolver()
        self.anchors: dict[str, Scalar] = {}

    def document(self) -> Any:
        next(self.events)  # the stream
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return None
        value = self._value(next(self.events), 0)
        next(self.events)  # the document's end
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._refuse(event, "one document", "another one")
        return None if value == Scalar("", value.line, False) else value

    def _value(self, event: Any, depth: int) -> Any:
        line: int = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            known = self.anchors.get(event.anchor or "")
            if known is None:
                raise self._refuse(event, "an anchor of a single value", f"*{event.anchor}")
            return known._replace(line=line)
        if event.tag is not None and event.tag != "!":
            raise self._refuse(event, "values without tags", str(event.tag))
        if isinstance(event, yaml.ScalarEvent):
            tag = self.resolver.resolve(yaml.ScalarNode, event.value, event.implicit)
            scalar = Scalar(event.value, line, tag == _STRING)
            if event.anchor is not None:
                self.anchors[event.anchor] = scalar
            return scalar
        if depth >= DEEPEST:
            raise self._refuse(event, f"at most {DEEPEST} lists and mappings in each other", "more")
        return (
            self._sequence(event, depth) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(event, depth)
        )

    def _sequence(self, start: Any, depth: int) -> Sequence:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._value(event, depth + 1))
        return Sequence(tuple(items), start.start_mark.line + 1)

    def _mapping(self, start: Any, depth: int) -> Mapping:
        found: dict[str, tuple[Scalar, Any]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            if not isinstance(key, Scalar) or (key.text == "<<" and not key.is_string):
                raise self._refuse(event, "a plain key", "a merge key" if isinstance(key, Scalar) else "another value")
            if key.text in found:
                raise self._refuse(event, f"{key.text}: each key once", "the key a second time")
            found[key.text] = key, self._value(next(self.events), depth + 1)
        return Mapping(tuple(found.values()), start.start_mark.line + 1)

    def _refuse(self, event: Any, expected: str, found: str) -> ManifestError:
        mark = event.start_mark
        return ManifestError(self.path, expected, found, mark.line + 1, mark.column + 1)
