"""Canonical JSON read quickly: exactly what the plain way admits, and nothing hidden."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.trust.canonical_json import Shape, is_instant, is_shallow, optional, parse_canonical
from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import is_time
from holdfast.trust.strict_json import DEPTH, canonical, parse

LIMIT = 10_000
_CLEAN = st.text('aZ09 "\\{}[]:,/\u00e4\u4e2d\ue000\uffff\U0001f600', max_size=6)
_LEAF = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _CLEAN
values = st.recursive(_LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_CLEAN, inner, max_size=3))


@given(values)
def test_what_is_canonical_is_read(value: object) -> None:
    """Every value without hidden characters, in the one text of RFC 8785, keys of all planes among them."""
    assert parse_canonical(canonical(value), limit=LIMIT) == value


_PIECES = st.sampled_from([*'{}[]:,"\\ 01e.-', "null", "NaN", '"a"', "\\u00e4", "\\n", "\n", "\u202e", "a", '":'])


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_what_is_not_canonical_is_refused(text: str) -> None:
    """Any text is read as the plain and slow way reads it, or is refused as there."""
    data = text.encode()
    try:
        expected = parse(data)
        clean = canonical(expected) == data and not set(text) & {"\n", "\u202e"}
    except MalformedDocument:
        clean = False
    if clean and b"\\n" not in data:
        assert parse_canonical(data, limit=LIMIT) == expected
    else:
        with pytest.raises(MalformedDocument):
            parse_canonical(data, limit=LIMIT)


_OPTIONS: list[dict[str, Any]] = [{}, {"ensure_ascii": False}, {"sort_keys": True}, {"separators": (",", ":")}]


@given(values, st.lists(st.sampled_from(_OPTIONS), max_size=3))
def test_one_text_for_a_value(value: object, options: list[dict[str, Any]]) -> None:
    """Other spellings of the same value are refused: blanks, escapes, keys in another order."""
    data = json.dumps(value, **{name: one for each in options for name, one in each.items()}).encode()
    if data == canonical(value):
        assert parse_canonical(data, limit=LIMIT) == value
    else:
        with pytest.raises(MalformedDocument):
            parse_canonical(data, limit=LIMIT)


REFUSED = {
    "too long": b'"' + b"a" * LIMIT + b'"',
    "keys in another order": b'{"b":1,"a":1}',
    "keys by code points": '{"\ue000":1,"\U0001f600":2}'.encode(),
    "a key twice": b'{"a":1,"a":1}',
    "a blank": b'{"a": 1}',
    "minus nothing": b"[-0]",
    "a number beyond": b"[9007199254740992]",
    "a number of a thousand digits": b"[" + b"1" * 5000 + b"]",
    "a fraction": b"[1.5]",
    "an exponent": b"[1E2]",
    "infinity": b"[Infinity]",
    "an escaped letter": b'"\\u0061"',
    "an escaped slash": b'"\\/"',
    "half a character": b'"\\ud800"',
    "a control": b'"\\u0000"',
    "a line feed": b'"\\n"',
    "delete": b'"\x7f"',
    "a second line": '"\u2028"'.encode(),
    "another direction": '["a\u202eb"]'.encode(),
    "another direction in a key": '{"a\u2066":1}'.encode(),
    "an invisible mark": '"\ufeff"'.encode(),
    "not UTF-8": b'"\xff"',
    "a byte order mark": b'\xef\xbb\xbf"a"',
    "a byte of UTF-16": '"a"'.encode("utf-16"),
    "a text without end": b'"a',
    "too deep": b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1),
    "a hundred thousand levels": b"[" * 5000 + b"]" * 5000,
    "two values": b"1 2",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """One text for each value, and no text that shows otherwise than it is."""
    with pytest.raises(MalformedDocument):
        parse_canonical(REFUSED[name], limit=LIMIT)


def test_depth_is_counted_outside_of_texts() -> None:
    """Up to the limit is read, whatever brackets stand in texts."""
    for inner in (b"", b'"{{[["', b'"[[","]]"', b'"\\"[[\\\\"'):
        data = b"[" * DEPTH + inner + b"]" * DEPTH
        assert parse_canonical(data, limit=LIMIT) == json.loads(data)
        with pytest.raises(MalformedDocument, match="levels"):
            parse_canonical(b"[" + data + b"]", limit=LIMIT)


@pytest.mark.parametrize("pair", ["[]", "{}", "mixed"])
def test_shallow_is_never_said_of_what_is_deep(pair: str) -> None:
    """Twice as deep as one pass may take out is not sure; half as deep is."""
    opening, closing = {"[]": "[" * 4, "{}": "{" * 4, "mixed": "{[[{"}[pair], ""
    closing = opening[::-1].translate(str.maketrans("[{", "]}"))
    deep = (opening * (DEPTH // 4 + 1) + closing * (DEPTH // 4 + 1)).encode()
    assert not is_shallow(deep)
    assert is_shallow((opening * (DEPTH // 8) + closing * (DEPTH // 8)).encode())
    assert not is_shallow(b"[" + b"]" * 2)


_ROW = Shape(name=str, count=int, rows=list, more=dict, yes=bool)
_GOOD = {"name": "", "count": 0, "rows": [], "more": {}, "yes": False}


def test_a_shape_gives_the_values_in_order() -> None:
    """Each of its one type; other fields are passed over."""
    assert _ROW({**_GOOD, "other": None}, "rows[3]") == ("", 0, [], {}, False)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("name", None, "null"),
        ("name", 1, "a number"),
        ("count", True, "true or false"),
        ("count", "1", "text"),
        ("rows", {}, "an object"),
        ("more", [], "an array"),
        ("yes", 1, "a number"),
    ],
)
def test_a_shape_names_what_is_wrong(name: str, value: object, found: str) -> None:
    """By the key path, with what was expected: `true` is no number."""
    with pytest.raises(MalformedDocument) as refused:
        _ROW({**_GOOD, name: value}, "rows[3]")
    assert (refused.value.place, refused.value.found) == (f"rows[3].{name}", found)


@pytest.mark.parametrize("value", [None, [], "name", 1, {}])
def test_a_shape_of_something_else(value: object) -> None:
    """No object, or an empty one."""
    with pytest.raises(MalformedDocument):
        _ROW(value, "rows[3]")


def test_what_may_be_null_must_be_there() -> None:
    """Nothing is not null."""
    assert optional({"a": None}, "a", "") is None
    others: list[object] = [{}, [], None]
    for value in others:
        with pytest.raises(MalformedDocument):
            optional(value, "a", "")


TIMES: list[Callable[[str], str]] = [
    lambda time: time,
    lambda time: time.replace("T", " "),
    lambda time: time.replace("-", ""),
    lambda time: time[:-1],
    lambda time: time[:-1] + "+00:00",
    lambda time: time[:-4] + "+05Z",
    lambda time: time.replace("11-21", "02-30"),
    lambda time: time.replace("2026", "0001"),
    lambda time: time.replace("2026", "0000"),
    lambda time: time.replace("06:40", "24:00"),
    lambda time: time.replace("06:40", "23:60"),
    lambda time: time.replace("2026-11-21", "2026-W47-6"),
    lambda time: time.replace("2", "\u0662"),
    lambda time: time[:-1] + ".5Z",
    lambda time: time + "Z",
    lambda time: "",
]


@pytest.mark.parametrize("edit", TIMES)
def test_instants_are_the_times_of_all_documents(edit: Callable[[str], str]) -> None:
    """The quick check says what the other one says."""
    text = edit("2026-11-21T06:40:00Z")
    assert is_instant(text) is is_time(text)
