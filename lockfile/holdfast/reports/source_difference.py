r"""The difference of two releases' files as lines of text: a list of files first, then what changed in each.

flask-3.0.3-py3-none-any.whl -> flask-3.1.0-py3-none-any.whl
2 files changed, 1 added, 0 removed, 40 the same; +12 -3 lines

  changed  flask/app.py                  +12 -3
  changed  flask/speed.so                binary, 4,096 -> 8,192 bytes
  added    flask/new.txt                 +1

changed flask/app.py
@@ -1,4 +1,4 @@
 import os
-x = 1
+x = 2

Everything that a file says passes `plain`: control and bidirectional characters stand as escapes, `\u{202e}`.
"""

from holdfast.model.source_change import NO_NEWLINE, FileChange, Size, SourceDifference
from holdfast.reports.plain import plain

LONGEST_LINE = 2_000  # characters shown of one line
_TAB = "    "
_COLOURS = {"+": "32", "-": "31", "@": "36"}
_KINDS = {"added": "32", "removed": "31", "changed": "33"}


def render_lines(difference: SourceDifference, colour: bool = False) -> list[str]:
    """Return the difference as lines without newlines; a line may be longer than a terminal is wide."""
    names = [plain(name) for name in (difference.file_before, difference.file_after) if name]
    lines = [" -> ".join(dict.fromkeys(names)), _sentence(difference), ""]
    width = min(max([len(plain(one.path)) for one in difference.files], default=0), 60)
    lines.extend(
        [f"  {_kind(one, colour, 8)} {plain(one.path):<{width}}  {_amount(one)}".rstrip() for one in difference.files]
    )
    for one in difference.files:
        if one.lines:
            lines.extend(("", f"{_kind(one, colour, 0)} {plain(one.path)}"))
            lines.extend([_line(line, colour) for line in one.lines])
            if one.note:
                lines.append(f"({one.note})")
    return lines


def size_in_words(size: Size) -> str:
    """`3 files changed, 1 added, 0 removed; +12 -3 lines (flask-3.1.0-py3-none-any.whl)`"""
    return f"{_files(size)}; +{size.lines_added} -{size.lines_removed} lines ({plain(size.file)})"


def _files(size: Size) -> str:
    return f"{size.changed} file{'' if size.changed == 1 else 's'} changed, {size.added} added, {size.removed} removed"


def _sentence(difference: SourceDifference) -> str:
    size = difference.size
    return f"{_files(size)}, {difference.unchanged} the same; +{size.lines_added} -{size.lines_removed} lines"


def _kind(one: FileChange, colour: bool, width: int) -> str:
    padded = f"{one.kind:<{width}}"
    return f"\x1b[{_KINDS[one.kind]}m{padded}\x1b[0m" if colour else padded


def _amount(one: FileChange) -> str:
    """`+12 -3`, `binary, 4,096 -> 8,192 bytes, sha256:ab... -> sha256:cd...`"""
    if one.note == "binary":
        sizes = [f"{size:,}" for size in (one.size_before, one.size_after) if size >= 0]
        hashes = [hash_[:19] for hash_ in (one.hash_before, one.hash_after) if hash_]
        return f"binary, {' -> '.join(sizes)} bytes, {' -> '.join(hashes)}"
    counts = [f"{sign}{count}" for sign, count in (("+", one.lines_added), ("-", one.lines_removed)) if count]
    note = f"({one.note})" if one.note else ""
    return " ".join([*counts, *([note] if note else [])])


def _line(line: str, colour: bool) -> str:
    sign, text = line[0], line[1:]
    ending = ""
    if text.endswith(NO_NEWLINE):
        text, ending = text[:-1], " (no newline at the end)"
    cut = len(text) - LONGEST_LINE
    if cut > 0:
        text, ending = text[:LONGEST_LINE], f" ({cut:,} more characters){ending}"
    shown = f"{sign}{plain(text.replace(chr(9), _TAB))}{ending}"
    return f"\x1b[{_COLOURS[sign]}m{shown}\x1b[0m" if colour and sign in _COLOURS else shown
