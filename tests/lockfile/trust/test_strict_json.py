"""Strict JSON: what is refused, with its place, and the one text of a value."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_json import LARGEST, canonical, parse

REFUSED = {
    "a key twice": (b'{"a":1,"a":1}', "a"),
    "a key twice, deep": (b'{"releases":[{"v":1},{"v":1,"v":2}]}', "releases[1].v"),
    "a key twice by an escape": (b'{"ab":1,"a\\u0062":2}', "ab"),
    "a fraction": (b'{"a":[0,1.5]}', "a[1]"),
    "a whole fraction": (b'{"a":1.0}', "a"),
    "an exponent": (b'{"a":1e3}', "a"),
    "not a number": (b'{"a":NaN}', "a"),
    "infinity": (b"[Infinity]", "[0]"),
    "minus infinity": (b"-Infinity", ""),
    "2^53": (b'{"a":9007199254740992}', "a"),
    "-2^53": (b'{"a":-9007199254740992}', "a"),
    "5000 digits": (b'{"a":' + b"9" * 5000 + b"}", "a"),
    "a byte order mark": (b"\xef\xbb\xbf{}", ""),
    "UTF-16": ('{"a":1}'.encode("utf-16-le"), ""),
    "broken UTF-8": (b'{"a":"\xff"}', ""),
    "a surrogate in UTF-8": (b'{"a":"\xed\xa0\x80"}', ""),
    "a lone surrogate": (b'{"a":["\\ud800"]}', "a[0]"),
    "surrogates in the wrong order": (b'{"a":"\\ude00\\ud83d"}', "a"),
    "a lone surrogate as a key": (b'{"a":{"\\udfff":1}}', "a"),
    "a raw line feed in a text": (b'{"a":"\n"}', ""),
    "something after it": (b"{} {}", ""),
    "nothing": (b"", ""),
    "a comma too many": (b"[1,]", ""),
    "single quotes": (b"{'a':1}", ""),
    "a comment": (b"{} // x", ""),
    "33 levels": (b"[" * 33 + b"]" * 33, ""),
    "33 levels of both kinds": (b'[{"a":' * 16 + b"[]" + b"}]" * 16, ""),
    "a million levels": (b"[" * 1_000_000, ""),
    "a million levels after a string that never ends": (b"[" * 40 + b'"' + b"[" * 1_000_000, ""),
    "too long": (b'"' + b"a" * (4 * 1024 * 1024) + b'"', ""),
    "odd, and broken further on": (b'{"a":1.5, "b', ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_place(name: str) -> None:
    """What two readers could read differently is not read at all."""
    data, place = REFUSED[name]
    with pytest.raises(MalformedDocument) as refused:
        parse(data)
    assert refused.value.place == place
    assert len(refused.value.found) < 200


TAKEN = {
    "numbers up to 53 bits": (f"[{LARGEST},-{LARGEST},0]".encode(), [LARGEST, -LARGEST, 0]),
    "32 levels": (b"[" * 32 + b"]" * 32, None),
    "brackets within texts": (b'["' + b"[{" * 100 + b'"]', ["[{" * 100]),
    "brackets after escaped quotes": (b'["\\"' + b"[" * 100 + b'\\\\"]', ['"' + "[" * 100 + "\\"]),
    "a pair of surrogates": (b'"\\ud83d\\ude00"', "\U0001f600"),
    "white space": (b' { "a" : [ true , null ] }\n', {"a": [True, None]}),
    "the same key in two objects": (b'[{"a":1},{"a":1}]', [{"a": 1}, {"a": 1}]),
}


@pytest.mark.parametrize("name", TAKEN)
def test_taken(name: str) -> None:
    """Everything else that JSON allows has its value."""
    data, value = TAKEN[name]
    assert parse(data) == (json.loads(data) if value is None else value)


def test_limits_are_the_callers() -> None:
    """Length and depth can be bounded closer."""
    assert parse(b"[[]]", limit=4, depth=2) == [[]]
    for options in ({"limit": 3}, {"depth": 1}):
        with pytest.raises(MalformedDocument):
            parse(b"[[]]", **options)


def test_a_hostile_text_costs_no_time() -> None:
    """Two million quotes and brackets are judged in the time of one reading."""
    started = time.process_time()
    for data in (b"[" * 40 + b'"' + b'\\"[' * 1_300_000, b'"' * 4_000_000, b'["a",' * 800_000):
        with pytest.raises(MalformedDocument):
            parse(data)
    assert time.process_time() - started < 3


def test_a_long_key_is_shortened_in_its_place() -> None:
    """An error is a message, however long the keys of the document are."""
    with pytest.raises(MalformedDocument) as refused:
        parse(b'{"' + b"k" * 100_000 + b'":1.5}')
    assert len(refused.value.place) < 120


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abé\U0001f600\ufffd"), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_canonical_is_read_again(value: object) -> None:
    """RFC 8785: writing, reading and writing again gives the same value and the same bytes."""
    data = canonical(value)
    assert parse(data, depth=64) == value
    assert canonical(parse(data, depth=64)) == data


def test_canonical_order_is_that_of_utf_16() -> None:
    """RFC 8785, section 3.2.3: keys are sorted by their UTF-16 units, without white space."""
    assert canonical({"\ufffd": 1, "\U0001f600": 2, "a": "\u20ac\n"}).decode() == (
        '{"a":"\u20ac\\n","\U0001f600":2,"\ufffd":1}'
    )


@pytest.mark.parametrize("value", [2**53, float("nan"), {"a": {1, 2}}, "\ud800", {1: 2}], ids=repr)
def test_no_text_for_what_json_cannot_hold(value: object) -> None:
    """Numbers of more than 53 bits, sets, lone surrogates and keys that are no texts are refused."""
    with pytest.raises(MalformedDocument):
        canonical(value)
