"""Typed fields of strict documents: every refusal names its key path."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields, is_time, time_of, time_text

HEX = "0123456789abcdef" * 4
DOCUMENT = {
    "text": "a",
    "empty": "",
    "number": 7,
    "yes": True,
    "null": None,
    "lines": "a\n\tb",
    "bidi": "a\u202eb",
    "time": "2026-11-21T06:40:00Z",
    "hex": HEX,
    "digest": "sha256:" + HEX,
    "rows": [{"v": 1}, {"v": "x"}],
    "words": ["a", "b"],
    "mixed": ["a", 1],
    "table": {"b": "1", "a": ""},
    "critical": ["text"],
}


def fields() -> Fields:
    """The fields of the document above."""
    return Fields(DOCUMENT)


def test_values_by_type() -> None:
    """Each reader gives the value of its type."""
    one = fields()
    assert (one.text("text"), one.text("empty"), one.integer("number"), one.boolean("yes")) == ("a", "", 7, True)
    assert one.text("lines", lines=True) == "a\n\tb"
    assert (one.optional_text("null"), one.optional_text("nothing"), one.optional_text("text")) == (None, None, "a")
    assert one.optional_table("null") is None
    assert one.texts("words") == ("a", "b")
    assert one.table("table").text("b") == "1"
    assert one.text_table("table") == {"b": "1", "a": ""}
    assert one.tables("rows")[1].text("v") == "x"
    assert (one.hex_digest("hex"), one.digest("digest")) == (HEX, "sha256:" + HEX)
    assert one.time("time") == "2026-11-21T06:40:00Z"
    assert one.time("empty", empty=True) == ""
    assert one.choice("text", ("b", "a")) == "a"
    one.constant("number", 7)
    one.critical(("text",))
    one.only(DOCUMENT)


REFUSALS: list[tuple[Callable[[Fields], object], str, str]] = [
    (lambda one: one.text("number"), "number", "text"),
    (lambda one: one.text("nothing"), "nothing", "a value"),
    (lambda one: one.text("null"), "null", "text"),
    (lambda one: one.text("empty", empty=False), "empty", "text"),
    (lambda one: one.text("lines"), "lines", "text without control characters"),
    (lambda one: one.text("bidi", lines=True), "bidi", "text without control characters"),
    (lambda one: one.integer("text"), "text", "a whole number"),
    (lambda one: one.integer("yes"), "yes", "a whole number"),
    (lambda one: one.integer("number", minimum=8), "number", "a number from 8"),
    (lambda one: one.integer("number", maximum=6), "number", "a number from 0 to 6"),
    (lambda one: one.boolean("number"), "number", "true or false"),
    (lambda one: one.array("text"), "text", "an array"),
    (lambda one: one.array("words", most=1), "words", "at most 1"),
    (lambda one: one.texts("mixed"), "mixed[1]", "text"),
    (lambda one: one.table("words"), "words", "an object"),
    (lambda one: one.tables("words"), "words[0]", "an object"),
    (lambda one: one.tables("rows")[0].text("v"), "rows[0].v", "text"),
    (lambda one: one.tables("rows")[0].table("w"), "rows[0].w", "a value"),
    (lambda one: one.text_table("rows"), "rows", "an object"),
    (lambda one: one.constant("yes", 1), "yes", "1"),
    (lambda one: one.constant("number", 8), "number", "8"),
    (lambda one: one.choice("text", ("b", "c")), "text", "one of b, c"),
    (lambda one: one.hex_digest("digest"), "digest", "64 lower-case hex"),
    (lambda one: one.digest("hex"), "hex", "sha256:"),
    (lambda one: one.digest("digest", "ed25519:"), "digest", "ed25519:"),
    (lambda one: one.time("text"), "text", "a time"),
    (lambda one: one.time("empty"), "empty", "a time"),
    (lambda one: one.only(("text",)), "bidi", "no other fields"),
    (lambda one: one.critical(), "critical[0]", "a field that this version understands"),
    (lambda one: one.table("table").critical(), "table.critical", "a value"),
]


@pytest.mark.parametrize("case", range(len(REFUSALS)))
def test_refusals_name_their_place(case: int) -> None:
    """A wrong type, range or form, with the path to it."""
    read, place, expected = REFUSALS[case]
    with pytest.raises(MalformedDocument) as refused:
        read(fields())
    assert refused.value.place == place
    assert refused.value.expected.startswith(expected)


@pytest.mark.parametrize("data", [b"[]", b"1", b"null", b'"a"'])
def test_a_document_is_an_object(data: bytes) -> None:
    """Anything else has no fields."""
    with pytest.raises(MalformedDocument, match="an object"):
        Fields.of(data)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21",
        "2026-11-21T06:40:00",
        "2026-11-21T06:40:00+00:00",
        "2026-11-21T06:40:00.0Z",
        "2026-11-21t06:40:00z",
        "2026-13-21T06:40:00Z",
        "2026-02-30T06:40:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T06:40:61Z",
        "٢٠٢٦-11-21T06:40:00Z",
        "2026-11-21T06:40:00Z\n",
    ],
)
def test_one_form_of_time(text: str) -> None:
    """Times that sort as texts: UTC, whole seconds, in the calendar."""
    assert not is_time(text)


def test_times_and_instants() -> None:
    """A time is an instant in UTC; an instant of any zone has its time, cut to seconds."""
    instant = time_of("2026-11-21T06:40:00Z")
    assert instant == datetime(2026, 11, 21, 6, 40, tzinfo=UTC)
    elsewhere = instant.astimezone(timezone(timedelta(hours=5))) + timedelta(milliseconds=900)
    assert time_text(elsewhere) == "2026-11-21T06:40:00Z"
