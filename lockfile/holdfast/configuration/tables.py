"""Typed reading of one table of a configuration: each refusal carries file, key path, line and column.

Knows TOML's types and the shape of a refusal; nothing of what the keys mean. Strings with control or
invisible characters (such as bidirectional marks) are refused everywhere, so that messages may quote them.
"""

from __future__ import annotations

from holdfast.errors import ConfigurationError
from holdfast_resolver.manifests.toml import KeyPath, TomlDocument, key_path, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterable
    from typing import Any

_MOST = 1_000_000  # of a count: more is a slip


class Table:
    """A table at `keys` of a document. Keys given to the methods are relative to it."""

    __slots__ = ("data", "document", "keys")

    def __init__(self, document: TomlDocument, keys: KeyPath, data: dict[str, Any]) -> None:
        self.document = document
        self.keys = keys
        self.data = data

    def refusal(
        self, keys: KeyPath, expected: str, found: str = "", hint: str = "", line: int = 0
    ) -> ConfigurationError:
        """Return (not raise) the error for the value at `keys`; `line` where its place is known already."""
        path = self.keys + keys
        column = 0
        if not line:
            line, column = self.document.place(*path)
        return ConfigurationError(self.document.path, expected, found, line, column, key_path(path), hint)

    def line(self, *keys: str | int) -> int:
        """Return the 1-based line of the value at `keys`."""
        return self.document.line(*self.keys, *keys)

    def check_keys(self, known: Iterable[str]) -> None:
        """Refuse the first key that is not `known`, naming the nearest one that is."""
        known = tuple(known)
        for key in self.data:
            if key not in known:
                from difflib import get_close_matches  # start-up: only for a message

                near = get_close_matches(key, known, 1)
                hint = f"did you mean {near[0]}?" if near else ""
                found = "an unknown key" if key.isprintable() else "a key with invisible characters"
                raise self.refusal((key,), "one of " + ", ".join(known), found, hint)

    def string(self, key: str, default: str = "") -> str:
        """Return the string at `key`."""
        return self.text(self.data[key], (key,)) if key in self.data else default

    def required(self, key: str, what: str) -> str:
        """Return the string at `key`, which must be there and not be empty; `what` says what it should be."""
        if key not in self.data:
            raise self.refusal((), f"{key}: {what}", f"no {key}")
        text = self.string(key)
        if not text.strip():
            raise self.refusal((key,), what, "an empty string")
        return text

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """Return the string at `key`, one of `choices`."""
        text = self.string(key, default)
        if text not in choices:
            raise self.refusal((key,), "one of " + ", ".join(choices), text)
        return text

    def boolean(self, key: str) -> bool:
        """Return the boolean at `key`; False when the key is missing."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            raise self.refusal((key,), "true or false", type_name(value))
        return value

    def count(self, key: str, default: int) -> int:
        """Return the whole number from 1 up at `key`."""
        value = self.data.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refusal((key,), "a whole number from 1 up", type_name(value))
        if key in self.data and not 1 <= value <= _MOST:
            raise self.refusal((key,), "a whole number from 1 up", str(value)[:20])
        return value

    def second(self, key: str) -> str:
        """Return the date or instant at `key` as RFC 3339 in UTC, to the whole second; "" when the key is missing.

        2027-01-01 may stand as a string or as one of TOML's own dates; a date means its first second in UTC.
        """
        if key not in self.data:
            return ""
        # start-up: most configurations have none
        from holdfast.configuration.instants import EXPECTED, parse_second

        value = self.data[key]
        text = value.isoformat() if hasattr(value, "isoformat") else self.string(key)
        second = parse_second(text)
        if second is None:
            raise self.refusal((key,), EXPECTED, text)
        return second

    def strings(self, key: str) -> tuple[str, ...]:
        """Return the strings of the array at `key`; () when the key is missing."""
        return tuple(self.text(value, (key, index)) for index, value in enumerate(self.array(key)))

    def array(self, key: str) -> list[Any]:
        """Return the array at `key`; [] when the key is missing."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise self.refusal((key,), "an array", type_name(value))
        return value

    def table(self, *keys: str | int) -> Table:
        """Return the table at `keys`, empty when its last key is missing."""
        value: Any = self.data
        for key in keys[:-1]:
            value = value[key]
        last = keys[-1]
        value = value.get(last, {}) if isinstance(last, str) else value[last]
        if not isinstance(value, dict):
            raise self.refusal(keys, "a table", type_name(value))
        return Table(self.document, self.keys + keys, value)

    def text(self, value: object, keys: KeyPath) -> str:
        """Return `value`, found at `keys`, which must be a string."""
        if not isinstance(value, str):
            raise self.refusal(keys, "a string", type_name(value))
        if not value.isprintable():
            raise self.refusal(keys, "printable text on one line", "a control or invisible character")
        return value
