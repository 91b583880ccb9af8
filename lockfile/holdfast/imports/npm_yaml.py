"""The YAML that pnpm writes, read as events: mappings, lists and plain values, which all stay text.

Anchors, aliases, tags, a key twice, merge keys and deep nesting are refused, each with its line, so a small file can
never grow and no value can turn into an object. Knows no format.
"""

from typing import Any, NoReturn

import yaml

from holdfast.errors import ForeignFileError
from holdfast.imports.reading import LARGEST, describe

_DEEPEST = 32  # lists and mappings in each other
_MOST_DOCUMENTS = 8
_PLAIN = "tag:yaml.org,2002:str"
# The C parser is twenty times as fast; it is not there in every build of PyYAML.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Table(dict[str, Any]):
    """A mapping that knows on which line each of its keys stands."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def load_yaml(path: str, text: str) -> list[Any]:
    """Return the documents of a text: `Table`, list or text. Raises `ForeignFileError` with line and column."""
    if len(text) > LARGEST:
        raise ForeignFileError(path, f"at most {LARGEST} characters", f"{len(text)} characters")
    try:
        return _Reader(path, text).documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise ForeignFileError(path, "YAML", describe(error.problem or ""), line=line, column=column) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise ForeignFileError(path, "YAML", "characters that YAML has no place for") from None


class _Reader:
    __slots__ = ("events", "path")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.events = iter(yaml.parse(text, Loader=_LOADER))

    def documents(self) -> list[Any]:
        self.next()  # the stream begins
        found: list[Any] = []
        while isinstance(event := self.next(), yaml.DocumentStartEvent):
            if len(found) >= _MOST_DOCUMENTS:
                self.fail(event, f"at most {_MOST_DOCUMENTS} documents", "more")
            found.append(self.value(self.next(), 0))
            self.next()  # the document ends
        return found

    def next(self) -> Any:
        return next(self.events)

    def value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self.fail(event, "values without anchors", "an anchor or an alias")
        if event.tag is not None and event.tag not in ("!", _PLAIN):
            self.fail(event, "values without tags", event.tag)
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        if depth >= _DEEPEST:
            self.fail(event, f"at most {_DEEPEST} lists and mappings in each other", "more")
        if isinstance(event, yaml.MappingStartEvent):
            return self.table(depth + 1)
        items = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.value(event, depth + 1))
        return items

    def table(self, depth: int) -> Table:
        table = Table()
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.value(event, depth)
            if not isinstance(key, str) or key == "<<":
                self.fail(event, "a plain key", "a merge key" if isinstance(key, str) else "another value")
            if key in table:
                self.fail(event, "each key once", f"{key} twice")
            table[key] = self.value(self.next(), depth)
            table.lines[key] = event.start_mark.line + 1
        return table

    def fail(self, event: Any, expected: str, found: str) -> NoReturn:
        mark = event.start_mark
        raise ForeignFileError(self.path, expected, describe(found), line=mark.line + 1, column=mark.column + 1)
