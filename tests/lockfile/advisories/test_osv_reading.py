"""Reading OSV records: what arrives, what is passed over, what is refused, and which bytes are read at all."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.advisories.osv import LIMIT, RecordRefused, read_record
from holdfast.advisories.select import may_concern, select
from holdfast.advisories.values import Advisory, Affected, Event, Range, Unjudged
from holdfast_resolver.values.names import normalize_name
from tests.support.osv_records import affecting, npm, python, record, row


def reading(**fields: Any) -> Advisory:
    return read_record(json.dumps({"id": "A-1", **fields}).encode())


def refused(data: bytes) -> str:
    with pytest.raises(RecordRefused) as caught:
        read_record(data)
    return caught.value.reason


def test_a_whole_record_arrives() -> None:
    """Every field that judging and reports need, as the record spells it."""
    one = {
        "schema_version": "1.7.0",
        "id": "GHSA-462w-v97r-4m45",
        "modified": "2026-01-02T03:04:05Z",
        "published": "2019-04-10T14:30:24Z",
        "aliases": ["PYSEC-2019-217", "CVE-2019-10906"],
        "related": ["CVE-2016-10745"],
        "summary": "sandbox  escape\nby format",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"}],
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "jinja2", "purl": "pkg:pypi/jinja2"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0", "fixed": "2.10.1"}]}],
                "versions": ["2.10"],
                "database_specific": {"severity": "Moderate"},
            }
        ],
        "references": [{"type": "WEB", "url": "https://a.example/1"}, {"type": "WEB", "url": "javascript:x"}],
        "database_specific": {"severity": "HIGH"},
    }
    assert read_record(json.dumps(one).encode(), "acme") == Advisory(
        "GHSA-462w-v97r-4m45",
        "2026-01-02T03:04:05Z",
        "2019-04-10T14:30:24Z",
        "",
        ("CVE-2019-10906", "PYSEC-2019-217"),
        "sandbox escape by format",
        (
            Affected(
                "PyPI",
                "jinja2",
                (Range("ECOSYSTEM", (Event("introduced", "0"), Event("fixed", "2.10.1"))),),
                ("2.10",),
                (),
                "medium",
            ),
        ),
        (("CVSS_V3", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"),),
        "high",
        ("https://a.example/1",),
        "acme",
    )


def test_what_is_only_shown_may_be_anything() -> None:
    """Odd aliases, summaries, severities and references are left out; the record stands."""
    found = reading(aliases=["ok", 7, "a b", "A-1"], summary=7, severity="high", references={}, database_specific=[])
    assert found == Advisory("A-1", aliases=("ok",))
    assert reading(details="# First\nsecond").summary == "# First"
    assert len(reading(summary="x" * 1000).summary) == 300
    assert reading(summary="a\ud800b").summary == "a?b"
    assert reading(affected=None, aliases=None).affected == ()
    assert reading(affected=[{"ranges": [{"type": "GIT", "events": []}]}]).affected[0].name == ""


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "JSON"),
        (b"[]", "an object"),
        (b"\xff", "UTF-8"),
        (b'{"id": "A", "id": "B"}', "'id' twice"),
        (b'{"id": ' + b"[" * 100_000, "levels"),
        (b'{"id": ' + b"9" * 5_000 + b"}", "sensible"),
        (b" " * (LIMIT + 1), "bytes"),
        (b"{}", "an id"),
        (b'{"id": "a b"}', "an id"),
        (b'{"id": "\\u001b[0m"}', "an id"),
        (b'{"id": "A", "schema_version": "2.0"}', "schema_version"),
        (b'{"id": "A", "schema_version": 1}', "schema_version"),
        (b'{"id": "A", "withdrawn": true}', "withdrawn"),
        (b'{"id": "A", "affected": {}}', "affected"),
        (b'{"id": "A", "affected": [7]}', "affected[0]"),
        (b'{"id": "A", "affected": [{"package": 7}]}', "affected[0].package"),
        (b'{"id": "A", "affected": [{"package": {"ecosystem": "npm"}}]}', "affected[0].package.name"),
        (b'{"id": "A", "affected": [{"versions": [1.0]}]}', "affected[0].versions"),
        (b'{"id": "A", "affected": [{"ranges": [{"type": 7}]}]}', "affected[0].ranges[0].type"),
        (b'{"id": "A", "affected": [{"ranges": [{"type": "GIT", "events": [{"fixed": 1}]}]}]}', "events[0]"),
        (b'{"id": "A", "affected": [{"ranges": [{"type": "GIT", "events": [7]}]}]}', "events[0]"),
    ],
)
def test_what_decides_is_of_its_type_or_the_record_is_refused(data: bytes, word: str) -> None:
    """The reason says what was expected and where, never an exception of another kind."""
    assert word in refused(data)


@given(st.binary(max_size=60).map(lambda tail: b'{"id": "A", "affected": ' + tail))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    """Whatever follows, there is a record or a refusal."""
    with contextlib.suppress(RecordRefused):
        read_record(data)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["package", "name", "ecosystem", "ranges", "type", "events", "versions", "severity", "url"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["aliases", "summary", "details", "affected", "severity", "references", "withdrawn", "modified"]
        ),
        VALUES,
    )
)
def test_no_json_raises_anything_else(fields: dict[str, Any]) -> None:
    """Every field with every type."""
    with contextlib.suppress(RecordRefused):
        assert reading(**fields).id == "A-1"


def test_records_that_name_no_wanted_package_are_not_read() -> None:
    """A record of others is passed over; one that is not plainly of others is read, and refused if it is broken."""
    mine = json.dumps(affecting("A-1", python("Acme_Web"), "ECOSYSTEM", "introduced 0")).encode()
    scoped = json.dumps(affecting("A-2", npm("@acme/web"), "SEMVER", "introduced 0")).encode().replace(b"/", b"\\/")
    escaped = mine.replace(b"Acme_Web", b"\\u0061cme-web").replace(b"A-1", b"A-3")
    key = mine.replace(b'"name"', b'"n\\u0061me"').replace(b"A-1", b"A-4")
    other = json.dumps(affecting("A-5", python("other"), "ECOSYSTEM", "introduced 0")).encode()
    cut = other[:-3]
    records: list[tuple[str, bytes | str]] = [
        ("1", mine),
        ("2", scoped),
        ("3", escaped),
        ("4", key),
        ("5", other),
        ("6", cut),
        ("7", "too long"),
    ]
    found = select(records, frozenset(["acme-web", "@acme/web"]))
    assert [one.id for one in found.advisories] == ["A-1", "A-2", "A-3", "A-4"]
    assert [one.record for one in found.unread] == ["6", "7"]
    assert found.unread[1] == Unjudged("7", "", "too long")
    assert found.seen == 7


def test_escapes_that_spell_no_name_cost_nothing() -> None:
    """`<`, `>` and `&` are escaped by many writers: such a record of others is passed over."""
    other = json.dumps(record("A-1", row(python("other")), details="a<b")).encode().replace(b"<", b"\\u003c")
    assert not may_concern(other, frozenset(["acme"]))


def test_all_records_of_a_registry_are_read() -> None:
    """They are few, and each is its own word about its own modules."""
    data = json.dumps(affecting("A-1", {"ecosystem": "holdfast", "name": "@a/b"}, "SEMVER", "introduced 0")).encode()
    assert [one.registry for one in select([("x", data)], frozenset(), registry="acme").advisories] == ["acme"]


NAME = st.text(st.sampled_from("aAbB-_.@/"), min_size=1, max_size=5)


@given(NAME, st.booleans(), st.booleans())
def test_no_record_of_a_wanted_package_is_passed_over(name: str, slashes: bool, wide: bool) -> None:
    """However JSON lays out the record or spells the name."""
    text = json.dumps(affecting("A-1", python(name), "ECOSYSTEM", "introduced 0"), indent=2 if wide else None)
    if slashes:
        text = text.replace("/", "\\/")
    assert may_concern(text.encode(), frozenset([name]))
    assert may_concern(text.encode(), frozenset([normalize_name(name)])) or name.startswith("@")
