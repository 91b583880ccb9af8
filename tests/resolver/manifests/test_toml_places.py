"""The places that a TOML document knows: against `tomllib`, on texts of every layout."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.toml import KeyPath, TomlDocument, key_path, parse_toml, scan, string_value

LAYOUTS = r'''
title = "a # no comment" # a comment with "quotes" and [brackets]
'literal key' = 'C:\path'
"quoted \"key\"" = "tab\tand \"quotes\" \\"
dotted . "k.ey" .x = 1979-05-27 07:32:00
numbers = [ 1, 2.5e3,
  # between ] items
  0x1F , -inf,
]
nested = [[1, 2], ["a", { b = [ "]", '}' ], c.d = true }], [] ,]
empty = {}
multi = """
one \""" two "quotes"" end"""
literal = QQQit's ''two''QQQ
deep = { a = { b = "x" }, "c d" = [ { e = 1 } ] }

[table] # header
key = "v"
  [table . "sub.table"]
  key = "w"

[[list]]
a = 1
[[list.inner]]
b = 1
[[list.inner]]
b = 2
[[list]]
[list.table]
c = [ """x""" ]
'''.replace("QQQ", "'''")


def leaves(value: Any, path: KeyPath = ()) -> list[tuple[KeyPath, Any]]:
    """Every value of a document that is no table and no array, with its key path."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, (*path, index))]
    return [(path, value)]


def document(text: str) -> TomlDocument:
    return parse_toml(text.encode(), "pyproject.toml")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_value_stands_where_its_span_says(line_end: str) -> None:
    """The text of each span, read alone, is the value that `tomllib` reads at that path."""
    text = LAYOUTS.replace("\n", line_end)
    spans = scan(text)
    for path, value in leaves(tomllib.loads(text)):
        literal = text[slice(*spans[path])]
        assert tomllib.loads(f"value = {literal}")["value"] == value


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("title",), 2),
        (("numbers", 3), 8),
        (("table",), 17),
        (("table", "sub.table", "key"), 20),
        (("list", 0), 22),
    ],
)
def test_lines_are_one_based(keys: KeyPath, line: int) -> None:
    """A value's line is counted from 1, a table's is that of its header."""
    assert document(LAYOUTS).line(*keys) == line


def test_an_unplaced_key_has_the_line_of_what_encloses_it() -> None:
    """A missing key is reported where its table begins; nothing at all gives 0."""
    text = document('a = 1\n[b]\nc = "x"\n')
    assert text.line("b", "missing", 3) == 2
    assert text.line("missing") == 0
    assert text.place("b", "c") == (3, 5)


keys = st.sampled_from(["a", "b-c", "D_1", "0"])
strings = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
values = st.recursive(
    st.one_of(st.integers(-9, 9), st.booleans(), strings),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
gaps = st.sampled_from(["", " ", "\t"])
breaks = st.sampled_from(["", " ", "\n", " # remark ] } \" '\n", "\r\n"])


@st.composite
def written(draw: st.DrawFn, value: Any) -> str:
    """A value in some layout that TOML allows."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        forms = [f'"{escaped}"', f'"""{escaped}"""']
        if "'" not in value:
            forms += [f"'{value}'", f"'''\n{value}'''"]
        return draw(st.sampled_from(forms))
    if isinstance(value, dict):
        items = [f"{key}{draw(gaps)}={draw(gaps)}{draw(written(inner))}" for key, inner in value.items()]
        return "{" + ",".join(f"{draw(gaps)}{item}{draw(gaps)}" for item in items) + "}"
    items = [f"{draw(breaks)}{draw(written(inner))}{draw(breaks)}" for inner in value]
    trailing = draw(st.sampled_from(["", ","])) if items else ""
    return "[" + ",".join(items) + trailing + draw(breaks) + "]"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Values under keys, under headers, in any layout."""
    lines = []
    for header in ["", "[one]", "[[two]]", "[two.three]", "[[two]]"]:
        lines.append(header)
        table = draw(st.dictionaries(keys, values, max_size=3))
        lines += [f"{key} = {draw(written(value))}{draw(gaps)}# r" for key, value in table.items()]
    return "\n".join(lines)


@given(documents())
def test_scan_agrees_with_tomllib(text: str) -> None:
    """On any valid text each leaf of `tomllib` has a span, and the span's text reads as that leaf."""
    spans = scan(text)
    for path, value in leaves(tomllib.loads(text)):
        literal = text[slice(*spans[path])]
        assert tomllib.loads(f"value = {literal}")["value"] == value
        if isinstance(value, str):
            assert string_value(literal) == value


@pytest.mark.parametrize(
    ("text", "line", "column", "found"),
    [
        (b"a = 1\nb = = 2\n", 2, 5, "invalid value"),
        (b'a = "x\n', 1, 7, "illegal character"),
        (b"a = [1,\n2\n\n", 2, 2, "unclosed array at the end of the file"),
        (b"a = 1\na = 2\n", 2, 6, "cannot overwrite a value"),
        (b"[a]\n[a]\n", 2, 3, "cannot declare"),
        (b"a = 1\n\nb = '\xff'\n", 3, 6, "byte 0xff"),
        (b"\xef\xbb\xbfa = 1\n", 1, 1, "a byte order mark"),
        (b"<<<<<<< ours\na = 1\n", 1, 1, "invalid statement"),
    ],
)
def test_malformed_text_is_refused_with_its_place(text: bytes, line: int, column: int, found: str) -> None:
    """What is not TOML is refused with line and column, both from 1."""
    with pytest.raises(ManifestError) as caught:
        parse_toml(text, "pyproject.toml")
    assert (caught.value.line, caught.value.column) == (line, column)
    assert found in caught.value.found


@pytest.mark.parametrize(
    "text",
    [b"a = " + b"[" * 100_000, b"a = " + b"9" * 5000, b"a = '" + b"x" * (9 * 1024 * 1024) + b"'"],
    ids=["deep", "digits", "long"],
)
def test_hostile_text_is_refused(text: bytes) -> None:
    """Nesting without end, numbers without end and huge files are refused as any other bad text."""
    with pytest.raises(ManifestError):
        parse_toml(text, "pyproject.toml")


@pytest.mark.parametrize(
    ("keys", "spelled"),
    [(("a", "b-c"), "a.b-c"), (("a", 3, "x"), "a[3].x"), (("a b", 'q"', ""), '"a b"."q\\"".""')],
)
def test_key_paths_are_spelled_as_toml_spells_them(keys: KeyPath, spelled: str) -> None:
    """Keys that are not bare are quoted, indexes stand in brackets."""
    assert key_path(keys) == spelled
