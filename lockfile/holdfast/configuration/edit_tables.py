"""Set and remove keys of a TOML table, append and remove tables of an array, in the file's own style.

Knows layouts: tables with a header, inline ones, dotted keys, `[[arrays]]` of tables and arrays of inline ones.
An edit is surgery on the text; what it does not concern stays, byte for byte. A table of an array that is removed
takes along the comments in it and right above it: left behind, they would speak of its neighbour.
Must never parse what a value means.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, TypeAlias

from holdfast.configuration.arrays import array_at, common_indent, insert_item, remove_item
from holdfast.configuration.places import headers, inserted, section_end, value_at
from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.toml import KeyPath, Span, TomlDocument, key_path, parse_toml, skip_blank

Pairs: TypeAlias = Sequence[tuple[str, str]]  # (key, TOML literal)


def set_key(document: TomlDocument, table: KeyPath, key: str, literal: str) -> str:
    """Return the text with `key = literal` in the table at `table`, which is made where there is none.

    A new table stands behind its relatives: the tables that begin with the same keys, but for the last.
    """
    spans, text = document.spans(), document.text
    path = (*table, key)
    if path in spans and not _is_header(text, spans[path]):
        return text[: spans[path].start] + literal + text[spans[path].end :]
    if _is_inline(text, spans.get(table)):
        return _set_inline(text, spans[table], f"{key_path((key,))} = {literal}")
    known, newline = headers(document), _newline(text)
    if table in known:
        indent = _indent(document, known, table)
        line = f"{indent}{key_path((key,))} = {literal}{newline}"
        return inserted(document, section_end(document, known, table), line, newline)
    dotted = [(span, keys) for keys, span in spans.items() if keys[: len(table)] == table and len(keys) > len(table)]
    dotted = [(span, keys) for span, keys in dotted if not _is_header(text, span) and not _under(keys, known, table)]
    if dotted:
        # modules."@acme/a" = "1" -> the new key in the same way, below it
        last = max((span for span, _ in dotted), key=lambda span: span.end)
        above = [keys for keys, span in known.items() if span.start < last.start]
        governing = max(above, key=lambda keys: known[keys].start) if above else ()
        line = f"{_line_indent(text, last.start)}{key_path((*table, key)[len(governing) :])} = {literal}{newline}"
        return inserted(document, _next_line(text, last.end), line, newline)
    block = f"[{key_path(table)}]{newline}{key_path((key,))} = {literal}{newline}"
    return _append_block(document, known, table[:-1], block)


def remove_key(document: TomlDocument, table: KeyPath, key: str) -> str:
    """Return the text without `key` of the table at `table`, where it is; its line goes with it."""
    spans, text = document.spans(), document.text
    path = (*table, key)
    if _is_inline(text, spans.get(table)):
        return _remove_inline(document, table, path)
    if path in headers(document):
        return remove_table(document, path)
    for span in sorted(_outermost([span for keys, span in spans.items() if keys[: len(path)] == path]), reverse=True):
        text = text[: _line_start(text, span.start)] + text[_next_line(text, span.end) :]
    return text


def append_table(document: TomlDocument, array: KeyPath, pairs: Pairs) -> str:
    """Return the text with one table more at the end of the array at `array`, written as the array is."""
    spans, newline = document.spans(), _newline(document.text)
    if array in spans:
        count = len(value_at(document, array))
        inline = "{ " + ", ".join(f"{key} = {literal}" for key, literal in pairs) + " }"
        return insert_item(array_at(document, array, count), count, inline, common_indent(document))
    known = headers(document)
    lines = [f"[[{key_path(array)}]]", *(f"{key} = {literal}" for key, literal in pairs)]
    block = "".join(line + newline for line in lines)
    here = [keys for keys in known if keys[:-1] == array]
    if here:
        return _spliced_block(document, _block_end(document, known, here[-1]), block)
    return _append_block(document, known, array[:-1], block)


def remove_table(document: TomlDocument, table: KeyPath) -> str:
    """Return the text without a table that has a header, or without an inline one of an array."""
    known, text = headers(document), document.text
    if table not in known:
        array, index = table[:-1], table[-1]
        assert isinstance(index, int)
        return remove_item(array_at(document, array, len(value_at(document, array))), index)
    end = _block_end(document, known, table)
    start = above = _line_start(text, known[table].start)
    floor = max((span.end for span in document.spans().values() if span.end <= start), default=0)
    while above > floor:
        line = _line_start(text, above - 1)
        if line < floor or not _is_comment(text, line):
            break
        above = line
    # Comments at the very beginning are the file's own.
    before, after = text[: above if above > 0 else start], text[end:]
    if not before:
        return after.removeprefix(_newline(text))
    if before.endswith(("\n\n", "\n\r\n")) and (not after.strip() or after.startswith(("\n", "\r\n"))):
        before = before[:-2] if before.endswith("\r\n") else before[:-1]
    return before + after


def edited(before: TomlDocument, text: str, change: Callable[[dict[str, Any]], None], hint: str) -> TomlDocument:
    """Return the edited text, read again; raise `ManifestError` unless it says what `change` makes of the old data."""
    expected = deepcopy(before.data)
    change(expected)
    try:
        after = parse_toml(text.encode(), before.path)
    except ManifestError:
        after = None
    if after is None or _filled(after.data) != _filled(expected):
        raise ManifestError(before.path, "a layout in which one entry can be edited", hint=hint)
    return after


def _filled(value: Any) -> Any:
    # Without empty tables and arrays: whether the last entry takes its table along is no difference.
    if isinstance(value, dict):
        return {key: _filled(inner) for key, inner in value.items() if inner not in ({}, []) and _filled(inner) != {}}
    return [_filled(inner) for inner in value] if isinstance(value, list) else value


def _append_block(document: TomlDocument, known: dict[KeyPath, Span], base: KeyPath, block: str) -> str:
    # Behind the last table whose keys begin with `base`; a base of () begins all of them.
    family = [keys for keys in known if keys[: len(base)] == base] if base else []
    if not family:
        return _spliced_block(document, len(document.text), block)
    last = max(family, key=lambda keys: known[keys].start)
    return _spliced_block(document, _block_end(document, known, last), block)


def _spliced_block(document: TomlDocument, offset: int, block: str) -> str:
    # Set off by a blank line, unless there is one.
    newline = _newline(document.text)
    before = document.text[:offset]
    blank = not before.strip() or before.endswith(("\n\n", "\n\r\n"))
    if blank or not document.text[offset:].strip():
        block = block if blank else newline + block
        lead = "" if before.endswith("\n") or not before else newline
        return before + lead + block + document.text[offset:]
    return inserted(document, offset, newline + block, newline)


def _block_end(document: TomlDocument, known: dict[KeyPath, Span], table: KeyPath) -> int:
    # The section of a header, with the comments right behind it; those right above the next header are that one's.
    text = document.text
    end = after = section_end(document, known, table)
    while after < len(text) and _is_comment(text, after):
        after = _next_line(text, after)
    return end if text[after:].lstrip(" \t").startswith("[") else after


def _set_inline(text: str, span: Span, pair: str) -> str:
    # {} -> { k = v }; { a = 1 } -> { a = 1, k = v }
    inside = text[span.start + 1 : span.end - 1].rstrip(" \t")
    if not inside.strip(" \t"):
        return f"{text[: span.start]}{{ {pair} }}{text[span.end :]}"
    offset = span.start + 1 + len(inside)
    return f"{text[:offset]}, {pair}{text[offset:]}"


def _remove_inline(document: TomlDocument, table: KeyPath, path: KeyPath) -> str:
    spans, text = document.spans(), document.text
    outer = spans[table]
    values = sorted(_outermost([one for one in spans.values() if outer.start < one.start and one.end < outer.end]))
    marks = [skip_blank(text, value.end) for value in values]  # of the comma, or of the final brace
    starts = [outer.start + 1, *(mark + 1 for mark in marks[:-1])]
    index = next((place for place, value in enumerate(values) if value == spans.get(path)), -1)
    if index < 0:
        return text  # dotted keys in an inline table: the caller, who compares, refuses
    if len(values) == 1:
        return f"{text[: outer.start]}{{}}{text[outer.end :]}"
    if index == len(values) - 1:
        return text[: starts[index] - 1] + text[values[index].end :]
    return text[: skip_blank(text, starts[index])] + text[skip_blank(text, starts[index + 1]) :]


def _outermost(spans: list[Span]) -> list[Span]:
    return [
        one
        for one in spans
        if not any(other != one and other.start <= one.start and one.end <= other.end for other in spans)
    ]


def _under(keys: KeyPath, known: dict[KeyPath, Span], table: KeyPath) -> bool:
    # Whether a value stands under a header below `table`: [modules."@acme/a"]
    return any(len(header) > len(table) and keys[: len(header)] == header for header in known)


def _indent(document: TomlDocument, known: dict[KeyPath, Span], table: KeyPath) -> str:
    # That of the first value under the header, else of the header.
    direct = [span.start for keys, span in document.spans().items() if keys[:-1] == table and keys not in known]
    return _line_indent(document.text, min(direct) if direct else known[table].start)


def _line_indent(text: str, offset: int) -> str:
    line = text[_line_start(text, offset) : offset]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _is_header(text: str, span: Span) -> bool:
    # A header begins its line; an array follows its "=".
    return text[span.start] == "[" and not text[_line_start(text, span.start) : span.start].strip(" \t")


def _is_inline(text: str, span: Span | None) -> bool:
    return span is not None and text[span.start] == "{"


def _is_comment(text: str, offset: int) -> bool:
    return text[offset : _next_line(text, offset)].lstrip(" \t").startswith("#")


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _next_line(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1


def _newline(text: str) -> str:
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"
