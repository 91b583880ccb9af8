"""Typed access to the values of a strict JSON document; every refusal names its key path.

    fields = Fields.of(data)
    fields.constant("format", 1)
    for release in fields.tables("releases"):
        release.text("version")          # MalformedDocument("releases[3].version", "text", "a number")

Knows JSON's types and the few forms that all documents share (digests, times, `critical`), no document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_json import LARGEST, LIMIT, joined, parse

TIME = "%Y-%m-%dT%H:%M:%SZ"
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_HEX = re.compile(r"[0-9a-f]{64}")
# What makes a text look like another: controls, line separators, and the marks and overrides of direction.
_DIRECTION = "\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
_HIDDEN = re.compile(f"[\x00-\x1f\x7f-\x9f{_DIRECTION}]")
_HIDDEN_IN_LINES = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_DIRECTION}]")


class Fields:
    """The fields of one JSON object at `place`, a key path ("" for the whole document).

    Every reader raises `MalformedDocument` for a field that is missing or of another type; readers that begin
    with `optional_` return None for a field that is missing or null.
    """

    __slots__ = ("_table", "place")

    def __init__(self, value: object, place: str = "") -> None:
        if not isinstance(value, dict):
            raise MalformedDocument(place, "an object", kind_of(value))
        self._table: dict[str, object] = value
        self.place = place

    @classmethod
    def of(cls, data: bytes, *, limit: int = LIMIT) -> Fields:
        """Read a whole document of at most `limit` bytes that is an object."""
        return cls(parse(data, limit=limit))

    def names(self) -> tuple[str, ...]:
        """Return the names of all fields, as written."""
        return tuple(self._table)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._table.get(name) is not None

    def value(self, name: str) -> object:
        """Return a field's value, whatever its type."""
        if name not in self._table:
            raise MalformedDocument(self.at(name), "a value", "nothing")
        return self._table[name]

    def at(self, name: str) -> str:
        """Return the key path of a field."""
        return joined(self.place, name)

    def wrong(self, name: str, expected: str, found: str = "") -> MalformedDocument:
        """Return the refusal of a field, to be raised. `found` defaults to the value itself."""
        return MalformedDocument(self.at(name), expected, found or shown(self._table.get(name)))

    def text(self, name: str, *, empty: bool = True, lines: bool = False) -> str:
        """Return a text without control and bidirectional characters; `lines` admits line feeds and tabs."""
        return _text(self.value(name), self.at(name), empty=empty, lines=lines)

    def optional_text(self, name: str, *, lines: bool = False) -> str | None:
        """Return a text, None for null or nothing."""
        return self.text(name, lines=lines) if self.has(name) else None

    def integer(self, name: str, *, minimum: int = 0, maximum: int = LARGEST) -> int:
        """Return a whole number between `minimum` and `maximum`."""
        value = self.value(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise MalformedDocument(self.at(name), "a whole number", kind_of(value))
        if not minimum <= value <= maximum:
            raise MalformedDocument(self.at(name), f"a number from {minimum} to {maximum}", str(value))
        return value

    def boolean(self, name: str) -> bool:
        """Return true or false."""
        value = self.value(name)
        if not isinstance(value, bool):
            raise MalformedDocument(self.at(name), "true or false", kind_of(value))
        return value

    def array(self, name: str, *, most: int = 100_000) -> list[object]:
        """Return an array of at most `most` values of any type."""
        value = self.value(name)
        if not isinstance(value, list):
            raise MalformedDocument(self.at(name), "an array", kind_of(value))
        if len(value) > most:
            raise MalformedDocument(self.at(name), f"at most {most} entries", str(len(value)))
        return value

    def texts(self, name: str, *, most: int = 100_000) -> tuple[str, ...]:
        """Return an array of texts, none empty."""
        values = self.array(name, most=most)
        return tuple(
            [_text(one, joined(self.at(name), index), empty=False, lines=False) for index, one in enumerate(values)]
        )

    def table(self, name: str) -> Fields:
        """Return the fields of an object."""
        return Fields(self.value(name), self.at(name))

    def optional_table(self, name: str) -> Fields | None:
        """Return the fields of an object, None for null or nothing."""
        return self.table(name) if self.has(name) else None

    def tables(self, name: str, *, most: int = 100_000) -> tuple[Fields, ...]:
        """Return an array of objects."""
        values = self.array(name, most=most)
        return tuple([Fields(one, joined(self.at(name), index)) for index, one in enumerate(values)])

    def text_table(self, name: str) -> dict[str, str]:
        """Return an object whose values are texts: dependencies and their ranges."""
        inner = self.table(name)
        for key in inner.names():
            _text(key, self.at(name), empty=False, lines=False)
        return {key: inner.text(key) for key in inner.names()}

    def constant(self, name: str, expected: str | int) -> None:
        """Refuse a field that has not exactly this value, such as a format's number."""
        value = self.value(name)
        if type(value) is not type(expected) or value != expected:
            raise MalformedDocument(self.at(name), shown(expected), shown(value))

    def choice(self, name: str, known: Iterable[str]) -> str:
        """Return a text that is one of `known`."""
        value, choices = self.text(name), tuple(known)
        if value not in choices:
            raise MalformedDocument(self.at(name), f"one of {', '.join(choices)}", shown(value))
        return value

    def hex_digest(self, name: str) -> str:
        """Return 64 lower-case hex digits."""
        value = self.text(name)
        if not _HEX.fullmatch(value):
            raise MalformedDocument(self.at(name), "64 lower-case hex digits", shown(value))
        return value

    def digest(self, name: str, prefix: str = "sha256:") -> str:
        """Return `prefix` and 64 lower-case hex digits."""
        value = self.text(name)
        if not (value.startswith(prefix) and _HEX.fullmatch(value[len(prefix) :])):
            raise MalformedDocument(self.at(name), f"{prefix} and 64 lower-case hex digits", shown(value))
        return value

    def time(self, name: str, *, empty: bool = False) -> str:
        """Return a time such as `2026-11-21T06:40:00Z` (RFC 3339, UTC, seconds); such texts sort by time."""
        value = self.text(name)
        if not (empty and not value) and not is_time(value):
            raise MalformedDocument(self.at(name), "a time such as 2026-11-21T06:40:00Z", shown(value))
        return value

    def only(self, known: Iterable[str]) -> None:
        """Refuse fields of other names than `known`."""
        unknown = sorted(set(self._table) - set(known))
        if unknown:
            raise MalformedDocument(self.at(unknown[0]), "no other fields", shown(unknown[0]))

    def critical(self, known: Iterable[str] = ()) -> None:
        """Refuse the document when its array `critical` names what this reader does not understand.

        Fields that nobody knows are passed over unless they stand there; the array itself must be there.
        """
        for index, name in enumerate(self.texts("critical", most=1000)):
            if name not in tuple(known):
                place = joined(self.at("critical"), index)
                raise MalformedDocument(place, "a field that this version understands", shown(name))


def is_time(text: str) -> bool:
    """Whether a text is a time such as `2026-11-21T06:40:00Z`, in the calendar."""
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.strptime(text, TIME)
    except ValueError:
        return False
    return True


def time_of(text: str) -> datetime:
    """Return the instant of a time that `is_time` admits."""
    return datetime.strptime(text, TIME).replace(tzinfo=UTC)


def time_text(instant: datetime) -> str:
    """Return the text of an instant with a time zone, its fraction of a second cut off."""
    return instant.astimezone(UTC).strftime(TIME)


def kind_of(value: object) -> str:
    """Return what a JSON value is, in words."""
    kinds = {dict: "an object", list: "an array", str: "text", bool: "true or false", int: "a number"}
    return kinds.get(type(value), "null" if value is None else "another value")


def shown(value: object) -> str:
    """Return a value as a message shows it: short, and without characters that could hide."""
    text = f"{value!a}" if isinstance(value, str) else str(value) if isinstance(value, int) else kind_of(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _text(value: object, place: str, *, empty: bool, lines: bool) -> str:
    if not isinstance(value, str):
        raise MalformedDocument(place, "text", kind_of(value))
    hidden = (_HIDDEN_IN_LINES if lines else _HIDDEN).search(value)
    if hidden:
        raise MalformedDocument(place, "text without control characters", f"U+{ord(hidden[0]):04X}")
    if not value and not empty:
        raise MalformedDocument(place, "text", "an empty text")
    return value
