"""The step summary: Markdown that shows findings and does nothing else, whatever they say."""

from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from holdfast.findings.codes import CODES
from holdfast.findings.finding import SEVERITIES, Finding
from holdfast.reports.github_summary import LIMIT, render_summary
from holdfast.reports.plain import plain
from holdfast.reports.port import Summary

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
TAGS = ("<code>", "</code>", "<br>")
HOSTILE = (
    "a|b",
    "`a`",
    "``` \n# title",
    "<script>alert(1)</script>",
    "</code></td><img src=x onerror=y>",
    "<!-- a",
    "&lt;b&gt;&#124;",
    "[a](https://evil.example)",
    "![a](https://evil.example/a.png)",
    "https://evil.example www.evil.example",
    "\\| \\",
    "evil\u202egnp.whl",
    "one\ntwo\r\n| a | b |",
    "@somebody #1 :tada: **a** _b_ ~~c~~",
    "| --- |",
)
TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8"), max_size=12)


@st.composite
def any_findings(draw: st.DrawFn) -> Finding:
    """A finding with whatever text in it."""
    facts = draw(st.lists(st.tuples(st.sampled_from(["package", "class", "why"]), TEXTS), max_size=3))
    code, severity = draw(st.sampled_from(sorted(CODES))), draw(st.sampled_from(SEVERITIES))
    return Finding(code, severity, draw(TEXTS), facts=tuple(facts), hints=tuple(draw(st.lists(TEXTS, max_size=2))))


def rows(text: str) -> list[list[str]]:
    """The cells of the table's body, as a reader sees them; nothing but our own tags may be in them."""
    tokens = MARKDOWN.parse(text)
    found: list[list[str]] = []
    inside = False
    for token in tokens:
        inside = (inside or token.type == "tbody_open") and token.type != "tbody_close"
        if inside and token.type == "tr_open":
            found.append([])
        elif inside and token.type == "inline":
            found[-1].append(seen(token))
    return found


def seen(token: Token) -> str:
    """The text of a cell; any markup but ours fails."""
    parts = []
    for child in token.children or ():
        if child.type == "html_inline":
            assert child.content in TAGS
            parts.append("\n" if child.content == "<br>" else "")
        else:
            assert child.type in ("text", "text_special"), child
            parts.append(child.content)
    return "".join(parts)


@settings(max_examples=150, deadline=None)
@given(findings=st.lists(any_findings(), min_size=1, max_size=4).map(tuple), sentence=TEXTS)
def test_every_finding_is_one_row_that_says_what_it_says(findings: tuple[Finding, ...], sentence: str) -> None:
    """A Markdown reader finds exactly our cells: no text adds a row, a cell, a link, an image or a tag."""
    text = render_summary(findings, Summary("check", sentence))
    found = rows(text)
    assert len(found) == len(findings)
    for cells, finding in zip(found, sorted(findings, key=lambda one: -SEVERITIES.index(one.severity)), strict=True):
        facts = dict(finding.facts)
        wanted = [
            finding.severity,
            finding.code,
            plain(facts.get("package") or finding.subject),
            plain(facts.get("class", "")),
            "\n".join(plain(hint) for hint in finding.hints),
        ]
        assert [cell.strip() for cell in cells] == [one.strip() for one in wanted]
    kinds = [
        token.type
        for token in MARKDOWN.parse(text)
        if token.level <= 1 and token.nesting >= 0 and not token.type.startswith(("thead", "tbody"))
    ]
    assert kinds == ["heading_open", "inline", "paragraph_open", "inline", "table_open", "paragraph_open", "inline"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_character_of_markup_is_written_raw(hostile: str) -> None:
    """Of what stands in a cell no mark, no bracket and no control is left, so other readers are safe as well."""
    row = render_summary((Finding("pin-yanked", "note", hostile),), Summary("check")).split("\n")[6]
    inside = row.partition("<code>pin-yanked</code> | <code>")[2].partition("</code>")[0]
    assert unescape(inside) == plain(hostile).replace("…", "")
    assert not set(inside) & set("|`<>[]()*_~\\\"'!:@.\u202e\r")
    assert inside.count("&") == inside.count("&#") == inside.count(";")


def test_a_clean_run_has_no_table() -> None:
    """It says that it passed, and what was checked."""
    text = render_summary((), Summary("check", "holdfast.lock holds (2 packages)"))
    assert text == "### holdfast check: passed\n\nholdfast&#46;lock holds &#40;2 packages&#41;\n"


def test_warnings_pass() -> None:
    """The heading says what the exit code says."""
    heading = {one: render_summary((Finding("x", one, "a"),), Summary("check")).split("\n")[0] for one in SEVERITIES}
    assert [heading[one].rpartition(" ")[2] for one in SEVERITIES] == ["passed", "passed", "failed", "failed"]


@pytest.mark.parametrize("room", [LIMIT, 20_000, 3_000, 900])
def test_what_has_no_room_is_counted(room: int) -> None:
    """The text fits, the gravest are kept, and the rest is said to be missing."""
    findings = tuple([Finding("pin-yanked", SEVERITIES[place % 4], f"ü|{place}") for place in range(20_000)])
    text = render_summary(findings, Summary("check", "x"), room)
    assert len(text.encode()) <= room
    found = rows(text)
    assert found[0][0] == "alarm"
    assert f"{20_000 - len(found)} of 20000 findings have no room here" in text
    left = room - len(text.encode())
    assert left < 600  # no room is given away


def test_without_room_nothing_is_written() -> None:
    """A file that is full already is not made too long, which would lose all of it."""
    finding = Finding("pin-yanked", "alarm", "a")
    assert [render_summary(found, Summary("check"), room) for found in ((finding,), ()) for room in (0, -5, 10)] == [
        ""
    ] * 6


def test_a_long_cell_is_cut() -> None:
    """One finding can't push the others out."""
    text = render_summary((Finding("pin-yanked", "note", "x" * 10_000),), Summary("check"))
    assert rows(text)[0][2] == "x" * 299 + "…"
