"""JSON as signed documents have it: one reading for each text, one text for each value.

Reading follows I-JSON (RFC 7493) and is stricter: UTF-8 without a byte order mark, no key twice, no number but whole
ones that every reader holds exactly, no lone surrogates, bounded in length and depth. Writing follows RFC 8785.
Knows syntax only; `strict_fields` reads the values.
"""

import json
import re
from collections.abc import Iterator

from holdfast.trust.errors import MalformedDocument

LIMIT = 4 * 1024 * 1024  # bytes
DEPTH = 32
LARGEST = 2**53 - 1  # RFC 7493, section 2.2

_LONGEST_KEY = 100  # characters of a key in a message
_NESTING = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)  # a string without an end: to the end
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(data: bytes, *, limit: int = LIMIT, depth: int = DEPTH) -> object:
    """Return the value of a JSON text of at most `limit` bytes and `depth` levels. Raises `MalformedDocument`.

    Values are dict, list, str, int, bool and None.
    """
    if len(data) > limit:
        raise MalformedDocument("", f"at most {limit} bytes", f"{len(data)}")
    text = _decoded(data)
    _check_depth(text, depth)
    try:
        value: object = json.loads(
            text, object_pairs_hook=_table, parse_int=_integer, parse_float=_no_number, parse_constant=_no_number
        )
    except _Odd:
        raise _placed(text) from None
    except json.JSONDecodeError as error:
        found = f"a fault at line {error.lineno}, column {error.colno} ({error.msg})"
        raise MalformedDocument("", "a JSON document", found) from None
    if _SURROGATE.search(text):
        _check_surrogates(value, "")
    return value


def canonical(value: object) -> bytes:
    """Return the one JSON text of a value by RFC 8785. Raises `MalformedDocument` for a value that has none."""
    import rfc8785  # start-up: reading does not need it

    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type] # it checks the types itself
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise MalformedDocument("", "a value that RFC 8785 can write", str(error)) from None


def joined(place: str, key: str | int) -> str:
    """Return the key path one step further: `releases`, then 3 -> `releases[3]`, then "name" -> `releases[3].name`."""
    if isinstance(key, int):
        return f"{place}[{key}]"
    short = key if len(key) <= _LONGEST_KEY else key[:_LONGEST_KEY] + "..."
    return f"{place}.{short}" if place else short


class _Odd(Exception):
    """Something that JSON allows and this module does not; a second reading finds its place."""


class _Pairs(list[tuple[str, object]]):
    """An object as it was written, with what it has twice."""


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def _decoded(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise MalformedDocument("", "UTF-8 without a byte order mark", "a byte order mark")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedDocument("", "UTF-8", f"the byte 0x{data[error.start]:02x} at {error.start}") from None


def _check_depth(text: str, depth: int) -> None:
    if text.count("[") + text.count("{") <= depth:
        return
    level = 0
    for token in _NESTING.finditer(text):
        if token[0] in "[{":
            level += 1
            if level > depth:
                raise MalformedDocument("", f"at most {depth} levels", "more")
        elif token[0] in "]}":
            level -= 1


def _table(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise _Odd
    return table


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST:
        raise _Odd
    return int(text)


def _no_number(text: str) -> object:
    raise _Odd


def _placed(text: str) -> MalformedDocument:
    try:
        value = json.loads(
            text, object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number, parse_constant=_Number
        )
    except json.JSONDecodeError:  # also broken, further on
        return MalformedDocument("", "a JSON document of whole numbers and distinct keys")
    return next(_oddities(value, ""))


def _oddities(value: object, place: str) -> Iterator[MalformedDocument]:
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, inner in value:
            if key in seen:
                yield MalformedDocument(joined(place, key), "each key once", "it twice")
            seen.add(key)
            yield from _oddities(inner, joined(place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _oddities(inner, joined(place, index))
    elif isinstance(value, _Number):
        try:
            _integer(value)
        except (_Odd, ValueError):
            yield MalformedDocument(place, f"a whole number, at most {LARGEST} either way", value[:40])


def _check_surrogates(value: object, place: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_surrogates(key, place)
            _check_surrogates(inner, joined(place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check_surrogates(inner, joined(place, index))
    elif isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise MalformedDocument(place, "Unicode text", "a lone surrogate")
