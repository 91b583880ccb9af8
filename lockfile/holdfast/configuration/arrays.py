"""Insert, replace and remove one item of a TOML array in its own style, as surgery on the text.

Knows layouts: one line, one item per line, several per line, leading commas, comments anywhere. What lies
outside the array is never touched, byte for byte; inside, every comment stays but the one on the line of a
removed item.
Must never parse what an item means.
"""

from holdfast_resolver.manifests.toml import KeyPath, Span, TomlDocument, skip_blank
from holdfast_resolver.values.tuples import NamedTuple

DEFAULT_INDENT = "    "


class ArrayText(NamedTuple):
    """An array in its text: `text[span.start]` is "[", `text[span.end - 1]` is "]"."""

    text: str
    span: Span
    items: tuple[Span, ...]


def array_at(document: TomlDocument, keys: KeyPath, length: int) -> ArrayText:
    """Return the array at `keys`, which has `length` items."""
    spans = document.spans()
    return ArrayText(document.text, spans[keys], tuple(spans[(*keys, index)] for index in range(length)))


def replace_item(array: ArrayText, index: int, literal: str) -> str:
    """Return the text with item `index` written as `literal`."""
    start, end = array.items[index]
    return array.text[:start] + literal + array.text[end:]


def insert_item(array: ArrayText, index: int, literal: str, indent: str = DEFAULT_INDENT) -> str:
    """Return the text with `literal` as item `index`; `indent` is one level, for an array that shows none."""
    if not array.items:
        return _insert_first(array, literal, indent)
    if index == 0:
        return _insert_before(array, literal)
    text, item = array.text, array.items[index - 1]
    if not _starts_line(array, item):
        # ["a"] -> ["a", "b"]
        return _spliced(text, item.end, f", {literal}")
    newline = _newline(text) + text[_line_start(text, item.start) : item.start]
    comma = _comma_after(text, item)
    if comma < 0:
        end = _line_end(text, item.end)
        # `"a"  # why` and then the new line; but `"a"]` keeps its bracket behind the new item.
        tail = end if _is_remark(text[item.end : end]) else item.end
        return f"{text[: item.end]},{text[item.end : tail]}{newline}{literal}{text[tail:]}"
    if "\n" in text[item.end : comma]:
        # Leading commas: `"a"` on one line, `, "b"` on the next.
        return _spliced(text, item.end, f", {literal}")
    after = comma + 1
    end = _line_end(text, after)
    if _is_remark(text[after:end]):
        return _spliced(text, end, f"{newline}{literal},")
    if text[skip_blank(text, after)] == "]":
        return _spliced(text, after, f"{newline}{literal},")
    return _spliced(text, after, f" {literal},")


def remove_item(array: ArrayText, index: int) -> str:
    """Return the text without item `index`; a line of its own goes with it, its remark included."""
    text, item = array.text, array.items[index]
    comma = _comma_after(text, item)
    is_last = index == len(array.items) - 1
    if _starts_line(array, item) and (comma < 0 or "\n" not in text[item.end : comma]):
        end = _line_end(text, max(comma + 1, item.end))
        if _is_remark(text[max(comma + 1, item.end) : end]):
            rest = text[: _line_start(text, item.start)] + text[text.index("\n", end) + 1 :]
            if comma < 0 and index > 0:
                # The last item had no comma after it: its predecessor, now last, shall have none either.
                before = _comma_after(text, array.items[index - 1])
                rest = rest[:before] + rest[before + 1 :]
            return rest
    if not is_last:
        following = array.items[index + 1]
        if _is_plain(text[item.end : following.start]):
            return text[: item.start] + text[following.start :]
        return text[: item.start] + text[item.end : comma] + text[comma + 1 :]
    end = max(comma + 1, item.end)
    if index == 0:
        inside = text[array.span.start + 1 : item.start] + text[end : array.span.end - 1]
        return text[: array.span.start + 1] + inside.strip(" \t") + text[array.span.end - 1 :]
    before = _comma_after(text, array.items[index - 1])
    if comma >= 0:
        # ["a", "b",] -> ["a",]
        start = before + 1 if _is_plain(text[before + 1 : item.start]) else item.start
        return text[:start] + text[end:]
    if "#" not in text[before + 1 : item.start]:
        # ["a", "b"] -> ["a"]
        return text[:before] + text[item.end :]
    return text[: item.start] + text[item.end :]


def quoted(text: str, quote: str = '"') -> str:
    """Return a TOML string: in these quotes where they serve, in the other ones where those do, else escaped."""
    for mark in (quote, "'" if quote == '"' else '"'):
        if mark not in text and "\\" not in text:
            return mark + text + mark
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def common_indent(document: TomlDocument) -> str:
    """Return how the arrays of a document indent their items; four spaces where none shows it."""
    text = document.text
    for keys, span in document.spans().items():
        if isinstance(keys[-1], int) and text[span.start] in "\"'":
            indent = text[_line_start(text, span.start) : span.start]
            if indent and not indent.strip(" \t"):
                return indent
    return DEFAULT_INDENT


def _insert_first(array: ArrayText, literal: str, indent: str) -> str:
    text, (start, end) = array.text, array.span
    line = _line_start(text, start)
    base = text[line : line + len(text[line:start]) - len(text[line:start].lstrip(" \t"))]
    newline = _newline(text)
    bracket = end - 1
    last_line = _line_start(text, bracket)
    if last_line > start and not text[last_line:bracket].strip(" \t"):
        # [
        #     # nothing yet
        # ]
        return _spliced(text, last_line, f"{base}{indent}{literal},{newline}")
    return f"{text[: start + 1]}{newline}{base}{indent}{literal},{newline}{base}{text[bracket:]}"


def _insert_before(array: ArrayText, literal: str) -> str:
    text, first = array.text, array.items[0]
    if not _starts_line(array, first):
        return _spliced(text, first.start, f"{literal}, ")
    # Above the remarks that stand over the first item: they are its own.
    indent = text[_line_start(text, first.start) : first.start]
    return _spliced(text, _line_end(text, array.span.start), f"{_newline(text)}{indent}{literal},")


def _spliced(text: str, offset: int, inserted: str) -> str:
    return text[:offset] + inserted + text[offset:]


def _starts_line(array: ArrayText, item: Span) -> bool:
    start = _line_start(array.text, item.start)
    return start > array.span.start and not array.text[start : item.start].strip(" \t")


def _comma_after(text: str, item: Span) -> int:
    # The offset of the comma that follows an item, -1 if there is none.
    offset = skip_blank(text, item.end)
    return offset if text[offset] == "," else -1


def _is_remark(text: str) -> bool:
    # Whether the rest of a line is blank or a comment.
    return not text.strip(" \t") or text.lstrip(" \t").startswith("#")


def _is_plain(text: str) -> bool:
    return "#" not in text and "\n" not in text


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    # The offset of the line end ("\n" or "\r\n") that follows, or the text's length.
    end = text.find("\n", offset)
    if end < 0:
        return len(text)
    return end - 1 if end > offset and text[end - 1] == "\r" else end


def _newline(text: str) -> str:
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"
