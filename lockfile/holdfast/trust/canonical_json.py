"""Canonical JSON without hidden characters, read quickly however long it is.

    {"date":"2026-11-21T06:40:00Z","reason":"it says \\"why\\"", ...}

What `strict_json` reads and RFC 8785 would write byte by byte the same, with no control or bidirectional characters in
any text of it, known or not. The whole is looked at once, in place of each key and each text by itself: a key that
stands there twice, or a number in another spelling, would not be written again as it was. Knows syntax only.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from operator import itemgetter
from typing import Any

from holdfast.model.pin_digest import fast_canonical
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, kind_of
from holdfast.trust.strict_json import DEPTH, LARGEST, canonical, parse

_SECONDS = len("2026-11-21T06:40:00")
PRINTABLE = bytes(range(0x20, 0x7F))  # ASCII
_BUT_BRACKETS = bytes([byte for byte in range(256) if byte not in b"[]{}"])
_BUT_PAIRS = bytes([byte for byte in range(256) if byte not in range(0xF0, 0xF5)])  # first bytes of 4 in UTF-8


def parse_canonical(data: bytes, *, limit: int) -> object:
    """Return the value of a canonical JSON text of at most `limit` bytes. Raises `MalformedDocument`."""
    if len(data) > limit:
        raise MalformedDocument("", f"at most {limit} bytes", f"{len(data)}")
    bare = data.replace(rb"\\", b"").replace(rb"\"", b"") if b"\\" in data else data
    if b"\\" in bare:
        raise MalformedDocument("", "no escapes but those of the quote and the backslash", "another")
    write = canonical if data.translate(None, _BUT_PAIRS) else fast_canonical  # keys sort by UTF-16 units
    value = _loaded(data) if is_shallow(bare) else None
    if value is None or write(value) != data:
        value = parse(data, limit=limit)  # says what is wrong and where
        if write(value) != data:
            raise MalformedDocument("", "JSON as RFC 8785 writes it", "the same in another form")
    if data.translate(None, PRINTABLE):
        Fields({"": data.decode("utf-8")}).text("")  # refuses what is hidden; the place is the whole
    return value


def is_shallow(data: bytes) -> bool:
    """Whether a JSON text without backslashes surely has at most `DEPTH` levels; False where a count must tell.

    Outside of its texts nothing but brackets is looked at, and each pass takes out the innermost level, or two of them:
    `{[]}`.
    """
    left = b"".join(data.split(b'"')[::2]).translate(None, _BUT_BRACKETS)
    for _ in range(DEPTH // 2):
        if not left:
            break
        left = left.replace(b"[]", b"").replace(b"{}", b"")
    return not left


def _loaded(data: bytes) -> object:
    """The value; None for what `strict_json` would refuse or is not sure to read alike."""
    try:
        return json.loads(data.decode("utf-8"), parse_int=_integer, parse_float=_integer, parse_constant=_integer)
    except ValueError:  # of JSON, of UTF-8 and of numbers
        return None


def _integer(text: str) -> int:
    value = int(text[:18])
    if len(text) > 17 or abs(value) > LARGEST:
        raise ValueError(text)
    return value


class Shape:
    """The fields that an object must have, each of exactly one JSON type; it may have others.

    >>> Shape(name=str, count=int)({"name": "left", "count": 2, "more": None}, "packages[3]")
    ('left', 2)
    """

    __slots__ = ("_names", "_take", "_types")

    def __init__(self, **types: type) -> None:
        self._names = tuple(types)
        self._types = tuple(types.values())
        self._take: Callable[[Any], tuple[Any, ...]] = itemgetter(*self._names)

    def __call__(self, value: object, place: str) -> tuple[Any, ...]:
        """Return the values of the fields, in order. Raises `MalformedDocument` with the key path from `place` on."""
        if type(value) is dict:
            try:
                values = self._take(value)
            except KeyError:
                values = ()
            if tuple(map(type, values)) == self._types:
                return values
        raise self._misfit(Fields(value, place))

    def _misfit(self, fields: Fields) -> MalformedDocument:
        wrong = [(name, kind) for name, kind in zip(self._names, self._types) if type(fields.value(name)) is not kind]
        name, kind = wrong[0]
        return MalformedDocument(fields.at(name), kind_of(kind()), kind_of(fields.value(name)))


def optional(value: object, name: str, place: str) -> object:
    """Return a field of an object that may be null and must be there. Raises `MalformedDocument`."""
    if type(value) is dict and name in value:
        return value[name]
    return Fields(value, place).value(name)


def is_instant(text: str) -> bool:
    """Whether a text is a time such as `2026-11-21T06:40:00Z`: what `strict_fields.is_time` says, sooner."""
    try:
        return f"{datetime.fromisoformat(text[:_SECONDS]).isoformat()}Z" == text
    except ValueError:
        return False
